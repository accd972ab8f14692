"""Writing meetings."""

from typing import Any

from tracker.balance.models import Meeting
from tracker.balance.queries import decisions, records
from tracker.balance.rules import meeting_name
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
    meeting: Meeting = fetch(Meeting, meeting_id)
    write.require("edit_meeting", records.scope_of(meeting))
    write.check_version(meeting, version)
    if meeting.archived_at is not None:
        raise Conflict("locked", "Cette réunion est archivée : elle ne peut plus changer.")
    return meeting


def update_meeting(actor: Actor, meeting_id: int, version: int | None, values: dict[str, Any]) -> Meeting:
    """Change the fields named; a meeting stays in its contract."""
    with Writing(actor) as write:
        meeting = _writable(write, meeting_id, version)
        if values.get("contract_id", meeting.contract_id) != meeting.contract_id:
            message = "Contrat : une réunion ne change pas de contrat."
            raise Invalid(FieldError("contract_id", "invalid", message, values["contract_id"]))
        write.change(meeting, values, records.scope_of(meeting), label=meeting_name(meeting.kind, meeting.held_on))
    return meeting


def archive_meeting(actor: Actor, meeting_id: int, version: int | None, reason: str) -> Meeting:
    """Archive a meeting; one that an edition was frozen for, or that decided something, stays."""
    with Writing(actor) as write:
        meeting = _writable(write, meeting_id, version)
        if records.has_editions(meeting):
            raise Conflict(
                "locked", "Une édition du bilan a été arrêtée pour cette réunion : elle ne peut être archivée."
            )
        if decisions.has_decisions(meeting):
            raise Conflict("locked", "Une décision de cette réunion est enregistrée : elle ne peut être archivée.")
        write.archive(meeting, reason, records.scope_of(meeting), label=meeting_name(meeting.kind, meeting.held_on))
    return meeting
