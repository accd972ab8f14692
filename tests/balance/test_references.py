"""Reference values: dated data with their source, kept by the administrator, read by everybody."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.balance.faces import page_tables
from tracker.balance.models import ReferenceValue
from tracker.extensions import db
from tracker.policy import ADMINISTRATOR, COORDINATOR, COPIL

Client = Callable[..., FlaskClient]
URL, PAGE = "/api/v1/reference-values", "/referentiels/reperes"
BODY = {
    "figure": "leverage",
    "label": "Bilan national",
    "low": "1.3",
    "high": "1.4",
    "period": "2017-2019",
    "source": "USH",
}


def test_a_reference_value_lives_through_the_api(blank: Flask, api: Client) -> None:
    client = api(ADMINISTRATOR)
    created = client.post(URL, json=BODY)
    assert (created.status_code, created.headers["ETag"]) == (201, '"1"')
    one = created.headers["Location"]
    assert {name: created.json[name] for name in BODY} == BODY
    assert client.patch(one, json={"low": "1.25"}).status_code == 428
    changed = client.patch(one, json={"low": "1.25"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["low"], changed.headers["ETag"]) == (200, "1.25", '"2"')
    assert client.patch(one, json={"low": "1.2"}, headers={"If-Match": '"1"'}).status_code == 412
    assert [line["id"] for line in client.get(f"{URL}?figure=leverage").json] == [created.json["id"]]
    assert client.get(f"{URL}?figure=justified_rate").json == []
    gone = client.post(f"{one}/archive", json={"reason": "Dépassé"}, headers={"If-Match": '"2"'})
    assert gone.json["archived_reason"] == "Dépassé"
    assert client.get(URL).json == []
    assert len(client.get(f"{URL}?archived=true").json) == 1
    assert client.get(one).status_code == 200
    again = client.patch(one, json={"low": "1"}, headers={"If-Match": '"3"'})
    assert (again.status_code, again.json["code"]) == (409, "locked")
    assert [line["verb"] for line in client.get(f"{one}/history").json] == ["archive", "update", "create"]


@pytest.mark.parametrize(
    "changes, field, code",
    [
        ({"low": "2000.000001"}, "low", "out_of_range"),
        ({"low": "99999999999999999999"}, "low", "out_of_range"),
        ({"low": "999999999999999999999"}, "low", "invalid"),
        ({"low": "-0.1"}, "low", "out_of_range"),
        ({"low": "1.3000001"}, "low", "too_many_decimals"),
        ({"low": "1,3"}, "low", "invalid"),
        ({"low": 1.3}, "low", "invalid"),
        ({"low": None}, "low", "required"),
        ({"low": "NaN"}, "low", "invalid"),
        ({"high": "1.3"}, "high", "out_of_range"),
        ({"high": "1e3"}, "high", "invalid"),
        ({"figure": "cost_per_dwelling"}, "figure", "unknown_value"),
        ({"source": " "}, "source", "required"),
        ({"period": "x" * 61}, "period", "out_of_range"),
        ({"other": 1}, "other", "unknown_field"),
    ],
)
def test_bad_values_are_refused_and_nothing_is_written(
    blank: Flask, api: Client, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = api(ADMINISTRATOR).post(URL, json=BODY | changes)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert db.session.query(ReferenceValue).count() == 0


def test_a_patch_keeps_the_range_going_up(blank: Flask, api: Client) -> None:
    client = api(ADMINISTRATOR)
    one = client.post(URL, json=BODY).headers["Location"]
    refused = client.patch(one, json={"low": "1.4"}, headers={"If-Match": '"1"'})
    assert refused.json["errors"][0]["field"] == "high"
    assert client.patch(one, json={"low": "1.4", "high": None}, headers={"If-Match": '"1"'}).status_code == 200
    assert client.patch(one, json={"low": "2000"}, headers={"If-Match": '"2"'}).json["low"] == "2000"


def test_everybody_reads_the_administrator_alone_writes(blank: Flask, api: Client, browse: Client) -> None:
    contract = make.contract()
    row = make.save(ReferenceValue(**{**BODY, "low": Decimal("1.3"), "high": None}))
    for role in (COORDINATOR, COPIL):
        client = api(role, contract)
        assert [line["id"] for line in client.get(URL).json] == [row.id]
        assert client.post(URL, json=BODY).status_code == 403
        reader = browse(role, contract)
        html = reader.get(f"{PAGE}?edit={row.id}").get_data(as_text=True)
        assert "Bilan national" in html
        assert "<form method" not in html.split("<main")[1]
        assert reader.post(PAGE, data=BODY).status_code == 403


def test_the_page_adds_changes_and_archives(blank: Flask, browse: Client) -> None:
    client = browse(ADMINISTRATOR)
    assert "Repères du bilan" in client.get("/referentiels").get_data(as_text=True)
    typed = BODY | {"figure": "valued_per_dwelling", "low": "1 183,5 €", "high": ""}
    assert client.post(PAGE, data=typed).status_code == 303
    row = db.session.query(ReferenceValue).one()
    assert (row.low, row.high) == (Decimal("1183.5"), None)
    assert page_tables(client.get(PAGE).get_data(as_text=True))["Repères du bilan"][0]["Valeur"] == "1 183,50 €"
    opened = client.get(f"{PAGE}?edit={row.id}").get_data(as_text=True)
    assert 'value="1\u202f183,5"' in opened
    changed = typed | {"version": "1", "figure": "justified_rate", "low": "0,9", "high": "0,955"}
    assert client.post(f"{PAGE}/{row.id}", data=changed).status_code == 303
    assert page_tables(client.get(PAGE).get_data(as_text=True))["Repères du bilan"][0]["Valeur"] == "90,0 % à 95,5 %"
    stale = client.post(f"{PAGE}/{row.id}", data=changed | {"low": "0,8"})
    assert stale.status_code == 409
    wrong = client.post(f"{PAGE}/{row.id}", data=changed | {"version": "2", "low": "beaucoup"})
    assert wrong.status_code == 422
    assert "« beaucoup » trouvé" in wrong.get_data(as_text=True).replace("\u00a0", " ")
    gone = client.post(f"{PAGE}/{row.id}/archiver", data={"version": "2", "reason": "Dépassé"})
    assert gone.status_code == 303
    assert "Aucun repère" in client.get(PAGE).get_data(as_text=True)
