"""Editions: frozen byte for byte, whatever changes afterwards."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders as make
from tracker.balance.models import Edition, EditionFile, Meeting
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.rules import STAGES

Api = Callable[..., FlaskClient]


class Frozen:
    """A sound contract-year with one verified file, a second landlord, and a COPIL."""

    def __init__(self) -> None:
        make.nomenclature()
        self.contract = make.contract()
        self.where = make.neighbourhood(self.contract)
        self.owner, self.other = make.landlord(name="Bailleur A"), make.landlord(name="Bailleur B")
        self.file = make.tfpb_file(
            make.convention(self.contract, self.owner),
            self.where,
            2026,
            status="verified",
            abatement_actual=Decimal(500),
        )
        self.action = make.action(self.file, title="Gardiennage renforcé")
        for stage in STAGES:
            make.participation(self.file, stage)
        self.meeting = make.save(
            Meeting(contract_id=self.contract.id, kind="copil", held_on=date(2027, 6, 17), place="Mairie")
        )
        self.address = f"/api/v1/contracts/{self.contract.code}/balance-sheets/2026"

    def late_file(self, status: str = "submitted") -> Any:
        signed = make.convention(self.contract, self.other)
        file = make.tfpb_file(signed, self.where, 2026, status=status)
        make.action(file, title="Arrivée après")
        return file


@pytest.fixture
def year(blank: Flask) -> Frozen:
    return Frozen()


@pytest.fixture
def coordinator(year: Frozen, api: Api) -> FlaskClient:
    return api(COORDINATOR, year.contract)


def freeze(client: FlaskClient, year: Frozen, **more: Any) -> Any:
    return client.post(year.address + "/editions", json={"meeting_id": year.meeting.id, **more})


def test_freezing_answers_the_edition_and_its_address(year: Frozen, coordinator: FlaskClient) -> None:
    answer = freeze(coordinator, year)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.headers["Location"] == year.address + "/editions/1"
    assert answer.headers["ETag"]
    body = answer.get_json()
    assert (body["number"], body["year"], body["contract"]) == (1, 2026, year.contract.code)
    assert (body["meeting_id"], body["reason"]) == (year.meeting.id, None)
    assert [line["number"] for line in coordinator.get(year.address + "/editions").get_json()] == [1]


def test_an_edition_is_the_sheet_of_that_day(year: Frozen, coordinator: FlaskClient) -> None:
    live = coordinator.get(year.address).get_json()
    freeze(coordinator, year)
    frozen = coordinator.get(year.address + "/editions/1").get_json()
    edition = frozen.pop("edition")
    assert (edition["number"], edition["meeting"]["held_on"]) == (1, "2027-06-17")
    assert live.pop("edition") is None
    assert frozen == live


def test_the_hashes_are_those_of_what_is_served(year: Frozen, coordinator: FlaskClient) -> None:
    line = freeze(coordinator, year).get_json()
    content = coordinator.get(year.address + "/editions/1").data
    workbook = coordinator.get(year.address + "/editions/1.xlsx").data
    assert hashlib.sha256(content).hexdigest() == line["content_sha256"]
    assert hashlib.sha256(workbook).hexdigest() == line["workbook_sha256"]
    assert content.decode() == json.dumps(
        json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def test_an_edition_stays_as_it_was_whatever_changes(year: Frozen, coordinator: FlaskClient) -> None:
    freeze(coordinator, year)
    before = [coordinator.get(f"{year.address}/editions/1{end}").data for end in ("", ".xlsx")]
    db.session.expire_all()
    year.action.actual_cost = Decimal("9999.00")
    year.owner.name = "Un autre nom"
    year.file.status = "transmitted"
    db.session.commit()
    year.late_file()
    assert [coordinator.get(f"{year.address}/editions/1{end}").data for end in ("", ".xlsx")] == before
    assert coordinator.get(year.address).get_json()["totals"]["actual_cost"] != "1000.00"


def test_a_late_file_enters_the_next_edition(year: Frozen, coordinator: FlaskClient) -> None:
    freeze(coordinator, year)
    late = year.late_file()
    assert freeze(coordinator, year, reason="Bilan reçu après le premier COPIL").get_json()["number"] == 2
    files = [coordinator.get(f"{year.address}/editions/{n}").get_json()["totals"]["files"] for n in (1, 2)]
    assert files == [1, 2]
    kept = db.session.query(EditionFile.edition_id, EditionFile.file_id).order_by("edition_id", "file_id").all()
    assert [tuple(row) for row in kept] == [(1, year.file.id), (2, year.file.id), (2, late.id)]
    assert [line["number"] for line in coordinator.get(year.address + "/editions").get_json()] == [2, 1]
    second = coordinator.get(year.address + "/editions?page=2&page_size=1")
    assert [line["number"] for line in second.get_json()] == [1]
    assert '"total": 2' in second.headers["X-Pagination"]


def test_the_files_counted_are_locked(year: Frozen, coordinator: FlaskClient) -> None:
    late = year.late_file("draft")
    freeze(coordinator, year, reason="Sans le bailleur B")
    db.session.expire_all()
    assert "édition n° 1" in db.session.get(TfpbFile, year.file.id).frozen_in
    assert db.session.get(TfpbFile, late.id).frozen_in is None


def test_an_open_error_asks_for_a_reason(year: Frozen, coordinator: FlaskClient) -> None:
    year.late_file("draft")
    answer = freeze(coordinator, year)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "open_errors")
    assert "Bailleur B" in answer.get_json()["detail"]
    assert freeze(coordinator, year, reason="   ").status_code == 409
    assert db.session.query(Edition).count() == 0
    assert db.session.query(HistoryEntry).filter_by(verb="freeze").count() == 0
    answer = freeze(coordinator, year, reason="Bilan B attendu")
    assert answer.status_code == 201
    edition = coordinator.get(year.address + "/editions/1").get_json()["edition"]
    assert edition["reason"] == "Bilan B attendu"


def test_freezing_leaves_its_line_of_history(year: Frozen, coordinator: FlaskClient) -> None:
    line = freeze(coordinator, year, reason="Séance avancée").get_json()
    told = db.session.query(HistoryEntry).filter_by(item_type="edition").one()
    assert (told.verb, told.item_id, told.contract_id, told.source) == ("freeze", line["id"], year.contract.id, "api")
    assert told.changes["workbook_sha256"] == [None, line["workbook_sha256"]]
    assert told.changes["files"] == [None, 1]
    assert "workbook" not in told.changes


@pytest.mark.parametrize("body", [{}, {"meeting_id": 999_999}, {"meeting_id": "1"}, {"meeting_id": 1, "year": 2026}])
def test_a_bad_body_writes_nothing(year: Frozen, coordinator: FlaskClient, body: dict[str, Any]) -> None:
    expected = 201 if body == {"meeting_id": "1"} else 422
    answer = coordinator.post(year.address + "/editions", json=body)
    assert answer.status_code == expected
    assert db.session.query(Edition).count() == (expected == 201)


def test_a_meeting_of_another_contract_is_unknown(year: Frozen, coordinator: FlaskClient) -> None:
    elsewhere = make.save(Meeting(contract_id=make.contract().id, kind="copil", held_on=date(2027, 6, 17)))
    answer = coordinator.post(year.address + "/editions", json={"meeting_id": elsewhere.id})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["code"] == "unknown_reference"


def test_only_the_coordinator_freezes(year: Frozen, api: Api) -> None:
    for role, where in (
        (FINANCE_OFFICER, {"in_city": year.contract.cities[0]}),
        (STATE, {}),
        (COPIL, {}),
        (LANDLORD, {"of_landlord": year.owner}),
    ):
        assert freeze(api(role, year.contract, **where), year).status_code == 403
    assert freeze(api(COORDINATOR, make.contract()), year).status_code == 404
    assert db.session.query(Edition).count() == 0


def test_an_edition_is_whole_for_every_member(year: Frozen, coordinator: FlaskClient, api: Api) -> None:
    freeze(coordinator, year)
    whole = coordinator.get(year.address + "/editions/1").data
    for role, where in ((COPIL, {}), (LANDLORD, {"of_landlord": year.other})):
        reader = api(role, year.contract, **where)
        assert reader.get(year.address + "/editions/1").data == whole
        assert reader.get(year.address + "/editions/1.xlsx").status_code == 200
    assert coordinator.get(year.address + "/editions/2").status_code == 404


def test_an_edition_tells_nothing_of_a_draft(year: Frozen, coordinator: FlaskClient) -> None:
    """It is read by every landlord: what was never submitted does not exist in it, though its coordinator sees it."""
    draft = year.late_file("draft")
    freeze(coordinator, year, reason="Sans B")
    due = coordinator.get(year.address + "/editions/1").get_json()["completeness"]
    assert [line["file_id"] for line in due] == [year.file.id, None]
    assert f"/tfpb/dossiers/{draft.id}" not in coordinator.get(year.address + "/editions/1").get_data(as_text=True)


def test_only_an_edition_is_not_provisional(year: Frozen, coordinator: FlaskClient) -> None:
    live = coordinator.get(year.address + ".xlsx")
    assert f"bilan-tfpb-{year.contract.code}-2026-PROVISOIRE-2026-11-21.xlsx" in live.headers["Content-Disposition"]
    freeze(coordinator, year)
    frozen = coordinator.get(year.address + "/editions/1.xlsx")
    assert (
        f"filename*=UTF-8''bilan-tfpb-{year.contract.code}-2026-edition-1.xlsx" in frozen.headers["Content-Disposition"]
    )
    for content, provisional in ((live.data, True), (frozen.data, False)):
        for sheet in load_workbook(io.BytesIO(content)).worksheets:
            assert ("PROVISOIRE" in str(sheet["A3"].value)) is provisional, sheet.title
            assert ("PROVISOIRE" in sheet.oddHeader.right.text) is provisional, sheet.title


def test_the_workbook_of_an_unchanged_day_has_the_same_bytes(year: Frozen, coordinator: FlaskClient) -> None:
    assert coordinator.get(year.address + ".xlsx").data == coordinator.get(year.address + ".xlsx").data


def test_programme_of_next_year(year: Frozen, coordinator: FlaskClient, api: Api) -> None:
    signed = make.convention(year.contract, year.other)
    draft = make.tfpb_file(signed, year.where, 2027, programme_status="discussed")
    make.action(draft, title="Discutée", planned_cost=Decimal("5000.00"), planned_valued=None)
    elsewhere = make.neighbourhood(year.contract)
    make.action(make.tfpb_file(signed, elsewhere, 2027), title="Brouillon du bailleur")

    def planned(content: bytes) -> str:
        sheet = load_workbook(io.BytesIO(content))["Programme N+1"]
        return str([[cell.value for cell in row] for row in sheet.iter_rows()])

    assert "Brouillon du bailleur" in planned(coordinator.get(year.address + ".xlsx").data)
    reader = api(COPIL, year.contract).get(year.address + ".xlsx").data
    assert "Discutée" not in planned(reader)
    rival = api(LANDLORD, year.contract, of_landlord=year.owner).get(year.address + ".xlsx").data
    assert "Discutée" not in planned(rival)
    freeze(coordinator, year, reason="B attendu")
    frozen = planned(coordinator.get(year.address + "/editions/1.xlsx").data)
    assert "Discutée" in frozen
    assert "Brouillon du bailleur" not in frozen
