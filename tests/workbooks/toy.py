"""A small room that takes workbooks in: the title, axis, cost and result of a TFPB file's actions, nothing else.

It stands on the real commands of ``tfpb``, so that permission, versions, locks and history are the house's own.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from openpyxl import load_workbook

from tracker import policy
from tracker.columns import Column
from tracker.history.commands import Writing
from tracker.policy import Actor, Scope
from tracker.tfpb import commands
from tracker.tfpb.commands.files import live_actions
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries.files import readable_file, scope_of
from tracker.tfpb.schemas import ActionSchema
from tracker.workbooks.about import About
from tracker.workbooks.forms import Change, Entry, Issue, Known, Record, SheetForm, WorkbookForm, register
from tracker.workbooks.template import template

NAME = "toy"
AXES = {number: f"{number} · Axe {number}" for number in range(1, 9)}
SHEET = SheetForm(
    "actions",
    "Actions",
    (
        Entry(Column("axis", "Axe", words=AXES), required=True),  # type: ignore[arg-type]
        Entry(Column("title", "Action"), required=True),
        Entry(Column("planned_cost", "Dépense prévisionnelle", "money")),
        Entry(Column("result", "Résultat")),
        Entry(Column("landlord_share", "Part bailleur", "money"), locked=True),
    ),
    ActionSchema(),
    item_type="tfpb_action",
    title="title",
    spare=3,
)
KEYS = [entry.column.key for entry in SHEET.entries]


class Toy:
    """The target; ``handed_in`` counts what ``finish`` was asked."""

    item_type = "tfpb_file"

    def __init__(self) -> None:
        self.handed_in: list[bool] = []

    def _file(self, actor: Actor, parent_id: int) -> TfpbFile:
        return readable_file(actor, parent_id)

    def scope(self, parent_id: int) -> Scope:
        return scope_of(self._file(policy.SYSTEM, parent_id))

    def form(self, actor: Actor, parent_id: int) -> WorkbookForm:
        file = self._file(actor, parent_id)
        identity = {"file": ("Dossier", str(file.id)), "year": ("Année", str(file.year))}
        return WorkbookForm(NAME, 1, f"Actions {file.year}", identity, (SHEET,), hand_in="Transmettre aussi le bilan")

    def known(self, actor: Actor, parent_id: int) -> Mapping[str, Sequence[Known]]:
        rows = live_actions(self._file(actor, parent_id))
        return {"actions": [Known(row.id, row.version, {key: getattr(row, key) for key in KEYS}) for row in rows]}

    def require_edit(self, actor: Actor, parent_id: int) -> None:
        policy.require(actor, "edit_file", scope_of(self._file(policy.SYSTEM, parent_id)))

    def check(self, actor: Actor, parent_id: int, records: Sequence[Record]) -> list[Issue]:
        return [
            Issue("Actions", record.cells["title"], "Action", "forbidden_word", "error", None, "Action : « interdit ».")
            for record in records
            if record.values.get("title") == "interdit"
        ]

    def save(self, write: Writing, parent_id: int, record: Record, change: Change) -> tuple[int, int]:
        values = {key: record.values[key] for key in change.fields}
        if change.id is None:
            line = commands.add_action(write.actor, parent_id, {"status": "planned", **values})
        else:
            line = commands.update_action(write.actor, change.id, change.version, values)
        return line.id, line.version

    def finish(self, write: Writing, parent_id: int, *, hand_in: bool) -> None:
        self.handed_in.append(hand_in)

    def undo(self, write: Writing, parent_id: int, change: Change, reason: str) -> None:
        assert change.id is not None
        if change.kind == "created":
            commands.archive_action(write.actor, change.id, change.version, reason)
            return
        old = ActionSchema(only=list(change.fields)).read({key: pair[0] for key, pair in change.fields.items()})
        commands.update_action(write.actor, change.id, change.version, old)

    def page(self, parent_id: int) -> str:
        return url_for("tfpb.file_page", file_id=parent_id)


TOY = Toy()


def open_toy() -> Toy:
    """Register the target and forget what it was asked."""
    register(NAME, TOY)
    TOY.handed_in.clear()
    return TOY


def download(actor: Actor, file_id: int) -> bytes:
    """The pre-filled workbook."""
    return template(TOY.form(actor, file_id), TOY.known(actor, file_id), About(date(2026, 11, 21), actor.name))


def filled(content: bytes, fill: Callable[[Any], None]) -> bytes:
    """The workbook once somebody typed in its sheet « Actions »."""
    book = load_workbook(io.BytesIO(content))
    fill(book["Actions"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet: Any, title: str) -> int:
    """The row of an action."""
    return next(cell.row for cell in sheet["B"] if cell.value == title)
