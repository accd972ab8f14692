"""What a check is: its code, its severity, what it says when all is well and when something is to be mended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

SEVERITIES = {"error": "Bloquant", "warning": "À vérifier", "info": "Pour information"}
SEVERITY_TONES = {"error": "bad", "warning": "warn", "info": "info"}
_NAMED = 3  # things named in one sentence

Read = TypeVar("Read")
# What is to be mended, and the address of the page that mends it.
Offence = tuple[str, str | None]


@dataclass(frozen=True)
class Check:
    """One point checked. ``ok`` false: ``message`` says what and where, ``link`` where to mend it."""

    code: str
    severity: str
    ok: bool
    message: str
    link: str | None = None


@dataclass(frozen=True)
class Rule(Generic[Read]):
    """A check: its stable code, its severity, its word on the page, what it says when all is well.

    ``asked`` tells whether it is asked at all: of a reader the projects are not open to, theirs are not.
    """

    code: str
    severity: str
    word: str
    fine: str
    offences: Callable[[Read], Iterable[Offence]]
    asked: Callable[[Read], bool] = lambda _facts: True


def run(rules: Iterable[Rule[Read]], facts: Read) -> list[Check]:
    """Each rule asked: one line when all is well, else one line for each thing to mend."""
    found = []
    for rule in rules:
        if not rule.asked(facts):
            continue
        offences = list(rule.offences(facts))
        if offences:
            found += [Check(rule.code, rule.severity, False, message, link) for message, link in offences]
        else:
            found.append(Check(rule.code, rule.severity, True, rule.fine))
    return found


def by_severity(found: Iterable[Check]) -> list[Check]:
    """The most serious first, in the order they were found."""
    order = list(SEVERITIES)
    return sorted(found, key=lambda check: order.index(check.severity))


def open_errors(found: Iterable[Check]) -> list[Check]:
    """The error-level checks that do not hold: an edition frozen over one needs a reason."""
    return [check for check in found if not check.ok and check.severity == "error"]


def named(titles: list[str]) -> str:
    """« A », « B », « C » et 2 autres."""
    shown = ", ".join(f"« {title} »" for title in titles[:_NAMED])
    others = len(titles) - _NAMED
    return shown + (f" et {others} autre{'s' if others > 1 else ''}" if others > 0 else "")


def lowered(sentence: str) -> str:
    """The sentence inside another: its first letter small."""
    return sentence[0].lower() + sentence[1:]
