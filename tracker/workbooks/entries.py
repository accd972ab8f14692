"""Columns to fill in, declared from the schema's own fields; values and titles compared on their way back."""

from collections.abc import Mapping
from typing import Any

from tracker.api.fields import Choice, Computed, Day, Money, Number, Ratio, Schema, Whole
from tracker.columns import Column, Kind
from tracker.workbooks.forms import Entry, SheetForm

_KINDS: dict[type, Kind] = {
    Money: "money",
    Number: "number",
    Computed: "ratio",
    Ratio: "ratio",
    Day: "date",
    Whole: "integer",
}


def entry(
    schema: Schema,
    key: str,
    label: str | None = None,
    *,
    words: Mapping[Any, str] | None = None,
    hint: str | None = None,
    width: int | None = None,
    kind: Kind | None = None,
    **options: Any,
) -> Entry:
    """The column of one field: its label, what it holds, its list; ``options`` are those of ``Entry``.

    ``words`` names what the field stores as a number (an axis, a residence); ``kind`` overrides what the field says (a
    year is no quantity: as an integer it would be written « 2 026 »).
    """
    field: Any = schema.fields[key]
    chosen = words if words is not None else field.words if isinstance(field, Choice) else None
    told = kind or ("text" if chosen is not None else _KINDS.get(type(field), "text"))
    column = Column(key, label or field.label, told, hint=hint, words=chosen, width=width)
    return Entry(column, required=field.required and not options.get("locked"), **options)


def keys(sheet: SheetForm) -> list[str]:
    """The keys of a sheet's columns."""
    return [one.column.key for one in sheet.entries]


def plain_old(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Old values as the history keeps them (``Change.fields``), back to what the commands take."""
    return {name: None if value is None else schema.fields[name].deserialize(value) for name, value in values.items()}


def folded_title(text: str | None) -> str:
    """A title as two people would take it for the same: case and runs of spaces aside."""
    return " ".join((text or "").split()).casefold()
