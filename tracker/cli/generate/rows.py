"""Rows gathered in memory, then written table by table."""

from typing import Any

from sqlalchemy import Column, Connection, func, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from tracker.cli.bulk import insert_rows, restart_sequences, stored_tables


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


class Rows:
    """Rows numbered from each table's first free number on, and written parents first.

    written  table → how many rows were.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = stored_tables()
        self._blank = {
            name: {column.name: _default(column) for column in table.columns} for name, table in self._tables.items()
        }
        self._waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in self._tables}
        self._next = {
            name: (connection.scalar(select(func.max(table.c.id))) or 0) + 1
            for name, table in self._tables.items()
            if "id" in table.columns
        }
        self.written = dict.fromkeys(self._tables, 0)

    def find(self, table: str, code: str) -> int | None:
        """The number of the row of this code, or None."""
        columns = self._tables[table].c
        return self._connection.scalar(select(columns.id).where(columns.code == code))

    def coming(self, table: str) -> int:
        """The number the next row of this table will have."""
        return self._next[table]

    def add(self, table: str, **values: Any) -> int:
        """Keep a row for ``write``; its number. A column that is not named takes its model's plain default, or null."""
        number = self._next[table]
        self._next[table] = number + 1
        self._waiting[table].append({**self._blank[table], "id": number, **values})
        return number

    def link(self, table: str, **values: int) -> None:
        """Keep a row of a table that only ties two others."""
        self._waiting[table].append(values)

    def write(self) -> None:
        """Insert what was kept."""
        for name, waiting in self._waiting.items():
            if waiting:
                self.written[name] += insert_rows(self._connection, self._tables[name], waiting)
                waiting.clear()

    def finish(self) -> None:
        """Insert the rest and let the database number the rows that come after."""
        self.write()
        restart_sequences(self._connection, self._tables)
