"""``flask --app tracker seed``: everything once, through the commands, and never again."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import builders as build
from tests.cli.tables import contents, counts, run
from tracker.accounts.models import Membership, User
from tracker.balance.models import Edition, EditionFile
from tracker.cli.seed import loading
from tracker.extensions import db
from tracker.funding import commands as funding
from tracker.funding.models import Funder, Grant, Scheme
from tracker.history.models import HistoryEntry
from tracker.investment import commands as investment
from tracker.investment.models import Project
from tracker.investment.queries import projects
from tracker.policy import SYSTEM
from tracker.settings import Settings
from tracker.territory import commands as territory
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective
from tracker.tfpb.models import Axis, Convention, Priority, TfpbFile

DEMO_EMAILS = {
    "finance.bagneux@demo.test",
    "finance.bourg-la-reine@demo.test",
    "finance.fontenay-aux-roses@demo.test",
    "finance.sceaux@demo.test",
    "bailleur.a@demo.test",
    "bailleur.b@demo.test",
    "coordination@demo.test",
    "etat@demo.test",
    "copil@demo.test",
    "admin@demo.test",
}


def test_the_contract_as_it_is(app: Flask) -> None:
    run(app, "seed")
    with app.app_context():
        contract = db.session.scalars(select(Contract)).one()
        assert (contract.code, contract.first_year, contract.last_year) == ("blagis", 2024, 2030)
        assert [city.insee for city in contract.cities] == ["92007", "92014", "92032", "92071"]
        quarter = db.session.scalars(select(Neighbourhood)).one()
        assert (quarter.code, len(quarter.cities)) == (None, 4)
        by_city = select(City.insee, func.count(Project.id)).join(Project, Project.city_id == City.id)
        found = dict(tuple(row) for row in db.session.execute(by_city.group_by(City.insee)))
        assert found == {"92007": 4, "92014": 5, "92032": 6, "92071": 7}
        everyone = db.session.scalars(select(Project)).all()
        assert {project.cost_excl_tax for project in everyone} == {None}
        assert {project.title for project in everyone if project.owner_kind is None} == {
            "Plus Petit cirque du monde",
            "Réinstallation GAFIB (banque alimentaire et épicerie solidaire)",
            "Réaménagement du centre commercial des Blagis",
        }
        assert [axis.number for axis in db.session.scalars(select(Axis).order_by(Axis.number))] == list(range(1, 9))
        assert db.session.scalar(select(func.count()).select_from(Priority)) == 8
        objectives = db.session.scalars(select(Objective.code).order_by(Objective.id)).all()
        assert objectives == ["REP-1", "REP-2", "JI-1", "JI-2", "CVT-1", "CVT-2"]
        axes = db.session.scalars(select(Axis).order_by(Axis.number)).all()
        assert [axis.number for axis in axes if axis.needs_baseline] == [1, 3, 4]
        assert [axis.number for axis in axes if axis.outside_renewal] == [8]
        assert {axis.number: axis.former_labels for axis in axes if axis.former_labels}.keys() == {5, 7, 8}
        assert quarter.urban_renewal is False
        codes = set(db.session.scalars(select(Scheme.code)))
        assert {
            "politique-de-la-ville",
            "fonds-vert",
            "caf-investissement",
            "contrat-de-developpement",
            "quartier-davenir",
            "dsil",
        } <= codes
        # Nothing fictitious without being asked for.
        for model in (User, Grant, Convention, TfpbFile, Edition):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0
        assert db.session.scalar(select(Landlord.name)) == "Hauts-de-Seine Habitat"


def test_a_second_run_writes_nothing(app: Flask) -> None:
    run(app, "seed")
    before = contents(app)
    assert "0 éléments créés" in run(app, "seed")
    assert contents(app) == before


def test_every_seeded_row_has_its_history(app: Flask) -> None:
    run(app, "seed")
    told = (
        "contract",
        "city",
        "neighbourhood",
        "landlord",
        "funder",
        "scheme",
        "axis",
        "priority",
        "objective",
        "project",
        "owner_share_floor",
        "reference_value",
    )
    rows = counts(app)
    with app.app_context():
        lines = db.session.scalars(select(HistoryEntry)).all()
        assert {(line.source, line.verb, line.actor_id) for line in lines} == {("command_line", "create", None)}
        for table in told:
            assert len({line.item_id for line in lines if line.item_type == table}) == rows[table] > 0
    assert rows["history_entry"] == sum(rows[table] for table in told)


def test_what_people_changed_since_stays(app: Flask) -> None:
    run(app, "seed")
    with app.app_context():
        contract = db.session.scalars(select(Contract)).one()
        landlord = db.session.scalars(select(Landlord)).one()
        project = db.session.scalars(select(Project).where(Project.position == 1)).first()
        funder = db.session.scalars(select(Funder).where(Funder.code == "fondation-bic")).one()
        assert project is not None
        # Each of these changes or hides a natural key: by the key alone the next run would make the row again.
        territory.update_contract(SYSTEM, contract.id, None, {"code": "autre-code", "name": "Autre nom"})
        territory.update_landlord(SYSTEM, landlord.id, None, {"name": "Autre nom", "siren": "999999006"})
        investment.update_project(SYSTEM, project.id, None, {"title": "Autre titre"})
        funding.archive_reference(SYSTEM, Funder, funder.id, None, "n’existe plus")
    before = contents(app)
    run(app, "seed")
    assert contents(app) == before


def test_a_row_made_by_hand_is_taken_as_it_is(app: Flask) -> None:
    with app.app_context():
        build.city(insee="92071", name="Nom écrit à la main", siren=None)
    run(app, "seed")
    with app.app_context():
        contract = db.session.scalars(select(Contract)).one()
        assert [city.name for city in contract.cities if city.insee == "92071"] == ["Nom écrit à la main"]
        assert db.session.scalar(select(func.count()).select_from(City)) == 4


def test_a_wrong_file_loads_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "seeds"
    shutil.copytree(loading.SEEDS, copy)
    projects_file = copy / "projects.csv"
    projects_file.write_text(projects_file.read_text().replace(",idea,riots_2023", ",idea,unknown_regime"))
    monkeypatch.setattr(loading, "SEEDS", copy)
    said = run(app, "seed", fails=True)
    assert "project blagis 92032 6 : Régime de participation" in said
    assert set(counts(app).values()) == {0}


def test_without_tables_the_command_says_what_to_run(
    build_app: Callable[..., Flask], settings: Settings, tmp_path: Path
) -> None:
    empty = build_app(database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert "db upgrade" in run(empty, "seed", fails=True)


# -- demo ----------------------------------------------------------------------------------------------------------


def test_the_demo(app: Flask, today: Callable[[date], None]) -> None:
    today(date(2026, 11, 21))
    run(app, "seed")
    seeded = counts(app)
    run(app, "seed", "--demo")
    loaded = counts(app)
    assert loaded["project"] == seeded["project"] == 22
    before = contents(app)
    assert "0 éléments créés" in run(app, "seed", "--demo")
    run(app, "seed")
    assert contents(app) == before

    with app.app_context():
        users = db.session.scalars(select(User)).all()
        assert {user.email for user in users} == DEMO_EMAILS
        assert {(user.is_demo, user.password_hash) for user in users} == {(True, None)}
        assert db.session.scalar(select(func.count()).select_from(Membership)) == len(users)
        assert set(db.session.scalars(select(HistoryEntry.source))) == {"command_line"}
        _check_plan()
        _check_files()


def _check_plan() -> None:
    """The states seeds/demo/README.md promises, through the queries the screens use."""
    lines = {(line.city.insee, line.position): line for line in projects(SYSTEM, {}).items}
    alerts = {key: {alert.code for alert in line.alerts} for key, line in lines.items()}
    assert alerts["92007", 1] == alerts["92014", 2] == set()
    assert alerts["92007", 4] == {"department_cumulation"}
    assert alerts["92014", 3] == {"owner_share_below_floor"}
    assert f"{lines['92014', 3].owner_share_rate:.4f}" == "0.1111"
    assert [f"{alert.amount:.2f}" for alert in lines["92014", 3].alerts] == ["8000.00"]
    assert alerts["92014", 5] == {"over_funded"}
    assert f"{lines['92014', 5].unfunded:.2f}" == "-7800.00"
    for key in (("92007", 2), ("92007", 3), ("92032", 1), ("92032", 2), ("92071", 3), ("92071", 6), ("92071", 7)):
        assert "unbalanced" in alerts[key]
    for key in (("92007", 2), ("92032", 1), ("92014", 4)):
        assert "deadline_near" in alerts[key]
    assert "deadline_passed" in alerts["92032", 2]
    for key in (("92032", 3), ("92071", 1), ("92032", 4)):
        assert alerts[key] == {"no_cost"}
    assert lines["92014", 1].self_funding is None
    assert lines["92014", 1].unfunded is None
    # Under 20 %, and lawful under their own regimes.
    for key, floor in ((("92014", 4), "0.100000"), (("92032", 6), "0.000000")):
        assert lines[key].owner_share_rate < 0.2
        assert str(lines[key].floor_rate) == floor
        assert "owner_share_below_floor" not in alerts[key]
    for key in (("92007", 3), ("92071", 7)):
        assert lines[key].owner_share_rate is None
    ends = set(db.session.scalars(select(Grant.status)))
    assert {"refused", "deemed_rejected", "withdrawn", "lapsed", "to_repay"} <= ends
    assert db.session.scalar(select(func.count()).where(Grant.archived_at.is_not(None))) == 1


def _check_files() -> None:
    found = {
        (file.convention.landlord.name[9], file.convention.city.insee, file.year): file
        for file in db.session.scalars(select(TfpbFile))
    }
    statuses = {key: file.status for key, file in found.items() if key[2] == 2025}
    assert statuses == {
        ("A", "92032", 2025): "transmitted",
        ("A", "92007", 2025): "validated",
        ("B", "92007", 2025): "validated",
        ("A", "92014", 2025): "verified",
        ("B", "92014", 2025): "submitted",
        ("A", "92071", 2025): "to_correct",
    }
    assert len([key for key in found if key[2] == 2026]) == 7
    assert len([key for key in found if key[2] == 2027]) == 4
    # Frozen on the day of its COPIL, before the report of 5 October and the transmission of 3 July.
    edition = db.session.scalars(select(Edition)).one()
    assert (edition.year, edition.number, edition.frozen_at.date()) == (2025, 1, date(2026, 6, 18))
    counted = set(db.session.scalars(select(EditionFile.file_id)))
    frozen = {("A", "92032", 2025), ("A", "92007", 2025), ("B", "92007", 2025), ("A", "92014", 2025)}
    assert counted == {found[key].id for key in frozen}
    assert {key for key, file in found.items() if file.frozen_in} == frozen
    assert found["B", "92014", 2025].first_submitted_at is not None
    assert found["B", "92014", 2025].first_submitted_at.date() == date(2026, 10, 5)
    moves = select(HistoryEntry).where(HistoryEntry.verb == "move", HistoryEntry.item_type == "tfpb_file")
    assert {line.actor_name for line in db.session.scalars(moves)} > {"Cheffe de projet du quartier (compte fictif)"}


def test_the_demo_stays_out_of_a_database_in_use(app: Flask) -> None:
    run(app, "seed")
    with app.app_context():
        city = db.session.scalars(select(City)).first()
        assert city is not None
        territory.update_city(build.actor("administrator"), city.id, None, {"name": "Nom corrigé"})
    before = contents(app)
    assert "ont déjà travaillé" in run(app, "seed", "--demo", fails=True)
    assert contents(app) == before
