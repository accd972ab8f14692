"""One world per worker, in a database of its own, walked through by many requests and put back between two."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from tests.ground.databases import PostgresDatabase, SqliteDatabase
from tests.ground.papers import stand_in
from tests.house.ledger import Ledger, PostgresLedger, SqliteLedger
from tests.house.world import TODAY, World, build_world
from tracker.settings import Settings


@dataclass
class House:
    """The application over its own database, the world in it, and the ledger that watches every table."""

    app: Flask
    world: World
    ledger: Ledger
    # What each role reached by following links, kept by ``crawl.walk``: the world is always put back.
    walks: dict[str, list[Any]] = field(default_factory=dict)

    def client(self, role: str, path: str) -> Any:
        """A client of this role, by token under ``/api/``, by session elsewhere."""
        known_as = self.world.api if path.startswith("/api/") else self.world.browser
        return known_as(self.app, role)


@pytest.fixture(scope="session")
def _cheap_passwords() -> Iterator[None]:
    """Argon2 at its real cost takes 150 ms, twenty times per walk; its cost is proven where passwords are."""
    from tracker.accounts.commands import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def _at_home(patch: pytest.MonkeyPatch) -> None:
    """The day of the house, and no printing: every role asks for every PDF, what one says is proven in its room."""
    from tracker.web import pdf

    patch.setenv("TRACKER_TODAY", TODAY.isoformat())
    patch.setattr(pdf, "write_pdf", stand_in)


@pytest.fixture(scope="session")
def _house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _database: SqliteDatabase | PostgresDatabase,
    _cheap_passwords: None,
) -> Iterator[House]:
    from tracker import create_app

    own: SqliteDatabase | PostgresDatabase
    if isinstance(_database, PostgresDatabase):
        server = request.getfixturevalue("postgres_server")
        name = f"house_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        own = PostgresDatabase(server, name)
    else:
        directory = tmp_path_factory.mktemp("house")
        own = SqliteDatabase(directory)
    settings = Settings(
        database_url=own.url,
        secret_key="tests only",
        testing=True,
        secure_cookies=False,
        demo=True,
        documents_path=tmp_path_factory.mktemp("house_documents"),
    )
    app = create_app(settings)
    own.migrate(app)
    # Left before the first test: whatever else this worker runs has its own day and its own PDFs.
    with pytest.MonkeyPatch.context() as patch:
        _at_home(patch)
        with app.app_context():
            world = build_world(app)
    ledger: Ledger
    if isinstance(own, PostgresDatabase):
        ledger = PostgresLedger(server.connect(f"tracker_{name}"))
    else:
        ledger = SqliteLedger(directory / "tracker.sqlite3")
    ledger.keep()
    yield House(app, world, ledger)
    ledger.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    own.close()


@pytest.fixture
def house(_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house as it was built; whatever a test writes is taken back after it."""
    _at_home(monkeypatch)
    before = _house.ledger.fingerprint()
    yield _house
    if _house.ledger.fingerprint() != before:
        _house.ledger.restore()
