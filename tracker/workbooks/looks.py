"""How cells look: one shared style per look, so that a long sheet pays for its styles once."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from tracker.columns import Kind

Place = Literal[
    "title", "subtitle", "state", "section", "remark", "header", "body", "total", "strong", "fact", "note",
    "entry", "fixed", "hint", "paragraph",
]  # fmt: skip

INK, SOFT, PETROL = "1C2B2B", "5B6767", "0B5558"
HEADER_FILL, TOTAL_FILL, FIXED_FILL, LINE = "EEEAE0", "F8F6F0", "E7E7E7", "DCD7CB"
# The series of a chart, in order: what is owed, then what is done.
CHART_COLOURS = ("C9BFA5", PETROL, "8A5A00")
TONES = {"good": "22683F", "warn": "8A5A00", "bad": "A8431F"}

# Arial and its metric twin Liberation Sans: the same widths in Excel and in LibreOffice.
TYPEFACE = "Arial"

# The number formats of a French office: Excel shows the spaces and commas of the reader's own language.
FORMATS: dict[Kind, str] = {
    "money": '#,##0.00 "€"',
    "ratio": "0.0%",
    "integer": "#,##0",
    "number": "#,##0.00",
    "factor": "#,##0.00",
    "date": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm",
    "text": "General",
    "status": "General",
    "boolean": "General",
}
NUMERIC = frozenset({"money", "ratio", "integer", "number", "factor"})
DAYS = frozenset({"date", "moment"})

# A cell whose text begins so is marked as text (the apostrophe of Excel): retyping it does not make a formula.
FORMULA_SIGNS = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)


def defused(text: str) -> str:
    """For a CSV: a text that a spreadsheet would run as a formula, behind an apostrophe; any other as it is.

    A machine reads these files too: what is only a number (« -3 », « +12,5 ») keeps its exact writing.
    """
    # A leading tab or line end is dropped by some readers, which then see the sign behind it.
    risky = text.lstrip("\t\r\n ").startswith(FORMULA_SIGNS)
    return f"'{text}" if risky and not _NUMBER.fullmatch(text.strip()) else text


_thin = Side("thin", LINE)
_double = Side("medium", INK)
_BORDERS: dict[str, Border] = {
    "body": Border(bottom=_thin),
    "header": Border(bottom=Side("thin", INK)),
    "total": Border(top=_double, bottom=_double),
    "strong": Border(bottom=_thin),
    "fact": Border(bottom=_thin),
    "note": Border(bottom=_thin),
    "entry": Border(left=_thin, right=_thin, top=_thin, bottom=_thin),
    "fixed": Border(left=_thin, right=_thin, top=_thin, bottom=_thin),
    "hint": Border(bottom=Side("thin", INK)),
}
_FONTS: dict[str, Font] = {
    "title": Font(TYPEFACE, 16, bold=True, color=PETROL),
    "subtitle": Font(TYPEFACE, 11, color=SOFT),
    "state": Font(TYPEFACE, 11, bold=True, color=TONES["warn"]),
    "section": Font(TYPEFACE, 12, bold=True, color=PETROL),
    "remark": Font(TYPEFACE, 10, italic=True, color=SOFT),
    "header": Font(TYPEFACE, 10, bold=True, color=INK),
    "body": Font(TYPEFACE, 10, color=INK),
    "total": Font(TYPEFACE, 10, bold=True, color=INK),
    "strong": Font(TYPEFACE, 10, bold=True, color=INK),
    "note": Font(TYPEFACE, 10, color=SOFT),
    "fixed": Font(TYPEFACE, 10, color=SOFT),
    "hint": Font(TYPEFACE, 8, italic=True, color=SOFT),
}
# Lines of text that run over the cells at their right.
_LOOSE = frozenset({"title", "subtitle", "state", "section", "remark"})
_FILLS = {"header": HEADER_FILL, "total": TOTAL_FILL, "fixed": FIXED_FILL, "hint": TOTAL_FILL}


@dataclass(frozen=True)
class Look:
    """One look: where the cell stands, what it holds, which tone its value takes."""

    place: Place = "body"
    kind: Kind = "text"
    tone: str | None = None
    quoted: bool = False


class Looks:
    """The looks of one workbook, each made at its first use."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._styles: dict[Look, Any] = {}

    def cell(self, look: Look) -> Any:
        """A new cell of this look."""
        cell: Any = WriteOnlyCell(self._sheet)
        style = self._styles.get(look)
        if style is None:
            _dress(cell, look)
            self._styles[look] = cell._style
        else:
            cell._style = style
        return cell


def _dress(cell: Any, look: Look) -> None:
    font = _FONTS.get(look.place, _FONTS["body"])
    if look.tone in TONES:
        font = Font(font.name, font.sz, bold=True, color=TONES[look.tone])
    cell.font = font
    if look.place in _BORDERS:
        cell.border = _BORDERS[look.place]
    if look.place in _FILLS:
        cell.fill = PatternFill("solid", _FILLS[look.place])
    if look.place not in _LOOSE and look.place != "header":
        cell.number_format = FORMATS[look.kind]
    if look.place == "entry":
        # The cells to fill in stay open on a protected sheet; what is typed as text is not turned into a date.
        cell.protection = Protection(locked=False)
        if look.kind == "text":
            cell.number_format = "@"
    cell.alignment = _alignment(look)
    if look.quoted:
        cell._style.quotePrefix = 1


def _alignment(look: Look) -> Alignment:
    if look.place in _LOOSE:
        return Alignment(vertical="center")
    if look.place == "paragraph":
        return Alignment("left", "top", wrap_text=True)
    if look.place == "hint":
        return Alignment("left", "top", wrap_text=True, indent=1)
    side = (
        "left"
        if look.place == "fact"
        else "right"
        if look.kind in NUMERIC
        else "center"
        if look.kind in DAYS
        else "left"
    )
    wraps = look.place == "header" or look.kind not in NUMERIC | DAYS
    return Alignment(side, "center", wrap_text=wraps, indent=1 if side == "left" else 0)
