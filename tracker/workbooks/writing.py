"""Workbooks written from column declarations: a book of sheets, each with its title, state and print setup."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from tracker.columns import Column, Kind, Totals
from tracker.workbooks.about import About, Fact, facts
from tracker.workbooks.archive import saved
from tracker.workbooks.charts import LANGUAGE
from tracker.workbooks.formulas import FormulaWriter
from tracker.workbooks.looks import TYPEFACE, Looks
from tracker.workbooks.sheet import MAX_TEXT, ROW_HEIGHT, Sheet, clean

_FORBIDDEN_IN_NAMES = re.compile(r"[\\*?:/\[\]]")
HEADER_ROW = 4  # under title, source and state
A4, A3 = 9, 8  # the papers' numbers in the format
# On A4 a sheet wider than this, in characters, would be printed too small to be read.
_WIDEST_ON_A4 = 215

_WIDTHS: dict[Kind, int] = {"ratio": 9, "integer": 9, "number": 9, "factor": 9, "date": 12, "moment": 17}
_NARROW, _WIDE = 12, 46
_SAMPLE = 200  # rows read to choose the width of a text column


class Book:
    """A workbook being written: sheets in order, then ``save``."""

    def __init__(self, title: str, about: About) -> None:
        self.title, self.about = title, about
        self.workbook = Workbook(write_only=True)
        # Columns are measured in this font's digits: one that every machine has, or its metric twin.
        fonts: Any = self.workbook
        fonts._fonts[0] = Font(TYPEFACE, 10)
        self.workbook.properties.title = clean(title)
        self.workbook.properties.creator = clean(about.source)
        self.workbook.properties.language = LANGUAGE
        self._sheets: list[Sheet] = []
        self._looks: Looks | None = None

    def sheet(
        self,
        name: str,
        widths: Sequence[int],
        *,
        heading: str | None = None,
        frozen_columns: int = 1,
        frozen_rows: int = HEADER_ROW,
        freeze: bool = True,
        portrait: bool = False,
        hidden: Sequence[int] = (),
        computed: bool = False,
        one_page: bool = False,
        titled: bool = True,
    ) -> Sheet:
        """A sheet with its title, its state and its print setup; the next row written is its header.

        ``hidden`` numbers the columns nobody sees, from 1; ``computed`` sheets take formulas; ``one_page`` ones are
        printed on one page, whatever they hold. One that is not ``titled`` begins with its header, its state standing
        in the print header alone.
        """
        raw = self.workbook.create_sheet(_FORBIDDEN_IN_NAMES.sub(" ", clean(name))[:31].strip() or "Feuille")
        for number, width in enumerate(widths, 1):
            raw.column_dimensions[get_column_letter(number)].width = width
            raw.column_dimensions[get_column_letter(number)].hidden = number in hidden
        raw.sheet_view.showGridLines = False
        raw.sheet_format.defaultRowHeight, raw.sheet_format.customHeight = ROW_HEIGHT, True
        if freeze:
            raw.freeze_panes = f"{get_column_letter(frozen_columns + 1)}{(frozen_rows if titled else 1) + 1}"
        self._print_setup(raw, portrait, one_page=one_page, wide=sum(widths) > _WIDEST_ON_A4)
        if self._looks is None:
            self._looks = Looks(raw)
        if computed:
            raw._writer = FormulaWriter(raw)
            raw._writer.write_top()
        sheet = Sheet(raw, self._looks, widths)
        self._sheets.append(sheet)
        if not titled:
            return sheet
        sheet.text(heading or self.title, "title")
        sheet.text(self.about.source if heading is None else f"{self.title} – {self.about.source}", "subtitle")
        sheet.text(self.about.state, "state" if self.about.frozen is None else "subtitle")
        return sheet

    def _print_setup(self, raw: Any, portrait: bool, *, one_page: bool, wide: bool) -> None:
        raw.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        raw.page_setup.orientation = "portrait" if portrait else "landscape"
        raw.page_setup.paperSize = A3 if wide else A4
        raw.page_setup.fitToWidth, raw.page_setup.fitToHeight = 1, 1 if one_page else 0
        raw.page_margins.left = raw.page_margins.right = 0.4
        raw.page_margins.top = raw.page_margins.bottom = 0.75
        raw.page_margins.header = raw.page_margins.footer = 0.35
        raw.print_options.horizontalCentered = True
        parts = [
            (raw.oddHeader.left, f"{_escaped(self.about.source, 75)} – {_escaped(self.title, 50)}", 8),
            (raw.oddHeader.right, _escaped(self.about.state, 75), 8),
            (raw.oddFooter.left, "&A", 8),
            (raw.oddFooter.right, "Page &P / &N", 8),
        ]
        if self.about.fingerprint is not None:
            parts.append((raw.oddFooter.center, f"SHA-256 {self.about.fingerprint}", 7))
        for part, text, size in parts:
            part.text, part.font, part.size = text, f"{TYPEFACE},Regular", size

    def about_sheet(
        self, more: Sequence[Fact] = (), sections: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    ) -> None:
        """The last sheet: where the figures come from, control totals, then titled lists of (term, meaning)."""
        sheet = self.sheet("À propos", (34, 90), heading="À propos de ce classeur", freeze=False, portrait=True)
        sheet.blank()
        for fact in (*facts(self.about), *more):
            sheet.line((fact.label, "strong", "text"), (fact.value, "fact", fact.kind))
        for title, listed in sections:
            if listed:
                sheet.blank()
                sheet.text(title, "section")
            for term, meaning in listed:
                sheet.line((term, "strong", "text"), (meaning, "body", "text"))

    def save(self, *, areas: bool = False) -> bytes:
        """The bytes: the same content gives the same bytes. ``areas``: nothing is printed but what is written."""
        if areas:
            for sheet in self._sheets:
                sheet.raw.print_area = sheet.area
        return saved(self.workbook, self.about.written_at)


def _escaped(text: str, most: int) -> str:
    """User text in a printed header or footer, where « & » begins a code; Excel keeps 255 characters in all."""
    kept = clean(text).replace("\n", " ")
    while len(escaped := kept.replace("&", "&&")) > most:
        kept = kept[: len(kept) - 2].rstrip("… ") + "…"
    return escaped


def widths(columns: Sequence[Column], rows: Sequence[Any], totals: Totals | None = None) -> list[int]:
    """The columns' widths in characters: declared, else what the amounts need, else the longest of the first texts.

    No column is narrower than the longest word of its header, nor of the words that its codes are read as.
    """
    chosen = []
    for column in columns:
        width = column.width or _WIDTHS.get(column.type)
        if width is None and column.type == "money":
            amounts = chain((column.value(row) for row in rows), [(totals.values if totals else {}).get(column.key)])
            size = max((abs(amount) for amount in amounts if amount is not None), default=0)
            width = max(len(f"-{size:,.2f} €") + 1, _NARROW)
        elif width is None:
            texts = [str(column.shown(row) or "") for row in rows[:_SAMPLE]]
            longest = max((len(line) for text in texts for line in text.splitlines()), default=0)
            width = min(max(longest + 2, _NARROW), _WIDE)
        said = [column.label, *(column.words or {}).values()]
        longest_word = max((len(word) for text in said for word in text.split()), default=0)
        chosen.append(max(width, longest_word + 1))
    return chosen


def list_workbook(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Any],
    totals: Totals | None,
    about: About,
    *,
    titled: bool = True,
) -> bytes:
    """A list as the screen shows it: same rows, same order, same columns, same totals, and « À propos ».

    For software to read it is not ``titled``: its header is the first row.
    """
    book = Book(title, about)
    sheet = book.sheet(title, widths(columns, rows, totals), titled=titled)
    sheet.table(columns, rows, totals, filtered=True)
    labels = {column.key: column for column in columns}
    controls = [Fact("Nombre de lignes", len(rows), "integer")]
    for key, value in (totals.values if totals else {}).items():
        if key in labels:
            controls.append(Fact(f"Total de contrôle – {labels[key].label}", value, labels[key].type))
    definitions = [(column.label, column.hint) for column in columns if column.hint]
    book.about_sheet(controls, [("Définitions", definitions)])
    return book.save()


__all__ = ["MAX_TEXT", "About", "Book", "Fact", "Sheet", "clean", "list_workbook", "widths"]
