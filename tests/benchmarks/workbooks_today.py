"""What users do today: a workbook from each landlord, opened one by one and added up, for the same totals.

pandas is no dependency of the project: the measure uses it, as its users do, when it can be imported, else calamine
alone, the fastest reader there is; the output says which.
"""

import importlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from tracker.balance.queries.content import BalanceSheet

AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
KEYS = ("city", "axis", "priority")
Totals = dict[str, Decimal]


@dataclass(frozen=True)
class Today:
    """The separate workbooks of a contract-year, and the way they are added up."""

    name: str
    files: list[bytes]
    add_up: Callable[[], Totals]


def today(sheet: BalanceSheet) -> Today:
    """One workbook for each landlord of the sheet, its actions with what they are grouped under."""
    rows: dict[int | None, list[list[Any]]] = {}
    for line in sheet.actions:
        amounts = [None if getattr(line, name) is None else float(getattr(line, name)) for name in AMOUNTS]
        rows.setdefault(line.landlord.id, []).append([line.city.name, line.axis, line.priority, line.title, *amounts])
    files = [_written(own) for own in rows.values()]
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        return Today("calamine", files, lambda: _plain(files))
    return Today(f"pandas {pandas.__version__}", files, lambda: _framed(pandas, files))


def _written(rows: Iterable[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("Actions")
    page.append([*KEYS, "title", *AMOUNTS])
    for row in rows:
        page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _exact(total: float) -> Decimal:
    return Decimal(repr(total)).quantize(Decimal("0.01"))


def _framed(pandas: Any, files: list[bytes]) -> Totals:
    frames = [pandas.read_excel(io.BytesIO(content)) for content in files]
    whole = pandas.concat(frames, ignore_index=True)
    for key in KEYS:
        whole.groupby(key, dropna=False)[list(AMOUNTS)].sum()
    return {name: _exact(float(whole[name].sum())) for name in AMOUNTS}


def _plain(files: list[bytes]) -> Totals:
    groups: dict[tuple[str, Any], list[float]] = {}
    for content in files:
        header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        place = {str(name): number for number, name in enumerate(header)}
        for row in rows:
            amounts = [float(row[place[name]] or 0) for name in AMOUNTS]
            for key in (("all", None), *((name, row[place[name]]) for name in KEYS)):
                sums = groups.setdefault(key, [0.0] * len(AMOUNTS))
                for number, amount in enumerate(amounts):
                    sums[number] += amount
    return {name: _exact(total) for name, total in zip(AMOUNTS, groups["all", None], strict=True)}
