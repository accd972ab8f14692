"""The balance sheet of a contract-year: what counts, what is due, who sees what."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tracker.balance.queries.content import canonical, read_sheet
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.schemas import BalanceSheetSchema
from tracker.policy import ADMINISTRATOR, COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE

Api = Callable[..., FlaskClient]


def euros(text: str) -> Decimal:
    return Decimal(text)


class Year:
    """A contract with two cities, a neighbourhood and two landlords, under convention since 2025."""

    def __init__(self) -> None:
        make.nomenclature()
        self.contract = make.contract()
        self.where = make.neighbourhood(self.contract)
        self.landlords = [make.landlord(name="Bailleur A"), make.landlord(name="Bailleur B")]
        self.conventions = [make.convention(self.contract, one) for one in self.landlords]

    def file(self, status: str = "submitted", place: int = 0, **fields: Any) -> Any:
        return make.tfpb_file(self.conventions[place], self.where, 2026, status=status, **fields)

    def address(self, year: int = 2026, code: str | None = None) -> str:
        return f"/api/v1/contracts/{code or self.contract.code}/balance-sheets/{year}"


@pytest.fixture
def year(blank: Flask) -> Year:
    return Year()


def read(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_worked_example(year: Year, api: Api) -> None:
    """350 abated dwellings, 58 000 € of abatement, 60 000 € spent, 43 000 € valued (design §7)."""
    file = year.file(dwellings=400, abated_dwellings=350, abatement_actual=euros("58000.00"))
    for planned, actual, valued in (("40000.00", "35000.00", "25000.00"), ("30000.00", "25000.00", "18000.00")):
        make.action(
            file,
            planned_cost=euros(planned),
            actual_cost=euros(actual),
            landlord_share=euros(actual),
            valued_amount=euros(valued),
        )
    sheet = read(api(COORDINATOR, year.contract), year.address())
    assert sheet["totals"] == {
        "files": 1,
        "actions": 2,
        "dwellings": 400,
        "abated_dwellings": 350,
        "abatement": "58000.00",
        "planned_cost": "70000.00",
        "actual_cost": "60000.00",
        "landlord_share": "60000.00",
        "other_funding": "0.00",
        "valued_amount": "43000.00",
        "completion_rate": "0.8571",
        "valuation_rate": "0.7167",
        "justified_rate": "0.7414",
        "leverage": "1.3953",
        "valued_per_dwelling": "122.86",
        "gap": "-15000.00",
        "actual_cost_per_dwelling": "150.00",  # 60 000 ÷ 400
        "coverage_rate": "0.9667",  # 58 000 ÷ 60 000
    }
    assert sheet["by_landlord"][0].pop("landlord")["name"] == "Bailleur A"
    assert sheet["by_landlord"] == [sheet["totals"]]
    assert sheet["by_axis"][0]["axis"] == {"id": 3, "code": 3, "name": "Axe 3"}
    assert sheet["by_axis"][0]["share"] == "1.0000"
    assert sheet["edition"] is None
    assert sheet["scope"] == "all"


def test_the_answer_has_the_fields_of_the_document(year: Year, api: Api) -> None:
    file = year.file()
    make.grant(make.action(file, priority="health"), awarded=euros("10.00"))
    make.participation(file)
    sheet = read(api(COORDINATOR, year.contract), year.address())

    def same(schema: Any, value: Any) -> None:
        assert set(value) == set(schema.fields), type(schema).__name__
        for name, kind in schema.fields.items():
            inner = getattr(kind, "inner", kind)
            if hasattr(inner, "nested") and value[name]:
                for one in value[name] if isinstance(value[name], list) else [value[name]]:
                    same(inner.schema, one)

    same(BalanceSheetSchema(), sheet)


@pytest.mark.parametrize("status", ["submitted", "verified", "validated", "transmitted"])
def test_what_was_submitted_counts(year: Year, api: Api, status: str) -> None:
    make.action(year.file(status))
    assert read(api(COORDINATOR, year.contract), year.address())["totals"]["files"] == 1


@pytest.mark.parametrize("status", ["draft", "to_correct"])
def test_what_is_not_submitted_stands_in_completeness_alone(year: Year, api: Api, status: str) -> None:
    file = year.file(status)
    make.grant(make.action(file, priority="health"), awarded=euros("10.00"))
    make.participation(file)
    sheet = read(api(COORDINATOR, year.contract), year.address())
    assert sheet["totals"]["actions"] == 0
    assert sheet["totals"]["actual_cost"] == "0.00"
    for name in ("by_landlord", "by_city", "by_axis", "by_priority", "by_source", "actions", "participation"):
        assert sheet[name] == [], name
    assert (sheet["completeness"][0]["file_id"], sheet["completeness"][0]["status"]) == (file.id, status)


def test_a_year_without_file_has_zero_sums_and_no_ratio(year: Year, api: Api) -> None:
    totals = read(api(COORDINATOR, year.contract), year.address(2029))["totals"]
    assert (totals["files"], totals["actions"], totals["dwellings"], totals["abated_dwellings"]) == (0, 0, 0, 0)
    assert {totals[name] for name in ("abatement", "planned_cost", "other_funding", "valued_amount")} == {"0.00"}
    ratios = (
        *("completion_rate", "valuation_rate", "justified_rate", "leverage", "valued_per_dwelling"),
        *("actual_cost_per_dwelling", "coverage_rate"),
    )
    assert {totals[name] for name in ratios} == {None}


@pytest.mark.parametrize("wrong", [2023, 2031, 99999])
def test_a_year_outside_the_contract_is_not_there(year: Year, api: Api, wrong: int) -> None:
    assert api(COORDINATOR, year.contract).get(year.address(wrong)).status_code == 404


def test_an_unknown_contract_is_not_there(year: Year, api: Api) -> None:
    assert api(COORDINATOR, year.contract).get(year.address(code="nulle-part")).status_code == 404


def test_actual_abatement_replaces_the_estimate(year: Year, api: Api) -> None:
    year.file(abatement_estimated=euros("100.00"), abatement_actual=euros("90.00"))
    year.file(place=1, abatement_estimated=euros("50.00"))
    assert read(api(COORDINATOR, year.contract), year.address())["totals"]["abatement"] == "140.00"


def test_other_funding_is_what_was_awarded_by_source(year: Year, api: Api) -> None:
    action = make.action(year.file())
    scheme = make.scheme()
    direct = make.funder()
    for _ in range(2):  # two equal grants are two grants
        make.grant(action, scheme, awarded=euros("150.00"))
    make.grant(action, scheme, awarded=euros("1000.00"), status="refused")
    make.grant(action, direct, awarded=euros("20.50"), nature="investment", status="closed")
    make.grant(action, direct, requested=euros("77.00"), status="filed")
    sheet = read(api(COORDINATOR, year.contract), year.address())
    assert sheet["totals"]["other_funding"] == "320.50"
    lines = {line["source"]: line for line in sheet["by_source"]}
    assert {code: line["amount"] for code, line in lines.items()} == {scheme.code: "300.00", direct.code: "20.50"}
    assert lines[scheme.code]["name"] == scheme.name
    assert lines[direct.code]["funder"]["code"] == direct.code
    assert sheet["actions"][0]["other_funding"] == "320.50"


def test_priorities_keep_their_order_and_none_comes_last(year: Year, api: Api) -> None:
    file = year.file()
    for priority in ("ageing", None, "health"):
        make.action(file, priority=priority)
    lines = read(api(COORDINATOR, year.contract), year.address())["by_priority"]
    assert [line["priority"]["code"] for line in lines] == ["health", "ageing", None]
    assert {line["share"] for line in lines} == {"0.3333"}


# -- completeness --------------------------------------------------------------------------------------------------


def test_one_line_is_due_by_convention_and_neighbourhood(year: Year, api: Api) -> None:
    first, second = year.contract.cities
    make.neighbourhood(year.contract, name="Quartier de la seconde ville", cities=[second])
    make.neighbourhood(year.contract, name="Quartier de tous", cities=[])
    make.convention(year.contract, year.landlords[1], second, first_year=2027)
    due = read(api(COORDINATOR, year.contract), year.address())["completeness"]
    named = {(line["landlord"]["name"], line["city"]["name"], line["neighbourhood"]["name"]) for line in due}
    everywhere = (year.where.name, "Quartier de tous")
    assert named == {(owner.name, first.name, place) for owner in year.landlords for place in everywhere}
    assert {(line["file_id"], line["status"], *line["missing"]) for line in due} == {(None, None, "file")}


def test_completeness_lists_what_a_file_lacks(year: Year, api: Api) -> None:
    file = year.file(
        "to_correct", dwellings=None, abated_dwellings=None, abatement_estimated=euros("1.00"), abatement_actual=None
    )
    make.action(file, actual_cost=None)
    make.participation(file, "diagnosis")
    line = read(api(COORDINATOR, year.contract), year.address())["completeness"][0]
    expected = ["submission", "dwellings", "abated_dwellings", "abatement_actual", "actual_cost", "evidence"]
    stages = [f"participation_{stage}" for stage in ("definition", "midway", "report")]
    assert line["missing"] == [*expected, *stages]


def test_an_archived_file_is_due_again(year: Year, api: Api) -> None:
    year.file(archived_at=make.clock.now())
    line = read(api(COORDINATOR, year.contract), year.address())["completeness"][0]
    assert (line["file_id"], line["missing"]) == (None, ["file"])


# -- who sees what -------------------------------------------------------------------------------------------------


def test_a_landlord_reads_his_own_lines(year: Year, api: Api) -> None:
    make.action(year.file(), title="La mienne")
    other = year.file(place=1)
    make.grant(make.action(other, title="La sienne"), awarded=euros("10.00"))
    make.participation(other)
    sheet = read(api(LANDLORD, year.contract, of_landlord=year.landlords[0]), year.address())
    assert sheet["scope"] == "own"
    assert [action["title"] for action in sheet["actions"]] == ["La mienne"]
    assert sheet["totals"]["other_funding"] == "0.00"
    assert sheet["by_source"] == sheet["participation"] == []
    assert {line["landlord"]["name"] for line in (*sheet["by_landlord"], *sheet["completeness"])} == {"Bailleur A"}
    assert "Bailleur B" not in str(sheet["checks"])


@pytest.mark.parametrize("role", [FINANCE_OFFICER, STATE, COPIL])
def test_a_file_never_submitted_does_not_exist_for_readers(year: Year, api: Api, role: str) -> None:
    file = year.file("draft", abatement_estimated=None)
    where = {"in_city": year.contract.cities[0]} if role == FINANCE_OFFICER else {}
    sheet = read(api(role, year.contract, **where), year.address())
    assert {(line["file_id"], line["status"], *line["missing"]) for line in sheet["completeness"]} == {
        (None, None, "file")
    }
    assert f"/tfpb/dossiers/{file.id}" not in str(sheet["checks"])


def test_an_officer_of_another_city_sees_that_a_file_is_back_not_what_it_lacks(year: Year, api: Api) -> None:
    file = year.file("to_correct", dwellings=None, abated_dwellings=None)
    elsewhere = api(FINANCE_OFFICER, year.contract, in_city=year.contract.cities[1])
    line = read(elsewhere, year.address())["completeness"][0]
    assert (line["file_id"], line["status"], line["missing"]) == (file.id, "to_correct", ["submission"])


def test_an_administrator_reads_no_balance_sheet(year: Year, api: Api) -> None:
    client = api(ADMINISTRATOR)
    assert client.get(year.address()).status_code == 404
    assert client.get(year.address() + ".xlsx").status_code == 404
    assert client.get(year.address() + "/editions").status_code == 404


def test_a_member_of_another_contract_reads_nothing(year: Year, api: Api) -> None:
    assert api(COORDINATOR, make.contract()).get(year.address()).status_code == 404


# -- JSON both ways ------------------------------------------------------------------------------------------------


def test_a_sheet_is_read_back_from_its_json(year: Year, blank: Flask) -> None:
    file = year.file(abatement_actual=euros("58000.00"))
    make.grant(make.action(file, priority="health", actual_cost=None), awarded=euros("10.00"))
    make.participation(file, held_on=date(2026, 3, 1), participants=12, place="Loge du gardien")
    sheet = balance_sheet(make.actor(COORDINATOR, year.contract), year.contract.code, 2026)
    again = read_sheet(canonical(sheet))
    assert again == sheet
    assert [moment.place for moment in again.participation] == ["Loge du gardien"]
    assert canonical(again) == canonical(sheet)
    older = json.loads(canonical(sheet))
    del older["participation"][0]["place"]
    assert [moment.place for moment in read_sheet(json.dumps(older)).participation] == [None]
