"""A cell that one record alone has locked: grey there, open elsewhere, never written, told when changed."""

import io
from dataclasses import replace
from typing import Any

from openpyxl import load_workbook

from tests.workbooks.sample import ABOUT, ACTIONS, FILE, form, known
from tracker.workbooks.difference import compare
from tracker.workbooks.forms import Known
from tracker.workbooks.reading import read
from tracker.workbooks.template import template


def standing() -> dict[str, list[Known]]:
    """Of the two actions the first has its amount locked."""
    first, second = known()["actions"]
    return {**known(), "actions": [replace(first, locked=frozenset({"planned_cost"})), second]}


def sent(**typed: Any) -> tuple[list[Any], list[Any]]:
    book = load_workbook(io.BytesIO(template(form(), standing(), ABOUT)))
    for cell, value in typed.items():
        book["Actions"][cell] = value
    content = io.BytesIO()
    book.save(content)
    reading = read(form(), content.getvalue())
    changes, issues = compare((FILE, ACTIONS), reading.records, standing())
    return [change for change in changes if change.sheet == "actions"], [*reading.issues, *issues]


def test_it_is_grey_on_that_row_alone() -> None:
    sheet = load_workbook(io.BytesIO(template(form(), standing(), ABOUT)))["Actions"]
    assert [sheet.cell(row, 5).protection.locked for row in (7, 8, 9)] == [True, False, False]


def test_untouched_it_says_nothing() -> None:
    changes, issues = sent()
    assert ([change.kind for change in changes], issues) == (["unchanged", "unchanged"], [])


def test_a_changed_one_is_told_and_not_written() -> None:
    changes, issues = sent(E7=99, E8=50, B7="Médiation de nuit")
    assert [change.fields for change in changes] == [
        {"title": ["Médiation", "Médiation de nuit"]},
        {"planned_cost": [None, "50.00"]},
    ]
    assert [(issue.cell, issue.code, issue.severity, issue.value) for issue in issues] == [
        ("E7", "derived", "warning", "99")
    ]
