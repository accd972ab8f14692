"""Reading the three faces of a sheet back to plain values: JSON, page, workbook."""

import io
import re
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from typing import Any

from openpyxl import load_workbook

SPACES = re.compile(r"[\s\u00a0\u202f]+")


class _Tables(HTMLParser):
    """Every table of a page: caption → rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self._text: list[str] | None = None
        self._caption = ""
        self._small = 0
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td", "caption"):
            self._text = []
            self._span = int(dict(attrs).get("colspan") or 1)
        elif tag == "span" and ("class", "sub") in attrs:
            self._small += 1  # the small second line of a cell is not its value

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._small:
            self._small -= 1
        elif tag in ("th", "td", "caption") and self._text is not None:
            text = SPACES.sub(" ", "".join(self._text)).strip()
            if tag == "caption":
                self._caption = text
            else:
                self._rows[-1] += [text] + [""] * (self._span - 1)
            self._text = None
        elif tag == "table":
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._small:
            self._text.append(data)


def page_tables(html: str) -> dict[str, list[dict[str, str]]]:
    """caption → rows as header → text; the total line is the last row."""
    parser = _Tables()
    parser.feed(html)
    found = {}
    for caption, (header, *rows) in parser.tables.items():
        found[caption] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


def number(text: str) -> Decimal | None:
    """What a French reader of the page reads: « −1 234,50 € », « 71,7 % », « — »."""
    bare = SPACES.sub("", text).removesuffix("€").replace("−", "-").replace(",", ".")
    if bare in ("—", ""):
        return None
    return Decimal(bare.removesuffix("%"))


def as_read(kind: str, written: Any) -> Decimal | None:
    """A figure of the JSON as page and document round it: a ratio in per cent, a factor with two decimals."""
    if written is None:
        return None
    exact = Decimal(str(written))
    if kind == "factor":
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return (exact * 100).quantize(Decimal("0.1"), ROUND_HALF_UP) if kind == "ratio" else exact


def workbook_tables(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """sheet → rows as header → value, from the fourth line on; the total line is the last row."""
    book = load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book.worksheets:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        if rows and rows[0] and rows[0][0]:
            header = [str(name) for name in rows[0] if name is not None]
            found[sheet.title] = [dict(zip(header, row, strict=False)) for row in rows[1:] if any(row)]
        else:
            found[sheet.title] = []
    return found


def exact(value: Any, places: str = "0.01") -> str | None:
    """A number of a cell (a double) as the JSON writes it."""
    return None if value is None else str(Decimal(repr(value)).quantize(Decimal(places)))
