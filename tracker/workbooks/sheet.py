"""One sheet of a workbook, written downwards: real numbers and dates, text that never becomes a formula.

Everything is written in openpyxl's ``write_only`` mode: rows leave memory as they are written, and each column
reuses one cell of one shared style (measured on 50,000 rows by ``tests/benchmarks``).
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate, takewhile
from math import ceil
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break

from tracker.clock import PARIS
from tracker.columns import Column, Kind, Totals
from tracker.workbooks.charts import Bars
from tracker.workbooks.formulas import Formula
from tracker.workbooks.looks import FORMULA_SIGNS, NUMERIC, Look, Looks, Place
from tracker.workbooks.tables import Table

# What XML cannot carry, and lone surrogates. openpyxl refuses some of it, Excel repairs the rest away.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MAX_TEXT = 32_767  # characters Excel keeps in a cell
_SAFE = MAX_TEXT // 2  # up to here no text is too long, whatever it is made of
_WIDEST_CHART = 150  # characters, as columns are measured
_POINTS_IN_CM = 28.35
# Heights in points. They are written, never left to the reader: Excel and LibreOffice fit wrapped rows differently.
_LINE, _ROW, _TITLE_ROW, _TALLEST = 13, 18, 26, 409
ROW_HEIGHT = _ROW
_PART = 1_500  # characters of a long text in one row
_ALTERNATIVE = 2_000  # characters of a text alternative
_LONG_LINE = 40  # characters
_CHART_GAP = 2  # empty rows over a chart


def clean(text: str) -> str:
    """A text as a cell can hold it: without control characters, at most 32,767 of Excel's characters.

    Excel counts as UTF-16 does: an emoji is two.
    """
    kept = _CONTROL.sub("", text)
    if len(kept) <= _SAFE:
        return kept
    return kept.encode("utf-16-le")[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")


def parts(text: str) -> list[str]:
    """A text of any length in pieces that each fit in one row: no row is higher than a reader shows."""
    return [
        part
        for paragraph in clean(text).splitlines()
        for part in textwrap.wrap(paragraph, _PART, break_on_hyphens=False) or [""]
    ]


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
        self._columns = len(widths)  # how far to the right something stands
        self._foot = 0  # the last row a chart covers

    def line(self, *cells: tuple[Any, Place, Kind], tone: str | None = None, height: float | None = None) -> None:
        """One row of cells (value, place, kind); None leaves an empty cell of that look."""
        self._row += 1
        texts = [value if isinstance(value, str) else "" for value, _, _ in cells]
        lines = max(map(_lines, texts, self._widths), default=1) if len(cells) > 1 else 1
        self._set_height(height or _height(lines))
        self._append([self.cell(value, Look(place, kind, tone)) for value, place, kind in cells])

    def text(self, text: str, place: Place = "body") -> None:
        """One line of text that may run over the cells at its right."""
        self.line((text, place, "text"), height=_TITLE_ROW if place == "title" else None)

    def paragraphs(self, text: str) -> None:
        """A text of any length, wrapped over the first column."""
        for part in parts(text):
            self.line((part, "paragraph", "text"), height=_height(_lines(part, self._widths[0])))

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
        self._append(cells)

    def rows(
        self,
        columns: Sequence[Column],
        rows: Iterable[Any],
        place: Place = "body",
        links: Mapping[str, Callable[[Any], str | None]] = MappingProxyType({}),
    ) -> int:
        """The rows under a header, in order; returns how many.

        ``links``: key of a column → row → the address its cell leads to.
        """
        writers = [self._writer(column, place, width) for column, width in zip(columns, self._widths, strict=False)]
        for number, column in enumerate(columns):
            if column.key in links:
                writers[number] = self._linked(writers[number], links[column.key], get_column_letter(number + 1))
        append, first = self._append, self._row
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
        self._append(cells)
        if any(totals.unknown.get(column.key) for column in columns):
            told = " ; ".join(
                f"{column.label} : {totals.unknown[column.key]}" for column in columns if totals.unknown.get(column.key)
            )
            self.text(f"Valeurs inconnues, hors des totaux – {told}", "remark")

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Any],
        totals: Totals | None = None,
        *,
        filtered: bool = False,
        label: str = "Total",
    ) -> Table:
        """A whole table. ``filtered`` gives the sheet's filter to it and repeats its header on every printed page."""
        self.header(columns)
        head = self._row
        self.rows(columns, rows)
        last = self._row
        if filtered:
            self.filter(head, len(columns))
        if totals is not None:
            self.totals(columns, totals, label)
        return Table(self.raw.title, tuple(columns), head, head + 1, last, None if totals is None else last + 1)

    def filter(self, head: int, columns: int) -> None:
        """Give the sheet's filter to the rows written since this header, which every printed page repeats."""
        self.raw.auto_filter.ref = f"A{head}:{get_column_letter(columns)}{max(self._row, head)}"
        self.raw.print_title_rows = f"{head}:{head}"

    def new_page(self) -> None:
        """What is written next is printed on a page of its own."""
        self.raw.row_breaks.append(Break(id=self._row))

    def chart(self, bars: Bars, table: Table, height: float | None = None) -> None:
        """A chart of this table, or of another sheet's, under what is written; ``height`` in centimetres.

        It is tied to the columns it stands on: two programs give a column two widths.
        """
        if height is None:
            height = min(8 + (0.7 if bars.across else 0.3) * table.rows, 16)
        top = max(self._row + _CHART_GAP, self._foot + 1)
        self._foot = top + ceil(height * _POINTS_IN_CM / _ROW)
        room = list(takewhile(lambda reached: reached <= _WIDEST_CHART, accumulate(self._widths)))
        place = TwoCellAnchor(editAs="oneCell")
        place._from, place.to = AnchorMarker(row=top), AnchorMarker(col=max(len(room), 1), row=self._foot)
        chart = bars.drawn(table)
        chart.anchor = place
        chart.alternative = (bars.title, clean(bars.told)[:_ALTERNATIVE])  # for the drawing that will carry it
        self.raw.add_chart(chart)

    @property
    def next_row(self) -> int:
        """The number of the row that will be written next."""
        return self._row + 1

    @property
    def area(self) -> str:
        """All that is written, charts included: what is printed."""
        return f"A1:{get_column_letter(self._columns)}{max(self._row, self._foot, 1)}"

    def put(self, cells: Sequence[Any], height: float | None = None) -> int:
        """One row of cells made by ``cell``; returns its number."""
        self._row += 1
        if height is not None:
            self._set_height(height)
        self._append(cells)
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
        if isinstance(value, Formula):
            cell._value, cell.data_type = value, "f"
        else:
            cell.value = value
        return cell

    def _append(self, cells: Sequence[Any]) -> None:
        self.raw.append(cells)
        # The row has left: what is known of its height need not wait for the last one.
        self.raw.row_dimensions.pop(self._row, None)
        if len(cells) > self._columns:
            self._columns = len(cells)

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

    def _linked(
        self, write: Callable[[Any], Cell], link: Callable[[Any], str | None], letter: str
    ) -> Callable[[Any], Cell]:
        """The same cell, and where it leads: its value stays its text."""

        def write_linked(row: Any) -> Cell:
            address = link(row)
            if address:  # told to the sheet: the cell is shared by its rows, and its look by all the sheets
                self.raw._hyperlinks.append(Hyperlink(ref=f"{letter}{self._row}", target=address))
            return write(row)

        return write_linked

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
            if len(value) > _SAFE or value.startswith(FORMULA_SIGNS) or _CONTROL.search(value):
                return self.cell(value, look)
            cell.value = value
            cell.data_type = "s"  # also where openpyxl saw an error such as #N/A
            return cell

        return write_number if look.kind in NUMERIC or look.kind == "date" else write_text


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width, each but the last losing the end of a word.

    Over a long line letters are narrower than the digits a column is measured in; a short one may be all capitals.
    """
    if not text:
        return 1
    room = max(width * 28 // 25 - 2 if width >= _LONG_LINE else width - 2, 1)
    short = max(room - 3, 1)
    return sum(1 if len(one) <= room else -(-len(one) // short) for one in text.split("\n"))


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
