"""What a wrong request gets: a French sentence that names the field, and a database where nothing moved."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.house.conftest import House
from tests.house.reading import Document, read_html
from tests.house.world import World

API = "/api/v1"
MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _nothing_written(house: House) -> Iterator[None]:
    before = house.ledger.fingerprint()
    yield
    assert house.ledger.fingerprint() == before, "a refused request wrote something"


def problem(answer: TestResponse, status: int, code: str | None = None) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem in French; ``code`` is the problem's own."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    body = answer.json
    assert body is not None
    assert body["status"] == status
    assert code in (None, body["code"])
    assert body["detail"].endswith((".", "…", "!")), body["detail"]
    assert all(error["message"].endswith(".") for error in body["errors"]), body["errors"]
    return [(error["field"], error["code"]) for error in body["errors"]]


# -- one wrong field, through the API ------------------------------------------------------------------------------

PROJECT = ("coordinator", "PATCH", "/projects/{plain_project}")
GRANT = ("coordinator", "PATCH", "/grants/{grant}")
NEW_GRANT = ("coordinator", "POST", "/projects/{project}/grants")
ACTION = ("landlord", "PATCH", "/tfpb-actions/{draft_action}")
FILE = ("landlord", "POST", "/tfpb-files")
CONVENTION = ("coordinator", "POST", "/conventions")


def _file(w: World) -> dict[str, Any]:
    return {"convention_id": w["convention"], "neighbourhood_id": w["new_neighbourhood"], "year": 2026}


def _convention(w: World) -> dict[str, Any]:
    parties = {"contract_id": w["contract"], "landlord_id": w["own_landlord"], "city_id": w["city"]}
    return {**parties, "first_year": 2026, "last_year": 2027}


FIELDS: dict[str, tuple[tuple[str, str, str], Callable[[World], Any], list[tuple[str, str]]]] = {
    "an amount as a number": (PROJECT, lambda w: {"self_funding": 12.5}, [("self_funding", "money_string")]),
    "an amount as an integer": (PROJECT, lambda w: {"self_funding": 12}, [("self_funding", "money_string")]),
    "an amount in French": (PROJECT, lambda w: {"self_funding": "12,50"}, [("self_funding", "invalid")]),
    "three decimals": (PROJECT, lambda w: {"self_funding": "1.005"}, [("self_funding", "too_many_decimals")]),
    "an exponent": (PROJECT, lambda w: {"self_funding": "1e3"}, [("self_funding", "invalid")]),
    "digits of elsewhere": (PROJECT, lambda w: {"self_funding": "１２"}, [("self_funding", "invalid")]),
    "an amount with spaces": (PROJECT, lambda w: {"self_funding": " 12.00 "}, [("self_funding", "invalid")]),
    "not a number": (PROJECT, lambda w: {"self_funding": "NaN"}, [("self_funding", "invalid")]),
    "true as an amount": (PROJECT, lambda w: {"self_funding": True}, [("self_funding", "invalid")]),
    "a list as an amount": (PROJECT, lambda w: {"self_funding": ["1.00"]}, [("self_funding", "invalid")]),
    "too large an amount": (PROJECT, lambda w: {"self_funding": "9" * 14}, [("self_funding", "out_of_range")]),
    "a negative amount": (PROJECT, lambda w: {"self_funding": "-1.00"}, [("self_funding", "out_of_range")]),
    "an end before its start": (
        PROJECT,
        lambda w: {"starts_on": "2027-01-02", "ends_on": "2027-01-01"},
        [("ends_on", "invalid")],
    ),
    "a French date": (PROJECT, lambda w: {"starts_on": "01/02/2027"}, [("starts_on", "invalid")]),
    "a day that does not exist": (PROJECT, lambda w: {"starts_on": "2027-02-30"}, [("starts_on", "invalid")]),
    "a day of antiquity": (PROJECT, lambda w: {"starts_on": "0027-01-01"}, [("starts_on", "out_of_range")]),
    "an unknown status": (PROJECT, lambda w: {"status": "dreamt"}, [("status", "unknown_value")]),
    "a status as a number": (PROJECT, lambda w: {"status": 3}, [("status", "unknown_value")]),
    "no status": (PROJECT, lambda w: {"status": None}, [("status", "required")]),
    "no title": (PROJECT, lambda w: {"title": "   "}, [("title", "required")]),
    "a title as a number": (PROJECT, lambda w: {"title": 12}, [("title", "invalid")]),
    "a title of a page": (PROJECT, lambda w: {"title": "é" * 301}, [("title", "out_of_range")]),
    "a title with NUL": (PROJECT, lambda w: {"title": "a\0b"}, [("title", "invalid")]),
    "half a character": (PROJECT, lambda w: {"title": "a\ud800b"}, [("title", "invalid")]),
    "an unknown field": (PROJECT, lambda w: {"colour": "red"}, [("colour", "unknown_field")]),
    "an unknown half field": (PROJECT, lambda w: {"a\udfff": 1}, [("a\udfff", "unknown_field")]),
    "a computed field": (PROJECT, lambda w: {"unfunded": "1.00"}, [("unfunded", "unknown_field")]),
    "a number of 30 digits": (PROJECT, lambda w: {"city_id": 10**30}, [("city_id", "out_of_range")]),
    "the number of nobody": (PROJECT, lambda w: {"city_id": 999_999}, [("city_id", "unknown_reference")]),
    "a city of another contract": (PROJECT, lambda w: {"city_id": w["far_city"]}, [("city_id", "unknown_reference")]),
    "another contract": (PROJECT, lambda w: {"contract_id": w["elsewhere"]}, [("contract_id", "invalid")]),
    "two wrong fields": (
        PROJECT,
        lambda w: {"self_funding": "x", "status": "x"},
        [("self_funding", "invalid"), ("status", "unknown_value")],
    ),
    "a derived cost": (
        ("coordinator", "PATCH", "/projects/{project}"),
        lambda w: {"cost_excl_tax": "1.00"},
        [("cost_excl_tax", "derived")],
    ),
    "a rate in percent": (GRANT, lambda w: {"rate": "80"}, [("rate", "out_of_range")]),
    "a rate as a number": (GRANT, lambda w: {"rate": 0.8}, [("rate", "invalid")]),
    "a rate too fine": (GRANT, lambda w: {"rate": "0.1234567"}, [("rate", "too_many_decimals")]),
    "complete before filed": (
        GRANT,
        lambda w: {"filed_on": "2026-03-01", "complete_on": "2026-02-01"},
        [("complete_on", "invalid")],
    ),
    "an unknown funder": (NEW_GRANT, lambda w: {"funder_id": 999_999}, [("funder_id", "unknown_reference")]),
    "a scheme of another funder": (
        NEW_GRANT,
        lambda w: {"funder_id": w["spare_funder"], "scheme_id": w["scheme"]},
        [("funder_id", "invalid")],
    ),
    "a grant of nobody": (
        NEW_GRANT,
        lambda w: {"requested": "1.00"},
        [("funder_id", "required")],
    ),
    "awarded before the award": (
        NEW_GRANT,
        lambda w: {"funder_id": w["funder"], "status": "filed", "awarded": "1.00"},
        [("awarded", "invalid")],
    ),
    "an axis of elsewhere": (ACTION, lambda w: {"axis": 9}, [("axis", "unknown_value")]),
    "an axis as a text": (ACTION, lambda w: {"axis": "3"}, [("axis", "unknown_value")]),
    "an axis as a fraction": (ACTION, lambda w: {"axis": 3.5}, [("axis", "unknown_value")]),
    "an axis as true": (ACTION, lambda w: {"axis": True}, [("axis", "unknown_value")]),
    "an unknown priority": (ACTION, lambda w: {"priority": "wealth"}, [("priority", "unknown_value")]),
    "a year after its convention": (FILE, lambda w: _file(w) | {"year": 2031}, [("year", "out_of_range")]),
    "a year before its convention": (FILE, lambda w: _file(w) | {"year": 2024}, [("year", "out_of_range")]),
    "a neighbourhood of elsewhere": (
        FILE,
        lambda w: _file(w) | {"neighbourhood_id": w["far_neighbourhood"]},
        [("neighbourhood_id", "unknown_reference")],
    ),
    "another landlord's convention": (
        FILE,
        lambda w: _file(w) | {"convention_id": w["other_convention"]},
        [("convention_id", "unknown_reference")],
    ),
    "more abated than dwellings": (
        FILE,
        lambda w: _file(w) | {"dwellings": 10, "abated_dwellings": 11},
        [("abated_dwellings", "out_of_range")],
    ),
    "dwellings as a fraction": (FILE, lambda w: _file(w) | {"dwellings": 1.5}, [("dwellings", "invalid")]),
    "a convention that ends before it starts": (
        CONVENTION,
        lambda w: _convention(w) | {"last_year": 2025},
        [("last_year", "out_of_range")],
    ),
    "nothing at all": (
        FILE,
        lambda w: {},
        [("convention_id", "required"), ("neighbourhood_id", "required"), ("year", "required")],
    ),
    "a body that is a list": (FILE, lambda w: [], [("", "invalid")]),
    "a body that is a text": (FILE, lambda w: "projet", [("", "invalid")]),
    "a body that is null": (FILE, lambda w: None, [("", "invalid")]),
    "a city twice": (
        ("administrator", "PATCH", "/contracts/{contract}"),
        lambda w: {"city_ids": [w["city"], "deux"]},
        [("city_ids", "invalid")],
    ),
    "a wrong SIREN": (
        ("administrator", "PATCH", "/landlords/{own_landlord}"),
        lambda w: {"siren": "123456789"},
        [("siren", "invalid")],
    ),
    "an archive without a reason": (
        ("coordinator", "POST", "/projects/{project}/archive"),
        lambda w: {"reason": " "},
        [("reason", "required")],
    ),
    "a payment without a day": (
        ("coordinator", "POST", "/grants/{grant}/payments"),
        lambda w: {"kind": "advance", "amount": "1.00"},
        [("paid_on", "required")],
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_one_wrong_field_is_named(house: House, name: str) -> None:
    (role, method, path), body, expected = FIELDS[name]
    address = API + path.format_map(house.world.ids)
    client = house.client(role, address)
    headers = {}
    if method == "PATCH" or path.endswith("/archive"):
        headers["If-Match"] = client.get(address.removesuffix("/archive")).headers["ETag"]
    text = json.dumps(body(house.world))
    answer = client.open(address, method=method, data=text, content_type="application/json", headers=headers)
    assert sorted(problem(answer, 422)) == sorted(expected)


def test_what_was_found_is_quoted(house: House) -> None:
    client = house.client("landlord", API)
    answer = client.post(f"{API}/tfpb-files", json=_file(house.world) | {"year": 2031})
    (error,) = answer.json["errors"]
    assert error["value"] == 2031
    assert "Année" in error["message"]
    assert "2031" in error["message"]
    assert "2025" in error["message"]
    assert "2030" in error["message"]


# -- bodies that cannot be read ------------------------------------------------------------------------------------

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "an open brace": b"{",
    "two values": b"{} {}",
    "a comma too many": b'{"title": "a",}',
    "single quotes": b"{'title': 'a'}",
    "NaN": b'{"self_funding": NaN}',
    "Infinity": b'{"self_funding": -Infinity}',
    "invalid UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "10,000 levels": b'{"title": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "100,000 levels never closed": b"[" * 100_000,
    "a number of 5,000 digits": b'{"city_id": ' + b"9" * 5_000 + b"}",
    "a field told twice": b'{"title": "a", "title": "b"}',
    "half a field told twice": b'{"\\ud800": 1, "\\ud800": 2}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_not_json_is_400(house: House, name: str) -> None:
    client = house.client("coordinator", API)
    answer = client.post(f"{API}/projects", data=BODIES[name], content_type="application/json")
    assert problem(answer, 400, "malformed_json") == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", None])
def test_a_body_that_is_not_announced_as_json_is_415(house: House, kind: str | None) -> None:
    client = house.client("coordinator", API)
    answer = client.post(f"{API}/projects", data=b'{"title": "a"}', content_type=kind)
    assert problem(answer, 415) == []


def test_a_body_too_large_is_413(house: House) -> None:
    limit = house.app.config["MAX_CONTENT_LENGTH"]
    client = house.client("coordinator", API)
    body = b'{"title": "' + b"a" * limit + b'"}'
    assert problem(client.post(f"{API}/projects", data=body, content_type="application/json"), 413) == []
    page = house.client("coordinator", "/").post("/projets", data={"title": "a" * limit})
    assert page.status_code == 413
    assert read_html(page).title == "Envoi trop volumineux"


def test_an_unknown_method_is_405(house: House) -> None:
    client = house.client("coordinator", API)
    assert problem(client.delete(f"{API}/projects/{house.world['project']}"), 405) == []
    page = house.client("coordinator", "/").delete(f"/projets/{house.world['project']}")
    assert page.status_code == 405
    assert read_html(page).h1 == ["Geste impossible"]


# -- addresses and headers -----------------------------------------------------------------------------------------

NUMBERS = ["1" * 30, "2147483648", "9223372036854775808", "0", "-1", "1.0", "0x1", "1e3", "%00", "%ED%A0%80", "un"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "address",
    [
        f"{API}/projects/{{}}",
        f"{API}/grants/{{}}/payments",
        f"{API}/tfpb-files/{{}}/actions",
        f"{API}/tfpb-actions/{{}}/history",
        f"{API}/contracts/ici/balance-sheets/{{}}",
        f"{API}/contracts/ici/balance-sheets/2025/editions/{{}}",
        "/projets/{}",
        "/subventions/{}",
        "/tfpb/dossiers/{}",
        "/tfpb/actions/{}",
        "/bilan/ici/{}",
        "/bilan/ici/2025/editions/{}",
        "/bilan/reunions/{}",
        "/referentiels/communes/{}",
        "/comptes/membres/{}",
    ],
)
def test_a_number_that_is_nobody_s_is_404(house: House, address: str, number: str) -> None:
    path = address.format(number)
    answer = house.client("coordinator", path).get(path)
    if path.startswith(API):
        assert problem(answer, 404) == []
    else:
        assert answer.status_code == 404
        assert len(read_html(answer).h1) == 1


@pytest.mark.parametrize("code", ["inconnu", "%00", "%FF", "%ED%A0%80", "a" * 2000, "ici%27--", "ICI", "%E2%80%AE"])
@pytest.mark.parametrize(
    "address",
    [
        f"{API}/contracts/{{}}/balance-sheets/2026",
        f"{API}/contracts/{{}}/balance-sheets/2026.xlsx",
        f"{API}/contracts/{{}}/balance-sheets/2026.pdf",
        f"{API}/contracts/{{}}/investment-plan",
        "/bilan/{}",
        "/bilan/{}/2026",
        "/bilan/{}/2026/editions",
        "/connexion/lien/{}",
    ],
)
def test_a_code_that_is_nobody_s_is_404(house: House, address: str, code: str) -> None:
    path = address.format(code)
    assert house.client("coordinator", path).get(path).status_code == 404


QUERIES: dict[str, tuple[str, str]] = {
    f"page=1{'0' * 30}": ("page", "invalid"),
    "page=1000001": ("page", "out_of_range"),
    "page=0": ("page", "out_of_range"),
    "page=-1": ("page", "out_of_range"),
    "page=un": ("page", "invalid"),
    "page=²": ("page", "invalid"),
    "page_size=501": ("page_size", "out_of_range"),
    "page_size=0": ("page_size", "out_of_range"),
    "sort=unknown": ("sort", "unknown_value"),
    "sort=--title": ("sort", "unknown_value"),
    "sort=": ("sort", "unknown_value"),
    "sort=a%00b": ("sort", "invalid"),
    "colour=red": ("colour", "unknown_field"),
    "contract_id=10000000000": ("contract_id", "out_of_range"),
    "contract_id=x": ("contract_id", "invalid"),
    "archived=maybe": ("archived", "invalid"),
    "status=dreamt": ("status", "unknown_value"),
    "q=%00": ("q", "invalid"),
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_wrong_query_names_its_parameter(house: House, query: str) -> None:
    client = house.client("coordinator", API)
    assert problem(client.get(f"{API}/projects?{query}"), 422) == [QUERIES[query]]
    page = house.client("coordinator", "/").get(f"/projets?{query}")
    # An empty control of a filter form is no filter.
    assert page.status_code == (200 if query == "sort=" else 422)
    assert len(read_html(page).h1) == 1


@pytest.mark.parametrize("header", ["*", 'W/"1"', "1", '"un"', '"1", "2"', '""', '"-1"', '"' + "9" * 30 + '"', "é"])
def test_a_version_that_was_never_read_is_412(house: House, header: str) -> None:
    client = house.client("coordinator", API)
    path = f"{API}/projects/{house.world['plain_project']}"
    answer = client.patch(path, json={"title": "Titre"}, headers={"If-Match": header})
    assert problem(answer, 412, "stale") == []


def test_a_write_without_its_version_is_428(house: House) -> None:
    client = house.client("coordinator", API)
    path = f"{API}/projects/{house.world['project']}"
    assert problem(client.patch(path, json={"title": "Titre"}), 428, "version_required") == []
    assert problem(client.post(f"{path}/archive", json={"reason": "Doublon"}), 428) == []
    assert problem(client.put(f"{path}/budget-years/2026", json={"planned": "1.00"}), 428) == []


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer é", "Bearer a b", "x" * 9]
)
def test_a_token_that_is_none_is_401(house: House, header: str) -> None:
    client = house.app.test_client()
    answer = client.get(f"{API}/projects", headers={"Authorization": header})
    assert problem(answer, 401, "unauthorized") == []
    assert answer.headers["WWW-Authenticate"] == "Bearer"


# -- the same through the forms ------------------------------------------------------------------------------------

PLAIN = ("coordinator", "/projets/{plain_project}", "plain_project")
AID = ("coordinator", "/subventions/{grant}", "grant")

FORMS: dict[str, tuple[tuple[str, str, str], Callable[[World], dict[str, Any]], str]] = {
    "an amount in words": (PLAIN, lambda w: {"self_funding": "mille"}, "self_funding"),
    "an ambiguous amount": (PLAIN, lambda w: {"self_funding": "1.234,56"}, "self_funding"),
    "three decimals": (PLAIN, lambda w: {"self_funding": "1,005 €"}, "self_funding"),
    "an end before its start": (
        PLAIN,
        lambda w: {"starts_on": "02/01/2027", "ends_on": "01/01/2027"},
        "ends_on",
    ),
    "a day that does not exist": (PLAIN, lambda w: {"starts_on": "30/02/2027"}, "starts_on"),
    "no title": (PLAIN, lambda w: {"title": " "}, "title"),
    "NUL": (PLAIN, lambda w: {"title": "a\0"}, "title"),
    "an unknown status": (PLAIN, lambda w: {"status": "rêvé"}, "status"),
    "a rate of 300 %": (AID, lambda w: {"rate": "300 %"}, "rate"),
    "a rate that is no number": (AID, lambda w: {"rate": "NaN"}, "rate"),
    "a rate of a hundred million digits": (AID, lambda w: {"rate": "1e99999999"}, "rate"),
    "a payment without amount": (
        ("coordinator", "/subventions/{grant}/versements", ""),
        lambda w: {"kind": "advance", "paid_on": "01/03/2026", "amount": ""},
        "amount",
    ),
    "an axis of elsewhere": (
        ("landlord", "/tfpb/actions/{draft_action}", "draft_action"),
        lambda w: {"axis": "9"},
        "axis",
    ),
    "a year after its convention": (
        ("landlord", "/tfpb", ""),
        lambda w: _file(w) | {"year": "2031"},
        "year",
    ),
    "more abated than dwellings": (
        ("landlord", "/tfpb/dossiers/{draft}", "draft"),
        lambda w: {"dwellings": "10", "abated_dwellings": "11"},
        "abated_dwellings",
    ),
    "a wrong SIREN": (
        ("administrator", "/referentiels/bailleurs/{own_landlord}", "own_landlord"),
        lambda w: {"name": "A", "siren": "123"},
        "siren",
    ),
    "a meeting without a day": (
        ("coordinator", "/bilan/reunions", ""),
        lambda w: {"contract_id": w["contract"], "kind": "copil", "held_on": ""},
        "held_on",
    ),
    "a complement due before its meeting": (
        ("coordinator", "/bilan/reunions/{meeting}/decisions", ""),
        lambda w: {
            "kind": "complement",
            "subject": "Pièces",
            "landlord_id": w["own_landlord"],
            "due_on": "17/06/2026",
        },
        "due_on",
    ),
    "more carried over than is missing": (
        ("coordinator", "/bilan/reunions/{meeting}/decisions", ""),
        lambda w: {"kind": "carry_over", "subject": "Report", "file_id": w["submitted"], "amount": "999 999,00 €"},
        "amount",
    ),
    "a decision done tomorrow": (
        ("coordinator", "/bilan/decisions/{decision}/faite", "decision"),
        lambda w: {"done_on": "22/11/2026"},
        "done_on",
    ),
}


def _version(house: House, item: str) -> int:
    return int(house.ledger.rows()[house.world.tables[item]][(house.world[item],)]["version"])


def refused_control(page: Document, field: str) -> tuple[str, str]:
    """What the control of this field still shows, and the message it refers to; it is marked invalid."""
    (control,) = [one for one in page.controls if one.get("name") == field and one.get("aria-invalid") == "true"]
    (message,) = [page.text_of[name] for name in control["aria-describedby"].split() if name.endswith("-error")]
    return control.get("value", "") or "", message


@pytest.mark.parametrize("name", FORMS)
def test_a_form_says_it_under_the_field_and_keeps_what_was_typed(house: House, name: str) -> None:
    (role, path, item), typed, field = FORMS[name]
    body = typed(house.world)
    if item:
        body["version"] = _version(house, item)
    address = path.format_map(house.world.ids)
    answer = house.client(role, address).post(address, data=body)
    page = read_html(answer)
    assert answer.status_code == 422, page.text
    kept, message = refused_control(page, field)
    assert len(message) > 20
    assert message.endswith((".", "%)."))
    assert page.title == page.h1[0]
    if field not in ("status", "axis", "year"):  # a list offers what it knows
        assert kept == body[field]


def test_a_derived_cost_is_refused_where_its_items_are_told(house: House) -> None:
    path = f"/projets/{house.world['project']}"
    body = {"cost_excl_tax": "1,00", "version": _version(house, "project")}
    answer = house.client("coordinator", path).post(path, data=body)
    assert answer.status_code == 422
    assert "somme des postes" in read_html(answer).text


def test_a_multipart_form_that_is_not_utf8_is_refused(house: House) -> None:
    path = f"/projets/{house.world['plain_project']}"
    parts = {"title": b"\xff\xfe", "version": str(_version(house, "plain_project")).encode()}
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in parts.items()
    )
    client = house.client("coordinator", path)
    answer = client.post(path, data=body + b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "illisible" in refused_control(read_html(answer), "title")[1]


def test_a_tampered_version_is_refused(house: House) -> None:
    client = house.client("coordinator", "/")
    for version in ("", "x", "-1", "9" * 5000, "²"):
        answer = client.post(f"/projets/{house.world['project']}", data={"title": "Titre", "version": version})
        assert answer.status_code == 422, version
        assert "rechargez la page" in answer.text


def test_another_city_s_project_is_refused_with_the_reason(house: House) -> None:
    path = f"/projets/{house.world['project']}"
    body = {"title": "Titre", "version": _version(house, "project")}
    answer = house.client("finance_other", path).post(path, data=body)
    assert answer.status_code == 403
    assert "Finances de la ville" in answer.text
    api = f"{API}/projects/{house.world['project']}"
    refused = house.client("finance_other", api).patch(api, json={"title": "Titre"}, headers={"If-Match": '"1"'})
    assert problem(refused, 403, "forbidden") == []
    assert "Finances de la ville" in refused.json["detail"]
