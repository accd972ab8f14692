"""Home by role, agenda, contract-wide history: what awaits each reader, and nothing of anybody else's."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as build
from tests.balance.decided import ROLES as DECIDED_ROLES
from tests.balance.decided import Decided, subject
from tracker.balance.commands import archive_decision, record_decision, update_decision
from tracker.balance.rules import report_year
from tracker.balance.schemas import DecisionSchema
from tracker.desk import queries, rules
from tracker.funding.commands import create_grant
from tracker.investment.commands import create_project
from tracker.policy import SYSTEM, Actor
from tracker.tfpb.models import TfpbFile

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "on, past_is_done, state",
    [
        (date(2026, 11, 20), False, "passed"),
        (date(2026, 11, 20), True, None),
        (TODAY, False, "soon"),
        (date(2027, 1, 20), False, "soon"),  # 60 days later
        (date(2027, 1, 21), False, "later"),
    ],
)
def test_how_pressing_a_day_is(on: date, past_is_done: bool, state: str | None) -> None:
    assert rules.state_of(on, TODAY, past_is_done=past_is_done) == state


@pytest.mark.parametrize("today, year", [(TODAY, 2025), (date(2024, 3, 1), 2024), (date(2040, 1, 1), 2030)])
def test_the_report_under_way_is_last_years_within_the_contract(today: date, year: int) -> None:
    assert report_year(today, 2024, 2030) == year


@dataclass
class World:
    """A contract with two cities and two landlords, and an actor of each role."""

    contract: int
    city: int
    file: int
    actors: dict[str, Actor]
    clients: dict[str, FlaskClient]


@pytest.fixture
def world(app: Flask, today: Any) -> World:
    today(TODAY)
    with app.app_context():
        contract = build.contract()
        here = contract.cities[0]
        place = build.neighbourhood(contract)
        landlord, other = build.landlord(), build.landlord()
        file = build.tfpb_file(build.convention(contract, landlord, here), place, 2025)
        build.action(file, title="Nettoyage renforcé", actual_cost=None)
        build.project(contract, here, title="Sans coût")
        late = build.project(contract, here, title="En retard", cost_excl_tax=Decimal(100), self_funding=Decimal(100))
        build.grant(late, build.scheme(name="Fonds A"), status="preparing", deadline_on=date(2026, 11, 1))
        scopes: dict[str, dict[str, Any]] = {
            "coordinator": {},
            "finance_officer": {"in_city": here},
            "landlord": {"of_landlord": landlord},
            "state": {},
            "copil": {},
        }
        actors = {role: build.actor(role, contract, **scope) for role, scope in scopes.items()}
        actors["other_landlord"] = build.actor("landlord", contract, of_landlord=other)
        clients = {role: build.page_client(app, build.user(role, contract, **scope)) for role, scope in scopes.items()}
        clients["administrator"] = build.page_client(app, build.user("administrator"))
        return World(contract.id, here.id, file.id, actors, clients)


def sentences(actor: Actor) -> str:
    return "\n".join(task.sentence for task in queries.home(actor).tasks)


def test_the_officer_is_told_of_the_projects_to_mend(app: Flask, world: World) -> None:
    with app.app_context():
        told = sentences(world.actors["finance_officer"])
        assert "Sans coût" in told
        assert "01/11/2026" in told
        assert "bilan à déposer" not in told


def test_the_landlord_is_told_of_the_late_report_and_of_nothing_else(app: Flask, world: World) -> None:
    with app.app_context():
        task, *to_open = queries.home(world.actors["landlord"]).tasks
        assert (task.word, task.item_id) == ("En retard", world.file)
        assert "31/03/2026" in task.sentence
        assert "une valeur manque" in task.sentence
        # The board says the same of them: « Au bailleur d’ouvrir le dossier ».
        assert [one.word for one in to_open] == ["À ouvrir", "À ouvrir"]
        assert [year for year in ("2026", "2027") if any(f", {year}" in one.sentence for one in to_open)] == [
            "2026",
            "2027",
        ]
        assert queries.home(world.actors["other_landlord"]).tasks == []


def test_the_coordinator_is_told_who_is_late(app: Flask, world: World) -> None:
    with app.app_context():
        assert "n’a pas encore déposé" in sentences(world.actors["coordinator"])


def test_a_submitted_report_waits_for_those_who_verify(app: Flask, world: World) -> None:
    with app.app_context():
        file = build.db.session.get(TfpbFile, world.file)
        assert file is not None
        file.status, file.first_submitted_at = "submitted", build.clock.now()
        build.db.session.commit()
        for role in ("finance_officer", "state", "coordinator"):
            assert "attend votre vérification" in sentences(world.actors[role]), role
        for role in ("copil", "landlord"):
            assert "attend votre vérification" not in sentences(world.actors[role]), role


@pytest.mark.parametrize(
    "year, changes, told",
    [
        (2025, {"status": "verified"}, "le bilan est vérifié depuis le 02/03/2026 ; il reste à le valider en COPIL"),
        (2025, {"status": "validated"}, "le bilan est validé depuis le 02/03/2026 ; il reste à le transmettre"),
        (
            2027,
            {"programme_status": "discussed"},
            "le programme est discuté depuis le 03/03/2026 ; il reste à le valider",
        ),
    ],
)
def test_each_turn_of_the_coordinator_is_a_task_since_its_day(
    app: Flask, world: World, year: int, changes: dict[str, str], told: str
) -> None:
    with app.app_context():
        file = build.db.session.get(TfpbFile, world.file)
        assert file is not None
        file.year, file.first_submitted_at = year, build.clock.now()
        file.moved_on, file.programme_moved_on = date(2026, 3, 2), date(2026, 3, 3)
        for name, value in changes.items():
            setattr(file, name, value)
        build.db.session.commit()
        assert told in sentences(world.actors["coordinator"]).replace("\u00a0", " ")
        for role in ("finance_officer", "state", "copil", "landlord"):
            assert told not in sentences(world.actors[role]).replace("\u00a0", " "), role


@pytest.mark.parametrize("day", [TODAY, date(2027, 1, 5)])
def test_a_programme_is_told_to_whose_turn_it_is_before_and_after_its_year_begins(
    app: Flask, world: World, today: Any, day: date
) -> None:
    today(day)
    with app.test_request_context():
        file = build.db.session.get(TfpbFile, world.file)
        file.year = 2027
        build.db.session.commit()
        waits = "2027 : le programme est proposé et reste à discuter"
        for role in ("finance_officer", "coordinator"):
            assert waits in sentences(world.actors[role]).replace("\u00a0", " "), role
        for role in ("state", "copil", "landlord"):
            assert waits not in sentences(world.actors[role]).replace("\u00a0", " "), role
        # The city may not open the file yet: its task opens the board of that year.
        assert '"/tfpb/completude?year=2027"' in world.clients["finance_officer"].get("/").text
        file.programme_status, file.programme_moved_on = "discussed", date(2026, 11, 20)
        build.db.session.commit()
        waits = "2027 : le programme est discuté depuis le 20/11/2026 ; il reste à le valider en COPIL"
        assert waits in sentences(world.actors["coordinator"]).replace("\u00a0", " ")
        assert "programme" not in sentences(world.actors["finance_officer"])


def test_the_agenda_holds_what_its_reader_may_read(app: Flask, world: World) -> None:
    with app.app_context():
        kinds = {role: {item.kind for item in queries.agenda(actor)} for role, actor in world.actors.items()}
    assert kinds["coordinator"] == {"grant", "report", "convention"}
    assert kinds["landlord"] == {"report", "convention"}
    assert kinds["other_landlord"] == set()
    assert kinds["state"] == {"grant", "report", "convention"}  # the report is known to be due, not what is in it


def test_a_report_its_reader_cannot_open_yet_is_in_the_agenda_too(app: Flask, world: World) -> None:
    """A draft is closed to the city, and a file nobody opened to all: the day is kept, on the board."""
    with app.app_context():
        contract = build.db.session.get(build.Contract, world.contract)
        here = build.db.session.get(build.City, world.city)
        build.convention(contract, build.landlord(name="Bailleur absent"), here)
        told = {
            role: {
                (item.item_id is None, item.what)
                for item in queries.agenda(world.actors[role])
                if item.kind == "report" and item.on == date(2026, 3, 31)
            }
            for role in ("coordinator", "finance_officer", "landlord", "copil")
        }
    assert told == {
        "coordinator": {(False, "dépôt du bilan"), (True, "dossier à ouvrir")},
        "finance_officer": {(True, "dépôt du bilan"), (True, "dossier à ouvrir")},
        "landlord": {(False, "dépôt du bilan")},
        "copil": set(),
    }
    page = world.clients["finance_officer"].get("/agenda")
    assert page.status_code == 200
    assert 'href="/tfpb/completude"' in page.text


def test_what_a_convention_still_lacks_is_a_task_and_a_day(app: Flask, world: World) -> None:
    """In November the signature of 1 January and the declaration of 31 December are near; those of 2025 are lost."""
    with app.app_context():
        contract = build.db.session.get(build.Contract, world.contract)
        three = {name: date(2026, 11, 2) for name in ("landlord_signed_on", "city_signed_on", "prefect_signed_on")}
        none = {"signed_on": None, "declared_on": None, "status": "signing"}
        number = build.convention(contract, build.landlord(name="Logis Tardif"), first_year=2025, **(none | three)).id
    with app.test_request_context():
        told = [task for task in queries.home(world.actors["coordinator"]).tasks if task.kind == "convention"]
        assert {(task.item_id, task.word) for task in told} == {(number, "À signer"), (number, "À déclarer")}
        assert any("signature manquante (intercommunalité)" in task.sentence for task in told)
        days = {item.what: item.on for item in queries.agenda(world.actors["coordinator"]) if item.item_id == number}
        assert days["signature manquante (intercommunalité), pour l’abattement 2027"] == date(2027, 1, 1)
        assert days["déclaration aux services fiscaux, pour l’abattement 2027"] == date(2026, 12, 31)
        assert not [task for task in queries.home(world.actors["copil"]).tasks if task.kind == "convention"]


def test_the_landlord_is_told_what_its_own_convention_lacks(app: Flask, world: World, today: Any) -> None:
    """Before 1 January what is left to obtain, after it what is lost; never what another landlord's lacks."""
    with app.test_request_context():
        file = build.db.session.get(TfpbFile, world.file)
        signed = file.convention
        signed.signed_on = signed.declared_on = None
        signed.landlord_signed_on = signed.city_signed_on = signed.intermunicipal_signed_on = date(2026, 11, 2)
        signed.first_year, file.year = 2027, 2027
        build.db.session.commit()
        for day, limit in ((TODAY, "Date limite"), (date(2027, 1, 5), "Date limite dépassée")):
            today(day)
            tasks = queries.home(world.actors["landlord"]).tasks
            told = {task.word: task.sentence for task in tasks if task.kind == "convention"}
            assert set(told) == {"À signer", "À déclarer"}
            assert "signature manquante (préfet)" in told["À signer"]
            assert "l’abattement 2027 n’est pas acquis" in told["À déclarer"]
            assert all(limit in sentence for sentence in told.values())
            assert not [one for one in queries.home(world.actors["other_landlord"]).tasks if one.kind == "convention"]


def test_the_report_is_due_on_the_conventions_own_day(app: Flask, world: World) -> None:
    with app.app_context():
        file = build.db.session.get(TfpbFile, world.file)
        file.convention.report_due = "05-20"
        build.db.session.commit()
    with app.test_request_context():
        (report,) = (item for item in queries.agenda(world.actors["landlord"]) if item.kind == "report")
        assert report.on == date(2026, 5, 20)
        late = next(task for task in queries.home(world.actors["landlord"]).tasks if task.kind == "file")
        assert "20/05/2026" in late.sentence


def test_the_history_tells_nobody_what_is_not_theirs(app: Flask, world: World) -> None:
    with app.app_context():
        made = create_project(SYSTEM, {"contract_id": world.contract, "city_id": world.city, "title": "Crèche"})
        create_grant(SYSTEM, made.project.financing, {"funder_id": build.funder(name="Financeur P").id})
        file = build.db.session.get(TfpbFile, world.file)
        assert file is not None
        action = build.action(file)
        create_grant(SYSTEM, action.financing, {"funder_id": build.funder(name="Financeur T").id})
        read = {}
        for role, actor in world.actors.items():
            lines, total = queries.contract_history(actor, 1, 100)
            assert total == len(lines)
            read[role] = {line.label for line in lines}
    assert read["coordinator"] >= {"Crèche", "Financeur P", "Financeur T"}
    assert read["landlord"] == {"Financeur T"}
    assert read["other_landlord"] == set()
    for role in ("finance_officer", "state", "copil"):
        assert read[role] == {"Crèche", "Financeur P"}, role


@pytest.mark.parametrize("path", ["/", "/historique"])
def test_every_role_has_its_home_and_its_history(world: World, path: str) -> None:
    for role, client in world.clients.items():
        assert client.get(path).status_code == 200, role


def test_the_agenda_filters_in_its_address(world: World) -> None:
    client = world.clients["coordinator"]
    assert "Fonds A" in client.get("/agenda?state=passed&kind=grant").text
    assert "Fonds A" not in client.get("/agenda?state=later").text
    assert client.get("/agenda?state=jamais").status_code == 422


# -- what the meetings decided -------------------------------------------------------------------------------------


@pytest.fixture
def decided(app: Flask, today: Any) -> Any:
    today(TODAY)
    with app.app_context():
        yield Decided()


def recorded(decided: Decided, name: str, **changes: Any) -> int:
    values = DecisionSchema().read(decided.bodies()[name] | changes)
    return record_decision(SYSTEM, decided.meeting.id, values).id


def told(decided: Decided, role: str) -> list[Any]:
    """The tasks of this role that a decision gives."""
    return [task for task in queries.home(decided.actor(role)).tasks if "COPIL du 18/06/2026" in task.sentence]


def test_a_decision_is_a_task_of_whom_it_names_until_it_is_done(decided: Decided) -> None:
    number = recorded(decided, "owner")
    (task,) = told(decided, "owner")
    assert (task.word, task.tone, task.kind, task.item_id) == ("En retard", "bad", "decision", number)
    # 30 September to 21 November 2026: 0 + 31 + 21 = 52 days
    assert "échéance le 30/09/2026 dépassée de 52 jours" in task.sentence
    assert subject("owner") in task.sentence
    assert [role for role in DECIDED_ROLES if told(decided, role)] == ["coordinator", "owner"]
    assert decided.owner.name in told(decided, "coordinator")[0].sentence
    update_decision(SYSTEM, number, None, {"done_on": TODAY})
    assert [role for role in DECIDED_ROLES if told(decided, role)] == []
    update_decision(SYSTEM, number, None, {"done_on": None})
    assert told(decided, "owner")
    archive_decision(SYSTEM, number, None, "Doublon")
    assert [role for role in DECIDED_ROLES if told(decided, role)] == []


@pytest.mark.parametrize(
    "name, roles",
    [
        ("rival", ["other_officer", "rival"]),  # due in January: nothing late for the coordinator
        ("city", ["coordinator", "officer"]),  # due on 31 October, of the first city
        ("everybody", ["coordinator", "officer", "other_officer", "owner", "rival"]),
        ("edition", []),
        ("reserve", ["officer", "owner"]),  # of a file of the first city
        ("carry", []),  # done by being decided; it stands on the file's page
    ],
)
def test_who_finds_it_on_the_home_page(decided: Decided, name: str, roles: list[str]) -> None:
    recorded(decided, name)
    assert [role for role in DECIDED_ROLES if told(decided, role)] == roles


def test_what_names_nobody_is_everybody_s_until_it_is_done(decided: Decided) -> None:
    number = recorded(decided, "everybody", due_on="2026-10-22")
    for role in ("coordinator", "officer", "owner"):
        (task,) = told(decided, role)
        assert (task.word, task.kind, task.item_id) == ("En retard", "decision", number), role
        # 22 October to 21 November 2026: 9 + 21 = 30 days
        assert task.sentence.replace("\u00a0", " ").startswith("Tous : Orientation"), role
        assert "dépassée de 30 jours" in task.sentence, role
    update_decision(SYSTEM, number, None, {"done_on": TODAY})
    assert [role for role in DECIDED_ROLES if told(decided, role)] == []


def test_a_city_is_told_what_is_asked_of_its_landlords_file_and_has_nothing_to_do(decided: Decided) -> None:
    number = recorded(decided, "reserve", due_on="2026-10-22")
    (known,), (owed,) = told(decided, "officer"), told(decided, "owner")
    assert (known.word, known.tone, known.kind, known.item_id) == ("Pour information", "info", "decision", number)
    assert known.sentence.startswith(f"{decided.owner.name}, {decided.city.name}, 2025")
    assert (owed.word, owed.kind, owed.item_id) == ("En retard", "file", decided.file.id)


def test_a_landlord_finds_the_carry_over_granted_on_the_page_of_its_file(app: Flask, decided: Decided) -> None:
    recorded(decided, "carry")
    page = decided.client(app, "owner", build.page_client).get(f"/tfpb/dossiers/{decided.file.id}")
    assert "Reports décidés par le COPIL" in page.text
    assert subject("carry") in page.text


@pytest.mark.parametrize(
    "landlord, city, file_city, late, reader, part",
    [
        (1, None, None, False, {"landlords": {1}}, "own"),
        (1, None, 7, True, {"landlords": {2}}, None),
        (None, 7, None, True, {"cities": {7}}, "own"),
        (None, 7, None, True, {"cities": {8}}, None),
        (None, 7, None, True, {"landlords": {1}}, None),
        (1, None, 7, True, {"cities": {7}}, "told"),
        (1, None, None, True, {"cities": {7}}, None),
        (1, None, 7, True, {"coordinates": True}, "late"),
        (1, None, 7, False, {"coordinates": True}, None),
        (1, None, 7, True, {"cities": {7}, "coordinates": True}, "late"),
        (None, None, None, False, {"landlords": {1}}, "everybody"),
        (None, None, None, False, {"cities": {7}}, "everybody"),
        (None, None, None, False, {"coordinates": True}, "everybody"),
        (None, None, None, True, {}, None),  # the State and the COPIL have nothing to do of it
    ],
)
def test_what_a_decision_is_to_its_reader(
    landlord: int | None, city: int | None, file_city: int | None, late: bool, reader: dict[str, Any], part: str | None
) -> None:
    who = {"landlords": set(), "cities": set(), "coordinates": False} | reader
    assert rules.part_in_decision(landlord, city, file_city, late=late, **who) == part


def test_a_landlord_goes_to_the_file_the_others_to_the_decision(decided: Decided) -> None:
    number = recorded(decided, "rival", due_on="2026-10-01")
    (own,), (late,) = told(decided, "rival"), told(decided, "coordinator")
    assert (own.kind, own.item_id) == ("file", decided.rival_file.id)
    assert (late.kind, late.item_id) == ("decision", number)


def test_the_agenda_keeps_the_days_of_what_was_decided(decided: Decided) -> None:
    for name in decided.bodies():
        recorded(decided, name)

    def days(role: str) -> list[date]:
        return [item.on for item in queries.agenda(decided.actor(role)) if item.kind == "decision"]

    assert days("coordinator") == days("state") == [date(2026, 9, 30), date(2026, 10, 31), date(2027, 1, 31)]
    assert days("owner") == [date(2026, 9, 30)]
    assert days("rival") == [date(2027, 1, 31)]


@pytest.mark.parametrize(
    "due, words",
    [
        (None, ""),
        (TODAY, ", échéance le 21/11/2026"),
        (date(2026, 11, 20), ", échéance le 20/11/2026 dépassée de 1 jour"),
        (date(2026, 11, 19), ", échéance le 19/11/2026 dépassée de 2 jours"),
    ],
)
def test_how_late_a_task_is(due: date | None, words: str) -> None:
    assert rules.lateness(due, TODAY) == words
