"""One sheet, three faces: the JSON, the page and the workbook say what an independent computation says."""

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.balance.faces import as_read, exact, number, page_tables, workbook_tables
from tests.balance.generated import YEAR, Generated, expected, generate
from tracker.balance.columns import FIGURES, SHARE
from tracker.policy import COORDINATOR

COLUMNS = {column.label: column for column in (*FIGURES, SHARE)}
GROUPS = ("landlord", "city", "neighbourhood", "axis", "priority")
SEEDS = range(7)


def address(found: Generated) -> str:
    return f"/api/v1/contracts/{found.contract.code}/balance-sheets/{YEAR}"


def key_of(group: str, line: dict[str, Any]) -> Any:
    return line[group]["code" if group in ("axis", "priority") else "id"]


def sheet_of(client: FlaskClient, found: Generated) -> dict[str, Any]:
    answer = client.get(address(found))
    assert answer.status_code == 200
    return answer.get_json()


@pytest.mark.parametrize("seed", SEEDS)
def test_json_page_and_workbook_are_the_independent_computation(api: Any, browse: Any, seed: int) -> None:
    found = generate(seed)
    client = api(COORDINATOR, found.contract)
    sheet = sheet_of(client, found)
    assert_computed(sheet, found)
    answer = browse(COORDINATOR, found.contract).get(f"/bilan/{found.contract.code}/{YEAR}")
    assert answer.status_code == 200
    assert_on_page(answer.get_data(as_text=True), sheet)
    answer = client.get(address(found) + ".xlsx")
    assert answer.status_code == 200
    assert_in_workbook(answer.data, sheet)


def assert_computed(sheet: dict[str, Any], found: Generated) -> None:
    again = expected(found)
    assert sheet["totals"] == again["totals"]
    for group in GROUPS:
        figured = {key_of(group, line): {k: v for k, v in line.items() if k != group} for line in sheet[f"by_{group}"]}
        assert figured == again[group], group
        assert len(sheet[f"by_{group}"]) == len(again[group])
    assert {line["source"]: line["amount"] for line in sheet["by_source"]} == again["source"]
    counted = {action["id"] for file in found.files for action in file["actions"] if file["status"] != "draft"}
    assert {action["id"] for action in sheet["actions"]} <= counted
    assert len(sheet["actions"]) == sheet["totals"]["actions"]
    assert [check["code"] for check in sheet["checks"] if check["code"] == "totals_differ" and not check["ok"]] == []


def assert_on_page(html: str, sheet: dict[str, Any]) -> None:
    tables = page_tables(html)
    captions = {"landlord": "Par bailleur", "city": "Par ville", "axis": "Par axe", "priority": "Par priorité"}
    for group, caption in captions.items():
        lines = sheet[f"by_{group}"]
        if not lines:
            continue
        *rows, last = tables[caption]
        assert len(rows) == len(lines)
        for row, line in zip(rows, lines, strict=True):
            assert_same_on_page(row, line)
        assert_same_on_page(last, {**sheet["totals"], "share": None}, skip={"Part du valorisé"})
    if sheet["by_source"]:
        *rows, last = tables["Autres financements, par source"]
        assert [number(row["Accordé"]) for row in rows] == [amount(line["amount"]) for line in sheet["by_source"]]
        assert number(last["Accordé"]) == amount(sheet["totals"]["other_funding"])


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def assert_same_on_page(
    row: dict[str, str], line: dict[str, Any], skip: frozenset[str] | set[str] = frozenset()
) -> None:
    compared = 0
    for label, text in row.items():
        if label not in COLUMNS or label in skip:
            continue
        column = COLUMNS[label]
        assert number(text) == as_read(column.type, line[column.key]), label
        compared += 1
    assert compared >= 4


def assert_in_workbook(content: bytes, sheet: dict[str, Any]) -> None:
    tables = workbook_tables(content)
    for group, name in (("landlord", "Par bailleur"), ("city", "Par ville"), ("axis", "Par axe")):
        lines = sheet[f"by_{group}"]
        if not lines:
            continue
        rows = tables[name][: len(lines) + 1]
        for row, line in zip(rows, lines, strict=False):
            assert_same_in_workbook(row, line)
        assert next(iter(rows[-1].values())) == "Total"
        assert_same_in_workbook(rows[-1], sheet["totals"], skip={"Part du valorisé"})
    if sheet["by_source"]:
        rows = tables["Par source"]
        assert [exact(row["Accordé"]) for row in rows[:-1]] == [line["amount"] for line in sheet["by_source"]]
        assert exact(rows[-1]["Accordé"]) == sheet["totals"]["other_funding"]
    actions = tables["Actions"][: len(sheet["actions"])]
    for row, line in zip(actions, sheet["actions"], strict=True):
        assert row["Action"] == line["title"]
        assert (exact(row["Réalisé"]), exact(row["Valorisé TFPB"])) == (line["actual_cost"], line["valued_amount"])
        assert exact(row["Autre financement"]) == line["other_funding"]
        assert exact(row["Taux de valorisation"], "0.0001") == line["valuation_rate"]


def assert_same_in_workbook(
    row: dict[str, Any], line: dict[str, Any], skip: frozenset[str] | set[str] = frozenset()
) -> None:
    compared = 0
    for label, value in row.items():
        if label not in COLUMNS or label in skip:
            continue
        column = COLUMNS[label]
        found = value if column.type == "integer" else exact(value, "0.01" if column.type == "money" else "0.0001")
        assert found == line[column.key], label
        compared += 1
    assert compared >= 10
