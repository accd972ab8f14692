"""Whole tables at once, past the models: values as the database keeps them, parents before children."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import click
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, func, insert, select
from sqlalchemy.types import TypeDecorator

from tracker.extensions import db

# Rows per INSERT or fetch: past this the time per row no longer falls, only the memory grows.
CHUNK = 2000


def stored_tables() -> dict[str, Table]:
    """Name → table, parents first; amounts and rates are the integers the database keeps, so nothing rounds them."""
    metadata = MetaData()
    tables = {table.name: table.to_metadata(metadata) for table in db.metadata.sorted_tables}
    for table in tables.values():
        for column in table.columns:
            if isinstance(column.type, TypeDecorator):
                column.type = column.type.impl_instance
    return tables


def insert_rows(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows that all name the same columns; how many there were."""
    statement, count, waiting = insert(table), 0, iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        connection.execute(statement, chunk)
        count += len(chunk)
    return count


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees one state of the database to the end and keeps nobody from writing."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            connection.execution_options(read_only=True)
        yield connection


def restart_sequences(connection: Connection, tables: dict[str, Table]) -> None:
    """Let PostgreSQL number the next row after those that brought their own number; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.values():
        column = table.autoincrement_column
        if column is None:
            continue
        last = connection.scalar(select(func.max(column)))
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, last or 1, last is not None)))


def require_migrated(connection: Connection) -> str:
    """The number of the migration the database stands at; before the first, ends the command with a sentence."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise click.ClickException(
            "La base n’a pas encore de tables : lancez d’abord « flask --app tracker db upgrade »."
        )
    return revision
