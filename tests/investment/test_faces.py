"""The list of projects: one column declaration, three faces, the same values and totals, under a filter too."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as build
from tests.balance.faces import number, page_tables, workbook_tables
from tests.counting import count_queries
from tracker.investment.columns import PROJECTS
from tracker.investment.models import OwnerShareFloor

AMOUNTS = ("cost_excl_tax", "awarded", "self_funding", "unfunded")
LABELS = {column.key: column.label for column in PROJECTS}


@dataclass
class World:
    """A coordinator's two clients over four projects whose every amount is known and unlike the others."""

    page: FlaskClient
    api: FlaskClient
    contract: int
    city: int


def add_project(contract: Any, city: Any, position: int, grants: int) -> None:
    base = Decimal(10_000 * position) + Decimal("0.07") * position
    project = build.project(
        contract,
        city,
        position=position,
        title=f"Projet n° {position}",
        cost_excl_tax=base,
        self_funding=Decimal(1000 * position) + Decimal("0.03"),
    )
    for share in range(1, grants + 1):
        # Two of the three are equal: a join that dropped a twin would be seen.
        build.grant(project, awarded=Decimal(100 * min(share, 2)) + position, requested=Decimal(500 * position))


@pytest.fixture
def world(app: Flask, today: Any) -> World:
    today(date(2026, 11, 21))
    with app.app_context():
        contract = build.contract()
        build.save(
            OwnerShareFloor(regime="standard", floor_rate=Decimal("0.2"), valid_from=date(2020, 1, 1), source="x")
        )
        here, there = contract.cities
        for position, grants in enumerate((0, 1, 2, 3), 1):
            add_project(contract, here if position % 2 else there, position, grants)
        user = build.user("coordinator", contract)
        return World(build.page_client(app, user), build.api_client(app, user), contract.id, here.id)


@pytest.mark.parametrize("filters", ["", "&city_id={city}"], ids=["whole", "one city"])
def test_page_json_and_workbook_say_the_same(world: World, filters: str) -> None:
    query = "?sort=-cost_excl_tax" + filters.format(city=world.city)
    lines = world.api.get(f"/api/v1/projects{query}").json
    page = page_tables(world.page.get(f"/projets{query}").text)["Projets d’équipement"]
    book = next(iter(workbook_tables(world.page.get(f"/projets/export.xlsx{query}").data).values()))
    assert len(lines) == (2 if filters else 4)
    for position, line in enumerate(lines):
        assert page[position][LABELS["title"]] == book[position][LABELS["title"]] == line["title"]
        for key in AMOUNTS:
            label = f"{LABELS[key]} ↓" if key == "cost_excl_tax" else LABELS[key]
            assert number(page[position][label]) == Decimal(line[key]), key
            assert Decimal(str(book[position][LABELS[key]])).quantize(Decimal("0.01")) == Decimal(line[key]), key
        rate = Decimal(line["owner_share_rate"])
        assert abs(number(page[position][LABELS["owner_share_rate"]]) / 100 - rate) <= Decimal("0.0005")
        assert abs(Decimal(str(book[position][LABELS["owner_share_rate"]])) - rate) <= Decimal("0.00005")
    for key in AMOUNTS:
        label = f"{LABELS[key]} ↓" if key == "cost_excl_tax" else LABELS[key]
        total = sum((Decimal(line[key]) for line in lines), Decimal(0))
        assert number(page[len(lines)][label]) == total, key
        assert Decimal(str(book[len(lines)][LABELS[key]])).quantize(Decimal("0.01")) == total, key


def test_the_plan_of_the_contract_says_what_the_list_says(world: World) -> None:
    listed = world.api.get("/api/v1/projects").json
    code = world.api.get(f"/api/v1/contracts/{world.contract}").json["code"]
    plan = world.api.get(f"/api/v1/contracts/{code}/investment-plan").json
    for key in (*AMOUNTS, "requested", "loans"):
        total = sum((Decimal(line[key]) for line in listed), Decimal(0))
        assert Decimal(plan["totals"][key]) == total, key
        assert sum((Decimal(line[key]) for line in plan["by_city"]), Decimal(0)) == total, key
    for key in ("requested", "awarded", "loans", "paid"):
        assert sum((Decimal(line[key]) for line in plan["by_source"]), Decimal(0)) == Decimal(plan["totals"][key]), key


@pytest.mark.parametrize("path", ["/projets", "/api/v1/projects?page_size=500", "/projets/export.xlsx", "/agenda", "/"])
def test_more_projects_cost_no_more_statements(app: Flask, world: World, path: str) -> None:
    client = world.api if path.startswith("/api") else world.page
    with count_queries(app) as few:
        assert client.get(path).status_code == 200
    with app.app_context():
        contract = build.db.session.get(build.Contract, world.contract)
        city = contract.cities[0]
        for position in range(5, 60):
            add_project(contract, city, position, position % 4)
    with count_queries(app) as many:
        assert client.get(path).status_code == 200
    assert len(many) == len(few)
    # The home page asks what the sheet under way lacks, by its own checks, and what was decided.
    assert len(few) <= (32 if path == "/" else 25)
