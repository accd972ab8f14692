"""Fixtures every room's tests share. What they stand on is in ``tests/ground``."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask

from tests.ground.databases import PostgresDatabase, SqliteDatabase
from tests.ground.postgres import PostgresServer, shared_server
from tracker.settings import Settings

pytest_plugins = ["tests.ground.browser"]

RUN_DIRECTORY = "TRACKER_TEST_RUN"

# The installation's own environment must not reach the tests.
INSTALLATION = (
    "DATABASE_URL",
    "SECRET_KEY",
    "PORT",
    "TRACKER_DEMO",
    "TRACKER_TODAY",
    "TRACKER_DOCUMENTS",
    "TRACKER_PROXIES",
    "PUBLIC_URL",
    "SMTP_URL",
    "MAIL_FROM",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="the engine behind the application; postgresql runs only the tests that touch the database",
    )


# An example's time says how busy the machine is, not whether the property holds. The same examples each time: what a
# change broke is told apart from what was always there. New ones are looked for with ``--hypothesis-profile=search``.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    for name in INSTALLATION:
        os.environ.pop(name, None)
    if not hasattr(config, "workerinput"):
        # Readable by the account PostgreSQL runs under when the tests run as root.
        directory = Path(tempfile.mkdtemp(prefix="tracker-tests-"))
        directory.chmod(0o755)
        os.environ[RUN_DIRECTORY] = str(directory)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        directory = Path(os.environ.pop(RUN_DIRECTORY))
        server = PostgresServer(directory / "postgres")
        if server.started:
            server.stop()
        shutil.rmtree(directory)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other engine and, on PostgreSQL, what never reaches the database or is slow."""
    on_sqlite = config.getoption("--database") == "sqlite"

    def belongs(item: pytest.Item) -> bool:
        if on_sqlite:
            return not item.get_closest_marker("postgresql")
        elsewhere = any(item.get_closest_marker(marker) for marker in ("sqlite", "browser"))
        return not elsewhere and "_database" in getattr(item, "fixturenames", ())

    left_out = [item for item in items if not belongs(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if belongs(item)]


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Replace pytest-flask's fixture of this name.

    Its context stays open for the whole test, so that all requests share ``g`` and the database session: an
    anonymous client is then taken for the user who signed in before, and a view that forgets to commit passes.
    """


@pytest.fixture(scope="session")
def run_directory() -> Path:
    """A folder of this test run, shared by its workers and removed at the end."""
    return Path(os.environ[RUN_DIRECTORY])


@pytest.fixture(scope="session")
def postgres_server(run_directory: Path) -> PostgresServer:
    """The run's PostgreSQL server, for a test that wants it whatever ``--database`` says."""
    return shared_server(run_directory)


@pytest.fixture(scope="session")
def _database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqliteDatabase | PostgresDatabase]:
    database: SqliteDatabase | PostgresDatabase
    if request.config.getoption("--database") == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        database = PostgresDatabase(request.getfixturevalue("postgres_server"), worker)
    else:
        database = SqliteDatabase(tmp_path_factory.mktemp("database"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def database(_database: SqliteDatabase | PostgresDatabase) -> str:
    """The engine's name: ``sqlite`` or ``postgresql``."""
    return _database.name


@pytest.fixture(scope="session")
def settings(_database: SqliteDatabase | PostgresDatabase, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of ``app``."""
    return Settings(
        database_url=_database.url,
        secret_key="tests only",
        testing=True,
        secure_cookies=False,
        documents_path=tmp_path_factory.mktemp("documents"),
    )


def _create(settings: Settings) -> Flask:
    from tracker import create_app  # here: tests of pure rules do not pay for importing the whole application

    return create_app(settings)


def _close(app: Flask) -> None:
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture(scope="session")
def app(settings: Settings, _database: SqliteDatabase | PostgresDatabase) -> Iterator[Flask]:
    """The application over a migrated database that is empty when a test begins. No context is pushed."""
    app = _create(settings)
    _database.migrate(app)
    yield app
    _close(app)


@pytest.fixture
def build_app(app: Flask, settings: Settings) -> Iterator[Callable[..., Flask]]:
    """``build_app(demo=True)``: another application over the same database, with settings that differ."""
    built: list[Flask] = []

    def build(**changes: Any) -> Flask:
        built.append(_create(replace(settings, **changes)))
        return built[-1]

    yield build
    for other in built:
        _close(other)


@pytest.fixture
def empty_database(app: Flask, _database: SqliteDatabase | PostgresDatabase) -> Callable[[], None]:
    """Empties the database in the middle of a test: between two examples of Hypothesis, say."""
    return _database.empty


@pytest.fixture(autouse=True)
def _leave_database_empty(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "app" in request.fixturenames:
        request.getfixturevalue("_database").empty()


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Set the day ``tracker.clock.today()`` answers, until the end of the test."""

    def set_today(day: date) -> None:
        monkeypatch.setenv("TRACKER_TODAY", day.isoformat())

    return set_today
