"""Writing meetings."""

from typing import Any

from tracker.balance.models import Meeting
from tracker.balance.queries import records
from tracker.balance.rules import KEPT, archive_refusal, kept_refusal, meeting_name
from tracker.history.commands import Writing, fetch, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.territory.models import Contract


def create_meeting(actor: Actor, values: dict[str, Any]) -> Meeting:
    """Plan or record a meeting of a contract."""
    with Writing(actor) as write:
        contract: Contract = referenced(Contract, values["contract_id"], "contract_id", "Contrat")
        scope = Scope(contract.id)
        write.require("edit_meeting", scope)
        meeting = Meeting(**values)
        write.add(meeting, scope, label=meeting_name(meeting.kind, meeting.held_on))
    return meeting


def _writable(write: Writing, meeting_id: int, version: int | None) -> Meeting:
    records.hold_meeting(meeting_id)
    meeting: Meeting = fetch(Meeting, meeting_id)
    write.require("edit_meeting", records.scope_of(meeting))
    write.check_version(meeting, version)
    if meeting.archived_at is not None:
        raise Conflict("locked", "Cette réunion est archivée : elle ne peut plus changer.")
    return meeting


def update_meeting(actor: Actor, meeting_id: int, version: int | None, values: dict[str, Any]) -> Meeting:
    """Change the fields named; a meeting stays in its contract, and keeps its kind and its day once an edition was
    frozen for it or it decided something. Raises NotReadable, Forbidden, Stale, Invalid, Conflict ``locked``."""
    with Writing(actor) as write:
        meeting = _writable(write, meeting_id, version)
        if values.get("contract_id", meeting.contract_id) != meeting.contract_id:
            message = "Contrat : une réunion ne change pas de contrat."
            raise Invalid(FieldError("contract_id", "invalid", message, values["contract_id"]))
        refusal = kept_refusal({name: getattr(meeting, name) for name in KEPT}, values, records.relied_on(meeting))
        if refusal:
            raise Conflict("locked", refusal)
        write.change(meeting, values, records.scope_of(meeting), label=meeting_name(meeting.kind, meeting.held_on))
    return meeting


def archive_meeting(actor: Actor, meeting_id: int, version: int | None, reason: str) -> Meeting:
    """Archive a meeting; one that an edition was frozen for, or that decided something, stays."""
    with Writing(actor) as write:
        meeting = _writable(write, meeting_id, version)
        relied = records.relied_on(meeting)
        if relied:
            raise Conflict("locked", archive_refusal(relied))
        write.archive(meeting, reason, records.scope_of(meeting), label=meeting_name(meeting.kind, meeting.held_on))
    return meeting
