"""Reading ``seeds/``, and remembering in the history what was loaded from it."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import SYSTEM, Actor
from tracker.settings import ROOT

SEEDS = ROOT / "seeds"


def read_csv(name: str) -> list[dict[str, str]]:
    """The lines of a file of ``seeds/``, without their empty cells: unknown is absent, never empty."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as lines:
        return [{column: value for column, value in line.items() if value} for line in csv.DictReader(lines)]


def read_json(name: str) -> Any:
    """A JSON file of ``seeds/``."""
    return json.loads((SEEDS / name).read_text(encoding="utf-8"))


def without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The values but for those names."""
    return {name: value for name, value in values.items() if name not in names}


class Seeding:
    """One run of the seed.

    A row that an earlier run created is known by the mark its natural key left in the history, so that nobody's later
    change brings it back; a row somebody else made is known by its natural key.

    created, kept  how many rows this run made and found; ``at`` names the one at hand, for the message of a refusal.
    """

    def __init__(self) -> None:
        self.created = self.kept = 0
        self.at = "seeds/"
        marks = select(HistoryEntry.source_ref, HistoryEntry.item_id).where(
            HistoryEntry.source == SYSTEM.source,
            HistoryEntry.verb == "create",
            HistoryEntry.source_ref.startswith("seed "),
        )
        self._known: dict[str, int] = {mark: number for mark, number in db.session.execute(marks) if mark}
        db.session.rollback()  # on SQLite even reading holds the write lock here

    def begin(self, mark: str) -> str:
        """Say what is at hand before reading it; the mark."""
        self.at = mark
        return mark

    def actor(self, mark: str) -> Actor:
        """The command line, leaving this mark in the history."""
        return replace(SYSTEM, source_ref=f"seed {mark}")

    def has(self, mark: str) -> bool:
        """Whether an earlier run left this mark."""
        return f"seed {mark}" in self._known

    def once(
        self,
        mark: str,
        model: Any,
        key: Mapping[str, Any],
        create: Callable[[Actor, dict[str, Any]], Any],
        values: dict[str, Any],
    ) -> int:
        """The number of the row of this mark and natural ``key`` (column → value), made by ``create`` if need be."""
        actor = self.actor(mark)
        number = self._known.get(f"seed {mark}")
        if number is None:
            number = db.session.scalar(select(model.id).filter_by(**key).order_by(model.id).limit(1))
        if number is None:
            number = int(create(actor, values).id)
            self.created += 1
        else:
            self.kept += 1
        self._known[f"seed {mark}"] = number
        return number

    def number(self, mark: str) -> int:
        """The number of the row ``once`` gave for this mark."""
        return self._known[f"seed {mark}"]
