"""Meetings through the API: created, changed against a version, archived, told."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tracker.balance.commands import freeze_edition
from tracker.balance.models import Meeting
from tracker.extensions import db
from tracker.policy import COORDINATOR, COPIL, SYSTEM

Api = Callable[..., FlaskClient]


@pytest.fixture
def contract(blank: Flask) -> Any:
    make.nomenclature()
    return make.contract()


@pytest.fixture
def client(api: Api, contract: Any) -> FlaskClient:
    return api(COORDINATOR, contract)


def body(contract: Any, **changes: Any) -> dict[str, Any]:
    return {"contract_id": contract.id, "kind": "copil", "held_on": "2027-06-17"} | changes


def test_a_meeting_is_created_read_changed_and_archived(client: FlaskClient, contract: Any) -> None:
    answer = client.post("/api/v1/meetings", json=body(contract, place="Mairie"))
    assert answer.status_code == 201
    address, tag = answer.headers["Location"], answer.headers["ETag"]
    assert client.get(address).get_json()["place"] == "Mairie"
    changed = client.patch(address, json={"notes": "Ordre du jour"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.get_json()["notes"]) == (200, "Ordre du jour")
    assert client.patch(address, json={"notes": "Trop tard"}, headers={"If-Match": tag}).status_code == 412
    assert client.patch(address, json={"notes": "Sans version"}).status_code == 428
    gone = client.post(address + "/archive", json={"reason": "Annulée"}, headers={"If-Match": changed.headers["ETag"]})
    assert gone.status_code == 200
    assert client.get(address).get_json()["archived_reason"] == "Annulée"
    assert client.get("/api/v1/meetings").get_json() == []
    assert len(client.get("/api/v1/meetings?archived=true").get_json()) == 1
    verbs = [line["verb"] for line in client.get(address + "/history").get_json()]
    assert verbs == ["archive", "update", "create"]


@pytest.mark.parametrize(
    "changes, field, code",
    [
        ({"kind": "fête"}, "kind", "unknown_value"),
        ({"held_on": "17/06/2027"}, "held_on", "invalid"),
        ({"held_on": "2027-02-30"}, "held_on", "invalid"),
        ({"held_on": None}, "held_on", "required"),
        ({"contract_id": 999_999}, "contract_id", "unknown_reference"),
        ({"colour": "rouge"}, "colour", "unknown_field"),
        ({"place": "x" * 201}, "place", "out_of_range"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(
    client: FlaskClient, contract: Any, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = client.post("/api/v1/meetings", json=body(contract, **changes))
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.get_json()["errors"]] == [(field, code)]
    assert db.session.query(Meeting).count() == 0


def test_a_meeting_stays_in_its_contract(client: FlaskClient, contract: Any) -> None:
    answer = client.post("/api/v1/meetings", json=body(contract))
    other = make.contract()
    refused = client.patch(
        answer.headers["Location"], json={"contract_id": other.id}, headers={"If-Match": answer.headers["ETag"]}
    )
    assert refused.status_code == 422


def test_filters_order_and_reach(client: FlaskClient, contract: Any) -> None:
    for kind, day in (("cotech", date(2026, 4, 9)), ("copil", date(2026, 6, 18)), ("copil", date(2025, 6, 19))):
        make.save(Meeting(contract_id=contract.id, kind=kind, held_on=day))
    make.save(Meeting(contract_id=make.contract().id, kind="copil", held_on=date(2026, 1, 1)))
    days = [line["held_on"] for line in client.get("/api/v1/meetings").get_json()]
    assert days == ["2026-06-18", "2026-04-09", "2025-06-19"]
    only = client.get("/api/v1/meetings?kind=copil&sort=held_on").get_json()
    assert [line["held_on"] for line in only] == ["2025-06-19", "2026-06-18"]
    paged = client.get("/api/v1/meetings?page_size=1&page=2")
    assert [line["held_on"] for line in paged.get_json()] == ["2026-04-09"]
    assert '"total": 3' in paged.headers["X-Pagination"]


def test_only_the_coordinator_writes(client: FlaskClient, contract: Any, api: Api) -> None:
    address = client.post("/api/v1/meetings", json=body(contract)).headers["Location"]
    reader = api(COPIL, contract)
    assert reader.get(address).status_code == 200
    assert reader.post("/api/v1/meetings", json=body(contract)).status_code == 403
    stranger = api(COORDINATOR, make.contract())
    assert stranger.get(address).status_code == 404
    assert stranger.post("/api/v1/meetings", json=body(contract)).status_code == 404


def test_a_meeting_with_an_edition_is_not_archived(client: FlaskClient, contract: Any) -> None:
    answer = client.post("/api/v1/meetings", json=body(contract))
    freeze_edition(SYSTEM, contract.code, 2026, answer.get_json()["id"], "Rien encore")
    refused = client.post(
        answer.headers["Location"] + "/archive",
        json={"reason": "Annulée"},
        headers={"If-Match": answer.headers["ETag"]},
    )
    assert (refused.status_code, refused.get_json()["code"]) == (409, "locked")


def test_a_meeting_with_an_edition_keeps_its_kind_and_its_day(client: FlaskClient, contract: Any) -> None:
    """What was printed and handed out says « COPIL du 17/06/2027 »: no list may say another day."""
    answer = client.post("/api/v1/meetings", json=body(contract))
    address, tag = answer.headers["Location"], answer.headers["ETag"]
    moved = client.patch(address, json={"held_on": "2027-06-18"}, headers={"If-Match": tag})
    back = client.patch(address, json={"held_on": "2027-06-17"}, headers={"If-Match": moved.headers["ETag"]})
    assert (moved.status_code, back.status_code) == (200, 200)  # nothing stands on it yet
    freeze_edition(SYSTEM, contract.code, 2026, answer.get_json()["id"], "Rien encore")
    tag = back.headers["ETag"]
    for change, told in (({"held_on": "2027-06-18"}, "18/06/2027"), ({"kind": "cotech"}, "COTECH")):
        refused = client.patch(address, json=change | {"place": "Ailleurs"}, headers={"If-Match": tag})
        assert (refused.status_code, refused.get_json()["code"]) == (409, "locked")
        assert told in refused.get_json()["detail"]
    assert client.get(address).get_json()["place"] is None
    same = body(contract, place="Mairie", agenda="Bilan", attendance="Tous", notes="Rien")
    kept = client.patch(address, json=same, headers={"If-Match": tag})
    assert (kept.status_code, kept.get_json()["place"]) == (200, "Mairie")
