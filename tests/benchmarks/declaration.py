"""A landlord's declaration of 5,000 actions read and checked, against the bare read of the same file.

The file is the real template, filled in through openpyxl as a spreadsheet would: its rows are whole and right, which is
the longest way through the checks.
"""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests import builders
from tests.benchmarks.ground import ORDINARY, TODAY, YEAR, Ground
from tracker.extensions import db
from tracker.policy import SYSTEM
from tracker.tfpb.declaration import TARGET
from tracker.tfpb.declaration.sheets import ACTIONS
from tracker.workbooks.about import About
from tracker.workbooks.difference import compare, rebased
from tracker.workbooks.forms import Change, Issue, WorkbookForm
from tracker.workbooks.layout import KEY_HEADER
from tracker.workbooks.queries import since_download
from tracker.workbooks.reading import Reading, read
from tracker.workbooks.template import FIRST_RECORD, HEADER_AT, template

SIZE = 5_000


@dataclass(frozen=True)
class Checked:
    """What comes of a workbook somebody sent, before anything is written."""

    reading: Reading
    changes: list[Change]
    issues: list[Issue]


@dataclass(frozen=True)
class Declared:
    """The ways of reading the same bytes: ours with and without its checks, openpyxl's, calamine's."""

    content: bytes
    ours: Callable[[], Checked]
    reading: Callable[[], Reading]
    bare: Callable[[], int]
    fastest: Callable[[], int]


def declared(ground: Ground) -> Declared:
    """The declaration of a file of ``ORDINARY``, in an application context that is already open."""
    file = db.session.scalars(
        select(builders.TfpbFile.id)
        .join(builders.Convention)
        .join(builders.Contract)
        .where(builders.Contract.code == ORDINARY, builders.TfpbFile.year == YEAR)
        .order_by(builders.TfpbFile.id)
    ).first()
    assert file is not None
    form, known = TARGET.form(SYSTEM, file), TARGET.known(SYSTEM, file)
    content = _filled(form, known)

    def ours() -> Checked:
        db.session.remove()
        found = read(form, content)
        stands = since_download(form, found.records, TARGET.known(SYSTEM, file))
        records = rebased(form.sheets, found.records, stands)
        changes, compared = compare(form.sheets, records, stands)
        issues = [*found.issues, *compared, *TARGET.check(SYSTEM, file, records)]
        return Checked(found, list(changes), issues)

    return Declared(content, ours, lambda: read(form, content), lambda: _bare(content), lambda: _fastest(content))


def _filled(form: WorkbookForm, known: Any) -> bytes:
    """The template with the rows that stand, and as many more as make ``SIZE``."""
    rows = SIZE - len(known[ACTIONS])
    sheets = tuple(replace(sheet, spare=rows) if sheet.code == ACTIONS else sheet for sheet in form.sheets)
    about = About(on=date.fromisoformat(TODAY), author="Bailleur")
    book = load_workbook(io.BytesIO(template(replace(form, sheets=sheets), known, about)))
    sheet = next(sheet for sheet in form.sheets if sheet.code == ACTIONS)
    page = book[sheet.name]
    heads = [str(cell.value or "").removesuffix("*").strip() for cell in page[HEADER_AT]]
    places = {entry.column.key: heads.index(entry.column.label) + 1 for entry in sheet.entries}
    assert heads[-1] == KEY_HEADER
    words = {entry.column.key: list(entry.column.words.values()) for entry in sheet.entries if entry.column.words}
    chance = random.Random(5)
    for number in range(rows):
        for key, value in _typed(number, chance, words).items():
            page.cell(FIRST_RECORD + SIZE - rows + number, places[key]).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _typed(number: int, chance: random.Random, words: dict[str, list[str]]) -> dict[str, Any]:
    """One action as a landlord types it: spent and valued what the landlord paid."""
    spent = chance.randrange(10_000, 2_000_000) / 100
    return {
        "axis": words["axis"][number % 8],
        "sub_action": f"Sous-action {number % 40}",
        "title": f"Action déclarée n° {number}",
        "location": f"Hall {number % 300}",
        "calendar": "Toute l’année",
        "priority": words["priority"][number % len(words["priority"])],
        "planned_cost": spent,
        "planned_valued": spent,
        "actual_cost": spent,
        "landlord_share": spent,
        "valued_amount": spent,
        "status": "Réalisée",
        "indicator": "Passages par semaine",
        "indicator_target": "5",
        "indicator_actual": str(number % 9),
        "result": f"Constaté en pied d’immeuble, passage n° {number}",
        "observation": "Constaté",
        "observed_by": words["observed_by"][number % 2],
        "observed_on": date(YEAR, 1 + number % 9, 1 + number % 28),
    }


def _bare(content: bytes) -> int:
    """Every value of every sheet through openpyxl's own reader."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return sum(len(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))


def _fastest(content: bytes) -> int:
    """Every value of every sheet through calamine, the fastest reader there is (Rust)."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def same(found: Declared) -> tuple[int, int]:
    """Every action is read, none is refused; how many cells openpyxl and calamine see."""
    checked = found.ours()
    actions = [record for record in checked.reading.records if record.sheet == ACTIONS]
    assert len(actions) == SIZE
    errors = [issue for issue in checked.issues if issue.severity == "error"]
    assert errors == [], errors[:3]
    assert sum(change.kind == "created" for change in checked.changes) >= SIZE - 100
    return found.bare(), found.fastest()
