"""HTML forms read by the very schema of the JSON body: French writing first made plain, then the same rules."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import marshmallow as ma

from tracker.api.fields import (
    NO_SUCH_DAY,
    Coded,
    Day,
    DayOfYear,
    Flag,
    Id,
    Ids,
    Lines,
    Money,
    Number,
    Ratio,
    Schema,
    Text,
    Whole,
    field_errors,
)
from tracker.history.queries import item_history
from tracker.money import read_french_number, says_thousands
from tracker.policy import FieldError, Invalid, Stale

_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_FRENCH_DAY_OF_YEAR = re.compile(r"(\d{1,2})[/.](\d{1,2})")

# What a value that cannot be read is answered, as people write one.
EXPECTED: dict[type[ma.fields.Field[Any]], str] = {
    Money: "un montant en euros est attendu, par exemple 1 234,56.",
    Day: "une date est attendue, par exemple 21/11/2026.",
    Whole: "un nombre entier est attendu, par exemple 12.",
    Ratio: "un pourcentage est attendu, par exemple 80 %.",
    Number: "un nombre est attendu, par exemple 12,50.",
    DayOfYear: "un jour de l’année est attendu, par exemple 31/03.",
}
IN_EUROS = "un montant écrit en euros est attendu, et non en milliers ou en millions : par exemple 12 500,00."

# How a list of texts is told on one line.
LINES = " ; "


@dataclass
class Form:
    """A refused form on its way back to the page: what was typed, what is wrong, the version to write against."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    version: int | None = None
    # « vous / entre-temps / maintenant », when somebody wrote in between.
    conflict: list["ConflictLine"] = field(default_factory=list)
    # The history line of who wrote in between.
    meanwhile: Any = None
    # Prefix of the controls' ids: a page with several forms gives each its own.
    id: str = "f"

    def value(self, name: str, default: Any = "") -> Any:
        """What the control shows: what was typed, else ``default``."""
        return self.typed.get(name, default)

    def error(self, name: str) -> str | None:
        """The message under the control."""
        return next((error.message for error in self.errors if error.field == name), None)

    @property
    def stale(self) -> bool:
        """Whether it comes back because somebody wrote in between, even if nothing typed differs."""
        return not self.errors and bool(self.typed or self.conflict or self.meanwhile)

    @property
    def status(self) -> int:
        """The answer's status: 409 for a stale form, 422 for a wrong one."""
        return 422 if self.errors else 409


def plain_value(kind: ma.fields.Field[Any], text: str) -> Any:
    """What was typed, as the JSON body would carry it; what cannot be read is left for the schema to refuse."""
    text = text.strip()
    if text == "" and not isinstance(kind, Text):
        return None
    if isinstance(kind, Money | Number):
        return read_french_number(text)
    if isinstance(kind, Ratio):
        return _plain_ratio(text)
    if isinstance(kind, Day):
        match = _FRENCH_DAY.fullmatch(text)
        return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else text
    if isinstance(kind, DayOfYear):
        match = _FRENCH_DAY_OF_YEAR.fullmatch(text)
        return f"{match[2]:0>2}-{match[1]:0>2}" if match else text
    if isinstance(kind, Lines):
        return text.splitlines()
    if isinstance(kind, Whole | Id):
        return read_french_number(text)
    return text


def _plain_ratio(text: str) -> str:
    """« 80 % », « 80 » and « 0,8 » are the same rate: above 1, a rate is typed in percent."""
    bare = text.replace("\u00a0", " ").replace("\u202f", " ").strip()
    percent = bare.endswith("%")
    number = read_french_number(bare.removesuffix("%").strip())
    # Decimal would also read « NaN » and « 1e99999999 », whose plain writing takes a hundred megabytes.
    if not re.fullmatch(r"-?\d{1,20}(\.\d{1,20})?", number, re.ASCII):
        return text
    value = Decimal(number)
    if percent or value > 1:
        value = value / 100
    return f"{value:f}"


def expected(kind: Any, message: str, typed: Any) -> str:
    """What the schema's message becomes where amounts, rates and days are written as people write them."""
    if not isinstance(message, Coded) or message.code not in ("invalid", "money_string") or message == NO_SUCH_DAY:
        return message
    if isinstance(kind, Money) and isinstance(typed, str) and says_thousands(typed.strip()):
        return Coded(message.code, IN_EUROS)
    return next((Coded(message.code, told) for family, told in EXPECTED.items() if isinstance(kind, family)), message)


def read_form(
    schema: Schema,
    typed: Mapping[str, Any],
    *,
    partial: bool = False,
    ignore: Iterable[str] = ("csrf_token", "version", "next"),
) -> dict[str, Any]:
    """The validated values of a posted form. Raises Invalid.

    Checkbox fields (Flag) absent from the form are false unless ``partial``; lists (Ids) take every value posted.
    """
    data: dict[str, Any] = {}
    skipped = set(ignore)
    for name in typed:
        if name in skipped:
            continue
        kind = schema.fields.get(name)
        if isinstance(kind, Ids):
            # A hidden blank says that no box is ticked: a browser sends nothing of unticked ones.
            data[name] = [plain_value(Id("n°"), text) for text in _all(typed, name) if text.strip()]
        elif kind is None:
            data[name] = typed[name]
        else:
            data[name] = plain_value(kind, str(typed[name]))
            if getattr(kind, "words", None) and data[name] is not None:
                data[name] = _code(kind.words, data[name])  # type: ignore[attr-defined]
    if not partial:
        for name, kind in schema.fields.items():
            if isinstance(kind, Flag) and name not in data and not kind.dump_only:
                data[name] = False
    for name, kind in schema.fields.items():
        if kind.required and data.get(name) is None and name in data:
            del data[name]
    try:
        loaded: dict[str, Any] = schema.load(data, partial=partial)
    except ma.ValidationError as error:
        messages = {
            name: [expected(schema.fields.get(name), message, data.get(name)) for message in told]
            if isinstance(told, list)
            else told
            for name, told in error.messages_dict.items()
        }
        raise Invalid(field_errors(schema, messages, dict(typed.items()))) from error
    return loaded


def _all(typed: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(typed, "getlist", None)
    return list(getlist(name)) if getlist else [typed[name]]


def _code(words: Mapping[Any, str], text: str) -> Any:
    """A select carries text; the stored code may be a number."""
    return next((code for code in words if str(code) == text), text)


def number_in(text: str | None) -> int | None:
    """The number of a row or of a version that an address or a hidden field carries; None when it can be none."""
    return int(text) if text and re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def posted_version(typed: Mapping[str, Any]) -> int:
    """The version the form was written against; raises Invalid when the hidden field was tampered with."""
    version = number_in(typed.get("version"))
    if version is None:
        raise Invalid(FieldError("version", "invalid", "La version du formulaire manque : rechargez la page."))
    return version


@dataclass(frozen=True)
class ConflictLine:
    """One field somebody else changed in between: what you typed, what it is now."""

    label: str
    yours: str
    now: Any
    field: str


def submit(
    schema: Schema, typed: Mapping[str, Any], act: Callable[[dict[str, Any]], Any], *, partial: bool = False
) -> tuple[Any, Form | None]:
    """Read a posted form and act on it: ``(result, None)``, or ``(None, form)`` to show again with its messages.

    A stale form comes back with the typing kept, the version of now, and one ConflictLine per field that differs.
    Refusals that no typing can cure (403, 404, 409) go on as they are.
    """
    try:
        return act(read_form(schema, typed, partial=partial)), None
    except Invalid as invalid:
        return None, Form(typed, invalid.errors, number_in(typed.get("version")))
    except Stale as stale:
        if stale.current is None:
            raise
        return None, _stale_form(schema, typed, stale.current)


def _stale_form(schema: Schema, typed: Mapping[str, Any], current: Any) -> Form:
    lines = []
    for name, kind in schema.fields.items():
        if name not in typed or kind.dump_only or not hasattr(current, name):
            continue
        now = getattr(current, name)
        if isinstance(kind, Ids):
            lines += _list_line(kind, name, [text for text in _all(typed, name) if text.strip()], now)
            continue
        try:
            yours = kind.deserialize(plain_value(kind, str(typed[name])))
        except ma.ValidationError:
            yours = typed[name]
        if yours != now and isinstance(kind, Lines):
            lines.append(ConflictLine(kind.label, LINES.join(yours), LINES.join(now), name))
        elif yours != now:
            words = getattr(kind, "words", {})
            label = getattr(kind, "label", name)
            lines.append(ConflictLine(label, words.get(yours, str(typed[name])), words.get(now, now), name))
    return Form(typed, [], current.version, lines, _latest(current))


def _list_line(kind: Ids, name: str, typed: list[str], now: list[int]) -> list[ConflictLine]:
    """Boxes ticked by you and ticked now: how many, since their names are the page's."""
    if {str(number) for number in now} == set(typed):
        return []
    yours, present = (f"{count} cochée{'s' if count > 1 else ''}" for count in (len(typed), len(now)))
    return [ConflictLine(kind.label, yours, present, name)]


def _latest(row: Any) -> Any:
    entries = item_history(type(row).__tablename__, row.id)
    return entries[0] if entries else None
