"""The workbook under way: its book, the sheet it is written from, and what « Contrôles » will verify."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tracker.balance.queries.content import BalanceSheet
from tracker.columns import Column, Kind, Totals
from tracker.money import ZERO
from tracker.workbooks.charts import Bars
from tracker.workbooks.formulas import Formula
from tracker.workbooks.sheet import Sheet
from tracker.workbooks.tables import Table
from tracker.workbooks.writing import Book, widths

_EMPTY = (60, 60)  # a sheet that says that there is nothing
_WITH_CHART = 16  # rows that stand on one page with their chart
NO_FILE = "Aucun dossier déposé pour cette année."


@dataclass(frozen=True)
class Control:
    """A figure verified by a formula of ours: where it stands, what is compared, the figure, the gap (0 is right)."""

    sheet: str
    told: str
    value: Decimal | int | None
    kind: Kind
    gap: Formula


@dataclass
class Pages:
    """What the writers of the sheets share: tables by sheet, the cells of « Synthèse » by figure, the controls.

    ``home``: the installation's address, which a live workbook leads back to; None in an edition, written again from
    its content wherever that is.
    """

    book: Book
    balance: BalanceSheet
    home: str | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    summary: dict[str, str] = field(default_factory=dict)
    controls: list[Control] = field(default_factory=list)

    def listed(
        self,
        name: str,
        heading: str,
        columns: Sequence[Column],
        rows: Sequence[Any],
        totals: Totals | None = None,
        *,
        added: Sequence[str] = (),
        nothing: str = NO_FILE,
        bars: Bars | None = None,
        label: str = "Total",
    ) -> Sheet:
        """A sheet of one table. ``added`` names the columns whose total « Contrôles » verifies; ``nothing`` is what is
        said when there are no rows."""
        heading = f"{name} : {heading}"
        if not rows:
            sheet = self.book.sheet(name, _EMPTY, heading=heading, freeze=False)
            sheet.blank()
            sheet.text(nothing, "remark")
            return sheet
        small = len(rows) <= _WITH_CHART
        one_page = bars is not None and small
        sheet = self.book.sheet(name, widths(columns, rows, totals), heading=heading, one_page=one_page)
        table = sheet.table(columns, rows, totals, filtered=True, label=label)
        self.tables[name] = table
        if totals is not None:
            self.verify(table, rows, totals, added)
        if bars is not None:
            if not small:
                sheet.new_page()
            sheet.chart(bars, table)
        return sheet

    def verify(self, table: Table, rows: Sequence[Any], totals: Totals, added: Sequence[str]) -> None:
        """For each of these columns: its lines, added up by a formula, make the total that is written."""
        by_key = {column.key: column for column in table.columns}
        for key in added:
            column = by_key[key]
            total = totals.values.get(key)
            gap = sum((column.value(row) or ZERO for row in rows), ZERO) - (total or ZERO)
            # Rounded: a reader's program adds doubles. An empty cell, unknown, adds nothing on either side.
            formula = Formula(f"ROUND(SUM({table.cells(key)})-{table.sum_cell(key)},2)", cents(gap))
            told = f"{column.label} : somme des lignes − total ({table.sum_place(key)})"
            self.controls.append(Control(table.sheet, told, total, column.type, formula))


def cents(gap: Decimal) -> Decimal:
    """A gap as its formula rounds it."""
    return round(gap, 2).normalize() + 0
