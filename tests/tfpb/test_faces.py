"""One column declaration, several faces: page, JSON and workbook give back the same values and the same totals."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.balance.faces import number, page_tables, workbook_tables
from tests.tfpb.conftest import API, World
from tracker.columns import Column
from tracker.tfpb import columns, rules

MONEY = ("planned_cost", "planned_valued", "actual_cost", "landlord_share", "valued_amount")


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


@pytest.fixture
def file(world: World) -> int:
    """Three actions, every value known and different from every other, with 1, 2 and 3 grants."""
    made = world.file(2026, abated_dwellings=198, abatement_actual=Decimal("5000.07"))
    words = zip(rules.PRIORITIES, rules.ACTION_STATUSES, (2, 5, 8), strict=False)
    for position, (priority, status, axis) in enumerate(words, 1):
        amounts = {
            name: Decimal(1000 * position + 10 * place * position**2) + Decimal("0.07")
            for place, name in enumerate(MONEY, 1)
        }
        texts = ("title", "sub_action", "location", "calendar", "indicator", "indicator_target", "indicator_actual")
        texts += ("result", "correction_reason")
        told = {name: f"{name} {position}" for name in texts}
        seen = zip(("observation", "observed_by"), (rules.OBSERVATIONS, rules.OBSERVERS), strict=True)
        told |= {name: list(among)[position % 2] for name, among in seen}
        told |= {"observed_on": date(2026, position, 7)}
        action = world.action(made, axis=axis, status=status, priority=priority, **amounts, **told)
        place_it(world, action, position)
        for share in range(position):
            world.grant(action, awarded=Decimal(100 * position + share))
    return made


def place_it(world: World, action_id: int, position: int) -> None:
    """A residence and an objective of its own."""
    with world.app.app_context():
        action = build.db.session.get(build.Action, action_id)
        owner = build.db.session.get(build.Landlord, world.landlord)
        action.residences = [build.residence(owner, action.file.neighbourhood, name=f"Résidence {position}")]
        action.objective = build.objective(action.file.convention.contract, code=f"OBJ-{position}")
        build.db.session.commit()


# Columns that say in words what the API gives as numbers.
WORDS = {"residences": "Résidence {}", "objective": "OBJ-{}"}


def read(column: Column, text: Any) -> Any:
    """What stands in a cell of the page or the workbook, as the plain value it came from."""
    if column.words is not None:
        codes = {word: code for code, word in column.words.items()}
        return codes.get(text, text)
    if column.type == "ratio" and isinstance(text, str):
        rate = number(text)
        return None if rate is None else rate / 100
    if column.type in ("money", "ratio", "integer"):
        return number(text) if isinstance(text, str) else Decimal(str(text))
    if column.type == "date":
        return text.date().isoformat()
    return text


def close(column: Column, found: Any, expected: Any) -> bool:
    """Equal, up to what a percentage of one decimal shows."""
    if column.type == "ratio":
        return abs(found - expected) <= Decimal("0.0005")
    return bool(found == expected)


def plain(column: Column, value: Any) -> Any:
    return Decimal(str(value)) if column.type in ("money", "ratio", "integer") else value


def test_the_actions_of_a_file(world: World, file: int):
    lines = world.api("landlord").get(f"{API}/tfpb-files/{file}/actions?sort=title").json
    client = world.page("landlord")
    page = page_tables(client.get(f"/tfpb/dossiers/{file}?sort=title").text)["Actions du dossier"]
    sheets = workbook_tables(client.get(f"/tfpb/dossiers/{file}/actions.xlsx?sort=title").data)
    book = next(iter(sheets.values()))
    seen: dict[str, list[Any]] = {}
    for column in columns.ACTIONS:
        for line, row in zip(lines, book, strict=False):
            position = line["title"].split()[-1]
            expected = WORDS[column.key].format(position) if column.key in WORDS else plain(column, line[column.key])
            assert expected is not None
            assert close(column, read(column, row[column.label]), expected), column.key
            seen.setdefault(column.key, []).append(expected)
    two_words = ("observation", "observed_by")
    assert all(len(set(values)) == (2 if key in two_words else 3) for key, values in seen.items())
    shown = {column.key: column for column in columns.ACTIONS}
    for key in (columns.ACTIONS_SHOWN[0], "axis", *columns.ACTIONS_SHOWN[1:]):
        column = shown[key]
        header = f"{column.label} ↑" if key == "title" else column.label
        for line, row in zip(lines, page, strict=False):
            assert close(column, read(column, row[header]), plain(column, line[key])), key
        if column.type == "money":
            total = sum((Decimal(line[key]) for line in lines), Decimal(0))
            assert number(page[-1][column.label]) == total
            assert Decimal(str(book[-1][column.label])) == total
    assert len(page) == len(book) == 4


def test_the_list_of_files(world: World, file: int):
    world.action(world.file(2026, convention=world.other_convention, abated_dwellings=77, programme_status="validated"))
    with world.app.app_context():
        # The page says « vous » where it is its reader's turn, the workbook never does.
        build.db.session.get(build.TfpbFile, file).programme_status = "validated"
        build.db.session.commit()
    client = world.page("coordinator")
    page = page_tables(client.get("/tfpb?sort=abated_dwellings").text)["Dossiers TFPB"]
    book = next(iter(workbook_tables(client.get("/tfpb/export.xlsx?sort=abated_dwellings").data).values()))
    answer = world.api("coordinator").get(f"{API}/tfpb-files?sort=abated_dwellings&year=2026").json
    declared = {column.key: column for column in columns.FILES}
    for row, line in zip(book, answer, strict=False):
        for key in ("abated_dwellings", "status", "programme_status"):
            assert read(declared[key], row[declared[key].label]) == line[key]
    for key in columns.FILES_SHOWN:
        column = declared[key]
        # The last row is the totals: what is not added up is blank there on both faces.
        for mine, theirs in zip(page, book, strict=True):
            said, kept = mine[column.label], theirs[column.label]
            if column.type == "ratio" or kept is None:
                assert close(column, read(column, said), Decimal(str(kept))) if kept is not None else said in ("", "—")
            else:
                assert read(column, said) == read(column, kept), key
