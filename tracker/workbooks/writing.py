"""Workbooks written from column declarations: real numbers and dates, text that never becomes a formula.

Everything is written in openpyxl's ``write_only`` mode: rows leave memory as they are written, and each column
reuses one cell of one shared style (measured on 20,000 rows by ``tests/benchmarks``).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from tracker.clock import PARIS
from tracker.columns import Column, Kind, Totals
from tracker.workbooks.about import About, Fact, facts
from tracker.workbooks.archive import saved
from tracker.workbooks.looks import CHART_COLOURS, FORMATS, FORMULA_SIGNS, NUMERIC, TYPEFACE, Look, Looks, Place

# What XML cannot carry, and lone surrogates. openpyxl refuses some of it, Excel repairs the rest away.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_IN_NAMES = re.compile(r"[\\*?:/\[\]]")
HEADER_ROW = 4  # under title, source and state
A4 = 9  # the paper's number in the format
MAX_TEXT = 32_767  # characters Excel keeps in a cell

_WIDTHS: dict[Kind, int] = {"ratio": 9, "integer": 9, "number": 9, "date": 12, "moment": 17}
_NARROW, _WIDE = 12, 46
CHARACTER_CM = 0.185
_SAMPLE = 200  # rows read to choose the width of a text column
# Heights in points. They are written, never left to the reader: Excel and LibreOffice fit wrapped rows differently.
_LINE, _ROW, _TITLE_ROW, _TALLEST = 13, 18, 26, 409


def clean(text: str) -> str:
    """A text as a cell can hold it: without control characters, at most 32,767 characters."""
    return _CONTROL.sub("", text)[:MAX_TEXT]


def plain(value: Any) -> Any:
    """A value as a cell takes it: an instant on the clocks of Paris, a truth value in words."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(PARIS).replace(tzinfo=None)
    return value


class Sheet:
    """One sheet, written downwards; ``Book.sheet`` makes it."""

    def __init__(self, sheet: Any, looks: Looks, widths: Sequence[int]) -> None:
        self.raw, self._looks, self._widths = sheet, looks, widths
        self._row = 0
        self._lines = 1  # of the row being made: what its longest text wraps to

    def line(self, *cells: tuple[Any, Place, Kind], tone: str | None = None, height: float | None = None) -> None:
        """One row of cells (value, place, kind); None leaves an empty cell of that look."""
        self._row += 1
        texts = [value if isinstance(value, str) else "" for value, _, _ in cells]
        lines = max(map(_lines, texts, self._widths), default=1) if len(cells) > 1 else 1
        self._set_height(height or _height(lines))
        self.raw.append([self.cell(value, Look(place, kind, tone)) for value, place, kind in cells])

    def text(self, text: str, place: Place = "body") -> None:
        """One line of text that may run over the cells at its right."""
        self.line((text, place, "text"), height=_TITLE_ROW if place == "title" else None)

    def blank(self) -> None:
        """An empty row."""
        self._row += 1
        self.raw.append([])

    def header(self, columns: Sequence[Column]) -> None:
        """The header row; a column's ``hint`` is the comment of its cell."""
        self._row += 1
        lines = max(_header_lines(c.label, w) for c, w in zip(columns, self._widths, strict=False))
        self._set_height(8 + _LINE * lines)
        cells = []
        for column in columns:
            cell = self.cell(column.label, Look("header", column.type))
            if column.hint:
                height = 24 + 18 * (len(column.hint) // 34 + 1)
                cell.comment = Comment(clean(column.hint), "Définition", height=height, width=260)
            cells.append(cell)
        self.raw.append(cells)

    def rows(self, columns: Sequence[Column], rows: Iterable[Any], place: Place = "body") -> int:
        """The rows under a header, in order; returns how many."""
        writers = [self._writer(column, place, width) for column, width in zip(columns, self._widths, strict=False)]
        append, first = self.raw.append, self._row
        for row in rows:
            self._row += 1
            self._lines = 1
            cells = [write(row) for write in writers]
            if self._lines > 1:
                self._set_height(_height(self._lines))
            append(cells)
        return self._row - first

    def totals(self, columns: Sequence[Column], totals: Totals, label: str = "Total") -> None:
        """The last line: the sums given, under a double-weight rule."""
        self._row += 1
        self._set_height(_ROW + 4)
        cells = [self.cell(label, Look("total"))]
        cells += [self.cell(totals.values.get(c.key), Look("total", c.type)) for c in columns[1:]]
        self.raw.append(cells)
        if any(totals.unknown.get(column.key) for column in columns):
            told = " ; ".join(
                f"{column.label} : {totals.unknown[column.key]}" for column in columns if totals.unknown.get(column.key)
            )
            self.text(f"Valeurs inconnues, hors des totaux – {told}", "remark")

    def table(
        self, columns: Sequence[Column], rows: Sequence[Any], totals: Totals | None = None, *, filtered: bool = False
    ) -> None:
        """A whole table. ``filtered`` gives the sheet's filter to it and repeats its header on every printed page."""
        self.header(columns)
        head = self._row
        self.rows(columns, rows)
        if filtered:
            last = get_column_letter(len(columns))
            self.raw.auto_filter.ref = f"A{head}:{last}{max(self._row, head)}"
            self.raw.print_title_rows = f"{head}:{head}"
        if totals is not None:
            self.totals(columns, totals)

    def bars(
        self, title: str, columns: Sequence[Column], keys: Sequence[str], rows: int, *, across: bool = False
    ) -> None:
        """A bar chart under the table just written: its first column against ``keys``. ``across`` lays bars flat."""
        head = HEADER_ROW
        chart: Any = BarChart()
        chart.type, chart.title, chart.style = "bar" if across else "col", title, 10
        place = [column.key for column in columns]
        for key, colour in zip(keys, CHART_COLOURS, strict=False):
            number = place.index(key) + 1
            data = Reference(self.raw, min_col=number, min_row=head, max_row=head + rows)
            chart.add_data(data, titles_from_data=True)
            chart.series[-1].graphicalProperties.solidFill = colour
        chart.set_categories(Reference(self.raw, min_col=1, min_row=head + 1, max_row=head + rows))
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.y_axis.number_format = FORMATS[columns[place.index(keys[0])].type]
        chart.y_axis.majorGridlines = None
        chart.gapWidth = 60
        if across:
            chart.x_axis.scaling.orientation = "maxMin"
        if len(keys) == 1:
            chart.legend = None
        else:
            chart.legend.position = "b"
        if across:
            chart.y_axis.crosses = "max"  # the amounts under the bars, though the first axis stands on top
        chart.width = min(sum(self._widths) * CHARACTER_CM, 38)
        chart.height = min(9 + 0.5 * rows, 16)
        self.raw.add_chart(chart, f"A{self._row + 3}")

    def put(self, cells: Sequence[Any], height: float | None = None) -> int:
        """One row of cells made by ``cell``; returns its number."""
        self._row += 1
        if height is not None:
            self._set_height(height)
        self.raw.append(cells)
        return self._row

    def cell(self, value: Any, look: Look) -> Cell:
        """A cell of this look; text never becomes a formula."""
        value = plain(value)
        if isinstance(value, str):
            value = clean(value)
            quoted = value.startswith(FORMULA_SIGNS)
            cell = self._looks.cell(Look(look.place, look.kind, look.tone, quoted=True) if quoted else look)
            cell.value = value
            cell.data_type = "s"  # else « = » makes a formula and « #N/A » an error
            return cell
        cell = self._looks.cell(look)
        cell.value = value
        return cell

    def _set_height(self, points: float) -> None:
        if points != _ROW:
            self.raw.row_dimensions[self._row].height = points

    def _writer(self, column: Column, place: Place, width: int) -> Callable[[Any], Cell]:
        """row → the cell of this column: one cell for each tone of the column, refilled for each row."""
        read, kind = column.shown if column.words is not None else column.get or attrgetter(column.key), column.type
        if column.tone is None:
            return self._plain_writer(read, Look(place, kind), width)
        tone, writers = column.tone, dict[str | None, Callable[[Any], Cell]]()

        def write(row: Any) -> Cell:
            named = tone(row)
            writer = writers.get(named)
            if writer is None:
                writer = writers[named] = self._plain_writer(read, Look(place, kind, named), width)
            return writer(row)

        return write

    def _plain_writer(self, read: Callable[[Any], Any], look: Look, width: int) -> Callable[[Any], Cell]:
        cell, room = self._looks.cell(look), width - 2

        def write_number(row: Any) -> Cell:
            cell.value = read(row)
            return cell

        def write_text(row: Any) -> Cell:
            value = read(row)
            if type(value) is not str:
                return self.cell(value, look)
            if len(value) > room or "\n" in value:
                self._lines = max(self._lines, _lines(value, width))
            if value.startswith(FORMULA_SIGNS) or _CONTROL.search(value):
                return self.cell(value, look)
            cell.value = value[:MAX_TEXT]
            cell.data_type = "s"  # also where openpyxl saw an error such as #N/A
            return cell

        return write_number if look.kind in NUMERIC or look.kind == "date" else write_text


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width: six letters stand where five digits do."""
    room = max(width - 2, 1)
    return sum(max(-(-len(paragraph) * 5 // (room * 6)), 1) for paragraph in text.split("\n")) if text else 1


def _header_lines(label: str, width: int) -> int:
    """How many lines a label takes: words are not cut."""
    lines, used = 1, 0
    for word in label.split():
        if used and used + 1 + len(word) > width - 2:
            lines, used = lines + 1, len(word)
        else:
            used += (1 if used else 0) + len(word)
    return lines


def _height(lines: int) -> float:
    return min(_ROW + _LINE * (lines - 1), _TALLEST)


class Book:
    """A workbook being written: sheets in order, then ``save``."""

    def __init__(self, title: str, about: About) -> None:
        self.title, self.about = title, about
        self.workbook = Workbook(write_only=True)
        self.workbook.properties.title = clean(title)
        self.workbook.properties.creator = clean(about.source)
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
    ) -> Sheet:
        """A sheet with its title, its state and its print setup; the next row written is its header.

        ``hidden`` numbers the columns nobody sees, from 1.
        """
        raw = self.workbook.create_sheet(_FORBIDDEN_IN_NAMES.sub(" ", clean(name))[:31].strip() or "Feuille")
        for number, width in enumerate(widths, 1):
            raw.column_dimensions[get_column_letter(number)].width = width
            raw.column_dimensions[get_column_letter(number)].hidden = number in hidden
        raw.sheet_view.showGridLines = False
        raw.sheet_format.defaultRowHeight, raw.sheet_format.customHeight = _ROW, True
        if freeze:
            raw.freeze_panes = f"{get_column_letter(frozen_columns + 1)}{frozen_rows + 1}"
        self._print_setup(raw, portrait)
        if self._looks is None:
            self._looks = Looks(raw)
        sheet = Sheet(raw, self._looks, widths)
        sheet.text(heading or self.title, "title")
        sheet.text(self.about.source if heading is None else f"{self.title} – {self.about.source}", "subtitle")
        sheet.text(self.about.state, "state" if self.about.frozen is None else "subtitle")
        return sheet

    def _print_setup(self, raw: Any, portrait: bool) -> None:
        raw.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        raw.page_setup.orientation = "portrait" if portrait else "landscape"
        raw.page_setup.paperSize = A4
        raw.page_setup.fitToWidth, raw.page_setup.fitToHeight = 1, 0
        raw.page_margins.left = raw.page_margins.right = 0.4
        raw.page_margins.top = raw.page_margins.bottom = 0.75
        raw.page_margins.header = raw.page_margins.footer = 0.35
        raw.print_options.horizontalCentered = True
        for part, text in (
            (raw.oddHeader.left, _escaped(self.title)),
            (raw.oddHeader.right, _escaped(self.about.state)),
            (raw.oddFooter.left, f"{_escaped(self.about.source)} – &A"),
            (raw.oddFooter.right, "Page &P / &N"),
        ):
            part.text, part.font, part.size = text, f"{TYPEFACE},Regular", 8

    def about_sheet(self, more: Sequence[Fact] = (), definitions: Sequence[tuple[str, str]] = ()) -> None:
        """The last sheet: where the figures come from, control totals, definitions."""
        sheet = self.sheet("À propos", (34, 90), heading="À propos de ce classeur", freeze=False, portrait=True)
        sheet.blank()
        for fact in (*facts(self.about), *more):
            sheet.line((fact.label, "strong", "text"), (fact.value, "fact", fact.kind))
        if definitions:
            sheet.blank()
            sheet.text("Définitions", "section")
            for term, meaning in definitions:
                sheet.line((term, "strong", "text"), (meaning, "body", "text"))

    def save(self) -> bytes:
        """The bytes: the same content gives the same bytes."""
        return saved(self.workbook, self.about.written_at)


def _escaped(text: str) -> str:
    """User text in a printed header or footer, where « & » begins a code."""
    return clean(text).replace("&", "&&")


def widths(columns: Sequence[Column], rows: Sequence[Any], totals: Totals | None = None) -> list[int]:
    """The columns' widths in characters: declared, else what the amounts need, else the longest of the first texts."""
    chosen = []
    for column in columns:
        width = column.width or _WIDTHS.get(column.type)
        if width is None and column.type == "money":
            amounts = [column.value(row) for row in rows]
            amounts.append((totals.values if totals else {}).get(column.key))
            size = max((abs(amount) for amount in amounts if amount is not None), default=0)
            width = max(len(f"-{size:,.2f} €") + 1, _NARROW)
        elif width is None:
            texts = [str(column.shown(row) or "") for row in rows[:_SAMPLE]]
            longest = max((len(line) for text in texts for line in text.splitlines()), default=0)
            width = min(max(longest + 2, _NARROW), _WIDE)
        longest_word = max((len(word) for word in column.label.split()), default=0)
        chosen.append(max(width, longest_word + 1))
    return chosen


def list_workbook(
    title: str, columns: Sequence[Column], rows: Sequence[Any], totals: Totals | None, about: About
) -> bytes:
    """A list as the screen shows it: same rows, same order, same columns, same totals, and « À propos »."""
    book = Book(title, about)
    sheet = book.sheet(title, widths(columns, rows, totals))
    sheet.table(columns, rows, totals, filtered=True)
    labels = {column.key: column for column in columns}
    controls = [Fact("Nombre de lignes", len(rows), "integer")]
    for key, value in (totals.values if totals else {}).items():
        if key in labels:
            controls.append(Fact(f"Total de contrôle – {labels[key].label}", value, labels[key].type))
    definitions = [(column.label, column.hint) for column in columns if column.hint]
    book.about_sheet(controls, definitions)
    return book.save()


__all__ = ["About", "Book", "Fact", "Sheet", "clean", "list_workbook", "widths"]
