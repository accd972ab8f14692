"""A comparison as it is read: each figure under its French label, each value in its own unit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tracker.balance import columns
from tracker.balance.models import Edition
from tracker.balance.queries.comparison import LIVE, Comparison, Side
from tracker.balance.queries.content import to_json
from tracker.balance.rules import meeting_name
from tracker.balance.rules.comparison import ADDED, CHANGED, KINDS, REMOVED, SECTIONS, Change
from tracker.columns import Column, by_key
from tracker.web import formats
from tracker.web.cells import NUMERIC

# What the page shows of one section; the API gives everything.
MOST_LINES = 200
LONGEST_TEXT = 300

_NAME = Column("name", "Nom")
_FIGURES = (*columns.FIGURES, columns.SHARE)
_COLUMNS: dict[str, Sequence[Column]] = {
    "sources": columns.SOURCES,
    "actions": (*columns.ACTIONS, *by_key(columns.PROGRAMME, ("planned_valued",))),
    "participation": columns.PARTICIPATION,
    "files": columns.COMPLETENESS,
    "programme": columns.PROGRAMME,
    "investment": (*columns.INVESTMENT, *columns.BUDGETS_BESIDE),
    "projects": columns.PROJECTS,
    "evaluation": (Column("evaluation", "Évaluation"),),
    "references": (Column("low", "Repère", "number"), Column("high", "Haut", "number"), Column("source", "Source")),
}
_BY_SECTION: Mapping[str, Mapping[str, Column]] = {
    section: {column.key: column for column in (_NAME, *_COLUMNS.get(section, _FIGURES))} for section in SECTIONS
}


@dataclass(frozen=True)
class Told:
    """One change as a line of the page; ``words`` when its values are no numbers."""

    label: str
    before: str
    after: str
    difference: str
    words: bool


@dataclass(frozen=True)
class Part:
    """A section of the page: how many changes it holds, and those shown.

    ``groups`` has one entry for each line of which figures changed, ``rows`` holds them all; ``whole`` names the lines
    that came or went without any amount (a check); ``more`` counts what is not shown.
    """

    code: str
    title: str
    count: int
    groups: list[dict[str, Any]]
    rows: list[Told]
    whole: list[str]
    more: int


CHANGES = (
    Column("label", "Chiffre"),
    Column("before", "Avant", "number"),
    Column("after", "Après", "number"),
    Column("difference", "Évolution", "number"),
)


def parts(changes: Iterable[Change]) -> list[Part]:
    """The sections in which something changed, totals first."""
    found = []
    for section, listed in groupby(changes, key=lambda change: change.section):
        whole = list(listed)
        shown = whole[:MOST_LINES]
        groups, rows, bare = [], [], []
        for (kind, name), lines in groupby(shown, key=lambda change: (change.kind, change.name)):
            told = [_told(change, change.figure) for change in lines if change.figure is not None]
            if not told:
                bare.append(_line_name(kind, name))
                continue
            # The section's own title says enough of the only line of the totals.
            groups.append({"rows": told} if section == "totals" else {"label": _line_name(kind, name), "rows": told})
            rows += told
        found.append(Part(section, SECTIONS[section], len(whole), groups, rows, bare, len(whole) - len(shown)))
    return found


def label(change: Change) -> str | None:
    """The figure's French name; None for a line that came or went whole."""
    return None if change.figure is None else _BY_SECTION[change.section][change.figure].label


def _line_name(kind: str, name: str) -> str:
    return name if kind == CHANGED else f"{KINDS[kind]}\u00a0: {name}"


def _told(change: Change, figure: str) -> Told:
    column = _BY_SECTION[change.section][figure]
    # What came or went has no value on the other side, which is not the same as an unknown one.
    absent = {ADDED: "before", REMOVED: "after"}.get(change.kind)
    before, after = (
        "absent" if side == absent else _written(column, getattr(change, side)) for side in ("before", "after")
    )
    return Told(column.label, before, after, formats.change(change.difference, column.type), column.type not in NUMERIC)


def _written(column: Column, value: Any) -> str:
    if value is None:
        return "aucun" if column.key in ("status", "evaluation") else formats.UNKNOWN
    shown = column.words.get(value, value) if column.words else value
    text = formats.display(shown, column.type)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT].rstrip()}…"


def side_name(side: Side, year: int) -> str:
    """« Édition n° 1 », « Édition n° 2 de 2025 », « Aujourd’hui »."""
    return "Aujourd’hui" if side.edition is None else edition_name(side.edition, year)


def edition_name(edition: Edition, year: int) -> str:
    """An edition as the page of this year calls it, with its meeting."""
    other = "" if edition.year == year else f" de {edition.year}"
    meeting = edition.meeting
    return f"Édition n° {edition.number}{other} ({meeting_name(meeting.kind, meeting.held_on)})"


def as_json(compared: Comparison, code: str, year: int) -> dict[str, Any]:
    """The comparison as the API gives it: exact values, each figure with its French label."""
    return {
        "contract": code,
        "year": year,
        "from": _side(compared.before),
        "to": _side(compared.after),
        "scope": compared.scope,
        "left_out": list(compared.left_out),
        "lines": [
            {
                "section": change.section,
                "kind": change.kind,
                "name": change.name,
                "figure": change.figure,
                "label": label(change),
                "before": to_json(change.before),
                "after": to_json(change.after),
                "change": to_json(change.difference),
            }
            for change in compared.changes
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    edition = side.edition
    return {
        "state": LIVE if edition is None else "edition",
        "year": side.year,
        "number": None if edition is None else edition.number,
        "frozen_at": None if edition is None else to_json(edition.frozen_at),
    }
