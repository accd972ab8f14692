"""Freezing an edition of the balance sheet for a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker import clock
from tracker.balance import document, workbook
from tracker.balance.models import Edition, EditionFile, Meeting
from tracker.balance.queries import records
from tracker.balance.queries.content import BalanceSheet, EditionRef, MeetingRef, canonical
from tracker.balance.queries.sheet import contract_by_code, whole_sheet
from tracker.balance.rules import meeting_name, open_errors
from tracker.balance.rules.integrity import digest
from tracker.extensions import db
from tracker.history.commands import Writing, plain, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.territory.models import Contract
from tracker.tfpb.commands.files import freeze_files
from tracker.web.pdf import PdfUnavailable

# How many times an edition whose data moved while its files were written is written anew before the writing is done
# under the lock, where nothing moves.
_TRIES = 2


@dataclass(frozen=True)
class _Files:
    """What is kept of an edition byte for byte, and the sheet it was written from; no PDF where none can be."""

    sheet: BalanceSheet
    content: str
    workbook: bytes
    pdf: bytes | None


def freeze_edition(
    actor: Actor, code: str, year: int, meeting_id: int, reason: str | None = None, *, at: datetime | None = None
) -> Edition:
    """Freeze the balance sheet for a meeting: its content, workbook and PDF kept byte for byte, its files locked.

    ``reason`` is expected when an error-level check is open, else Conflict ``open_errors``. ``at`` (UTC) is for the
    command line, which replays what happened. Raises NotReadable, Forbidden, Invalid on a meeting of another contract.
    """
    moment = at or clock.now()
    files: _Files | None = None
    # Workbook and PDF take seconds, and on SQLite a transaction that writes keeps everybody else from writing: they
    # are written between two transactions, and kept only if the second reads the very sheet they were written from.
    for attempt in range(_TRIES + 1):
        with Writing(actor) as write:
            contract = contract_by_code(code, year)
            write.require("freeze_balance", Scope(contract.id))
            meeting = _meeting_of(contract, meeting_id)
            counted = records.hold_counted_files(contract.id, year)
            ref = EditionRef(
                number=records.next_number(contract.id, year),
                frozen_at=moment,
                frozen_by=actor.name,
                reason=reason or None,
                meeting=MeetingRef(meeting.id, meeting.kind, meeting.held_on, meeting.place),
            )
            sheet = whole_sheet(contract, year, ref)
            _refuse_open_errors(sheet)
            if files is not None and files.content != canonical(sheet):
                files = None
            if files is None and attempt == _TRIES:
                files = _written(sheet)
            if files is not None:
                return _kept(write, contract, meeting, files, counted)
        files = _written(sheet)
    raise AssertionError("the last attempt keeps what it wrote")


def _written(sheet: BalanceSheet) -> _Files:
    book = workbook.balance_workbook(sheet, workbook.about_edition(sheet))
    try:
        printed = document.pdf_of(document.frozen(sheet))
    except PdfUnavailable:
        printed = None
    return _Files(sheet, canonical(sheet), book, printed)


def _kept(write: Writing, contract: Contract, meeting: Meeting, files: _Files, counted: Sequence[int]) -> Edition:
    ref = files.sheet.edition
    if ref is None:
        raise ValueError("a live sheet is no edition")
    year = files.sheet.year
    edition = Edition(
        contract_id=contract.id,
        year=year,
        number=ref.number,
        meeting_id=meeting.id,
        frozen_at=ref.frozen_at,
        frozen_by=ref.frozen_by,
        reason=ref.reason,
        content=files.content,
        content_sha256=digest(files.content),
        workbook=files.workbook,
        workbook_sha256=digest(files.workbook),
        pdf=files.pdf,
        pdf_sha256=None if files.pdf is None else digest(files.pdf),
    )
    db.session.add(edition)
    db.session.flush()
    db.session.add_all(EditionFile(edition_id=edition.id, file_id=file_id) for file_id in counted)
    label = f"Bilan {year}, édition n° {ref.number} ({meeting_name(meeting.kind, meeting.held_on)})"
    told = ("year", "number", "meeting_id", "reason", "content_sha256", "workbook_sha256", "pdf_sha256")
    changes = {name: [None, plain(getattr(edition, name))] for name in told if getattr(edition, name) is not None}
    scope = Scope(contract.id)
    write.tell(edition, "freeze", {**changes, "files": [None, len(counted)]}, scope, label=label)
    freeze_files(write, counted, label)
    return edition


def _meeting_of(contract: Contract, meeting_id: int) -> Meeting:
    records.hold_meeting(meeting_id)
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
