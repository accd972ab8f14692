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


# -- signatures, declaration, report's day -------------------------------------------------------------------------

FOUR = {
    "landlord_signed_on": "2026-10-05",
    "city_signed_on": "2026-11-12",
    "intermunicipal_signed_on": "2026-10-20",
    "prefect_signed_on": "2026-11-02",
}


def change(world: World, number: int, values: dict[str, Any]) -> Any:
    """PATCH a convention at the version it has."""
    client, one = world.api("coordinator"), f"{PATH}/{number}"
    return client.patch(one, json=values, headers={"If-Match": client.get(one).headers["ETag"]})


def new(world: World, **values: Any) -> Any:
    return world.api("coordinator").post(PATH, json=body(world, **values))


def test_the_four_signatures_one_by_one(world: World):
    answer = new(world, first_year=2027, last_year=2030)
    number = answer.json["id"]
    assert [alert["code"] for alert in answer.json["alerts"]] == ["not_signed", "not_declared"]
    answer = change(world, number, {name: FOUR[name] for name in list(FOUR)[:3]})
    assert answer.json["signed_on"] is None
    assert "(préfet)" in answer.json["alerts"][0]["message"]
    answer = change(world, number, {"prefect_signed_on": FOUR["prefect_signed_on"], "declared_on": "2026-11-20"})
    assert (answer.json["signed_on"], answer.json["alerts"]) == ("2026-11-12", [])
    assert answer.json["acquired_year"] == 2027
    told = world.api("coordinator").get(f"{PATH}/{number}/history").json[0]
    assert told["changes"]["signed_on"] == [None, "2026-11-12"]


def test_the_day_of_signature_is_derived_once_the_four_are_known(world: World):
    number = new(world, **FOUR).json["id"]
    for wrong in ("2026-11-11", None):
        answer = change(world, number, {"signed_on": wrong})
        assert (answer.status_code, codes(answer)) == (422, [("signed_on", "derived")])
    assert change(world, number, {"signed_on": "2026-11-12"}).status_code == 200
    answer = change(world, number, {"city_signed_on": "2026-11-13"})
    assert answer.json["signed_on"] == "2026-11-13"
    # One of the four taken back: what came from them goes with it.
    answer = change(world, number, {"city_signed_on": None})
    assert (answer.json["signed_on"], answer.json["alerts"][0]["code"]) == (None, "not_signed")
    assert codes(new(world, **FOUR, signed_on="2026-01-01")) == [("signed_on", "derived")]
    assert new(world, **FOUR, signed_on=None).json["signed_on"] == "2026-11-12"


def test_the_status_follows_the_signatures(world: World):
    answer = new(world, first_year=2027)
    number = answer.json["id"]
    assert answer.json["status"] == "draft"
    assert change(world, number, {"city_signed_on": FOUR["city_signed_on"]}).json["status"] == "signing"
    answer = change(world, number, FOUR)
    assert (answer.json["status"], answer.json["signed_on"]) == ("signed", "2026-11-12")
    told = world.api("coordinator").get(f"{PATH}/{number}/history").json[0]
    assert told["changes"]["status"] == ["signing", "signed"]
    assert change(world, number, {"prefect_signed_on": None}).json["status"] == "signing"
    # What is named is kept, and what touches no signature moves nothing.
    assert change(world, number, {**FOUR, "status": "terminated"}).json["status"] == "terminated"
    assert change(world, number, {"status": "draft"}).json["status"] == "draft"
    assert change(world, number, {"declared_on": "2026-11-20"}).json["status"] == "draft"
    assert new(world, **FOUR).json["status"] == "signed"
    assert new(world, **FOUR, status="terminated").json["status"] == "terminated"


def test_a_convention_may_still_be_told_by_its_one_day(world: World):
    answer = change(world, world.convention, {"signed_on": "2025-03-20"})
    assert (answer.status_code, answer.json["signed_on"]) == (200, "2025-03-20")
    assert answer.json["landlord_signed_on"] is None
    none = dict.fromkeys(FOUR)
    assert change(world, world.convention, none).json["signed_on"] == "2025-03-20"
    # Told signature by signature from then on: the day of all four waits for the last.
    answer = change(world, world.convention, {"city_signed_on": "2025-03-20"})
    assert (answer.json["signed_on"], answer.json["status"]) == (None, "signing")


def test_nobody_signs_by_hand_what_one_of_the_four_has_not_signed(world: World):
    three = {name: FOUR[name] for name in list(FOUR)[:3]}
    number = new(world, **three, first_year=2027).json["id"]
    for status in ("signed", "amended"):
        answer = change(world, number, {"status": status})
        assert (answer.status_code, codes(answer)) == (422, [("status", "derived")])
        assert "(préfet)" in answer.json["errors"][0]["message"]
    answer = change(world, number, {"signed_on": "2026-11-01", "status": "signed"})
    assert codes(answer) == [("status", "derived"), ("signed_on", "derived")]
    found = answer.json["errors"][1]["message"].replace("\u00a0", " ")
    assert found == (
        "Signée le : 01/11/2026 trouvé ; aucune date n’est attendue tant que manque une signature (préfet)."
    )
    assert codes(new(world, **three, status="signed")) == [("status", "derived")]
    stored = world.api("coordinator").get(f"{PATH}/{number}").json
    assert (stored["status"], stored["signed_on"]) == ("signing", None)
    assert change(world, number, {"status": "terminated"}).status_code == 200
    last = {"prefect_signed_on": FOUR["prefect_signed_on"], "status": "signed", "signed_on": "2026-11-12"}
    assert change(world, number, last).json["status"] == "signed"


@pytest.mark.parametrize(
    "values, expected",
    [
        ({"prefect_signed_on": "2099-01-01"}, [("prefect_signed_on", "out_of_range")]),
        ({"declared_on": "2099-01-01"}, [("declared_on", "out_of_range")]),
        ({"city_signed_on": "1999-01-01"}, [("city_signed_on", "out_of_range")]),
        ({"report_due": "31/03"}, [("report_due", "invalid")]),
        ({"alerts": []}, [("alerts", "unknown_field")]),
        ({"acquired_year": 2027}, [("acquired_year", "unknown_field")]),
    ],
)
def test_bad_days(world: World, values: dict[str, Any], expected: Any):
    assert codes(change(world, world.convention, values)) == expected


def test_two_conventions_over_the_same_years_are_told_and_not_blocked(world: World):
    twin = new(world, landlord_id=world.landlord, city_id=world.city, first_year=2026, last_year=2027)
    assert twin.status_code == 201
    assert [alert["code"] for alert in twin.json["alerts"]][-1] == "overlap"
    client = world.api("coordinator")
    listed = {row["id"]: [alert["code"] for alert in row["alerts"]] for row in client.get(PATH).json}
    assert listed[world.convention] == ["overlap"]
    assert "overlap" not in listed[world.other_convention]
    assert change(world, twin.json["id"], {"status": "terminated"}).json["alerts"] == []
    assert client.get(f"{PATH}/{world.convention}").json["alerts"] == []


# -- amendments ----------------------------------------------------------------------------------------------------


def test_a_signed_amendment_extends_its_convention_and_undone_gives_it_back(world: World):
    client = world.api("coordinator")
    assert change(world, world.convention, {"last_year": 2028}).status_code == 200
    path = f"{PATH}/{world.convention}"
    added = client.post(f"{path}/amendments", json={"subject": "Deux ans de plus", "last_year": 2030})
    assert (added.status_code, added.json["convention_id"]) == (201, world.convention)
    assert client.get(path).json["last_year"] == 2028  # not signed yet
    one, headers = added.headers["Location"], {"If-Match": added.headers["ETag"]}
    signed = client.patch(one, json={"signed_on": "2026-06-18"}, headers=headers)
    convention = client.get(path).json
    assert (convention["last_year"], convention["status"]) == (2030, "amended")
    assert codes(change(world, world.convention, {"last_year": 2029})) == [("last_year", "derived")]
    assert change(world, world.convention, {"report_due": "04-15"}).status_code == 200
    with_file = world.file(2030)
    undo = {"json": {"reason": "Annulé"}, "headers": {"If-Match": signed.headers["ETag"]}}
    refused = client.post(f"{one}/archive", **undo)
    assert (refused.status_code, codes(refused)) == (422, [("last_year", "out_of_range")])
    file = f"{API}/tfpb-files/{with_file}/archive"
    assert client.post(file, json={"reason": "Ouvert trop tôt"}, headers=HEADERS).status_code == 200
    undone = client.post(f"{one}/archive", **undo)
    assert undone.status_code == 200, undone.json
    convention = client.get(path).json
    assert (convention["last_year"], convention["status"]) == (2028, "signed")
    assert client.get(f"{path}/amendments").json == []
    assert [row["id"] for row in client.get(f"{path}/amendments?archived=true").json] == [added.json["id"]]


def test_the_longest_of_two_amendments_counts(world: World):
    client, path = world.api("coordinator"), f"{PATH}/{world.convention}/amendments"
    change(world, world.convention, {"last_year": 2026})
    for year in (2030, 2028):
        body = {"subject": "Prolongation", "signed_on": "2026-01-05", "last_year": year}
        longest = client.post(path, json=body)
    assert client.get(f"{PATH}/{world.convention}").json["last_year"] == 2030
    first = next(row for row in client.get(path).json if row["last_year"] == 2030)
    client.post(f"{API}/amendments/{first['id']}/archive", json={"reason": "x"}, headers=HEADERS)
    convention = client.get(f"{PATH}/{world.convention}").json
    assert (convention["last_year"], convention["status"]) == (2028, "amended")
    assert longest.status_code == 201


def test_bad_amendments(world: World):
    client, path = world.api("coordinator"), f"{PATH}/{world.convention}/amendments"
    for values, expected in (
        ({}, [("subject", "required")]),
        ({"subject": "x", "signed_on": "2099-01-01"}, [("signed_on", "out_of_range")]),
        ({"subject": "x", "signed_on": "2020-01-01"}, [("signed_on", "out_of_range")]),
        ({"subject": "x", "last_year": 2030}, [("last_year", "out_of_range")]),
        ({"subject": "x", "last_year": 2031}, [("last_year", "out_of_range")]),
    ):
        assert codes(client.post(path, json=values)) == expected, values
    unsigned = new(world, first_year=2027).json["id"]
    answer = client.post(f"{PATH}/{unsigned}/amendments", json={"subject": "x", "signed_on": "2026-01-05"})
    assert codes(answer) == [("signed_on", "invalid")]
    change(world, world.convention, {"status": "terminated"})
    answer = client.post(path, json={"subject": "x"})
    assert (answer.status_code, answer.json["code"]) == (409, "locked")


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
    change = {"label": "Présence", "sub_actions": ["Médiation", " Médiation ", "", "Gardiens"]}
    answer = client.patch(one, json=change, headers=HEADERS)
    assert (answer.status_code, answer.json["label"]) == (200, "Présence")
    assert answer.json["sub_actions"] == ["Médiation", "Gardiens"]
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
