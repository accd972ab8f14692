"""Migrations on a database that people have worked in: no child is lost, and a failing one leaves nothing behind."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests.ground.databases import PostgresDatabase, SqliteDatabase
from tests.house.ledger import Ledger, PostgresLedger, Rows, SqliteLedger
from tests.house.world import TODAY, build_world
from tracker.extensions import db, migrate
from tracker.settings import Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

REVISION = '''"""a proof"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
{body}
'''

# On SQLite a batch rebuilds the table: its old rows are dropped with it, and so are their children if keys are on.
REBUILD = """
    for table in ("contract", "city", "landlord", "financing", "tfpb_file", "project", "user_account"):
        with op.batch_alter_table(table, recreate="auto") as batch:
            batch.add_column(sa.Column("proof", sa.String(20), nullable=False, server_default="kept"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("proof", nullable=True, existing_type=sa.String(20), type_=sa.String(30))
"""
ORPHAN = REBUILD + '    op.execute("DELETE FROM tfpb_file")\n'
BREAK = REBUILD + '    op.execute("SELECT * FROM nowhere")\n'


@pytest.fixture
def inhabited(
    request: pytest.FixtureRequest, tmp_path: Path, _database: SqliteDatabase | PostgresDatabase, _cheap_passwords: None
) -> Iterator[tuple[Flask, Ledger]]:
    """An application over a database of its own, migrated from nothing and lived in."""
    from tracker import create_app

    own: SqliteDatabase | PostgresDatabase
    if isinstance(_database, PostgresDatabase):
        server = request.getfixturevalue("postgres_server")
        name = f"moved_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{abs(hash(request.node.name))}"
        own = PostgresDatabase(server, name)
    else:
        own = SqliteDatabase(tmp_path)
    app = create_app(Settings(database_url=own.url, secret_key="tests only", testing=True, secure_cookies=False))
    own.migrate(app)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_TODAY", TODAY.isoformat())
        with app.app_context():
            build_world(app)
    ledger: Ledger
    if isinstance(own, PostgresDatabase):
        ledger = PostgresLedger(server.connect(f"tracker_{name}"))
    else:
        ledger = SqliteLedger(tmp_path / "tracker.sqlite3")
    yield app, ledger
    ledger.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    own.close()


def migrations_with(tmp_path: Path, app: Flask, body: str) -> str:
    """A copy of the migrations with one more, whose ``upgrade`` is ``body``."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    with app.app_context():
        config = migrate.get_config(str(copy))
    head = ScriptDirectory.from_config(config).get_current_head()
    (copy / "versions" / "9999_proof.py").write_text(REVISION.format(head=head, body=body))
    return str(copy)


def upgrade(app: Flask, directory: str) -> None:
    with app.app_context():
        flask_migrate.upgrade(directory=directory)


def without_proof(rows: Rows) -> Rows:
    return {
        table: {key: {name: value for name, value in row.items() if name != "proof"} for key, row in lines.items()}
        for table, lines in rows.items()
    }


def test_a_rebuilt_parent_keeps_its_children(inhabited: tuple[Flask, Ledger], tmp_path: Path) -> None:
    app, ledger = inhabited
    before = ledger.rows()
    assert sum(map(len, before.values())) > 100
    upgrade(app, migrations_with(tmp_path, app, REBUILD))
    after = ledger.rows()
    assert without_proof(after) == before
    assert {row["proof"] for row in after["contract"].values()} == {"kept"}


@pytest.mark.parametrize("body", [ORPHAN, BREAK], ids=["orphans", "broken"])
def test_a_migration_that_fails_leaves_everything_as_it_was(
    inhabited: tuple[Flask, Ledger], tmp_path: Path, body: str
) -> None:
    app, ledger = inhabited
    before = ledger.rows()
    directory = migrations_with(tmp_path, app, body)
    # Flask-Migrate writes a refusal of ours to the log and leaves with status 1.
    with pytest.raises((DatabaseError, SystemExit)):
        upgrade(app, directory)
    assert ledger.rows() == before
    # And the next one, right this time, finds its way.
    shutil.rmtree(directory)
    upgrade(app, migrations_with(tmp_path, app, REBUILD))
    assert without_proof(ledger.rows()) == before


def test_foreign_keys_hold_again_after_a_migration(inhabited: tuple[Flask, Ledger], tmp_path: Path) -> None:
    app, _ = inhabited
    upgrade(app, migrations_with(tmp_path, app, REBUILD))
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM contract"))
