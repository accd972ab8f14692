"""Conventions and the nomenclature through the API."""

from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World, codes

PATH = f"{API}/conventions"
HEADERS = {"If-Match": '"1"'}


def body(world: World, **fields: Any) -> dict[str, Any]:
    parties = {"contract_id": world.contract, "landlord_id": world.landlord, "city_id": world.other_city}
    return parties | {"first_year": 2025, "last_year": 2030} | fields


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_a_convention_from_draft_to_archive(world: World, role: str):
    client = world.api(role)
    answer = client.post(PATH, json=body(world))
    assert answer.status_code == 201, answer.json
    one = f"{PATH}/{answer.json['id']}"
    assert (answer.headers["Location"], answer.json["status"], answer.json["signed_on"]) == (one, "draft", None)
    change = {"signed_on": "2025-03-20", "status": "signed"}
    answer = client.patch(one, json=change, headers=HEADERS)
    assert {name: answer.json[name] for name in change} == change
    answer = client.post(f"{one}/archive", json={"reason": "Saisie deux fois"}, headers={"If-Match": '"2"'})
    assert answer.status_code == 200
    number = answer.json["id"]
    assert number not in [row["id"] for row in client.get(PATH).json]
    assert [row["id"] for row in client.get(f"{PATH}?archived=true").json] == [number]
    assert client.patch(one, json={"status": "draft"}, headers={"If-Match": '"3"'}).json["code"] == "locked"
    assert [line["verb"] for line in client.get(f"{one}/history").json] == ["archive", "update", "create"]


@pytest.mark.parametrize("role", ["landlord", "officer", "state", "copil", "other_coordinator"])
def test_who_manages_no_convention_here(world: World, role: str):
    assert world.api(role).post(PATH, json=body(world)).status_code == 403
    one = f"{PATH}/{world.convention}"
    expected = 404 if role == "other_coordinator" else 403
    assert world.api(role).patch(one, json={"status": "draft"}, headers=HEADERS).status_code == expected
    assert world.api(role).post(f"{one}/archive", json={"reason": "x"}, headers=HEADERS).status_code == expected


def test_who_reads_conventions(world: World):
    def found(role: str) -> list[int]:
        return sorted(row["id"] for row in world.api(role).get(PATH).json)

    both = sorted([world.convention, world.other_convention])
    for role in ("coordinator", "officer", "other_officer", "state", "copil", "administrator"):
        assert found(role) == both
    assert found("landlord") == [world.convention]
    assert found("other_coordinator") == []
    assert world.api("landlord").get(f"{PATH}/{world.other_convention}").status_code == 404
    assert world.api("landlord").get(f"{PATH}/{world.other_convention}/history").status_code == 404


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"first_year": 2023}, [("first_year", "out_of_range")]),
        ({"last_year": 2031}, [("last_year", "out_of_range")]),
        ({"first_year": 2028, "last_year": 2026}, [("last_year", "out_of_range")]),
        ({"contract_id": 999_999}, [("contract_id", "unknown_reference")]),
        ({"landlord_id": 999_999}, [("landlord_id", "unknown_reference")]),
        ({"city_id": 999_999}, [("city_id", "unknown_reference")]),
        ({"signed_on": "demain"}, [("signed_on", "invalid")]),
        ({"status": "lost"}, [("status", "unknown_value")]),
        ({"landlord_id": None}, [("landlord_id", "required")]),
    ],
)
def test_bad_conventions(world: World, change: dict[str, Any], expected: Any):
    answer = world.api("coordinator").post(PATH, json=body(world, **change))
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert world.history("convention") == []


def test_a_city_that_did_not_sign_the_contract(world: World):
    with world.app.app_context():
        stranger = build.city().id
    answer = world.api("coordinator").post(PATH, json=body(world, city_id=stranger))
    assert codes(answer) == [("city_id", "unknown_reference")]


def test_a_convention_with_files_keeps_its_parties_and_their_years(world: World):
    world.file(2026)
    client, one = world.api("coordinator"), f"{PATH}/{world.convention}"
    answer = client.patch(one, json={"landlord_id": world.other_landlord}, headers=HEADERS)
    assert (answer.status_code, answer.json["code"]) == (409, "locked")
    answer = client.patch(one, json={"first_year": 2027}, headers=HEADERS)
    assert codes(answer) == [("first_year", "out_of_range")]
    answer = client.patch(one, json={"first_year": 2025, "last_year": 2025}, headers=HEADERS)
    assert codes(answer) == [("last_year", "out_of_range")]
    answer = client.post(f"{one}/archive", json={"reason": "x"}, headers=HEADERS)
    assert (answer.status_code, answer.json["code"]) == (409, "locked")
    assert client.patch(one, json={"first_year": 2026, "last_year": 2026}, headers=HEADERS).status_code == 200


def test_versions_of_a_convention(world: World):
    client, one = world.api("coordinator"), f"{PATH}/{world.convention}"
    assert client.patch(one, json={"status": "draft"}).status_code == 428
    assert client.patch(one, json={"status": "draft"}, headers={"If-Match": '"5"'}).status_code == 412


def test_filters_and_sort(world: World):
    client = world.api("coordinator")
    assert [row["id"] for row in client.get(f"{PATH}?landlord_id={world.landlord}").json] == [world.convention]
    assert [row["id"] for row in client.get(f"{PATH}?sort=-id").json] == [world.other_convention, world.convention]
    assert client.get(f"{PATH}?status=draft").json == []


# -- nomenclature --------------------------------------------------------------------------------------------------


def test_everybody_reads_the_axes_and_the_administrator_words_them(world: World):
    rows = world.api("copil").get(f"{API}/axes").json
    assert [row["number"] for row in rows] == list(range(1, 9))
    one = f"{API}/axes/{rows[0]['id']}"
    answer = world.api("coordinator").patch(one, json={"label": "Présence"}, headers=HEADERS)
    assert answer.status_code == 403
    client = world.api("administrator")
    assert client.patch(one, json={"label": "Présence"}).status_code == 428
    assert codes(client.patch(one, json={"number": 9}, headers=HEADERS)) == [("number", "unknown_field")]
    answer = client.patch(one, json={"label": "Présence"}, headers=HEADERS)
    assert (answer.status_code, answer.json["label"]) == (200, "Présence")
    assert [line["changes"]["label"] for line in client.get(f"{one}/history").json] == [["Axe 1", "Présence"]]


def test_everybody_reads_the_priorities(world: World):
    rows = world.api("landlord").get(f"{API}/priorities").json
    assert [row["code"] for row in rows][:2] == ["health", "digital_divide"]
    assert len(rows) == 8


def test_an_axis_asks_for_a_baseline_is_closed_in_renewal_and_keeps_its_former_labels(world: World):
    client = world.api("administrator")
    rows = client.get(f"{API}/axes").json
    assert {row["number"] for row in rows if row["needs_baseline"] or row["outside_renewal"]} == set()
    third, fifth = (f"{API}/axes/{rows[place]['id']}" for place in (2, 4))
    change = {"needs_baseline": True, "outside_renewal": True, "former_labels": ["Propreté", " Propreté ", ""]}
    answer = client.patch(third, json=change, headers=HEADERS)
    assert (answer.status_code, answer.json["former_labels"]) == (200, ["Propreté"])
    assert (answer.json["needs_baseline"], answer.json["outside_renewal"]) == (True, True)
    # A wording names one axis: case, accents and punctuation do not make another of it.
    for taken in ({"former_labels": ["PROPRETE !"]}, {"label": "propreté"}, {"former_labels": ["axe 1"]}):
        answer = client.patch(fifth, json=taken, headers=HEADERS)
        assert (answer.status_code, codes(answer)) == (422, [(next(iter(taken)), "invalid")])
    assert client.patch(fifth, json={"former_labels": ["Axe 5", "Tranquillité"]}, headers=HEADERS).status_code == 200
    assert codes(client.patch(third, json={"needs_baseline": None}, headers=HEADERS)) == [
        ("needs_baseline", "required")
    ]
