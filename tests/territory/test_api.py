"""Contracts, neighbourhoods, cities, landlords and residences through the API alone."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders as build
from tests.counting import count_queries
from tests.territory.conftest import Ground
from tracker.extensions import db
from tracker.history.models import HistoryEntry

API = "/api/v1"
READERS = ("administrator", "coordinator", "finance_officer", "landlord", "state", "copil")


def bodies(ground: Ground) -> dict[str, dict[str, Any]]:
    """What creates one of each."""
    return {
        "contracts": {"code": "nouveau", "name": "Nouveau", "first_year": 2024, "last_year": 2030},
        "neighbourhoods": {"contract_id": ground.contract, "name": "Nouveau"},
        "cities": {"insee": "75056", "name": "Nouvelle"},
        "landlords": {"name": "Nouveau"},
        "residences": {
            "landlord_id": ground.landlord,
            "city_id": ground.city,
            "neighbourhood_id": ground.neighbourhood,
            "name": "Nouvelle",
        },
    }


NAMES = ("contracts", "neighbourhoods", "cities", "landlords", "residences")


def history_length(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(HistoryEntry)) or 0


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_life_of_an_item(app: Flask, ground: Ground, name: str) -> None:
    client = ground.api["administrator"]
    created = client.post(f"{API}/{name}", json=bodies(ground)[name])
    assert created.status_code == 201, created.json
    address, etag = created.headers["Location"], created.headers["ETag"]
    assert address == f"{API}/{name}/{created.json['id']}"
    assert client.get(address).json == created.json
    assert history_length(app) == 1

    assert client.patch(address, json={"name": "Autre"}).status_code == 428
    for header in ('"0"', "*", 'W/"1"', "1", '"1", "2"'):
        assert client.patch(address, json={"name": "Autre"}, headers={"If-Match": header}).status_code == 412, header
    changed = client.patch(address, json={"name": "Autre"}, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.json
    assert changed.json["name"] == "Autre"
    assert changed.headers["ETag"] != etag
    stale = client.patch(address, json={"name": "Trop tard"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.headers["ETag"]) == (412, changed.headers["ETag"])
    same = client.patch(address, json={"name": "Autre"}, headers={"If-Match": changed.headers["ETag"]})
    assert same.headers["ETag"] == changed.headers["ETag"]  # nothing changed: nothing is told
    assert history_length(app) == 2

    archive = {"json": {"reason": "Doublon"}, "headers": {"If-Match": changed.headers["ETag"]}}
    assert client.post(f"{address}/archive", json={"reason": "Doublon"}).status_code == 428
    assert client.post(f"{address}/archive", json={}, headers=archive["headers"]).status_code == 422
    archived = client.post(f"{address}/archive", **archive)
    assert archived.json["archived_reason"] == "Doublon"
    assert client.get(address).json["archived_at"].endswith("Z")
    again = client.post(f"{address}/archive", json={"reason": "x"}, headers={"If-Match": archived.headers["ETag"]})
    assert (again.status_code, again.json["code"]) == (409, "locked")
    closed = client.patch(address, json={"name": "x"}, headers={"If-Match": archived.headers["ETag"]})
    assert (closed.status_code, closed.json["code"]) == (409, "locked")

    number = created.json["id"]
    assert number not in [row["id"] for row in client.get(f"{API}/{name}").json]
    assert [row["id"] for row in client.get(f"{API}/{name}?archived=true").json] == [number]
    told = client.get(f"{address}/history").json
    assert [line["verb"] for line in told] == ["archive", "update", "create"]
    assert told[1]["changes"] == {"name": [bodies(ground)[name]["name"], "Autre"]}
    assert {line["source"] for line in told} == {"api"}
    assert history_length(app) == 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", READERS)
def test_every_role_reads_and_few_write(app: Flask, ground: Ground, name: str, role: str) -> None:
    client = ground.api[role]
    number = client.get(f"{API}/{name}").json[0]["id"]
    if name == "residences":
        number = ground.residence
    address = f"{API}/{name}/{number}"
    found = client.get(address)
    assert found.status_code == 200
    assert client.get(f"{address}/history").status_code == 200
    allowed = role == "administrator" or (role == "coordinator" and name == "residences")
    match = {"If-Match": found.headers["ETag"]}
    assert client.post(f"{API}/{name}", json=bodies(ground)[name]).status_code == (201 if allowed else 403)
    patched = client.patch(address, json={"name": "Autre"}, headers=match)
    assert patched.status_code == (200 if allowed else 403)
    match = {"If-Match": patched.headers["ETag"]} if allowed else match
    archived = client.post(f"{address}/archive", json={"reason": "x"}, headers=match)
    assert archived.status_code == (200 if allowed else 403)
    assert history_length(app) == (3 if allowed else 0)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_role_or_a_token_nothing_is_read(app: Flask, ground: Ground, name: str) -> None:
    number = ground.api["copil"].get(f"{API}/{name}").json[0]["id"]
    addresses = (f"{API}/{name}", f"{API}/{name}/{number}", f"{API}/{name}/{number}/history")
    assert [app.test_client().get(address).status_code for address in addresses] == [401, 401, 401]
    nobody = ground.api["nobody"]
    assert nobody.get(addresses[0]).json == []
    assert [nobody.get(address).status_code for address in addresses[1:]] == [404, 404]
    assert nobody.post(addresses[0], json=bodies(ground)[name]).status_code == 404


def test_a_coordinator_writes_the_residences_of_the_contract_alone(app: Flask, ground: Ground) -> None:
    client = ground.api["coordinator"]
    foreign = {**bodies(ground)["residences"], "neighbourhood_id": ground.other_neighbourhood}
    assert client.post(f"{API}/residences", json=foreign).status_code == 403
    own, other = f"{API}/residences/{ground.residence}", f"{API}/residences/{ground.other_residence}"
    match = {"If-Match": '"1"'}
    assert client.patch(other, json={"name": "x"}, headers=match).status_code == 403
    away = {"neighbourhood_id": ground.other_neighbourhood, "city_id": ground.other_city}
    assert client.patch(own, json=away, headers=match).status_code == 403
    assert history_length(app) == 0


def field_codes(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.json
    return {error["field"]: error["code"] for error in answer.json["errors"]}


def test_a_reference_to_nothing_names_its_field(app: Flask, ground: Ground) -> None:
    client, body = ground.api["administrator"], bodies(ground)["residences"]
    for field in ("landlord_id", "city_id", "neighbourhood_id"):
        assert field_codes(client.post(f"{API}/residences", json={**body, field: 999_999})) == {
            field: "unknown_reference"
        }
    outside = client.post(f"{API}/residences", json={**body, "city_id": ground.other_city})
    assert field_codes(outside) == {"city_id": "unknown_reference"}
    assert "s’étend sur" in outside.json["errors"][0]["message"]
    contract = {**bodies(ground)["contracts"], "city_ids": [ground.city, 999_999]}
    assert field_codes(client.post(f"{API}/contracts", json=contract)) == {"city_ids": "unknown_reference"}
    quarter = {**bodies(ground)["neighbourhoods"], "city_ids": [ground.other_city]}
    assert field_codes(client.post(f"{API}/neighbourhoods", json=quarter)) == {"city_ids": "unknown_reference"}
    assert history_length(app) == 0


def test_years_in_order(app: Flask, ground: Ground) -> None:
    client = ground.api["administrator"]
    backwards = {**bodies(ground)["contracts"], "first_year": 2030, "last_year": 2024}
    assert field_codes(client.post(f"{API}/contracts", json=backwards)) == {"last_year": "out_of_range"}
    address = f"{API}/contracts/{ground.contract}"
    late = client.patch(address, json={"first_year": 2031}, headers={"If-Match": '"1"'})
    assert field_codes(late) == {"last_year": "out_of_range"}


@pytest.mark.parametrize("name, value", [("contracts", "nouveau"), ("cities", "75056")])
def test_a_natural_key_is_held_once(app: Flask, ground: Ground, name: str, value: str) -> None:
    client, body = ground.api["administrator"], bodies(ground)[name]
    first = client.post(f"{API}/{name}", json=body)
    twice = client.post(f"{API}/{name}", json=body)
    assert (twice.status_code, twice.json["code"]) == (409, "duplicate")
    assert value in twice.json["detail"]
    client.post(f"{first.headers['Location']}/archive", json={"reason": "x"}, headers={"If-Match": '"1"'})
    archived = client.post(f"{API}/{name}", json=body)
    assert archived.status_code == 409
    assert "archivé" in archived.json["detail"]


def test_one_siren_one_landlord(app: Flask, ground: Ground) -> None:
    client = ground.api["administrator"]
    body = {"name": "A", "siren": "219200078"}
    assert client.post(f"{API}/landlords", json=body).status_code == 201
    assert client.post(f"{API}/landlords", json=body).json["code"] == "duplicate"
    # An unknown SIREN is no key: two landlords may wait for theirs.
    assert [client.post(f"{API}/landlords", json={"name": "B"}).status_code for _ in range(2)] == [201, 201]


def test_the_cities_of_a_contract_are_part_of_it(app: Flask, ground: Ground) -> None:
    client = ground.api["administrator"]
    cities = [client.post(f"{API}/cities", json={"insee": f"7500{n}", "name": f"V{n}"}).json["id"] for n in (1, 2, 3)]
    made = client.post(f"{API}/contracts", json={**bodies(ground)["contracts"], "city_ids": cities[:2]})
    assert made.json["city_ids"] == cities[:2]
    address = made.headers["Location"]
    match = {"If-Match": made.headers["ETag"]}
    changed = client.patch(address, json={"city_ids": [cities[2], cities[0]]}, headers=match)
    assert changed.json["city_ids"] == [cities[0], cities[2]]  # by name
    assert changed.headers["ETag"] != made.headers["ETag"]
    late = client.patch(address, json={"city_ids": []}, headers=match)
    assert late.status_code == 412
    told = client.get(f"{address}/history").json
    assert [line["changes"].get("city_ids") for line in told] == [
        [cities[:2], [cities[0], cities[2]]],
        [None, cities[:2]],
    ]
    # A city archived since stays where it was; it enters nowhere else.
    client.post(f"{API}/cities/{cities[0]}/archive", json={"reason": "Fusion"}, headers={"If-Match": '"1"'})
    match = {"If-Match": changed.headers["ETag"]}
    kept = client.patch(address, json={"city_ids": [cities[0], cities[1]]}, headers=match)
    assert kept.json["city_ids"] == cities[:2]
    other = {**bodies(ground)["contracts"], "code": "autre", "city_ids": [cities[0]]}
    assert field_codes(client.post(f"{API}/contracts", json=other)) == {"city_ids": "unknown_reference"}


def test_lists_filter_sort_and_page(app: Flask, ground: Ground) -> None:
    client = ground.api["administrator"]
    with app.app_context():
        landlord = build.landlord(name="Zoé Habitat")
        where = db.session.get_one(build.Neighbourhood, ground.neighbourhood)
        for count in (30, None, 10):
            build.residence(landlord, where, name=f"R{count}", dwellings=count)
        contract_code = db.session.get_one(build.Contract, ground.contract).code

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"{API}/residences?landlord_id={landlord_id}&{query}").json]

    landlord_id = client.get(f"{API}/landlords?name=Zoé Habitat").json[0]["id"]
    assert names("sort=name") == ["R10", "R30", "RNone"]
    assert names("sort=-name") == ["RNone", "R30", "R10"]
    assert names("name=R30") == ["R30"]
    assert names("q=r1") == ["R10"]
    assert names(f"city_id={ground.other_city}") == []
    assert len(client.get(f"{API}/residences?sort=landlord").json) == 5
    page = client.get(f"{API}/residences?landlord_id={landlord_id}&page=2&page_size=2&sort=name")
    assert [row["name"] for row in page.json] == ["RNone"]
    assert '"total": 3' in page.headers["X-Pagination"]
    assert [row["id"] for row in client.get(f"{API}/contracts?code={contract_code}").json] == [ground.contract]
    assert [row["id"] for row in client.get(f"{API}/contracts?city_id={ground.city}").json] == [ground.contract]
    assert client.get(f"{API}/contracts?code=inconnu").json == []
    for wrong in ("sort=colour", "page=0", "page_size=501", "landlord_id=x", "archived=peut-être"):
        assert client.get(f"{API}/residences?{wrong}").status_code == 422, wrong


@pytest.mark.parametrize("number", ["0", "2147483647", "9" * 30, "abc"])
def test_a_number_that_is_nobodys(app: Flask, ground: Ground, number: str) -> None:
    assert ground.api["administrator"].get(f"{API}/cities/{number}").status_code == 404


def test_null_empties_what_may_be_empty(app: Flask, ground: Ground) -> None:
    client: FlaskClient = ground.api["administrator"]
    address = f"{API}/residences/{ground.residence}"
    emptied = client.patch(address, json={"dwellings": None, "address": None}, headers={"If-Match": '"1"'})
    assert emptied.json["dwellings"] is None
    refused = client.patch(address, json={"name": None}, headers={"If-Match": emptied.headers["ETag"]})
    assert field_codes(refused) == {"name": "required"}


@pytest.mark.parametrize("name", NAMES)
def test_a_list_costs_the_same_whatever_its_length(app: Flask, ground: Ground, name: str) -> None:
    client = ground.api["copil"]
    with count_queries(app) as few:
        assert client.get(f"{API}/{name}").status_code == 200
    with app.app_context():
        for _ in range(20):
            contract = build.contract()
            build.residence(build.landlord(), build.neighbourhood(contract))
    with count_queries(app) as many:
        assert len(client.get(f"{API}/{name}").json) >= 20
    assert len(many) == len(few)
    assert len(few) <= 6


# -- objectives, and renewal ---------------------------------------------------------------------------------------


def test_the_objectives_of_a_contract(app: Flask, ground: Ground) -> None:
    client = ground.api["coordinator"]
    body = {"contract_id": ground.contract, "code": "CV-1", "label": "Apaiser le quartier"}
    created = client.post(f"{API}/objectives", json=body)
    assert (created.status_code, created.json["label"]) == (201, "Apaiser le quartier")
    again = client.post(f"{API}/objectives", json=body | {"label": "Autre"})
    assert (again.status_code, again.json["code"]) == (409, "duplicate")
    assert "Apaiser le quartier" in again.json["detail"]
    address, headers = created.headers["Location"], {"If-Match": created.headers["ETag"]}
    with app.app_context():
        elsewhere = build.contract().id
    moved = ground.api["administrator"].patch(address, json={"contract_id": elsewhere}, headers=headers)
    assert (moved.status_code, moved.json["code"]) == (409, "locked")
    there = client.post(f"{API}/objectives", json=body | {"contract_id": elsewhere})
    assert there.status_code == 403
    # Another contract numbers its own.
    there = ground.api["administrator"].post(f"{API}/objectives", json=body | {"contract_id": elsewhere})
    assert there.status_code == 201
    own = client.get(f"{API}/objectives?contract_id={ground.contract}&q=quartier").json
    assert [one["id"] for one in own] == [created.json["id"]]
    changed = client.patch(address, json={"code": "CV-2"}, headers=headers)
    assert (changed.status_code, changed.json["code"]) == (200, "CV-2")
    assert client.post(f"{API}/objectives", json=body).status_code == 201


def test_a_neighbourhood_in_renewal_says_so(app: Flask, ground: Ground) -> None:
    client, address = ground.api["administrator"], f"{API}/neighbourhoods/{ground.neighbourhood}"
    found = client.get(address)
    assert found.json["urban_renewal"] is False
    headers = {"If-Match": found.headers["ETag"]}
    assert client.patch(address, json={"urban_renewal": None}, headers=headers).status_code == 422
    assert client.patch(address, json={"urban_renewal": True}, headers=headers).json["urban_renewal"] is True
    page = ground.pages["administrator"].get(f"/referentiels/quartiers/{ground.neighbourhood}?ouvrir=fiche").text
    box = page.partition('name="urban_renewal"')[2].partition(">")[0]
    assert "checked" in box
