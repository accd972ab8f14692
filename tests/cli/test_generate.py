"""``flask --app tracker generate``: the same figures for the same seed, plausible, and told to the history."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests import builders as build
from tests.cli.tables import contents, counts, run
from tracker.extensions import db
from tracker.funding.models import Funder, Grant
from tracker.history.models import HistoryEntry
from tracker.investment.models import CostItem, Project
from tracker.investment.rules import incl_tax
from tracker.territory.models import City, Contract, Landlord
from tracker.tfpb.models import Action, TfpbFile

SMALL = ("--cities", "2", "--projects", "12", "--landlords", "2", "--years", "2", "--actions-per-file", "15")


def generate(app: Flask, *, contracts: int = 2, seed: int = 7) -> None:
    run(app, "generate", "--contracts", str(contracts), "--seed", str(seed), *SMALL)


def without_instants(tables: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """All but the history, whose lines say when they were written."""
    return {name: rows for name, rows in tables.items() if name != "history_entry"}


def test_the_same_seed_gives_the_same_rows(app: Flask, empty_database: Callable[[], None]) -> None:
    generate(app)
    first = without_instants(contents(app))
    empty_database()
    generate(app)
    assert without_instants(contents(app)) == first
    empty_database()
    generate(app, seed=8)
    other = without_instants(contents(app))
    assert other["tfpb_action"] != first["tfpb_action"]
    assert other["project"] != first["project"]


def test_a_contract_does_not_depend_on_how_many_there_are(app: Flask, empty_database: Callable[[], None]) -> None:
    def amounts_of_the_first() -> list[tuple[Any, ...]]:
        with app.app_context():
            one = select(Contract.id).where(Contract.code == "volume-7-1").scalar_subquery()
            chosen = select(Project.title, Project.cost_excl_tax, Project.self_funding).where(
                Project.contract_id == one
            )
            return [tuple(row) for row in db.session.execute(chosen.order_by(Project.id))]

    generate(app, contracts=1)
    alone = amounts_of_the_first()
    empty_database()
    generate(app, contracts=3)
    assert amounts_of_the_first() == alone
    assert len(alone) == 12


def test_sizes(app: Flask) -> None:
    generate(app, contracts=3)
    found = counts(app)
    assert found["contract"] == found["history_entry"] == 3
    assert found["city"] == found["contract_city"] == 3 * 2
    assert found["project"] == 3 * 12
    assert found["tfpb_file"] == 3 * 2 * 2 * 2
    assert found["tfpb_action"] == 3 * 2 * 2 * 2 * 15
    assert found["financing"] == found["project"] + found["tfpb_action"]


def test_each_contract_is_told_once(app: Flask) -> None:
    generate(app, contracts=2)
    with app.app_context():
        lines = db.session.scalars(select(HistoryEntry)).all()
        contracts = db.session.scalars(select(Contract)).all()
        assert {line.contract_id for line in lines} == {contract.id for contract in contracts}
        assert {(line.source, line.verb, line.item_type) for line in lines} == {
            ("command_line", "generate", "contract")
        }
        assert lines[0].changes["actions"] == [None, 2 * 2 * 2 * 15]
        assert {contract.code for contract in contracts} == {"volume-7-1", "volume-7-2"}
        assert all(code.startswith("volume-") for code in db.session.scalars(select(Funder.code)))


def test_figures_are_plausible(app: Flask) -> None:
    run(app, "generate", "--contracts", "2", "--seed", "1", "--projects", "60", "--actions-per-file", "30")
    with app.app_context():
        per_financing = Counter(db.session.scalars(select(Grant.financing_id)))
        without = db.session.scalar(select(func.count(Action.id)).where(Action.financing_id.not_in(per_financing)))
        assert without
        # 0 to 3 grants, and a loan beside them on some projects; two of them equal more than once.
        assert set(per_financing.values()) == {1, 2, 3, 4}
        same = select(Grant.financing_id).group_by(
            Grant.financing_id, Grant.funder_id, Grant.scheme_id, Grant.requested, Grant.status
        )
        assert len(db.session.scalars(same.having(func.count() > 1)).all()) > 10
        for model, column in ((Project, Project.cost_excl_tax), (Action, Action.valued_amount), (Grant, Grant.awarded)):
            unknown, everything = db.session.execute(
                select(func.count() - func.count(column), func.count()).select_from(model)
            ).one()
            assert 0 < unknown < everything / 2
        assert db.session.scalar(select(func.count()).where(Action.actual_cost < 0))
        statuses = set(db.session.scalars(select(TfpbFile.status)))
        assert statuses == {"draft", "submitted", "to_correct", "verified", "transmitted"}
        assert db.session.scalar(select(func.count()).where(TfpbFile.abated_dwellings > TfpbFile.dwellings)) == 0
        for project in db.session.scalars(select(Project)):
            items = db.session.scalars(select(CostItem).where(CostItem.project_id == project.id)).all()
            if items:
                assert project.cost_excl_tax == sum(item.amount_excl_tax for item in items)
                assert project.cost_incl_tax == sum(
                    incl_tax(item.amount_excl_tax, item.vat_rate) or 0 for item in items
                )


def test_what_comes_after_is_numbered_after(app: Flask) -> None:
    run(app, "seed")
    generate(app)
    generate(app, seed=8)
    with app.app_context():
        last = db.session.scalar(select(func.max(City.id))) or 0
        assert build.city().id > last
        sirens = [*db.session.scalars(select(City.siren)), *db.session.scalars(select(Landlord.siren))]
        assert len(sirens) == len(set(sirens))


def test_a_seed_serves_once(app: Flask) -> None:
    generate(app)
    before = contents(app)
    said = run(app, "generate", "--contracts", "1", "--seed", "7", *SMALL, fails=True)
    assert "« volume-7-… »" in said
    assert contents(app) == before


def test_generated_contracts_can_be_read(app: Flask) -> None:
    generate(app, contracts=1)
    with app.app_context():
        contract = db.session.scalars(select(Contract)).one()
        client = build.api_client(app, build.user("coordinator", contract))
    sheet = client.get("/api/v1/contracts/volume-7-1/balance-sheets/2025")
    assert sheet.status_code == 200
    assert sheet.json["totals"]["actions"] > 0
    assert sum(line["actions"] for line in sheet.json["by_city"]) == sheet.json["totals"]["actions"]
    assert client.get("/api/v1/projects?sort=-owner_share_rate").status_code == 200
