"""API tokens: shown once, kept hashed, revoked at once."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import builders as build
from tracker.accounts import queries
from tracker.accounts.commands import tokens
from tracker.accounts.models import ApiToken, User
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import Actor, Invalid, NotReadable


@pytest.fixture
def owner(app: Flask) -> Actor:
    with app.app_context():
        return queries.actor_of(build.user("copil", build.contract()), "page")


def status(app: Flask, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return app.test_client().get("/api/v1/cities", headers=headers).status_code


def test_a_token_opens_until_it_is_revoked(app: Flask, owner: Actor) -> None:
    assert owner.user_id is not None
    with app.app_context():
        secret = tokens.create_token(owner, owner.user_id, "Export")
    assert status(app, secret) == 200
    with app.app_context():
        row = db.session.scalars(select(ApiToken)).one()
        assert secret not in (row.token_hash, row.name)
        tokens.revoke_token(owner, row.id, 1)
        told = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
        assert [(line.item_type, line.verb) for line in told] == [("api_token", "create"), ("api_token", "archive")]
        assert not any(hidden in str(line.changes) for line in told for hidden in (secret, row.token_hash))
    assert status(app, secret) == 401


def test_a_token_expires_at_the_end_of_its_day_in_paris(app: Flask, owner: Actor) -> None:
    assert owner.user_id is not None
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False) as traveller:
        with app.app_context():
            secret = tokens.create_token(owner, owner.user_id, "Export", date(2026, 11, 22))
        traveller.move_to(datetime(2026, 11, 22, 22, 59, 58, tzinfo=UTC))  # 23 h 59 min 58 s in Paris
        assert status(app, secret) == 200
        traveller.move_to(datetime(2026, 11, 22, 23, 0, 0, tzinfo=UTC))
        assert status(app, secret) == 401


def test_a_token_is_its_owners_alone(app: Flask, owner: Actor) -> None:
    assert owner.user_id is not None
    with app.app_context():
        tokens.create_token(owner, owner.user_id, "Export")
        number = db.session.scalars(select(ApiToken.id)).one()
        administrator = queries.actor_of(build.user("administrator"), "page")
        with pytest.raises(NotReadable):
            tokens.revoke_token(administrator, number, 1)
        with pytest.raises(NotReadable):
            tokens.create_token(administrator, owner.user_id, "Au nom d’un autre")
        with pytest.raises(Invalid, match="passée"):
            tokens.create_token(owner, owner.user_id, "Hier", date(2020, 1, 1))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer inconnu", "Bearer é"])
def test_without_a_live_token_the_api_is_closed(app: Flask, owner: Actor, header: str | None) -> None:
    answer = app.test_client().get("/api/v1/cities", headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_does_not_open_the_api(app: Flask, owner: Actor) -> None:
    with app.app_context():
        client = build.page_client(app, db.session.get_one(User, owner.user_id))
    assert client.get("/comptes/moi").status_code == 200
    assert client.get("/api/v1/cities").status_code == 401


def test_the_page_shows_a_token_once(app: Flask, owner: Actor) -> None:
    with app.app_context():
        client = build.page_client(app, db.session.get_one(User, owner.user_id))
    refused = client.post("/comptes/moi/jetons", data={"name": "", "expires_on": "31/02/2027"})
    assert refused.status_code == 422
    assert "ce jour n’existe pas" in refused.text
    created = client.post("/comptes/moi/jetons", data={"name": "Export", "expires_on": ""})
    secret = created.text.partition('id="jeton-secret" value="')[2].partition('"')[0]
    assert status(app, secret) == 200
    assert created.headers["Cache-Control"] == "no-store"
    page = client.get("/comptes/moi").text
    assert secret not in page
    assert "Export" in page
    with app.app_context():
        number = db.session.scalars(select(ApiToken.id)).one()
    assert client.post(f"/comptes/moi/jetons/{number}/revoquer", data={"version": "1"}).status_code == 303
    assert status(app, secret) == 401
