"""Recording what a meeting decided; a carry-over granted is written in its file in the same transaction."""

from typing import Any

from tracker import clock
from tracker.balance.models import Decision, Edition, Meeting
from tracker.balance.queries import decisions, records
from tracker.balance.rules import (
    DECISION_FIELDS,
    DECISION_KINDS,
    carry_over_year_errors,
    decision_errors,
    edition_errors,
    fixed_errors,
    meeting_name,
)
from tracker.history.commands import Writing, fetch, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.territory.models import City, Landlord
from tracker.tfpb.commands.carry_over import archive_carry_over, grant_carry_over
from tracker.tfpb.models import TfpbFile


def decision_name(decision: Decision) -> str:
    """How a decision is called: « Complément demandé (COPIL du 18/06/2026) »."""
    return f"{DECISION_KINDS[decision.kind]} ({meeting_name(decision.meeting.kind, decision.meeting.held_on)})"


def record_decision(actor: Actor, meeting_id: int, values: dict[str, Any]) -> Decision:
    """Record what a meeting that was held decided; naming a file names its landlord.

    Raises NotReadable, Forbidden, Conflict while the meeting is to come or archived or when the file admits no
    carry-over yet, Invalid when a field is missing, out of place or names what is not of the contract.
    """
    with Writing(actor) as write:
        records.hold_meeting(meeting_id)
        meeting: Meeting = fetch(Meeting, meeting_id)
        write.require("record_decision", Scope(meeting.contract_id))
        _refuse_unheld(meeting)
        file = _named_file(meeting, values)
        if file is not None:
            values = values | {"landlord_id": file.convention.landlord_id}
        errors = decision_errors(values, meeting.held_on, clock.today())
        if file is not None and values["kind"] == "carry_over":
            errors += carry_over_year_errors(file.year, meeting.held_on)
        if errors:
            raise Invalid(errors)
        _check_names(meeting, values)
        decision = Decision(meeting=meeting, **values)
        if decision.kind == "carry_over" and file is not None:
            granted = {"amount": decision.amount, "decided_on": meeting.held_on, "reason": decision.subject}
            decision.carry_over_id = grant_carry_over(actor, file.id, granted).id
        write.add(decision, decisions.scope_of(decision), label=decision_name(decision))
    return decision


def _refuse_unheld(meeting: Meeting) -> None:
    if meeting.archived_at is not None:
        raise Conflict("locked", "Cette réunion est archivée : elle ne décide plus de rien.")
    if meeting.held_on > clock.today():
        message = (
            f"La réunion se tient le {meeting.held_on:%d/%m/%Y} : ses décisions s’enregistrent à partir de ce jour."
        )
        raise Conflict("transition_not_allowed", message)


def _not_of_the_contract(field: str, number: int) -> Invalid:
    message = f"{DECISION_FIELDS[field]} : aucun élément n° {number} n’existe dans ce contrat."
    return Invalid(FieldError(field, "unknown_reference", message, number))


def _named_file(meeting: Meeting, values: dict[str, Any]) -> TfpbFile | None:
    number = values.get("file_id")
    if number is None:
        return None
    file: TfpbFile = referenced(TfpbFile, number, "file_id", DECISION_FIELDS["file_id"])
    if file.convention.contract_id != meeting.contract_id:
        raise _not_of_the_contract("file_id", number)
    if values.get("landlord_id") not in (None, file.convention.landlord_id):
        message = "Bailleur : le dossier nommé est celui d’un autre bailleur."
        raise Invalid(FieldError("landlord_id", "invalid", message, values["landlord_id"]))
    return file


def _check_names(meeting: Meeting, values: dict[str, Any]) -> None:
    """The edition, the landlord and the city a decision names are the contract's own; the edition existed by then."""
    number = values.get("edition_id")
    if number is not None:
        edition: Edition = referenced(Edition, number, "edition_id", DECISION_FIELDS["edition_id"])
        if edition.contract_id != meeting.contract_id:
            raise _not_of_the_contract("edition_id", number)
        errors = edition_errors(number, edition.meeting.held_on, meeting.held_on)
        if errors:
            raise Invalid(errors)
    for field, model, named in (
        ("landlord_id", Landlord, decisions.named_landlords),
        ("city_id", City, decisions.named_cities),
    ):
        number = values.get(field)
        if number is not None:
            referenced(model, number, field, DECISION_FIELDS[field])
            if all(one.id != number for one in named(meeting.contract)):
                raise _not_of_the_contract(field, number)


def _writable(write: Writing, decision_id: int, version: int | None) -> Decision:
    decision = decisions.held_decision(decision_id)
    write.require("record_decision", decisions.scope_of(decision))
    write.check_version(decision, version)
    if decision.archived_at is not None:
        raise Conflict("locked", "Cette décision est archivée : elle ne peut plus changer.")
    return decision


def update_decision(actor: Actor, decision_id: int, version: int | None, values: dict[str, Any]) -> Decision:
    """Correct the words or the day of a decision, or say since when it is done (``done_on``; None takes it back).

    What it is and whom it names stay. Raises NotReadable, Forbidden, Stale, Conflict when archived, Invalid.
    """
    with Writing(actor) as write:
        decision = _writable(write, decision_id, version)
        stands = {name: getattr(decision, name) for name in DECISION_FIELDS}
        errors = fixed_errors(stands, values) or decision_errors(
            stands | values, decision.meeting.held_on, clock.today()
        )
        if errors:
            raise Invalid(errors)
        done = values.get("done_on") is not None and decision.done_on is None
        scope = decisions.scope_of(decision)
        write.change(decision, values, scope, verb="done" if done else "update", label=decision_name(decision))
    return decision


def archive_decision(actor: Actor, decision_id: int, version: int | None, reason: str) -> Decision:
    """Take back a decision recorded by mistake, with a reason; the carry-over it granted goes with it."""
    with Writing(actor) as write:
        decision = _writable(write, decision_id, version)
        if decision.carry_over is not None and decision.carry_over.archived_at is None:
            archive_carry_over(actor, decision.carry_over.id, None, reason)
        write.archive(decision, reason, decisions.scope_of(decision), label=decision_name(decision))
    return decision
