"""The completeness board of a contract's seven years, against the one statement a careful hand writes for each."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tests import builders
from tests.benchmarks.ground import BOARD, Ground
from tests.benchmarks.project_list import BARE
from tracker.extensions import db
from tracker.policy import SYSTEM
from tracker.tfpb.queries.board import USUAL_SORT, Board, board
from tracker.tfpb.rules.board import BOXES

YEARS = range(2025, 2032)
# Every year is over: each board then waits for everything.
TODAY = "2032-11-21"
ASKED = {"page": 1, "page_size": 100, "sort": USUAL_SORT}


@dataclass(frozen=True)
class Boards:
    """Both ways of getting the boards of ``YEARS``, one after the other."""

    ours: Callable[[], list[Board]]
    bare: Callable[[], list[list[sqlite3.Row]]]


def boards(ground: Ground) -> Boards:
    """The boards as the page asks for them, in an application context that is already open, and bare."""

    def ours() -> list[Board]:
        db.session.remove()
        return [board(SYSTEM, BOARD, year, ASKED) for year in YEARS]

    contract = db.session.scalars(select(builders.Contract.id).filter_by(code=BOARD)).one()
    return Boards(ours, _bare(ground, contract))


def _bare(ground: Ground, contract: int) -> Callable[[], list[list[sqlite3.Row]]]:
    statement = (BARE / "board.sql").read_text(encoding="utf-8")
    connection = sqlite3.connect(ground.file)
    connection.row_factory = sqlite3.Row

    def one(year: int) -> list[sqlite3.Row]:
        # The law's days of each year, and the usual day of the report.
        legal = ("2025-03-31", "2025-03-31") if year == 2025 else (f"{year}-01-01", f"{year - 1}-12-31")
        values = dict(zip(("signature", "declaration"), legal, strict=True))
        values |= {"contract": contract, "year": year, "today": TODAY, "due": f"{year + 1}-03-31"}
        with closing(connection.execute(statement, values)) as cursor:
            return cursor.fetchall()

    return lambda: [one(year) for year in YEARS]


def same(found: Boards) -> int:
    """Both ways say the same of every line; how many there are."""
    count = 0
    for year, bare in zip(YEARS, found.bare(), strict=True):
        ours = board(SYSTEM, BOARD, year, {**ASKED, "page_size": None})
        expected = {(row["convention_id"], row["neighbourhood_id"]): row for row in bare}
        assert len(ours.lines) == len(bare) == len(expected)
        for line in ours.lines:
            row = expected[line.convention_id, line.neighbourhood.id]
            assert {box: box in line.boxes for box in BOXES} == {box: bool(row[box]) for box in BOXES}, dict(row)
            since = None if row["since"] is None else date.fromisoformat(row["since"])
            assert (line.file_id, line.status, line.days_late) == (row["file_id"], row["status"], row["days_late"])
            assert line.since == since
        count += len(bare)
    return count
