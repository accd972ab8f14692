"""How migrations run: online, in one transaction, without ever losing children on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from tracker.money import Cents, Rate

settings = current_app.extensions["migrate"]
db = settings.db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as the database knows them: a migration outlives the code that made it."""
    if kind == "type" and isinstance(item, Cents):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Rate):
        return "sa.Integer()"
    return False


def compare_type(_context: Any, _inspected: Any, _column: Any, _inspected_type: Any, column_type: Any) -> bool | None:
    """Amounts and rates are plain integers in the database."""
    return False if isinstance(column_type, Cents | Rate) else None


@contextmanager
def children_kept(connection: Connection) -> Iterator[None]:
    """On SQLite a batch migration rebuilds the parent table: with foreign keys on, its children would be deleted.

    The pragma only counts outside a transaction, hence the bare cursor before Alembic begins.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def refuse_orphans(connection: Connection) -> None:
    """Roll the migration back rather than leave a child without its parent."""
    if connection.dialect.name == "sqlite":
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        if orphans:
            raise RuntimeError(f"The migration would leave orphans: {orphans[:5]}")


def drop_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """``flask db migrate`` writes no file when nothing changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


with db.engine.connect() as connection, children_kept(connection):
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        process_revision_directives=drop_empty,
        # With sqlite3 kept from its own BEGIN (extensions.configure_sqlite), SQLite rolls tables back too.
        transactional_ddl=True,
        **{**settings.configure_args, "compare_type": compare_type},
    )
    with context.begin_transaction():
        context.run_migrations()
        refuse_orphans(connection)
