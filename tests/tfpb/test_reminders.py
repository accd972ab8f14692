"""Calling landlords from the board: letters, history, and the refusals."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World
from tracker.accounts.models import User
from tracker.extensions import db
from tracker.mail.models import Letter

YEAR = 2025


@pytest.fixture(autouse=True)
def _in_november(today: Callable[[date], None]) -> None:
    today(date(2026, 11, 21))


def base(world: World) -> str:
    return f"{API}/contracts/{world.row(build.Contract, world.contract).code}/completeness/{YEAR}"


def remind(world: World, who: str = "coordinator", **body: Any) -> Any:
    return world.api(who).post(f"{base(world)}/reminders", json=body)


def this(world: World, convention: int | None = None) -> dict[str, int]:
    return {"convention_id": convention or world.convention, "neighbourhood_id": world.neighbourhood}


def letters(world: World) -> list[Letter]:
    with world.app.app_context():
        found = list(db.session.scalars(db.select(Letter).order_by(Letter.id)))
        db.session.expunge_all()
        return found


def test_one_click_writes_a_letter_and_is_shown_afterwards(world: World):
    file = world.file(YEAR, dwellings=None, abated_dwellings=None)
    answer = remind(world, **this(world))
    assert answer.status_code == 200, answer.json
    (line,) = answer.json["lines"]
    author = world.row(User, world.users["coordinator"]).name
    assert (line["reminded_on"], line["reminded_by"]) == ("2026-11-21", author)
    assert (answer.json["letters"], answer.json["unreached"]) == (1, [])
    (letter,) = letters(world)
    assert (letter.user_id, letter.kind) == (world.users["landlord"], "call")
    assert f"/tfpb/dossiers/{file}" in letter.body
    # Due on 31 March 2026: 235 days before 21 November.
    assert "attendu le 31/03/2026 (235 jours de retard)" in letter.body
    assert "Montants : logements, logements abattus" in letter.body.replace("\u00a0", " ")
    (told,) = [entry for entry in world.history("convention") if entry.verb == "remind"]
    assert (told.item_id, told.parent_type, told.parent_id) == (world.convention, "tfpb_file", file)
    listed = world.api("coordinator").get(f"{base(world)}?landlord_id={world.landlord}").json
    assert listed[0]["reminded_on"] == "2026-11-21"
    page = world.page("coordinator").get(f"/tfpb/completude?year={YEAR}").text
    assert f"relancé le 21/11/2026 par {author}" in page
    # Its history says it too, in words, on the file's own page.
    assert "a relancé le bailleur pour" in world.page("landlord").get(f"/tfpb/dossiers/{file}?historique=tout").text


def test_nobody_is_called_again_within_three_days(world: World, today: Callable[[date], None]):
    assert remind(world, **this(world)).status_code == 200
    today(date(2026, 11, 23))
    again = remind(world, "officer", **this(world))
    assert (again.status_code, again.json["code"]) == (409, "duplicate")
    author = world.row(User, world.users["coordinator"]).name
    assert again.json["detail"].replace("\u00a0", " ") == (
        f"Le bailleur a été relancé le 21/11/2026 par {author} : il peut l’être de nouveau le 24/11/2026."
    )
    assert len(letters(world)) == 1
    today(date(2026, 11, 24))
    assert remind(world, "officer", **this(world)).status_code == 200
    assert len(letters(world)) == 2


def test_another_year_of_the_same_convention_is_another_call(world: World):
    assert remind(world, **this(world)).status_code == 200
    listed = world.api("coordinator").get(base(world).replace("2025", "2026")).json
    assert {line["reminded_on"] for line in listed} == {None}


@pytest.mark.parametrize("status", ["submitted", "verified", "validated", "transmitted"])
def test_a_landlord_is_not_called_when_it_is_somebody_else_s_turn(world: World, status: str):
    world.file(YEAR, status=status)
    answer = remind(world, **this(world))
    assert (answer.status_code, answer.json["code"]) == (409, "transition_not_allowed")
    assert answer.json["detail"].startswith("Rien n’est attendu du bailleur pour ce dossier")
    assert letters(world) == []


def test_a_landlord_is_called_for_a_programme_that_holds_no_action(world: World):
    """Neither the city nor the coordination has anything to discuss yet; the report's own day says nothing of it."""
    file = world.file(2027)
    path = base(world).replace("2025", "2027")
    (line,) = world.api("coordinator").get(f"{path}?landlord_id={world.landlord}").json
    assert (line["turn"], line["awaited"]) == ("Au bailleur d’inscrire les actions et les montants du programme", True)
    assert (
        f'name="convention_id" value="{world.convention}"'
        in world.page("coordinator").get(f"/tfpb/completude?year=2027&landlord_id={world.landlord}").text
    )
    answer = world.api("coordinator").post(f"{path}/reminders", json=this(world))
    assert answer.status_code == 200, answer.json
    (letter,) = letters(world)
    assert "au bailleur d’inscrire les actions et les montants du programme" in letter.body
    assert "attendu le" not in letter.body
    assert "les actions et les montants du programme restent à inscrire" in world.page("landlord").get("/").text
    world.action(file)
    answer = world.api("coordinator").post(f"{path}/reminders", json=this(world))
    assert "discuter le programme" in answer.json["detail"]


def test_all_at_once_one_letter_a_person_whatever_the_number_of_files(world: World):
    with world.app.app_context():
        contract = db.session.get(build.Contract, world.contract)
        owner = db.session.get(build.Landlord, world.landlord)
        colleague = build.user("landlord", contract, of_landlord=owner).id
        build.convention(contract, owner, db.session.get(build.City, world.other_city))
    world.file(YEAR, status="submitted", convention=world.other_convention)  # not to be called
    answer = remind(world)
    assert answer.status_code == 200
    assert (len(answer.json["lines"]), answer.json["letters"]) == (2, 2)
    first, second = letters(world)
    assert {first.user_id, second.user_id} == {world.users["landlord"], colleague}
    assert "2 dossiers attendus" in first.subject
    assert f"/tfpb?year={YEAR}" in first.body
    again = remind(world)
    assert (again.status_code, again.json["code"]) == (409, "transition_not_allowed")
    assert len(letters(world)) == 2


def test_all_at_once_keeps_to_the_filters_and_to_the_own_city(world: World):
    with world.app.app_context():
        contract = db.session.get(build.Contract, world.contract)
        owner = db.session.get(build.Landlord, world.landlord)
        build.convention(contract, owner, db.session.get(build.City, world.other_city))
    called = remind(world, "other_officer").json["lines"]
    assert [(line["landlord"]["id"], line["city"]["id"]) for line in called] == [(world.landlord, world.other_city)]
    called = remind(world, landlord_id=world.other_landlord).json["lines"]
    assert [line["landlord"]["id"] for line in called] == [world.other_landlord]


def test_a_landlord_nobody_reads_letters_for_is_named_and_nothing_is_told(world: World):
    with world.app.app_context():
        db.session.get(User, world.users["landlord"]).mail_reminders = False
        db.session.commit()
    answer = remind(world, **this(world))
    assert (answer.status_code, answer.json["code"]) == (409, "transition_not_allowed")
    assert world.row(build.Landlord, world.landlord).name in answer.json["detail"]
    assert [entry for entry in world.history("convention") if entry.verb == "remind"] == []
    # Of two landlords, the one who reads is called and the other one named.
    both = remind(world).json
    assert (len(both["lines"]), both["letters"]) == (1, 1)
    assert both["unreached"] == [world.row(build.Landlord, world.landlord).name]


@pytest.mark.parametrize(
    "body, field, code",
    [
        ({"neighbourhood_id": 1}, "convention_id", "required"),
        ({"convention_id": 1}, "neighbourhood_id", "required"),
        ({"convention_id": 1, "neighbourhood_id": 999}, "neighbourhood_id", "unknown_reference"),
        ({"convention_id": "un", "neighbourhood_id": 1}, "convention_id", "invalid"),
        ({"lacking": "tout"}, "lacking", "unknown_value"),
        ({"quartier": 3}, "quartier", "unknown_field"),
    ],
)
def test_a_wrong_body_names_its_field(world: World, body: dict[str, Any], field: str, code: str):
    answer = remind(world, **body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert letters(world) == []


@pytest.mark.parametrize(
    "who, one, every",
    [
        ("other_officer", 403, 409),
        ("landlord", 403, 404),
        ("other_landlord", 404, 404),
        ("copil", 403, 404),
        ("administrator", 403, 404),
        ("other_coordinator", 404, 404),
        ("state", 200, 409),
    ],
)
def test_who_may_call(world: World, who: str, one: int, every: int):
    world.file(YEAR, status="submitted", convention=world.other_convention)
    assert remind(world, who, **this(world)).status_code == one
    assert remind(world, who).status_code == every


def test_the_page_s_buttons_do_the_same_and_come_back_to_the_same_board(world: World):
    client = world.page("officer")
    code = world.row(build.Contract, world.contract).code
    where = {"contract": code, "year": str(YEAR), "sort": "landlord", "page": "1"}
    board = f"/tfpb/completude?contract={code}&year={YEAR}&sort=landlord"
    page = client.get(board).text
    assert page.count(">Relancer<") == 2
    assert "Relancer tous les bailleurs en attente" in page
    answer = client.post("/tfpb/completude/relances", data={**where, **this(world)})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{board}&page=1"
    page = client.get(answer.headers["Location"]).text.replace("\u00a0", " ")
    assert "relancé par 1 courriel." in page
    assert page.count(">Relancer<") == 1
    again = client.post("/tfpb/completude/relances", data={**where, **this(world)})
    assert again.status_code == 409
    assert "il peut l’être de nouveau le 24/11/2026" in again.text
    assert client.post("/tfpb/completude/relances", data=where).status_code == 303
    page = client.get(board).text
    assert ">Relancer<" not in page
    assert "Relancer tous" not in page
    assert len(letters(world)) == 2
