"""Writing a declaration's records through the room's own commands, and giving them their old values back.

Permission, version, rule and history are those of the commands: what a page refuses, a workbook is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.api.fields import Schema
from tracker.funding import commands as funding
from tracker.funding.sources import to_grant
from tracker.history.commands import Writing, fetch
from tracker.money import ZERO
from tracker.policy import Actor, FieldError, Invalid
from tracker.tfpb import commands, rules
from tracker.tfpb.commands.files import live_actions
from tracker.tfpb.declaration import sheets
from tracker.tfpb.models import Action, TfpbFile
from tracker.tfpb.schemas import ActionSchema, BaselineSchema, ParticipationSchema, TfpbFileSchema
from tracker.workbooks.entries import folded_title, plain_old
from tracker.workbooks.forms import Change, Record

Values = dict[str, Any]


@dataclass(frozen=True)
class Writer:
    """The commands behind one sheet; each gives the row it wrote."""

    schema: Schema
    create: Callable[[Actor, int, Values], Any]
    update: Callable[[Actor, int, int | None, Values], Any]
    archive: Callable[[Actor, int, int | None, str], Any]
    restore: Callable[[Actor, int, int | None, Values, str], Any]


def save_record(write: Writing, file_id: int, record: Record, change: Change) -> tuple[int, int]:
    """Create or change one record; gives its number and its version afterwards."""
    writer = WRITERS[record.sheet]
    if change.id is None:
        # An empty cell of a new row says nothing, as a field left out of a body: the default holds.
        values = {name: value for name, value in record.values.items() if value is not None}
        row = writer.create(write.actor, file_id, values)
    else:
        values = {name: record.values[name] for name in change.fields if name in record.values}
        row = writer.update(write.actor, change.id, change.version, values)
    return row.id, row.version


def undo_record(write: Writing, change: Change, reason: str) -> None:
    """Archive what the batch created, give what it changed its old values back; raises Stale."""
    writer = WRITERS[change.sheet]
    if change.id is None:
        return
    if change.kind == "created":
        writer.archive(write.actor, change.id, change.version, reason)
        return
    old = plain_old(writer.schema, {name: pair[0] for name, pair in change.fields.items()})
    writer.restore(write.actor, change.id, change.version, old, reason)


# -- the file and its actions --------------------------------------------------------------------------------------


def _no_new_file(actor: Actor, file_id: int, values: Values) -> Any:
    message = "Dossier : ce classeur a perdu la clé de son dossier ; téléchargez-le de nouveau."
    raise Invalid(FieldError("dwellings", "invalid", message))


def _no_archive(actor: Actor, file_id: int, version: int | None, reason: str) -> Any:
    raise ValueError("a declaration never creates its file")


def _restore_file(actor: Actor, file_id: int, version: int | None, values: Values, reason: str) -> Any:
    return commands.update_file(actor, file_id, version, values)


def _add_action(actor: Actor, file_id: int, values: Values) -> Any:
    file: TfpbFile = fetch(TfpbFile, file_id)
    if file.programme_status == "validated":
        # What comes after the programme was not planned; its two cells are locked.
        values = {**values, **dict.fromkeys(rules.PLANNED_FIELDS, ZERO)}
    return commands.add_action(actor, file_id, values)


def _restore_action(actor: Actor, action_id: int, version: int | None, values: Values, reason: str) -> Any:
    return commands.update_action(actor, action_id, version, values)


# -- the grants of its actions -------------------------------------------------------------------------------------


def _to_grant(values: Mapping[str, Any]) -> Values:
    return to_grant(values, but=("action",))


def _add_grant(actor: Actor, file_id: int, values: Values) -> Any:
    title = folded_title(values["action"])
    named = [one for one in live_actions(fetch(TfpbFile, file_id)) if folded_title(one.title) == title]
    if len(named) != 1:
        message = f"Action : « {values['action']} » trouvé ; le nom d’une seule action du dossier est attendu."
        raise Invalid(FieldError("action", "unknown_reference", message, values["action"]))
    action: Action = named[0]
    return commands.add_grant(actor, action.id, _to_grant(values))


def _update_grant(actor: Actor, grant_id: int, version: int | None, values: Values) -> Any:
    return funding.update_grant(actor, grant_id, version, _to_grant(values))


def _restore_grant(actor: Actor, grant_id: int, version: int | None, values: Values, reason: str) -> Any:
    return funding.restore_grant(actor, grant_id, version, _to_grant(values), reason)


# -- participation and baseline ------------------------------------------------------------------------------------


def _restore_participation(actor: Actor, number: int, version: int | None, values: Values, reason: str) -> Any:
    return commands.update_participation(actor, number, version, values)


def _restore_baseline(actor: Actor, number: int, version: int | None, values: Values, reason: str) -> Any:
    return commands.update_baseline(actor, number, version, values)


WRITERS = {
    sheets.FILE: Writer(TfpbFileSchema(), _no_new_file, commands.update_file, _no_archive, _restore_file),
    sheets.ACTIONS: Writer(
        ActionSchema(), _add_action, commands.update_action, commands.archive_action, _restore_action
    ),
    sheets.FUNDING: Writer(
        sheets.OtherFundingSchema(), _add_grant, _update_grant, funding.archive_grant, _restore_grant
    ),
    sheets.PARTICIPATION: Writer(
        ParticipationSchema(),
        commands.add_participation,
        commands.update_participation,
        commands.archive_participation,
        _restore_participation,
    ),
    sheets.BASELINE: Writer(
        BaselineSchema(),
        commands.add_baseline,
        commands.update_baseline,
        commands.archive_baseline,
        _restore_baseline,
    ),
}
