"""A workbook set against what the tracker has become: what nobody touched stays, what both touched is asked back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests import builders as build
from tests.counting import count_queries
from tests.workbooks.sample import ACTIONS, GARDEN, MEDIATION
from tests.workbooks.toy import NAME, download, filled, open_toy, row_of
from tracker.columns import Column
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.history.queries import values_at
from tracker.policy import Actor, Conflict
from tracker.tfpb import commands as tfpb
from tracker.tfpb.models import Action
from tracker.workbooks import commands
from tracker.workbooks.difference import compare, moved, overtaken, rebased
from tracker.workbooks.forms import Entry, Known, Record, SheetForm
from tracker.workbooks.models import ImportBatch

# -- on plain values -----------------------------------------------------------------------------------------------

THEN = {"planned_cost": "1000.00", "status": "planned", "residence_ids": [12]}
NOW = Known(101, 6, MEDIATION)


def record(version: int = 4, **values: Any) -> Record:
    """The first action as it was downloaded at version 4, with these cells changed."""
    was = {**MEDIATION, "planned_cost": Decimal("1000.00"), "status": "planned", "residence_ids": [12]}
    was.pop("other")
    cells = {key: f"{key}@7" for key in was}
    return Record("actions", 7, 101, version, {**was, **values}, cells)


def difference(one: Record, then: dict[str, Any] | None = THEN) -> tuple[str, dict[str, Any]]:
    known = replace(NOW, moved=None if then is None else moved(ACTIONS, NOW, then))
    rows = {"actions": [known]}
    changes, _ = compare([ACTIONS], rebased([ACTIONS], [one], rows), rows)
    return changes[0].kind, dict(changes[0].fields)


def test_which_records_the_tracker_went_on_with() -> None:
    known = {"actions": [NOW, Known(102, 5, GARDEN)]}
    others = [replace(record(5), id=102), replace(record(), id=None), replace(record(), id=999)]
    assert overtaken([record(), *others], known) == {("actions", 101): 4}
    assert overtaken([record(7)], known) == {}  # a version nobody has reached tells nothing


def test_what_changed_since_as_the_schema_reads_it() -> None:
    assert moved(ACTIONS, NOW, {**THEN, "title": "Médiation", "unheard_of": 1}) == {
        "planned_cost": Decimal("1000.00"),
        "status": "planned",
        "residence_ids": [12],
    }
    assert moved(ACTIONS, NOW, {"planned_cost": None}) == {"planned_cost": None}
    assert moved(ACTIONS, NOW, {"status": "no status any more"}) is None


def test_cells_nobody_touched_are_no_change() -> None:
    assert difference(record()) == ("unchanged", {})


def test_a_conflict_holds_what_the_sender_changed_and_nothing_else() -> None:
    assert difference(record(target="15 ateliers")) == ("conflict", {"target": ["12 ateliers", "15 ateliers"]})


def test_what_both_sides_changed_is_a_conflict() -> None:
    assert difference(record(planned_cost=Decimal("900.00"), target="15 ateliers")) == (
        "conflict",
        {"planned_cost": ["1234.56", "900.00"], "target": ["12 ateliers", "15 ateliers"]},
    )
    assert difference(record(planned_cost=None)) == ("conflict", {"planned_cost": ["1234.56", None]})


def test_the_same_change_on_both_sides_is_none() -> None:
    assert difference(record(status="done", residence_ids=[12, 11])) == ("unchanged", {})


def test_a_field_that_went_back_to_what_it_was_is_the_sender_s_alone() -> None:
    assert difference(record(target="15 ateliers"), {**THEN, "target": "12 ateliers"}) == (
        "conflict",
        {"target": ["12 ateliers", "15 ateliers"]},
    )


def test_when_what_it_was_is_not_known_the_whole_row_is_asked_back() -> None:
    kind, fields = difference(record(target="15 ateliers"), None)
    assert (kind, list(fields)) == ("conflict", ["status", "residence_ids", "planned_cost", "target"])


PAYMENTS = SheetForm(
    "payments", "Paiements", (Entry(Column("target", "Action"), source=("actions", "title")),), ACTIONS.schema
)


def paid(title: str) -> Record:
    return Record("payments", 9, None, None, {"target": title}, {"target": "A9"})


@pytest.mark.parametrize("told, followed", [("Médiation ancienne", "Médiation"), ("Autre", "Autre")])
def test_a_title_of_the_download_leads_to_the_title_of_now(told: str, followed: str) -> None:
    rows = {"actions": [replace(NOW, moved={"title": "Médiation ancienne"})]}
    records = rebased([ACTIONS, PAYMENTS], [record(title="Médiation ancienne"), paid(told)], rows)
    assert [records[0].values["title"], records[1].values["target"]] == ["Médiation", followed]


def test_a_title_another_row_took_is_that_rows() -> None:
    rows = {"actions": [replace(NOW, moved={"title": "Médiation ancienne"})]}
    taken = replace(record(title="Médiation ancienne"), id=None, version=None, row=8)
    records = rebased(
        [ACTIONS, PAYMENTS], [record(title="Médiation ancienne"), taken, paid("Médiation ancienne")], rows
    )
    assert [one.values.get("title") or one.values["target"] for one in records] == [
        "Médiation",
        "Médiation ancienne",
        "Médiation ancienne",
    ]


# -- with the history ----------------------------------------------------------------------------------------------


class Ground:
    """A landlord's file with two actions, downloaded; ``meanwhile`` is a colleague's write."""

    def __init__(self, app: Flask) -> None:
        open_toy()
        build.nomenclature()
        contract, owner = build.contract(), build.landlord()
        file = build.tfpb_file(build.convention(contract, owner), build.neighbourhood(contract), 2026)
        self.app, self.file = app, file.id
        self.first, self.second = build.action(file, title="Médiation").id, build.action(file, title="Jardins").id
        self.landlord: Actor = build.actor("landlord", contract, of_landlord=owner)
        self.content = download(self.landlord, self.file)

    def meanwhile(self, **values: Any) -> None:
        tfpb.update_action(self.landlord, self.first, None, values)

    def sent(self, **typed: Any) -> ImportBatch:
        places = {"axis": 1, "title": 2, "planned_cost": 3, "result": 4}

        def fill(sheet: Any) -> None:
            for name, value in typed.items():
                sheet.cell(row_of(sheet, "Médiation"), places[name], value)

        return commands.receive(self.landlord, NAME, self.file, "déclaration.xlsx", filled(self.content, fill))

    def stands(self) -> tuple[str, Decimal | None, str | None]:
        db.session.expire_all()
        one = db.session.get(Action, self.first)
        assert one is not None
        return one.title, one.planned_cost, one.result


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    with app.app_context():
        yield Ground(app)
        db.session.remove()


def of_first(batch: ImportBatch) -> tuple[str, dict[str, Any]]:
    return next((one["kind"], one["fields"]) for one in batch.changes if one["row"] == 7)


def test_a_colleagues_value_stays_when_another_cell_of_the_row_changed(ground: Ground) -> None:
    ground.meanwhile(result="autre champ")
    batch = ground.sent(planned_cost=2500)
    assert of_first(batch) == ("conflict", {"planned_cost": ["1000.00", "2500.00"]})
    commands.apply_batch(ground.landlord, batch.id, conflicts="overwrite")
    assert ground.stands() == ("Médiation", Decimal("2500.00"), "autre champ")
    commands.undo_batch(ground.landlord, batch.id)
    assert ground.stands() == ("Médiation", Decimal("1000.00"), "autre champ")


def test_an_untouched_workbook_changes_nothing_however_far_the_tracker_went(ground: Ground) -> None:
    ground.meanwhile(result="un")
    ground.meanwhile(result="deux", title="Médiation sociale")
    assert of_first(ground.sent()) == ("unchanged", {})


def test_the_same_field_on_both_sides_is_asked_back(ground: Ground) -> None:
    ground.meanwhile(planned_cost=Decimal(7))
    ground.meanwhile(result="autre champ")
    assert of_first(ground.sent(planned_cost=2500)) == ("conflict", {"planned_cost": ["7.00", "2500.00"]})


def test_it_is_set_against_what_stands_when_it_is_applied(ground: Ground) -> None:
    batch = ground.sent(planned_cost=2500)
    ground.meanwhile(result="entre-temps")
    with pytest.raises(Conflict):
        commands.apply_batch(ground.landlord, batch.id)
    commands.apply_batch(ground.landlord, batch.id, conflicts="overwrite")
    assert ground.stands() == ("Médiation", Decimal("2500.00"), "entre-temps")


def test_a_line_of_history_without_its_version_leaves_the_whole_row_to_be_asked_back(ground: Ground) -> None:
    """Lines older than that column, and writes the history was never told of."""
    ground.meanwhile(result="autre champ")
    db.session.execute(db.update(HistoryEntry).values(item_version=None))
    db.session.commit()
    kind, fields = of_first(ground.sent(planned_cost=2500))
    assert (kind, sorted(fields)) == ("conflict", ["planned_cost", "result"])


def test_the_history_is_asked_once_and_only_when_a_row_changed(ground: Ground) -> None:
    def asked(send: Callable[[], Any]) -> int:
        with count_queries(ground.app) as sent:
            send()
        return sum("FROM history_entry" in one for one in sent)

    assert asked(lambda: ground.sent(planned_cost=2500)) == 0
    ground.meanwhile(result="un")
    ground.meanwhile(result="deux")
    tfpb.update_action(ground.landlord, ground.second, None, {"result": "trois"})
    assert asked(lambda: ground.sent(planned_cost=2500)) == 1


def test_values_at_a_version(ground: Ground) -> None:
    for result in ("un", "deux", "trois"):
        ground.meanwhile(result=result, planned_cost=Decimal(len(result)))
    item = ("tfpb_action", ground.first)
    assert values_at({}) == {}
    assert values_at({item: (1, 4)}) == {item: {"result": None, "planned_cost": "1000.00"}}
    assert values_at({item: (3, 4)}) == {item: {"result": "deux", "planned_cost": "4.00"}}
    # One version more than the lines account for: somebody wrote without a word.
    assert values_at({item: (1, 5)}) == {}
    assert values_at({item: (4, 4)}) == {}


def test_a_line_keeps_the_version_its_write_leaves(ground: Ground) -> None:
    tfpb.archive_action(ground.landlord, ground.first, None, "Essai")
    statement = db.select(HistoryEntry.verb, HistoryEntry.item_version).order_by(HistoryEntry.id.desc()).limit(1)
    assert db.session.execute(statement).one() == ("archive", 2)
