"""Writing meetings, and freezing an edition of the balance sheet for one of them."""

import hashlib
from datetime import datetime
from typing import Any

from tracker import clock
from tracker.balance import workbook
from tracker.balance.models import Edition, EditionFile, Meeting
from tracker.balance.queries import programme, records
from tracker.balance.queries.content import BalanceSheet, EditionRef, MeetingRef, canonical
from tracker.balance.queries.sheet import compose, contract_by_code
from tracker.balance.rules import MEETING_KINDS, open_errors
from tracker.extensions import db
from tracker.history.commands import Writing, fetch, plain, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.territory.models import Contract
from tracker.tfpb.commands.files import freeze_files

# -- meetings ------------------------------------------------------------------------------------------------------


def name_of(meeting: Meeting) -> str:
    """How a meeting is called: « COPIL du 18/06/2026 »."""
    return f"{MEETING_KINDS[meeting.kind]} du {meeting.held_on:%d/%m/%Y}"


def create_meeting(actor: Actor, values: dict[str, Any]) -> Meeting:
    """Plan or record a meeting of a contract."""
    with Writing(actor) as write:
        contract: Contract = referenced(Contract, values["contract_id"], "contract_id", "Contrat")
        scope = Scope(contract.id)
        write.require("edit_meeting", scope)
        meeting = Meeting(**values)
        write.add(meeting, scope, label=name_of(meeting))
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
        write.change(meeting, values, records.scope_of(meeting), label=name_of(meeting))
    return meeting


def archive_meeting(actor: Actor, meeting_id: int, version: int | None, reason: str) -> Meeting:
    """Archive a meeting; one that an edition was frozen for stays."""
    with Writing(actor) as write:
        meeting = _writable(write, meeting_id, version)
        if records.has_editions(meeting):
            raise Conflict(
                "locked", "Une édition du bilan a été arrêtée pour cette réunion : elle ne peut être archivée."
            )
        write.archive(meeting, reason, records.scope_of(meeting), label=name_of(meeting))
    return meeting


# -- editions ------------------------------------------------------------------------------------------------------


def freeze_edition(
    actor: Actor, code: str, year: int, meeting_id: int, reason: str | None = None, *, at: datetime | None = None
) -> Edition:
    """Freeze the balance sheet for a meeting: its content and its workbook kept byte for byte, its files locked.

    ``reason`` is expected when an error-level check is open, else Conflict ``open_errors``. ``at`` (UTC) is for the
    command line, which replays what happened. Raises NotReadable, Forbidden, Invalid on a meeting of another contract.
    """
    with Writing(actor) as write:
        contract = contract_by_code(code, year)
        scope = Scope(contract.id)
        write.require("freeze_balance", scope)
        meeting = _meeting_of(contract, meeting_id)
        counted = records.hold_counted_files(contract.id, year)
        ref = EditionRef(
            number=records.next_number(contract.id, year),
            frozen_at=at or clock.now(),
            frozen_by=actor.name,
            reason=reason or None,
            meeting=MeetingRef(meeting.id, meeting.kind, meeting.held_on, meeting.place),
        )
        sheet = compose(contract, year, lambda seen: seen.open_to_readers, edition=ref)
        _refuse_open_errors(sheet)
        content = canonical(sheet)
        planned = programme.programme_of(contract, year + 1, frozen=True)
        written = workbook.balance_workbook(sheet, planned, workbook.about_edition(sheet))
        edition = Edition(
            contract_id=contract.id,
            year=year,
            number=ref.number,
            meeting_id=meeting.id,
            frozen_at=ref.frozen_at,
            frozen_by=ref.frozen_by,
            reason=ref.reason,
            content=content,
            content_sha256=hashlib.sha256(content.encode()).hexdigest(),
            workbook=written,
            workbook_sha256=hashlib.sha256(written).hexdigest(),
        )
        db.session.add(edition)
        db.session.flush()
        db.session.add_all(EditionFile(edition_id=edition.id, file_id=file_id) for file_id in counted)
        label = f"Bilan {year}, édition n° {ref.number} ({name_of(meeting)})"
        told = ("year", "number", "meeting_id", "reason", "content_sha256", "workbook_sha256")
        changes = {name: [None, plain(getattr(edition, name))] for name in told if getattr(edition, name) is not None}
        write.tell(edition, "freeze", {**changes, "files": [None, len(counted)]}, scope, label=label)
        freeze_files(write, counted, label)
    return edition


def _meeting_of(contract: Contract, meeting_id: int) -> Meeting:
    meeting: Meeting = referenced(Meeting, meeting_id, "meeting_id", "Réunion")
    if meeting.contract_id != contract.id:
        message = f"Réunion : aucun élément n° {meeting_id} n’existe dans ce contrat."
        raise Invalid(FieldError("meeting_id", "unknown_reference", message, meeting_id))
    return meeting


def _refuse_open_errors(sheet: BalanceSheet) -> None:
    blocking = open_errors(sheet.checks)
    if blocking and sheet.edition is not None and not sheet.edition.reason:
        more = f" (et {len(blocking) - 1} autre{'s' if len(blocking) > 2 else ''})" if len(blocking) > 1 else ""
        message = (
            f"Un contrôle bloquant est ouvert : {blocking[0].message}{more} "
            "Corrigez, ou arrêtez l’édition en donnant un motif."
        )
        raise Conflict("open_errors", message)
