"""Where a written table stands, so that charts and formulas can point at its cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter, quote_sheetname

from tracker.columns import Column


@dataclass(frozen=True)
class Table:
    """A table on a sheet: its header's row, its first and last rows, the row of its totals (None without one)."""

    sheet: str
    columns: Sequence[Column]
    head: int
    first: int
    last: int
    total: int | None = None

    @property
    def rows(self) -> int:
        """How many rows stand under the header, the totals apart."""
        return self.last - self.first + 1

    def _letter(self, key: str) -> str:
        return get_column_letter([column.key for column in self.columns].index(key) + 1)

    def _at(self, first: str, last: str | None = None) -> str:
        return f"{quote_sheetname(self.sheet)}!{first}" + (f":{last}" if last else "")

    def title(self, key: str) -> str:
        """The cell of a column's header, as a formula names it."""
        return self._at(f"${self._letter(key)}${self.head}")

    def cells(self, key: str) -> str:
        """A column's cells, without its header nor its total."""
        letter = self._letter(key)
        return self._at(f"${letter}${self.first}", f"${letter}${self.last}")

    def sum_cell(self, key: str) -> str:
        """A column's total."""
        return self._at(f"${self._letter(key)}${self.total}")

    def sum_place(self, key: str) -> str:
        """Where a column's total stands, for a reader: ``E9``."""
        return f"{self._letter(key)}{self.total}"
