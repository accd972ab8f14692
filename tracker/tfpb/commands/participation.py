"""Writing the moments of residents' participation of a file."""

from typing import Any

from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, Invalid
from tracker.tfpb import rules
from tracker.tfpb.commands.files import editable_file, parent
from tracker.tfpb.models import Participation, TfpbFile
from tracker.tfpb.queries.files import scope_of


def _stage(moment: Participation) -> str:
    return f"{rules.STAGES[moment.stage]}, {moment.held_on:%d/%m/%Y}"


def _check(file: TfpbFile, values: dict[str, Any]) -> None:
    errors = rules.held_on_errors(values["held_on"], file.year) if "held_on" in values else []
    if errors:
        raise Invalid(errors)


def add_participation(actor: Actor, file_id: int, values: dict[str, Any]) -> Participation:
    """Record a moment of residents' participation."""
    with Writing(actor) as write:
        file = editable_file(write, file_id)
        _check(file, values)
        moment = Participation(file_id=file.id, **values)
        write.add(moment, scope_of(file), label=_stage(moment), parent=parent(file))
    return moment


def _writable_participation(write: Writing, participation_id: int, version: int | None) -> Participation:
    moment: Participation = fetch(Participation, participation_id)
    editable_file(write, moment.file_id)
    write.check_version(moment, version)
    if moment.archived_at is not None:
        raise Conflict("locked", "Ce moment de participation est archivé : il ne peut plus changer.")
    return moment


def update_participation(
    actor: Actor, participation_id: int, version: int | None, values: dict[str, Any]
) -> Participation:
    """Change the fields named."""
    with Writing(actor) as write:
        moment = _writable_participation(write, participation_id, version)
        _check(moment.file, values)
        write.change(moment, values, scope_of(moment.file), label=_stage(moment), parent=parent(moment.file))
    return moment


def archive_participation(actor: Actor, participation_id: int, version: int | None, reason: str) -> Participation:
    """Take a moment of participation out of the file, with a reason."""
    with Writing(actor) as write:
        moment = _writable_participation(write, participation_id, version)
        write.archive(moment, reason, scope_of(moment.file), label=_stage(moment), parent=parent(moment.file))
    return moment
