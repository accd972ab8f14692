"""What the whole database holds, compared before and after a request, and put back between two requests.

A request that must write nothing is held to that for every table at once: a cheap fingerprint of the database has
not moved. A request that writes is read row by row against what was there.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


class Ledger(Protocol):
    """Either engine's view from outside the application; ``kept`` holds the rows ``restore`` comes back to."""

    kept: Rows

    def keep(self) -> None:
        """Remember the database as it stands: ``restore`` comes back to it."""

    def restore(self) -> None:
        """Put every row back."""

    def fingerprint(self) -> Any:
        """Changes whenever any committed write changed the database."""

    def rows(self) -> Rows:
        """Table → primary key → the row."""

    def close(self) -> None:
        """Let go of the connections."""


def changed(before: Rows, after: Rows) -> dict[str, dict[tuple[Any, ...], tuple[dict[str, Any], dict[str, Any]]]]:
    """Table → key → (old row, new row) where they differ; an absent row is empty."""
    found: dict[str, dict[tuple[Any, ...], tuple[dict[str, Any], dict[str, Any]]]] = {}
    for table in before:
        for key in before[table].keys() | after[table].keys():
            old, new = before[table].get(key, {}), after[table].get(key, {})
            if old != new:
                found.setdefault(table, {})[key] = (old, new)
    return found


class SqliteLedger:
    """A second connection to the file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.kept: Rows = {}
        self._watch = sqlite3.connect(file, isolation_level=None)
        self._pages = sqlite3.connect(":memory:")
        tables = self._watch.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            " AND name <> 'alembic_version'"
        ).fetchall()
        self._keys = {}
        for (table,) in tables:
            info = self._watch.execute(f"PRAGMA table_info({table})").fetchall()
            self._keys[table] = [name for _, name, _, _, _, in_key in info if in_key]

    def keep(self) -> None:
        self._watch.backup(self._pages)
        self.kept = self.rows()

    def restore(self) -> None:
        with closing(sqlite3.connect(self._file, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous=OFF")
            self._pages.backup(target)

    def fingerprint(self) -> Any:
        # Moves when, and only when, another connection committed a change.
        return self._watch.execute("PRAGMA data_version").fetchone()

    def rows(self) -> Rows:
        found: Rows = {}
        for table, keys in self._keys.items():
            cursor = self._watch.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            lines = [dict(zip(names, line, strict=True)) for line in cursor]
            found[table] = {tuple(line[key] for key in keys): line for line in lines}
        return found

    def close(self) -> None:
        self._watch.close()
        self._pages.close()


class PostgresLedger:
    """A connection as the superuser, past the triggers that guard the history."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._connection.execute("SET session_replication_role = replica")
        self.kept: Rows = {}
        self._copies: dict[str, bytes] = {}
        self._marks: dict[str, str] = {}
        keys = self._connection.execute(
            "SELECT t.relname, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
            " JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)"
            " WHERE i.indisprimary AND t.relname <> 'alembic_version' ORDER BY t.relname, a.attnum"
        ).fetchall()
        self._keys: dict[str, list[str]] = {}
        for table, column in keys:
            self._keys.setdefault(table, []).append(column)
        self._print = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t").format(
                sql.Literal(table), sql.Identifier(table)
            )
            for table in self._keys
        )

    def keep(self) -> None:
        self._marks = dict(self._connection.execute(self._print).fetchall())
        for table in self._keys:
            with self._connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                self._copies[table] = b"".join(bytes(block) for block in copy)
        self.kept = self.rows()

    def restore(self) -> None:
        with self._connection.transaction():
            for table, mark in self._connection.execute(self._print).fetchall():
                if mark == self._marks[table]:
                    continue
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with self._connection.cursor().copy(into) as copy:
                    copy.write(self._copies[table])

    def fingerprint(self) -> Any:
        return dict(self._connection.execute(self._print).fetchall())

    def rows(self) -> Rows:
        found: Rows = {}
        for table, keys in self._keys.items():
            cursor = self._connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            names = [column.name for column in cursor.description or ()]
            lines = [dict(zip(names, line, strict=True)) for line in cursor.fetchall()]
            found[table] = {tuple(line[key] for key in keys): line for line in lines}
        return found

    def close(self) -> None:
        self._connection.close()
