"""Signing in: what opens, what does not, and how guessing is slowed down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from tests import builders as build
from tests.accounts.conftest import PASSWORD
from tracker.accounts.commands import passwords
from tracker.accounts.commands import sign_in as commands
from tracker.accounts.models import FailedSignIn, User
from tracker.api.shell import TooManyRequests
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import Actor, Invalid

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def known(app: Flask) -> str:
    """The e-mail of somebody who has a password and a role."""
    with app.app_context():
        contract = build.contract()
        return str(build.user("coordinator", contract, password_hash=passwords.hashed(PASSWORD)).email)


def failures() -> int:
    return db.session.scalar(select(func.count()).select_from(FailedSignIn)) or 0


def test_right_password_opens_and_forgets_failures(app: Flask, known: str) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            commands.sign_in(known, "faux", "10.0.0.1")
        assert failures() == 1
        assert commands.sign_in(f" {known.upper()} ", f" {PASSWORD} ", "10.0.0.1").email == known
        assert failures() == 0


@pytest.mark.parametrize("email", ["inconnu@exemple.fr", "pas une adresse", ""])
def test_unknown_email_costs_and_says_the_same(
    app: Flask, known: str, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def spy(self: PasswordHasher, stored: str, password: str) -> bool:
        verified.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", spy)
    with app.app_context():
        with pytest.raises(Invalid) as wrong:
            commands.sign_in(known, "faux", "10.0.0.1")
        with pytest.raises(Invalid) as unknown:
            commands.sign_in(email, "faux", "10.0.0.1")
    assert wrong.value.message == unknown.value.message
    costs = [stored.split("$")[3] for stored in verified]
    assert len(costs) == 2
    assert costs[0] == costs[1]


def test_hash_of_nobody_costs_what_a_real_one_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real parameters
    assert not passwords.outdated(passwords.hashed("x"))
    assert not passwords.outdated(passwords._hash_of_nobody())


@pytest.mark.parametrize("lost", ["archived", "without password"])
def test_nobody_else_opens(app: Flask, known: str, lost: str) -> None:
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        if lost == "archived":
            user.archived_at = datetime(2026, 1, 1)  # noqa: DTZ001 - as the database keeps it
        else:
            user.password_hash = None
        db.session.commit()
        with pytest.raises(Invalid):
            commands.sign_in(known, PASSWORD, "10.0.0.1")


def test_sixth_attempt_on_an_account_waits_a_quarter_of_an_hour(app: Flask, known: str) -> None:
    with app.app_context(), time_machine.travel(NOON, tick=False) as traveller:
        for number in range(5):
            with pytest.raises(Invalid):
                commands.sign_in(known, "faux", f"10.0.0.{number}")
        with pytest.raises(TooManyRequests, match="patientez 15 minutes"):
            commands.sign_in(known, PASSWORD, "10.0.0.9")  # even with the right password, from anywhere
        traveller.shift(timedelta(minutes=15, seconds=1))
        assert commands.sign_in(known, PASSWORD, "10.0.0.9").email == known


def test_an_address_that_tries_many_accounts_waits(app: Flask, known: str) -> None:
    with app.app_context():
        for number in range(20):
            with pytest.raises(Invalid):
                commands.sign_in(f"personne{number}@ailleurs.fr", "faux", "10.0.0.1")
        with pytest.raises(TooManyRequests):
            commands.sign_in(known, PASSWORD, "10.0.0.1")
        assert commands.sign_in(known, PASSWORD, "10.0.0.2").email == known


def test_old_failures_are_purged(app: Flask, known: str) -> None:
    with app.app_context(), time_machine.travel(NOON, tick=False) as traveller:
        for number in range(3):
            with pytest.raises(Invalid):
                commands.sign_in(f"personne{number}@ailleurs.fr", "faux", "10.0.0.1")
        traveller.shift(timedelta(minutes=16))
        with pytest.raises(Invalid):
            commands.sign_in(known, "faux", "10.0.0.1")
        assert failures() == 1


def test_failures_keep_neither_address_nor_email(app: Flask, known: str) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            commands.sign_in(known, "faux", "192.0.2.7")
        row = db.session.scalars(select(FailedSignIn)).one()
        assert known not in row.email_key
        assert "192.0.2.7" not in row.address_key


def test_no_transaction_is_open_while_the_password_is_hashed(
    app: Flask, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite a transaction holds the lock that every writer waits for."""
    opened: list[bool] = []
    matches = passwords.matches

    def spy(stored: str | None, password: str) -> bool:
        opened.append(db.session().in_transaction())
        return matches(stored, password)

    monkeypatch.setattr(commands, "matches", spy)
    with app.app_context():
        commands.sign_in(known, PASSWORD, "10.0.0.1")
    assert opened == [False]


def test_hash_of_an_older_cost_is_renewed_and_sessions_go_on(
    app: Flask, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        key = db.session.scalars(select(User.session_key)).one()
        monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
        commands.sign_in(known, PASSWORD, "10.0.0.1")
        user = db.session.scalars(select(User)).one()
        assert user.password_hash is not None
        assert not passwords.outdated(user.password_hash)
        assert user.session_key == key
        assert commands.sign_in(known, PASSWORD, "10.0.0.1").id == user.id
        line = db.session.scalars(select(HistoryEntry)).one()
        assert line.verb == "rehash_password"
        assert line.changes == {"password_hash": ["•••", "•••"]}


def test_changing_the_password_asks_for_the_present_one(app: Flask, known: str) -> None:
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        actor, key = Actor(user.id, user.name), user.session_key
        with pytest.raises(Invalid, match="mot de passe actuel"):
            commands.change_password(actor, "faux", PASSWORD + "!", PASSWORD + "!", "10.0.0.1")
        with pytest.raises(Invalid, match="diffèrent"):
            commands.change_password(actor, PASSWORD, PASSWORD + "!", PASSWORD + "?", "10.0.0.1")
        with pytest.raises(Invalid, match="il en faut 12"):
            commands.change_password(actor, PASSWORD, "court", "court", "10.0.0.1")
        changed = commands.change_password(actor, PASSWORD, PASSWORD + "!", PASSWORD + "!", "10.0.0.1")
        assert changed.session_key != key
        assert commands.sign_in(known, PASSWORD + "!", "10.0.0.1").id == user.id
        lines = db.session.scalars(select(HistoryEntry)).all()
        assert [line.verb for line in lines] == ["change_password"]
        assert PASSWORD not in str(lines[0].changes)
        assert str(changed.password_hash) not in str(lines[0].changes)


# -- pages ---------------------------------------------------------------------------------------------------------


def test_page_opens_a_session_renewed(app: Flask, known: str) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["prepared"] = "by somebody else"
    answer = client.post("/connexion", data={"email": known, "password": PASSWORD, "next": "/comptes/moi"})
    assert (answer.status_code, answer.location) == (303, "/comptes/moi")
    with client.session_transaction() as session:
        assert "prepared" not in session
    assert known in client.get("/comptes/moi").text


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.fr/", "//ailleurs.fr", "/\\ailleurs.fr"])
def test_page_never_leads_elsewhere(app: Flask, known: str, elsewhere: str) -> None:
    client = app.test_client()
    answer = client.post("/connexion", data={"email": known, "password": PASSWORD, "next": elsewhere})
    assert answer.location == "/"
    assert client.get("/connexion", query_string={"next": elsewhere}).location == "/"


def test_a_closed_page_leads_to_sign_in_and_back(app: Flask, known: str) -> None:
    client = app.test_client()
    refused = client.get("/comptes/moi?x=1")
    assert refused.status_code == 303
    assert refused.location == "/connexion?next=/comptes/moi?x%3D1"
    assert 'name="next" value="/comptes/moi?x=1"' in client.get(refused.location).text


def test_wrong_password_keeps_the_email_and_never_the_password(app: Flask, known: str) -> None:
    answer = app.test_client().post("/connexion", data={"email": known, "password": "S3cret-typed!"})
    assert answer.status_code == 422
    assert "Adresse électronique ou mot de passe inconnu." in answer.text
    assert known in answer.text
    assert "S3cret-typed!" not in answer.text


def test_too_many_attempts_answer_429_with_the_form(app: Flask, known: str) -> None:
    client = app.test_client()
    for _ in range(5):
        client.post("/connexion", data={"email": known, "password": "faux"})
    answer = client.post("/connexion", data={"email": known, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "patientez 15 minutes" in answer.text
    assert known in answer.text


def test_behind_a_proxy_each_visitor_is_counted_alone(app: Flask, known: str, build_app: Callable[..., Flask]) -> None:
    def tried_from(address: str, application: Flask) -> int:
        headers = {"X-Forwarded-For": address}
        typed = {"email": known, "password": PASSWORD}
        return application.test_client().post("/connexion", data=typed, headers=headers).status_code

    behind = build_app(proxies=1)
    for number in range(20):
        typed = {"email": f"personne{number}@ailleurs.fr", "password": "faux"}
        behind.test_client().post("/connexion", data=typed, headers={"X-Forwarded-For": "203.0.113.7"})
    assert tried_from("203.0.113.7", behind) == 429
    assert tried_from("203.0.113.8", behind) == 303
    # Told of no proxy, the application believes no visitor's word for its own address.
    assert tried_from("203.0.113.7", app) == 303


def test_a_session_dies_with_the_password(app: Flask, known: str) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    for client in (here, elsewhere):
        client.post("/connexion", data={"email": known, "password": PASSWORD})
        assert client.get("/comptes/moi").status_code == 200
    form = {"current": PASSWORD, "password": PASSWORD + "!", "again": PASSWORD + "!"}
    assert here.post("/comptes/moi/mot-de-passe", data=form).status_code == 303
    assert here.get("/comptes/moi").status_code == 200
    assert elsewhere.get("/comptes/moi").status_code == 303


def test_signing_out(app: Flask, known: str) -> None:
    client = app.test_client()
    client.post("/connexion", data={"email": known, "password": PASSWORD})
    assert client.get("/deconnexion").status_code == 405
    assert client.post("/deconnexion").location == "/connexion"
    assert client.get("/comptes/moi").status_code == 303


# -- the demonstration ---------------------------------------------------------------------------------------------


def demo_account(app: Flask) -> int:
    with app.app_context():
        return int(build.user("copil", build.contract(), is_demo=True, name="Compte fictif").id)


def test_one_click_signs_in(build_app: Callable[..., Flask]) -> None:
    app = build_app(demo=True)
    number = demo_account(app)
    client = app.test_client()
    assert f'value="{number}"' in client.get("/connexion").text
    assert client.post("/connexion/demonstration", data={"user_id": number}).location == "/"
    assert "Compte fictif" in client.get("/comptes/moi").text


def test_one_click_never_opens_a_real_account(build_app: Callable[..., Flask]) -> None:
    app = build_app(demo=True)
    with app.app_context():
        number = build.user("administrator").id
    client = app.test_client()
    assert client.post("/connexion/demonstration", data={"user_id": number}).status_code == 404
    assert client.get("/comptes/moi").status_code == 303


def test_without_the_demonstration_there_is_no_click(app: Flask, build_app: Callable[..., Flask]) -> None:
    number = demo_account(app)
    client = app.test_client()
    assert "Compte fictif" not in client.get("/connexion").text
    assert client.post("/connexion/demonstration", data={"user_id": number}).status_code == 404
    # Nor does a session opened while the database served as a demonstration go on.
    visitor = build_app(demo=True).test_client()
    visitor.post("/connexion/demonstration", data={"user_id": number})
    cookie = visitor.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    assert client.get("/comptes/moi").status_code == 303
