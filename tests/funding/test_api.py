"""Grants and payments through the API, on a project."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import builders as build


@dataclass
class Desk:
    """A finance officer's client and the addresses of a project."""

    client: FlaskClient
    project: str
    scheme_id: int
    funder_id: int
    other_funder_id: int

    def grant(self, **fields: Any) -> TestResponse:
        answer = self.client.post(f"{self.project}/grants", json={"scheme_id": self.scheme_id, **fields})
        assert answer.status_code == 201, answer.json
        return answer

    def move(self, grant: TestResponse, tag: str | None = None, **fields: Any) -> TestResponse:
        address = f"{grant.headers['Location']}/transitions"
        return self.client.post(address, json=fields, headers={"If-Match": tag or grant.headers["ETag"]})


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        contract = build.contract()
        officer = build.user("finance_officer", contract, in_city=contract.cities[0])
        project = build.project(contract)
        scheme = build.scheme()
        return Desk(
            build.api_client(app, officer),
            f"/api/v1/projects/{project.id}",
            scheme.id,
            scheme.funder_id,
            build.funder().id,
        )


def test_the_scheme_gives_the_funder_and_the_project_the_nature(desk: Desk) -> None:
    made = desk.grant().json
    assert (made["funder_id"], made["nature"], made["status"]) == (desk.funder_id, "investment", "identified")


def test_a_scheme_of_another_funder_is_refused(desk: Desk) -> None:
    body = {"scheme_id": desk.scheme_id, "funder_id": desk.other_funder_id}
    answer = desk.client.post(f"{desk.project}/grants", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["funder_id"]


@pytest.mark.parametrize(
    "body, field, code",
    [
        ({}, "funder_id", "required"),
        ({"scheme_id": 2_000_000_000}, "scheme_id", "unknown_reference"),
        ({"funder_id": 2_000_000_000}, "funder_id", "unknown_reference"),
        ({"funder_id": "x"}, "funder_id", "invalid"),
    ],
)
def test_a_grant_has_a_source_that_exists(desk: Desk, body: dict[str, Any], field: str, code: str) -> None:
    answer = desk.client.post(f"{desk.project}/grants", json=body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert desk.client.get(f"{desk.project}/grants").json == []


def test_a_grant_walks_its_life_and_leaves_its_dates(desk: Desk) -> None:
    grant = desk.grant(requested="1000.00")
    filed = desk.move(grant, to="filed", on="2026-02-01")
    assert (filed.status_code, filed.json["status"], filed.json["filed_on"]) == (200, "filed", "2026-02-01")
    awarded = desk.move(grant, filed.headers["ETag"], to="awarded", on="2026-05-01", awarded="800.00")
    assert (awarded.json["awarded"], awarded.json["awarded_on"]) == ("800.00", "2026-05-01")
    assert desk.client.get(desk.project).json["awarded"] == "800.00"
    lapsed = desk.move(grant, awarded.headers["ETag"], to="lapsed", reason="Travaux non commencés.")
    assert lapsed.status_code == 200
    assert desk.client.get(desk.project).json["awarded"] == "0.00"
    history = desk.client.get(f"{grant.headers['Location']}/history").json
    assert [line["verb"] for line in history] == ["move", "move", "move", "create"]
    assert history[0]["changes"]["reason"] == [None, "Travaux non commencés."]
    assert history[0]["changes"]["status"] == ["awarded", "lapsed"]


def test_an_exit_needs_its_reason_and_its_moment(desk: Desk) -> None:
    grant = desk.grant(status="filed")
    answer = desk.move(grant, to="refused")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "reason")
    answer = desk.move(grant, to="to_repay", reason="x")
    assert (answer.status_code, answer.json["code"]) == (409, "transition_not_allowed")


def test_a_step_back_below_the_award_forgets_the_amount_but_the_history_keeps_it(desk: Desk) -> None:
    grant = desk.grant(status="awarded", awarded="500.00")
    back = desk.move(grant, to="filed", on="2026-01-01", reason="Notification envoyée par erreur.")
    assert (back.json["status"], back.json["awarded"]) == ("filed", None)
    history = desk.client.get(f"{grant.headers['Location']}/history").json
    assert history[0]["changes"]["awarded"] == ["500.00", None]


def test_an_amount_cannot_be_awarded_before_the_award(desk: Desk) -> None:
    grant = desk.grant(status="filed")
    address = grant.headers["Location"]
    answer = desk.client.patch(address, json={"awarded": "5.00"}, headers={"If-Match": grant.headers["ETag"]})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "awarded")


def test_payments_add_up_and_are_archived_with_a_reason(desk: Desk) -> None:
    grant = desk.grant(status="awarded", awarded="500.00")
    address = f"{grant.headers['Location']}/payments"
    first = desk.client.post(address, json={"kind": "advance", "amount": "150.00", "paid_on": "2026-06-01"})
    desk.client.post(address, json={"kind": "balance", "amount": "-20.50", "paid_on": "2026-07-01"})
    assert desk.client.get(grant.headers["Location"]).json["paid"] == "129.50"
    archived = desk.client.post(
        f"{first.headers['Location']}/archive",
        json={"reason": "saisi deux fois"},
        headers={"If-Match": first.headers["ETag"]},
    )
    assert archived.status_code == 200
    assert desk.client.get(grant.headers["Location"]).json["paid"] == "-20.50"
    assert [one["kind"] for one in desk.client.get(address).json] == ["balance"]
    assert [one["kind"] for one in desk.client.get(f"{address}?archived=true").json] == ["advance"]
    assert desk.client.get(first.headers["Location"]).json["archived_at"]


def test_nothing_is_paid_before_the_award(desk: Desk) -> None:
    grant = desk.grant(status="filed")
    body = {"kind": "advance", "amount": "1.00", "paid_on": "2026-06-01"}
    answer = desk.client.post(f"{grant.headers['Location']}/payments", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "transition_not_allowed")


def test_an_archived_grant_leaves_lists_and_totals_and_still_answers(desk: Desk) -> None:
    grant = desk.grant(status="awarded", awarded="500.00")
    address = grant.headers["Location"]
    tag = {"If-Match": grant.headers["ETag"]}
    assert desk.client.post(f"{address}/archive", json={}, headers=tag).status_code == 422
    archived = desk.client.post(f"{address}/archive", json={"reason": "doublon"}, headers=tag)
    assert archived.json["archived_reason"] == "doublon"
    assert desk.client.get(f"{desk.project}/grants").json == []
    assert len(desk.client.get(f"{desk.project}/grants?archived=true").json) == 1
    assert desk.client.get(desk.project).json["awarded"] == "0.00"
    again = desk.client.patch(address, json={"reference": "x"}, headers={"If-Match": archived.headers["ETag"]})
    assert (again.status_code, again.json["code"]) == (409, "locked")


def test_reference_data_is_the_administrators(app: Flask, desk: Desk) -> None:
    body = {"code": "nouveau", "name": "Nouveau", "kind": "state"}
    assert desk.client.post("/api/v1/funders", json=body).status_code == 403
    with app.app_context():
        administrator = build.api_client(app, build.user("administrator"))
    made = administrator.post("/api/v1/funders", json=body)
    assert made.status_code == 201
    assert administrator.post("/api/v1/funders", json=body).json["code"] == "duplicate"
    scheme = {"code": "dispo", "name": "Dispositif", "funder_id": made.json["id"], "advance_rate": "0.3"}
    assert administrator.post("/api/v1/schemes", json=scheme).json["advance_rate"] == "0.3"
    listed = administrator.get("/api/v1/schemes?code=dispo").json
    assert [one["name"] for one in listed] == ["Dispositif"]
