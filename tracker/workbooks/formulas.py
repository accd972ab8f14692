"""Formulas of our own in a streamed sheet, each with the result it had when it was written.

openpyxl writes a formula without its result: a reader that does not compute (a preview, Excel's protected view, a
program that reads the cells) would find nothing there. Nothing a user typed ever comes here.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl.cell._writer import write_cell
from openpyxl.compat import safe_string
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.functions import Element, SubElement


@dataclass(frozen=True)
class Formula:
    """``text`` without its « = », in Excel's English names; ``result`` what it comes to."""

    text: str
    result: Decimal | int | str


class FormulaWriter(WorksheetWriter):
    """A sheet's writer that gives formulas their results; it knows nothing of comments."""

    def write_row(self, xf: Any, row: Any, row_idx: int) -> None:
        """One row, cell by cell, as openpyxl does it."""
        sheet: Any = self.ws
        with xf.element("row", {"r": str(row_idx), **dict(sheet.row_dimensions.get(row_idx, {}))}):
            for cell in row:
                if isinstance(cell._value, Formula):
                    xf.write(_element(cell, cell._value))
                elif cell._value is not None or cell.has_style:
                    write_cell(xf, sheet, cell, cell.has_style)


def _element(cell: Any, formula: Formula) -> Any:
    attributes = {"r": cell.coordinate, "s": str(cell.style_id)}
    if isinstance(formula.result, str):
        attributes["t"] = "str"
    element = Element("c", attributes)
    SubElement(element, "f").text = formula.text
    SubElement(element, "v").text = safe_string(formula.result)
    return element
