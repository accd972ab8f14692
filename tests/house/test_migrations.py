"""Migrations: in step with the models, and never at the price of a row's children."""

import shutil
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from tests import builders as build
from tracker import create_app
from tracker.extensions import db
from tracker.settings import ROOT, Settings

REBUILD = '''
"""rebuild a parent table"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    with op.batch_alter_table("landlord", recreate="always") as batch:
        batch.alter_column("name", existing_type=sa.String(200), type_=sa.String(250))
'''

ORPHANS = '''
"""leave children without their parent"""
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.execute("DELETE FROM landlord")
'''


def test_the_tables_are_those_of_the_models(app: Flask) -> None:
    with app.app_context():
        inspector = inspect(db.engine)
        made = {
            table: {column["name"] for column in inspector.get_columns(table)}
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }
        assert made == {table.name: {column.name for column in table.columns} for table in db.metadata.sorted_tables}


@pytest.fixture
def migrate(tmp_path: Path) -> Callable[[str], tuple[Flask, Path]]:
    """A SQLite database at the first migration, with a residence and its landlord, and a second migration to run."""

    def prepare(script: str) -> tuple[Flask, Path]:
        folder = tmp_path / "migrations"
        shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
        for later in (folder / "versions").glob("000[2-9]*.py"):
            later.unlink()
        app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'data.sqlite3'}", secret_key="x", testing=True))
        with app.app_context():
            flask_migrate.upgrade(directory=str(folder))
            place = build.neighbourhood(build.contract())
            build.residence(build.landlord(name="Bailleur"), place)
            db.session.remove()
        (folder / "versions" / "0002_test.py").write_text(script)
        return app, folder

    return prepare


def test_rebuilding_a_parent_keeps_its_children(migrate: Callable[[str], tuple[Flask, Path]]) -> None:
    app, folder = migrate(REBUILD)
    with app.app_context():
        flask_migrate.upgrade(directory=str(folder))
        assert db.session.execute(text("SELECT count(*) FROM residence")).scalar() == 1
        assert db.session.execute(text("SELECT name FROM landlord")).scalar() == "Bailleur"
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        db.session.remove()
        db.engine.dispose()


def test_a_migration_that_leaves_orphans_is_rolled_back(migrate: Callable[[str], tuple[Flask, Path]]) -> None:
    app, folder = migrate(ORPHANS)
    with app.app_context():
        with pytest.raises(SystemExit):  # flask-migrate logs the error and leaves
            flask_migrate.upgrade(directory=str(folder))
        assert db.session.execute(text("SELECT count(*) FROM landlord")).scalar() == 1
        assert db.session.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
        db.session.remove()
        db.engine.dispose()
