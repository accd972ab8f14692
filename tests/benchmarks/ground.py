"""The data the benchmarks run on: made by the command line's own ``generate``, once, and kept if asked."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from tests import builders
from tracker import clock, create_app
from tracker.extensions import db
from tracker.settings import ROOT, Settings

TODAY = "2026-11-21"
YEAR = 2026

# A contract of 10,000 projects; ten contracts of 100,000 actions, of which one contract-year is 20,000; one of the size
# of a real contract; and one of 1,000 landlords over seven years. Each is generated with its own seed, so that their
# codes are volume-<seed>-<number>.
GENERATED = tuple(
    options.split()
    for options in (
        "--contracts 1 --seed 1 --projects 10000 --landlords 0",
        "--contracts 10 --seed 2 --projects 22 --landlords 100 --years 5 --actions-per-file 50",
        "--contracts 1 --seed 3 --projects 22 --landlords 2",
        "--contracts 1 --seed 4 --projects 22 --cities 1 --landlords 1000 --years 7 --actions-per-file 10",
    )
)
# National data: 1,500 contracts over seven years, a million actions, among them one contract-year of 20,000. And the
# same with a hundredth of the other contracts: those that are there are the same, row for row.
GREAT = "--contracts 1 --seed 6 --projects 22 --landlords 100 --years 2 --actions-per-file 50"
MANY = "--seed 5 --projects 22 --cities 2 --landlords 3 --years 7 --actions-per-file 16"
NATION = tuple(options.split() for options in (GREAT, f"--contracts 1500 {MANY}"))
HUNDREDTH = tuple(options.split() for options in (GREAT, f"--contracts 15 {MANY}"))
LARGE, SMALL = "volume-6-1", "volume-5-1"
PROJECTS, ACTIONS, ORDINARY, BOARD = "volume-1-1", "volume-2-1", "volume-3-1", "volume-4-1"


@dataclass(frozen=True)
class Ground:
    """An application over the generated data."""

    app: Flask
    file: Path
    made_in: float | None

    def client(self, code: str) -> FlaskClient:
        """A browser signed in as the coordinator of this contract."""
        with self.app.app_context():
            email = f"{code}@mesure.test"
            user = db.session.scalars(select(builders.User).filter_by(email=email)).one_or_none()
            if user is None:
                contract = db.session.scalars(select(builders.Contract).filter_by(code=code)).one()
                user = builders.user("coordinator", contract, email=email, name="Coordination")
            return builders.page_client(self.app, user)

    def __str__(self) -> str:
        names = ("contract", "project", "tfpb_file", "tfpb_action", "financing_grant", "payment")
        with self.app.app_context():
            counts = [(name, db.session.scalar(text(f"SELECT count(*) FROM {name}"))) for name in names]
        made = "kept from an earlier run" if self.made_in is None else f"made in {self.made_in:.0f} s"
        size = self.file.stat().st_size / 1e6
        return ", ".join(f"{count:,} {name}" for name, count in counts) + f"; {size:.0f} MB of SQLite, {made}"


@contextmanager
def standing(
    directory: Path, generated: tuple[list[str], ...] = GENERATED, name: str = "benchmarks"
) -> Iterator[Ground]:
    """The ground in this folder: found there when it is of these very data and migrations, else made."""
    os.environ["TRACKER_TODAY"] = TODAY
    file, mark = directory / f"{name}.sqlite3", directory / f"{name}.json"
    app = create_app(
        Settings(database_url=f"sqlite:///{file}", secret_key="benchmarks only", testing=True, secure_cookies=False)
    )
    made_in = None
    if not (mark.exists() and json.loads(mark.read_text(encoding="utf-8")) == _recipe(generated)):
        mark.unlink(missing_ok=True)
        for old in directory.glob(f"{name}.sqlite3*"):
            old.unlink()
        started = time.perf_counter()
        _make(app, generated)
        made_in = time.perf_counter() - started
        mark.write_text(json.dumps(_recipe(generated)), encoding="utf-8")
    try:
        yield Ground(app, file, made_in)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _recipe(generated: tuple[list[str], ...]) -> dict[str, Any]:
    """What makes kept data the same as data made now."""
    made_by = [*sorted(ROOT.glob("migrations/versions/*.py")), *sorted(ROOT.glob("tracker/cli/generate/*.py"))]
    return {
        "generated": list(generated),
        "code": hashlib.sha256(b"".join(file.read_bytes() for file in made_by)).hexdigest(),
    }


def _make(app: Flask, generated: tuple[list[str], ...]) -> None:
    _command(app, "db", "upgrade")
    _command(app, "seed")
    for options in generated:
        _command(app, "generate", *options)
    with app.app_context():
        # All its landlords have declared: a contract-year that counts whole.
        of_contract = (
            select(builders.Convention.id).join(builders.Contract).where(builders.Contract.code.in_((ACTIONS, LARGE)))
        )
        db.session.execute(
            update(builders.TfpbFile)
            .where(builders.TfpbFile.year == YEAR, builders.TfpbFile.convention_id.in_(of_contract))
            .values(status="verified")
        )
        if generated is GENERATED:
            _prove()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _prove() -> None:
    """A document for two in three of the actions of ``BOARD``: the board asks each action for its own."""
    of_contract = (
        select(builders.Action.id)
        .join(builders.TfpbFile)
        .join(builders.Convention)
        .join(builders.Contract)
        .where(builders.Contract.code == BOARD, builders.Action.id % 3 > 0)
    )
    told = {"kind": "evidence", "title": "Facture", "file_name": "facture.pdf", "media_type": "application/pdf"}
    told |= {"size": 1, "sha256": "0" * 64, "added_at": clock.now(), "added_by": "Bailleur", "version": 1}
    numbers = db.session.scalars(of_contract).all()
    documents = [{"parent_type": "tfpb_action", "parent_id": number, **told} for number in numbers]
    db.session.execute(insert(builders.Document), documents)


def _command(app: Flask, *words: str) -> None:
    result = app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(f"flask {' '.join(words)}: {result.output}")
