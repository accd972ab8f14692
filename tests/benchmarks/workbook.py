"""The balance sheet's workbook of 50,000 actions, against openpyxl's write-only floor: the same cells and styles."""

import gc
import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any
from unittest.mock import patch

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from tests.benchmarks.ground import YEAR
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.workbook import about_live, balance_workbook
from tracker.policy import SYSTEM
from tracker.workbooks.formulas import Formula

# What a cell's style is made of: numbers into these lists of its workbook.
STYLES = (
    "_fonts",
    "_fills",
    "_borders",
    "_alignments",
    "_protections",
    "_number_formats",
    "_cell_styles",
    "_named_styles",
)


@dataclass(frozen=True)
class Written:
    """Both ways of writing the workbook, from rows that are already read; each answers its bytes."""

    ours: Callable[[], bytes]
    bare: Callable[[], bytes]
    actions: int
    cells: int


def sheet_of(code: str, actions: int) -> BalanceSheet:
    """The sheet of this contract's ``YEAR``, its actions repeated up to that many: only the writing is measured."""
    sheet = balance_sheet(SYSTEM, code, YEAR)
    times = -(-actions // max(len(sheet.actions), 1))
    return replace(sheet, actions=(sheet.actions * times)[:actions])


def written(sheet: BalanceSheet) -> Written:
    """The workbook of this sheet, written both ways."""
    about = about_live(sheet, SYSTEM.name)

    def ours() -> bytes:
        return balance_workbook(sheet, about)

    recorded, styles = _record(ours)
    cells = sum(len(row) for _title, rows in recorded for row in rows)
    return Written(ours, lambda: _bare(recorded, styles), len(sheet.actions), cells)


def peak(sheet: BalanceSheet) -> tuple[int, int]:
    """(bytes of memory at the most while this workbook is written, bytes of the workbook itself)."""
    about = about_live(sheet, SYSTEM.name)
    gc.collect()
    tracemalloc.start()
    try:
        size = len(balance_workbook(sheet, about))
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


Recorded = list[tuple[str, list[list[tuple[Any, Any]]]]]


def _record(write: Callable[[], bytes]) -> tuple[Recorded, Workbook]:
    """Every cell as it was handed to openpyxl, sheet by sheet and row by row: (value, style)."""
    sheets: dict[str, list[list[tuple[Any, Any]]]] = {}
    books = []
    append = WriteOnlyWorksheet.append

    def recording(self: Any, row: Any) -> None:
        if self.parent not in books:
            books.append(self.parent)
        sheets.setdefault(self.title, []).append([(_value(cell.value), cell._style) for cell in row])
        append(self, row)

    with patch.object(WriteOnlyWorksheet, "append", recording):
        write()
    (book,) = books
    return list(sheets.items()), book


def _value(value: Any) -> Any:
    return f"={value.text}" if isinstance(value, Formula) else value


def _bare(recorded: Recorded, styles: Workbook) -> bytes:
    workbook = Workbook(write_only=True)
    for name in STYLES:
        setattr(workbook, name, getattr(styles, name))
    for title, rows in recorded:
        sheet = workbook.create_sheet(title)
        cells = [WriteOnlyCell(sheet) for _ in range(max(map(len, rows)))]
        for row in rows:
            for cell, (value, style) in zip(cells, row, strict=False):
                cell._style = style  # before the value: openpyxl gives a date a date's format where it finds none
                cell.value = value
            sheet.append(cells[: len(row)])
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def same(found: Written) -> None:
    """Both workbooks hold the same cells: place, type, value and style, as their XML says them."""
    for ours, bare in zip_longest(_sheets(found.ours()), _sheets(found.bare())):
        for one, other in zip_longest(_cells(ours), _cells(bare)):
            assert one == other, f"{one}\n{other}"


def _sheets(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        return [archive.read(name).decode() for name in names]


def _cells(xml: str) -> list[str]:
    # openpyxl knows no result of a formula: ours are left out of the comparison.
    bare = re.sub(r"(</f><v)>[^<]*</v>", r"\1 />", re.sub(r' t="str"', "", xml))
    return re.findall(r"<c [^>]*/>|<c .*?</c>", bare, re.DOTALL)
