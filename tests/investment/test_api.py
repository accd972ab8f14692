"""The finance officer's job through the API alone."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as build


@pytest.fixture
def office(app: Flask) -> tuple[FlaskClient, int, int, int, dict[str, int]]:
    """A finance officer's client, the contract, its city, another city, and funders' ids."""
    with app.app_context():
        contract = build.contract()
        here, there = contract.cities[0], contract.cities[1]
        officer = build.user("finance_officer", contract, in_city=here)
        public, foundation = build.funder(), build.funder(kind="foundation", public_body=False)
        loan = build.scheme(build.funder(kind="bank"), is_loan=True)
        ids = {"public": public.id, "foundation": foundation.id, "loan": loan.id}
        return build.api_client(app, officer), contract.id, here.id, there.id, ids


def create(client: FlaskClient, contract_id: int, city_id: int, **fields: object) -> dict[str, object]:
    body = {"contract_id": contract_id, "city_id": city_id, "title": "École", "owner_kind": "city", **fields}
    answer = client.post("/api/v1/projects", json=body)
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"] == f"/api/v1/projects/{answer.json['id']}"
    return {**answer.json, "etag": answer.headers["ETag"]}


def add_grant(client: FlaskClient, project_id: object, **fields: object) -> dict[str, object]:
    answer = client.post(f"/api/v1/projects/{project_id}/grants", json=fields)
    assert answer.status_code == 201, answer.json
    return {**answer.json, "etag": answer.headers["ETag"]}


def test_worked_example_of_the_owner_share(office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    # cost 500 000, public 300 000, foundation 50 000 → (500 − 350) ÷ (500 − 50) = 150 ÷ 450 = 0.3333
    client, contract_id, city_id, _, funders = office
    project = create(client, contract_id, city_id, cost_excl_tax="500000.00", self_funding="100000.00")
    add_grant(client, project["id"], funder_id=funders["public"], status="awarded", awarded="300000.00")
    add_grant(client, project["id"], funder_id=funders["foundation"], status="awarded", awarded="50000")
    add_grant(client, project["id"], scheme_id=funders["loan"], status="awarded", awarded="20000.00")
    found = client.get(f"/api/v1/projects/{project['id']}").json
    assert found["awarded"] == "350000.00"
    assert found["loans"] == "20000.00"
    assert found["left_to_fund"] == "150000.00"
    assert found["unfunded"] == "30000.00"  # 150 000 − 100 000 − 20 000
    assert found["owner_share_rate"] == "0.3333"


def test_owner_share_under_its_floor(app: Flask, office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    # cost 100 000, public 80 000, foundation 10 000 → 10 ÷ 90 = 0.1111; floor 0.20 × 90 000 = 18 000: 8 000 short
    from datetime import date

    from tracker.investment.models import OwnerShareFloor

    with app.app_context():
        build.save(
            OwnerShareFloor(regime="standard", floor_rate=Decimal("0.2"), valid_from=date(2020, 1, 1), source="CGCT")
        )
    client, contract_id, city_id, _, funders = office
    project = create(client, contract_id, city_id, cost_excl_tax="100000.00")
    add_grant(client, project["id"], funder_id=funders["public"], status="awarded", awarded="80000.00")
    add_grant(client, project["id"], funder_id=funders["foundation"], status="awarded", awarded="10000.00")
    found = client.get(f"/api/v1/projects/{project['id']}").json
    assert found["owner_share_rate"] == "0.1111"
    alert = next(alert for alert in found["alerts"] if alert["code"] == "owner_share_below_floor")
    assert alert["amount"] == "8000.00"


def test_cost_items_derive_the_costs(office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    client, contract_id, city_id, _, _ = office
    project = create(client, contract_id, city_id)
    path = f"/api/v1/projects/{project['id']}"
    for label, amount, rate in (("Études", "1000.05", "0.2"), ("Travaux", "2000.00", "0.055")):
        body = {"label": label, "amount_excl_tax": amount, "vat_rate": rate}
        assert client.post(f"{path}/cost-items", json=body).status_code == 201
    answer = client.get(path)
    assert answer.json["cost_excl_tax"] == "3000.05"
    # 1 000.05 × 1.2 = 1 200.06; 2 000 × 1.055 = 2 110.00
    assert answer.json["cost_incl_tax"] == "3310.06"
    refused = client.patch(path, json={"cost_excl_tax": "1.00"}, headers={"If-Match": answer.headers["ETag"]})
    assert refused.status_code == 422
    assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [("cost_excl_tax", "derived")]


def test_a_write_names_the_version_it_read(office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    client, contract_id, city_id, _, _ = office
    project = create(client, contract_id, city_id)
    path = f"/api/v1/projects/{project['id']}"
    assert client.patch(path, json={"title": "A"}).status_code == 428
    assert client.patch(path, json={"title": "A"}, headers={"If-Match": "*"}).status_code == 412
    first = client.patch(path, json={"title": "A"}, headers={"If-Match": str(project["etag"])})
    assert first.status_code == 200
    stale = client.patch(path, json={"title": "B"}, headers={"If-Match": str(project["etag"])})
    assert stale.status_code == 412
    assert client.get(path).json["title"] == "A"
    history = client.get(f"{path}/history").json
    assert [(line["verb"], line["source"]) for line in history] == [("update", "api"), ("create", "api")]
    assert history[0]["changes"] == {"title": ["École", "A"]}


def test_another_city_is_read_but_not_written(office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    client, contract_id, _, other_city, _ = office
    body = {"contract_id": contract_id, "city_id": other_city, "title": "Ailleurs"}
    answer = client.post("/api/v1/projects", json=body)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "body, field, code",
    [
        ({"cost_excl_tax": 12.5}, "cost_excl_tax", "money_string"),
        ({"cost_excl_tax": "1.005"}, "cost_excl_tax", "too_many_decimals"),
        ({"cost_excl_tax": "-1"}, "cost_excl_tax", "out_of_range"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-30"}, "ends_on", "invalid"),
        ({"kind": "bridge"}, "kind", "unknown_value"),
        ({"awarded": "1.00"}, "awarded", "unknown_field"),
        ({"title": None}, "title", "required"),
        ({"city_id": 2147483647}, "city_id", "unknown_reference"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(
    office: tuple[FlaskClient, int, int, int, dict[str, int]], body: dict[str, object], field: str, code: str
) -> None:
    client, contract_id, city_id, _, _ = office
    project = create(client, contract_id, city_id)
    path = f"/api/v1/projects/{project['id']}"
    answer = client.patch(path, json=body, headers={"If-Match": str(project["etag"])})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    after = client.get(path)
    assert after.headers["ETag"] == project["etag"]
    assert len(client.get(f"{path}/history").json) == 1


def test_budget_years_are_put(office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    client, contract_id, city_id, _, _ = office
    project = create(client, contract_id, city_id)
    path = f"/api/v1/projects/{project['id']}/budget-years/2026"
    assert client.put(path, json={"voted": "10.00"}).status_code == 428
    made = client.put(path, json={"voted": "10.00"}, headers={"If-None-Match": "*"})
    assert made.status_code == 201, made.json
    assert made.json["voted"] == "10.00"
    assert made.json["planned"] is None
    assert client.put(path, json={"voted": "11.00"}, headers={"If-None-Match": "*"}).status_code == 412
    replaced = client.put(path, json={"paid": "2.00"}, headers={"If-Match": made.headers["ETag"]})
    assert replaced.status_code == 200
    assert (replaced.json["voted"], replaced.json["paid"]) == (None, "2.00")


def test_list_pages_sorts_filters_and_plan(office: tuple[FlaskClient, int, int, int, dict[str, int]]) -> None:
    client, contract_id, city_id, _, funders = office
    first = create(client, contract_id, city_id, title="Crèche", cost_excl_tax="100.00", self_funding="0.00")
    create(client, contract_id, city_id, title="Stade")
    add_grant(client, first["id"], funder_id=funders["public"], status="awarded", awarded="40.00", requested="50.00")
    add_grant(client, first["id"], funder_id=funders["public"], status="awarded", awarded="40.00", requested="50.00")
    answer = client.get("/api/v1/projects?sort=-awarded&page_size=1")
    assert [project["title"] for project in answer.json] == ["Crèche"]
    assert '"total": 2' in answer.headers["X-Pagination"]
    assert [p["title"] for p in client.get("/api/v1/projects?q=STADE").json] == ["Stade"]
    with_code = client.get(f"/api/v1/funders/{funders['public']}").json["code"]
    assert [p["title"] for p in client.get(f"/api/v1/projects?source={with_code}").json] == ["Crèche"]
    code = client.get(f"/api/v1/contracts/{contract_id}").json["code"]
    plan = client.get(f"/api/v1/contracts/{code}/investment-plan").json
    assert plan["totals"]["projects"] == 2
    assert plan["totals"]["awarded"] == "80.00"
    assert plan["totals"]["requested"] == "100.00"
    assert plan["totals"]["unfunded"] is None  # one project does not know its cost
    assert [line["awarded"] for line in plan["by_source"]] == ["80.00"]
