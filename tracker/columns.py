"""A list's column, declared once: it drives the HTML table, its sort, the Excel column, and names the API field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from tracker.money import ZERO

Kind = Literal["text", "money", "ratio", "integer", "number", "factor", "date", "moment", "status", "boolean"]


@dataclass(frozen=True)
class Column:
    """One column of a list.

    key     the schema's field: same name in JSON, in the sort parameter and in the workbook's notes.
    label   French header, as a reader says it.
    type    what the value is; the face (HTML, Excel) chooses the format from it. A ``number`` keeps its decimals, a
            ``factor`` is read with two.
    get     row → plain value; None is « unknown », never zero. Defaults to the attribute named ``key``.
    sort    whether the list can be ordered by it (the room's queries know the SQL expression by ``key``).
    total   whether the last line adds it up.
    link    row → address, for the cell that opens the item.
    tone    row → ``good``, ``warn``, ``bad`` or None, for a status.
    words   stored code → French word, for a ``status``; the code stays in JSON.
    """

    key: str
    label: str
    type: Kind = "text"
    get: Callable[[Any], Any] | None = None
    sort: bool = False
    total: bool = False
    link: Callable[[Any], str | None] | None = None
    tone: Callable[[Any], str | None] | None = None
    hint: str | None = None
    words: Mapping[str, str] | None = None
    width: int | None = None

    def value(self, row: Any) -> Any:
        """The row's plain value in this column."""
        return self.get(row) if self.get else getattr(row, self.key)

    def shown(self, row: Any) -> Any:
        """The value as a reader reads it: a stored code becomes its French word."""
        value = self.value(row)
        return self.words.get(value, value) if self.words is not None and value is not None else value


@dataclass(frozen=True)
class Totals:
    """The last line of a list: sums by key, and how many rows did not know the value."""

    values: Mapping[str, Any] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)


def add_up(values: Iterable[Decimal | None]) -> Decimal | None:
    """The house's sum: 0.00 over no rows, unknown values skipped, None when all are unknown."""
    total, seen, known = ZERO, False, False
    for value in values:
        seen = True
        if value is not None:
            total, known = total + value, True
    return total if known or not seen else None


def by_key(columns: Sequence[Column], keys: Sequence[str]) -> list[Column]:
    """The declared columns of these keys, in this order."""
    index = {column.key: column for column in columns}
    return [index[key] for key in keys]
