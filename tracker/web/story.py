"""The history phrased for people: grouped by day, fields by their French names, amounts as a reader writes them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from itertools import groupby
from typing import Any

from tracker.api.fields import Choice, Day, DayOfYear, Flag, Lines, Money, Number, Ratio, Schema
from tracker.clock import PARIS
from tracker.history.models import HistoryEntry
from tracker.web import formats
from tracker.web.forms import LINES

SOURCES = {"page": None, "api": "API", "workbook": "classeur", "command_line": "ligne de commande"}

VERBS = {
    "create": "a ajouté",
    "update": "a modifié",
    "archive": "a archivé",
}


@dataclass(frozen=True)
class Kind:
    """How one type of item is spoken of: ``noun`` with its article; ``schema`` names its fields."""

    noun: str
    schema: Schema
    verbs: dict[str, str] = field(default_factory=dict)
    url: Callable[[HistoryEntry], str | None] = lambda _entry: None


_kinds: dict[str, Kind] = {}


def describe(item_type: str, kind: Kind) -> None:
    """Called once by a room's ``pages.py`` for each of its tables."""
    _kinds[item_type] = kind


def _value(kind: Any, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(kind, Money):
        return formats.money(Decimal(value))
    if isinstance(kind, Number):
        return formats.number(Decimal(value))
    if isinstance(kind, Ratio):
        return formats.rate(Decimal(value))
    if isinstance(kind, Day):
        return formats.day(date.fromisoformat(value))
    if isinstance(kind, DayOfYear):
        return formats.day_of_year(value)
    if isinstance(kind, Lines):
        return LINES.join(value) or None
    if isinstance(kind, Choice):
        return str(kind.words.get(value, value))
    if isinstance(kind, Flag):
        return formats.yes_no(value)
    return str(value)


def _is_told(name: str, shown: Any, new: Any) -> bool:
    """Numbers of other items say nothing to a reader, nor does the hour of an archive beside its reason."""
    if name.endswith("_id") or name == "archived_at":
        return False
    return isinstance(shown, Lines) or not isinstance(new, list)


def _line(entry: HistoryEntry) -> dict[str, Any]:
    kind = _kinds.get(entry.item_type)
    verb = ((kind.verbs if kind else {}).get(entry.verb)) or VERBS.get(entry.verb, "a modifié")
    noun = kind.noun if kind else "un élément"
    fields = kind.schema.fields if kind else {}
    reason = None
    changes: list[tuple[str | None, str | None, str | None]] = []
    for name, (old, new) in entry.changes.items():
        if name in ("reason", "archived_reason"):
            reason = new
        elif name in fields and _is_told(name, fields[name], new):
            shown = fields[name]
            label = getattr(shown, "label", name)
            changes.append((label, _value(shown, old), _value(shown, new)))
    if entry.verb == "create" and changes:
        # What an item was born with is one line; what changed since is told field by field.
        changes = [(None, None, " · ".join(f"{name} : {new}" for name, _, new in changes))]
    label = f" « {entry.label} »" if entry.label else ""
    return {
        "at": entry.at,
        "who": entry.actor_name,
        # Without a user the name already says where it came from.
        "source": SOURCES.get(entry.source, entry.source) if entry.actor_id is not None else None,
        "sentence": f"{verb} {noun}{label}",
        "url": kind.url(entry) if kind else None,
        "reason": reason,
        "changes": changes,
    }


def days(entries: Iterable[HistoryEntry]) -> list[tuple[date, list[dict[str, Any]]]]:
    """What the timeline macro draws, from history lines, latest first."""

    def day(entry: HistoryEntry) -> date:
        return entry.at.replace(tzinfo=UTC).astimezone(PARIS).date()

    return [(when, [_line(entry) for entry in lines]) for when, lines in groupby(entries, key=day)]
