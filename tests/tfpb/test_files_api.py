"""Files through the API: opening, changing, reading by role, bad input."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World, codes
from tracker.money import in_french
from tracker.tfpb.models import TfpbFile

FILES = f"{API}/tfpb-files"


def body(world: World, **fields: Any) -> dict[str, Any]:
    return {"convention_id": world.convention, "neighbourhood_id": world.neighbourhood, "year": 2026} | fields


def test_a_landlord_opens_and_changes_its_file(world: World):
    client = world.api("landlord")
    answer = client.post(FILES, json=body(world, dwellings=212))
    assert answer.status_code == 201, answer.json
    path = f"{FILES}/{answer.json['id']}"
    assert answer.headers["Location"] == path
    assert answer.headers["ETag"] == '"1"'
    assert answer.json | {"id": 0} == {
        "id": 0,
        "version": 1,
        "archived_at": None,
        "archived_reason": None,
        "convention_id": world.convention,
        "neighbourhood_id": world.neighbourhood,
        "year": 2026,
        "dwellings": 212,
        "abated_dwellings": None,
        "abatement_estimated": None,
        "abatement_actual": None,
        "estimate_source": None,
        "actual_source": None,
        "notice_on": None,
        "review": None,
        "status": "draft",
        "programme_status": "proposed",
        "alerts": [],
    }
    answer = client.patch(path, json={"abatement_estimated": "34200.5"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["abatement_estimated"]) == (200, "34200.50")
    assert answer.headers["ETag"] == '"2"'
    told = world.history("tfpb_file")
    assert [entry.verb for entry in told] == ["create", "update"]
    assert told[1].changes == {"abatement_estimated": [None, "34200.50"]}
    assert told[1].source == "api"
    seen = client.get(f"{path}/history").json
    assert [line["verb"] for line in seen] == ["update", "create"]


def test_the_coordinator_opens_a_landlord_s_file_and_does_not_fill_it_in(world: World):
    client = world.api("coordinator")
    answer = client.post(FILES, json=body(world))
    assert answer.status_code == 201
    answer = client.patch(f"{FILES}/{answer.json['id']}", json={"dwellings": 3}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


@pytest.mark.parametrize("role", ["officer", "state", "copil", "administrator"])
def test_who_reads_conventions_but_opens_no_file(world: World, role: str):
    assert world.api(role).post(FILES, json=body(world)).status_code == 403
    assert world.history("tfpb_file") == []


def test_another_landlord_s_convention_does_not_exist(world: World):
    answer = world.api("other_landlord").post(FILES, json=body(world))
    assert (answer.status_code, codes(answer)) == (422, [("convention_id", "unknown_reference")])


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"year": 2024}, [("year", "out_of_range")]),
        ({"year": 2031}, [("year", "out_of_range")]),
        ({"year": "deux mille"}, [("year", "invalid")]),
        ({"year": None}, [("year", "required")]),
        ({"convention_id": 999_999}, [("convention_id", "unknown_reference")]),
        ({"neighbourhood_id": 999_999}, [("neighbourhood_id", "unknown_reference")]),
        ({"dwellings": 100, "abated_dwellings": 101}, [("abated_dwellings", "out_of_range")]),
        ({"notice_on": "2024-10-15"}, [("notice_on", "out_of_range")]),
        ({"dwellings": -1}, [("dwellings", "out_of_range")]),
        ({"abatement_estimated": 1250.5}, [("abatement_estimated", "money_string")]),
        ({"abatement_estimated": "12.345"}, [("abatement_estimated", "too_many_decimals")]),
        ({"abatement_actual": "-1.00"}, [("abatement_actual", "out_of_range")]),
        ({"abatement_actual": "1 234,56"}, [("abatement_actual", "invalid")]),
        ({"status": "validated"}, [("status", "unknown_field")]),
        ({"colour": "red"}, [("colour", "unknown_field")]),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(world: World, change: dict[str, Any], expected: Any):
    answer = world.api("landlord").post(FILES, json=body(world, **change))
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert answer.mimetype == "application/problem+json"
    assert world.history("tfpb_file") == []


def test_a_neighbourhood_of_another_contract_or_city(world: World):
    with world.app.app_context():
        elsewhere = build.neighbourhood(build.contract()).id
        contract = build.db.session.get(build.Contract, world.contract)
        other_city_only = build.neighbourhood(contract, cities=[contract.cities[1]]).id
    for number in (elsewhere, other_city_only):
        answer = world.api("landlord").post(FILES, json=body(world, neighbourhood_id=number))
        assert codes(answer) == [("neighbourhood_id", "unknown_reference")]


def test_one_live_file_per_convention_neighbourhood_and_year(world: World):
    client = world.api("landlord")
    first = client.post(FILES, json=body(world)).json["id"]
    answer = client.post(FILES, json=body(world))
    assert (answer.status_code, answer.json["code"]) == (409, "duplicate")
    other = client.post(FILES, json=body(world, year=2027)).json["id"]
    answer = client.patch(f"{FILES}/{other}", json={"year": 2026}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["code"]) == (409, "duplicate")
    reason = {"reason": "Ouvert par erreur"}
    assert client.post(f"{FILES}/{first}/archive", json=reason, headers={"If-Match": '"1"'}).status_code == 200
    assert client.post(FILES, json=body(world)).status_code == 201


def test_versions(world: World):
    path = f"{FILES}/{world.file()}"
    client = world.api("landlord")
    assert client.patch(path, json={"dwellings": 210}).status_code == 428
    assert client.patch(path, json={"dwellings": 210}, headers={"If-Match": '"1"'}).status_code == 200
    assert client.patch(path, json={"dwellings": 211}, headers={"If-Match": '"1"'}).status_code == 412
    assert client.patch(path, json={"dwellings": 211}, headers={"If-Match": "*"}).status_code == 412
    assert client.get(path).json["dwellings"] == 210


def test_a_file_stays_with_its_landlord_and_city(world: World):
    path = f"{FILES}/{world.file()}"
    with world.app.app_context():
        contract = build.db.session.get(build.Contract, world.contract)
        landlord = build.db.session.get(build.Landlord, world.landlord)
        same = build.convention(contract, landlord, contract.cities[0]).id
        elsewhere = build.convention(contract, landlord, contract.cities[1]).id
    client = world.api("landlord")
    answer = client.patch(path, json={"convention_id": elsewhere}, headers={"If-Match": '"1"'})
    assert codes(answer) == [("convention_id", "invalid")]
    answer = client.patch(path, json={"convention_id": same}, headers={"If-Match": '"1"'})
    assert answer.json["convention_id"] == same


# -- who reads -----------------------------------------------------------------------------------------------------

READERS = ("landlord", "officer", "coordinator", "state", "copil")
STRANGERS = ("other_landlord", "other_officer", "other_coordinator", "administrator")


def addresses(world: World, file_id: int) -> list[str]:
    action = world.action(file_id)
    with world.app.app_context():
        moment = build.participation(build.db.session.get(TfpbFile, file_id)).id
    return [
        f"{FILES}/{file_id}",
        f"{FILES}/{file_id}/history",
        f"{FILES}/{file_id}/actions",
        f"{FILES}/{file_id}/participation",
        f"{API}/tfpb-actions/{action}",
        f"{API}/tfpb-actions/{action}/history",
        f"{API}/tfpb-actions/{action}/grants",
        f"{API}/tfpb-actions/{action}/revisions",
        f"{API}/participation/{moment}",
        f"{API}/participation/{moment}/history",
    ]


@pytest.mark.parametrize("role", READERS)
def test_who_reads_a_file_once_submitted(world: World, role: str):
    file = world.file(status="submitted")
    assert {world.api(role).get(path).status_code for path in addresses(world, file)} == {200}
    assert [row["id"] for row in world.api(role).get(FILES).json] == [file]


@pytest.mark.parametrize("role", STRANGERS)
def test_to_whom_a_submitted_file_does_not_exist(world: World, role: str):
    file = world.file(status="submitted")
    assert {world.api(role).get(path).status_code for path in addresses(world, file)} == {404}
    assert world.api(role).get(FILES).json == []


@pytest.mark.parametrize("role", ["officer", "state", "copil"])
def test_readers_wait_for_the_first_submission(world: World, role: str):
    file = world.file()
    assert {world.api(role).get(path).status_code for path in addresses(world, file)} == {404}
    assert world.api(role).get(FILES).json == []


@pytest.mark.parametrize("role", ["landlord", "coordinator"])
def test_landlord_and_coordinator_read_a_draft(world: World, role: str):
    file = world.file()
    assert {world.api(role).get(path).status_code for path in addresses(world, file)} == {200}


@pytest.mark.parametrize("role", ["officer", "state", "copil", "coordinator"])
def test_a_file_back_for_correction_stays_readable(world: World, role: str):
    file = world.file(status="to_correct")
    assert world.api(role).get(f"{FILES}/{file}").status_code == 200


@pytest.mark.parametrize("role", [*STRANGERS, "officer", "state", "copil"])
def test_a_write_on_an_unreadable_file_is_404(world: World, role: str):
    path = f"{FILES}/{world.file()}"
    client = world.api(role)
    headers = {"If-Match": '"1"'}
    assert client.patch(path, json={"dwellings": 1}, headers=headers).status_code == 404
    assert client.post(f"{path}/transitions", json={"to": "submitted"}, headers=headers).status_code == 404
    assert client.post(f"{path}/transitions", json={"to": "verified"}, headers=headers).status_code == 404
    assert client.post(f"{path}/archive", json={"reason": "x"}, headers=headers).status_code == 404
    assert client.post(f"{path}/actions", json={"axis": 1, "title": "x"}).status_code == 404


@pytest.mark.parametrize("role", ["officer", "state", "copil"])
def test_a_write_on_a_file_only_read_is_403(world: World, role: str):
    file = world.file(status="to_correct")
    path, action = f"{FILES}/{file}", f"{API}/tfpb-actions/{world.action(file)}"
    client, headers = world.api(role), {"If-Match": '"1"'}
    assert client.patch(path, json={"dwellings": 1}, headers=headers).status_code == 403
    assert client.post(f"{path}/archive", json={"reason": "x"}, headers=headers).status_code == 403
    assert client.post(f"{path}/actions", json={"axis": 1, "title": "x"}).status_code == 403
    assert client.post(f"{path}/copy-actions", json={"from_file_id": file}).status_code == 403
    moment = {"stage": "report", "held_on": "2026-01-15"}
    assert client.post(f"{path}/participation", json=moment).status_code == 403
    assert client.patch(action, json={"title": "y"}, headers=headers).status_code == 403
    assert client.post(f"{action}/archive", json={"reason": "x"}, headers=headers).status_code == 403
    assert client.post(f"{action}/grants", json={"funder_id": 1}).status_code == 403
    revision = {"planned_cost": "1.00", "reason": "x"}
    assert client.post(f"{action}/revisions", json=revision, headers=headers).status_code == 403


# -- archive, list -------------------------------------------------------------------------------------------------


def test_an_archived_file_leaves_the_list_and_still_answers(world: World):
    file = world.file()
    action = world.action(file)
    client, path = world.api("coordinator"), f"{FILES}/{file}"
    answer = client.post(f"{path}/archive", json={}, headers={"If-Match": '"1"'})
    assert codes(answer) == [("reason", "required")]
    answer = client.post(f"{path}/archive", json={"reason": "Doublon"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["archived_reason"]) == (200, "Doublon")
    assert client.get(FILES).json == []
    assert [row["id"] for row in client.get(f"{FILES}?archived=true").json] == [file]
    assert client.get(path).json["archived_at"] is not None
    owner = world.api("landlord")
    assert owner.patch(path, json={"dwellings": 1}, headers={"If-Match": '"2"'}).json["code"] == "locked"
    assert owner.post(f"{path}/transitions", json={"to": "submitted"}, headers={"If-Match": '"2"'}).status_code == 409
    answer = owner.patch(f"{API}/tfpb-actions/{action}", json={"title": "x"}, headers={"If-Match": '"1"'})
    assert answer.json["code"] == "locked"
    assert "archivé" in world.row(build.Financing, world.row(build.Action, action).financing_id).locked_reason


def test_what_was_submitted_is_not_archived(world: World):
    path = f"{FILES}/{world.file(status='submitted')}"
    for role in ("landlord", "coordinator"):
        answer = world.api(role).post(f"{path}/archive", json={"reason": "x"}, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json["code"]) == (409, "locked")


def test_filters_sort_and_pages(world: World):
    files = {year: world.file(year, dwellings=year) for year in (2025, 2026, 2027)}
    submitted = world.file(2025, convention=world.other_convention, status="submitted")
    client = world.api("coordinator")

    def found(query: str) -> list[int]:
        answer = client.get(f"{FILES}?{query}")
        assert answer.status_code == 200, answer.json
        return [row["id"] for row in answer.json]

    assert found("year=2026") == [files[2026]]
    assert found("status=submitted") == [submitted]
    assert found(f"landlord_id={world.landlord}&sort=year") == [files[2025], files[2026], files[2027]]
    assert found(f"convention_id={world.convention}&sort=-dwellings") == [files[2027], files[2026], files[2025]]
    assert found(f"city_id={world.other_city}") == []
    assert found("programme_status=validated") == []
    answer = client.get(f"{FILES}?page=2&page_size=3&sort=id")
    assert [row["id"] for row in answer.json] == [submitted]
    assert '"total": 4' in answer.headers["X-Pagination"]
    assert codes(client.get(f"{FILES}?sort=colour")) == [("sort", "unknown_value")]
    assert codes(client.get(f"{FILES}?page_size=501")) == [("page_size", "out_of_range")]


def test_an_id_of_thirty_digits_is_nobody_s(world: World):
    for place in ("tfpb-files", "tfpb-actions", "participation", "conventions"):
        assert world.api("coordinator").get(f"{API}/{place}/{'9' * 30}").status_code == 404


def test_a_file_tells_what_does_not_hold_in_it_as_a_whole(world: World, today: Any):
    today(date(2026, 11, 21))
    # Abatement 30 000, valued 18 000.25 + 9 000: 2 999.75 short.
    file = world.file(2025)
    world.action(file, valued_amount=Decimal("18000.25"))
    second = world.action(file, valued_amount=Decimal("9000.00"))
    client, path = world.api("landlord"), f"{FILES}/{file}"
    (alert,) = client.get(path).json["alerts"]
    assert (alert["code"], alert["severity"], alert["amount"]) == ("under_justified", "warning", "2999.75")
    assert in_french(Decimal("2999.75")) in alert["message"]
    assert client.get(f"{FILES}?year=2025").json[0]["alerts"] == [alert]
    assert in_french(Decimal("2999.75")) in world.page("landlord").get(f"/tfpb/dossiers/{file}").text
    raised = {"valued_amount": "11999.75"}
    assert client.patch(f"{API}/tfpb-actions/{second}", json=raised, headers={"If-Match": '"1"'}).status_code == 200
    assert client.get(path).json["alerts"] == []
    unknown = {"valued_amount": None}
    client.patch(f"{API}/tfpb-actions/{second}", json=unknown, headers={"If-Match": '"2"'})
    assert client.get(path).json["alerts"] == []  # a sum that skipped a value is compared to nothing
    # A programme has valued nothing yet; a file without actions is told so, and no shortfall.
    programme, empty = world.file(2027), world.file(2026)
    world.action(programme, valued_amount=Decimal(0))
    assert client.get(f"{FILES}/{programme}").json["alerts"] == []
    assert client.get(f"{FILES}/{empty}").json["alerts"] == []


def test_a_file_tells_the_gate_its_convention_missed(world: World):
    with world.app.app_context():
        build.db.session.get(build.Convention, world.convention).declared_on = None
        build.db.session.commit()
    file = world.file(2025)
    (alert,) = world.api("landlord").get(f"{FILES}/{file}").json["alerts"]
    assert (alert["code"], alert["severity"], alert["amount"]) == ("not_declared", "error", None)
