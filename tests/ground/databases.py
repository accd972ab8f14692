"""The database behind the tests of one worker: migrated once, emptied after each test that touched it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

import flask_migrate
from flask import Flask
from psycopg import sql

from tests.ground.postgres import PostgresServer

# A test that leaves a transaction open is blamed after this long, in place of hanging the run.
PATIENCE_SECONDS = 5


class TestDatabase(Protocol):
    """What the fixtures ask of either engine."""

    name: str
    url: str

    def migrate(self, app: Flask) -> None:
        """Bring the new database to the last migration and remember what empty looks like."""

    def empty(self) -> None:
        """Back to the migrated state, whatever the test wrote."""


def _upgrade(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()


class SqliteDatabase:
    """A file; emptied by writing the migrated file's pages back, which honours other connections' locks."""

    name = "sqlite"

    def __init__(self, directory: Path) -> None:
        self._file = directory / "tracker.sqlite3"
        self.url = f"sqlite:///{self._file}"
        self._migrated = sqlite3.connect(":memory:")

    def migrate(self, app: Flask) -> None:
        _upgrade(app)
        with closing(sqlite3.connect(self._file)) as source:
            source.backup(self._migrated)

    def empty(self) -> None:
        with closing(sqlite3.connect(self._file, timeout=PATIENCE_SECONDS, isolation_level=None)) as target:
            # backup() waits for ever on a lock; this refuses after PATIENCE_SECONDS.
            target.execute("BEGIN IMMEDIATE")
            target.execute("ROLLBACK")
            target.execute("PRAGMA synchronous=OFF")
            self._migrated.backup(target)

    def close(self) -> None:
        self._migrated.close()


class PostgresDatabase:
    """A database of the run's server; emptied table by table, past the triggers that guard the history."""

    name = "postgresql"

    def __init__(self, server: PostgresServer, worker: str) -> None:
        database = f"tracker_{worker}"
        self.url = server.create_database(database)
        self._connection = server.connect(database)
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
        self._written = sql.Composed([])

    def migrate(self, app: Flask) -> None:
        _upgrade(app)
        tables = self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        self._written = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
            for (table,) in tables
        )

    def empty(self) -> None:
        # TRUNCATE of every table costs ten times a DELETE from the few that hold a handful of rows.
        for (table,) in self._connection.execute(self._written).fetchall():
            self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        advanced = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        for (sequence,) in self._connection.execute(advanced).fetchall():
            self._connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(sequence)))

    def close(self) -> None:
        self._connection.close()
