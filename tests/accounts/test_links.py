"""One-time links: an administrator's, one use, three days."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import builders as build
from tests.accounts.conftest import PASSWORD
from tracker.accounts.commands import passwords, users
from tracker.accounts.models import Membership, OneTimeLink, User
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import SYSTEM, Conflict, Forbidden, Invalid, NotReadable

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def somebody(app: Flask) -> int:
    """Somebody without a password."""
    with app.app_context():
        return int(build.user("copil", build.contract()).id)


def test_a_link_serves_once(app: Flask, somebody: int) -> None:
    with app.app_context():
        secret, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        key = db.session.get_one(User, somebody).session_key
        chosen = passwords.choose_password(secret, PASSWORD, PASSWORD)
        assert passwords.matches(chosen.password_hash, PASSWORD)
        assert chosen.session_key != key
        with pytest.raises(NotReadable):
            passwords.choose_password(secret, PASSWORD + "!", PASSWORD + "!")
        assert passwords.matches(db.session.get_one(User, somebody).password_hash, PASSWORD)


def test_a_link_lives_three_days(app: Flask, somebody: int) -> None:
    with app.app_context(), time_machine.travel(NOON, tick=False) as traveller:
        secret, expires_at = passwords.issue_one_time_link(SYSTEM, somebody)
        assert expires_at == datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - as the database keeps it
        assert app.test_client().get(f"/connexion/lien/{secret}").status_code == 200
        traveller.shift(timedelta(days=3))
        assert app.test_client().get(f"/connexion/lien/{secret}").status_code == 404
        with pytest.raises(NotReadable):
            passwords.choose_password(secret, PASSWORD, PASSWORD)


def test_two_people_with_one_link_do_not_both_come_in(
    app: Flask, somebody: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second arrives while the first one's password is being hashed."""
    hashed = passwords.hashed

    def meanwhile(password: str) -> str:
        monkeypatch.setattr(passwords, "hashed", hashed)
        passwords.choose_password(secret, "Le mot de passe 1", "Le mot de passe 1")
        return hashed(password)

    with app.app_context():
        secret, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        monkeypatch.setattr(passwords, "hashed", meanwhile)
        with pytest.raises(NotReadable):
            passwords.choose_password(secret, PASSWORD, PASSWORD)
        assert passwords.matches(db.session.get_one(User, somebody).password_hash, "Le mot de passe 1")


def test_a_newer_link_replaces_the_older(app: Flask, somebody: int) -> None:
    with app.app_context():
        older, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        newer, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        with pytest.raises(NotReadable):
            passwords.choose_password(older, PASSWORD, PASSWORD)
        passwords.choose_password(newer, PASSWORD, PASSWORD)


def test_a_weak_password_leaves_the_link_alive(app: Flask, somebody: int) -> None:
    with app.app_context():
        secret, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        with pytest.raises(Invalid):
            passwords.choose_password(secret, "court", "court")
        passwords.choose_password(secret, PASSWORD, PASSWORD)


def test_the_database_keeps_no_secret(app: Flask, somebody: int) -> None:
    with app.app_context():
        secret, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        assert secret not in str([row.token_hash for row in db.session.scalars(select(OneTimeLink))])
        passwords.choose_password(secret, PASSWORD, PASSWORD)
        lines = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
        assert [line.verb for line in lines] == ["issue_link", "choose_password"]
        told = str([line.changes for line in lines])
        assert secret not in told
        assert str(db.session.get_one(User, somebody).password_hash) not in told


def test_an_archived_account_has_no_link(app: Flask, somebody: int) -> None:
    with app.app_context():
        secret, _ = passwords.issue_one_time_link(SYSTEM, somebody)
        users.archive_user(SYSTEM, somebody, None, "Départ")
        with pytest.raises(NotReadable):
            passwords.choose_password(secret, PASSWORD, PASSWORD)
        with pytest.raises(Conflict):
            passwords.issue_one_time_link(SYSTEM, somebody)


def test_only_the_administrator_issues_links(app: Flask, somebody: int) -> None:
    with app.app_context():
        membership = db.session.scalars(select(Membership)).one()
        assert membership.contract is not None
        # The coordinator reads the person, and is refused; whoever may not read finds nobody.
        with pytest.raises(Forbidden):
            passwords.issue_one_time_link(build.actor("coordinator", membership.contract), somebody)
        with pytest.raises(NotReadable):
            passwords.issue_one_time_link(build.actor("coordinator", build.contract()), somebody)
        for role in ("copil", "state"):
            with pytest.raises(NotReadable):
                passwords.issue_one_time_link(build.actor(role, membership.contract), somebody)
        assert db.session.scalars(select(OneTimeLink)).all() == []


def test_the_page_chooses_the_password_and_signs_in(app: Flask, somebody: int) -> None:
    with app.app_context():
        administrator = build.user("administrator")
        email = db.session.get_one(User, somebody).email
        by = build.page_client(app, administrator)
    shown = by.post(f"/comptes/membres/{somebody}/lien").text
    address = shown.partition("/connexion/lien/")[2].partition('"')[0]
    assert by.get(f"/comptes/membres/{somebody}").text.count(address) == 0  # shown once
    client = app.test_client()
    page = client.get(f"/connexion/lien/{address}")
    assert page.status_code == 200
    assert email in page.text
    weak = client.post(f"/connexion/lien/{address}", data={"password": "court", "again": "court"})
    assert weak.status_code == 422
    assert "il en faut 12" in weak.text
    form = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(f"/connexion/lien/{address}", data=form).location == "/"
    assert email in client.get("/comptes/moi").text
    again = app.test_client().get(f"/connexion/lien/{address}")
    assert again.status_code == 404
    assert "Ce lien ne peut plus servir" in again.text
    assert app.test_client().post(f"/connexion/lien/{address}", data=form).status_code == 404


def test_reading_a_link_does_not_spend_it(app: Flask, somebody: int) -> None:
    """Mail filters open every link they see."""
    with app.app_context():
        secret, _ = passwords.issue_one_time_link(SYSTEM, somebody)
    for _ in range(3):
        assert app.test_client().get(f"/connexion/lien/{secret}").status_code == 200
