"""The plumbing itself: tests start from an empty, migrated database and share no request context."""

from collections.abc import Callable
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask, has_app_context
from sqlalchemy import select, text

from tests.ground.postgres import PostgresServer
from tracker import clock
from tracker.extensions import db
from tracker.territory.models import City


def write_a_city(app: Flask) -> int:
    with app.app_context():
        city = City(insee="92007", name="Bagneux")
        db.session.add(city)
        db.session.commit()
        return city.id


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_wrote_the_next_one_does_not_see(app: Flask, turn: int) -> None:
    with app.app_context():
        assert db.session.scalars(select(City)).all() == []
    assert write_a_city(app) == 1


def test_the_database_can_be_emptied_within_a_test(app: Flask, empty_database: Callable[[], None]) -> None:
    write_a_city(app)
    empty_database()
    assert write_a_city(app) == 1


def test_no_context_is_shared_between_requests(app: Flask) -> None:
    assert not has_app_context()


def test_an_application_with_other_settings_shares_the_database(app: Flask, build_app: Callable[..., Flask]) -> None:
    write_a_city(app)
    other = build_app(demo=True)
    with other.app_context():
        assert db.session.scalars(select(City.name)).all() == ["Bagneux"]


def test_the_engine_is_the_one_asked_for(app: Flask, database: str) -> None:
    with app.app_context():
        assert db.engine.dialect.name == database


def test_migrations_lead_to_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        # Types are compared by `flask db check`, under the rules of migrations/env.py.
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, db.metadata) == []


def test_today_can_be_set(today: Callable[[date], None]) -> None:
    today(date(2027, 2, 28))
    assert clock.today() == date(2027, 2, 28)


@pytest.mark.postgresql
def test_postgresql_is_recent_and_runs_as_an_ordinary_user(app: Flask, postgres_server: PostgresServer) -> None:
    with app.app_context():
        assert db.session.scalar(text("SELECT current_setting('server_version_num')::int")) >= 150000
    assert (postgres_server.directory / "data").stat().st_uid != 0
