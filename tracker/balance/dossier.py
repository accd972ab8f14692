"""What a meeting is invited with, in one archive: the sheet it looks at, its agenda, the points still open."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app

from tracker import clock, policy
from tracker.balance import columns, document, workbook
from tracker.balance.models import Edition, Meeting
from tracker.balance.queries import decisions, records
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.sheet import OWN, balance_sheet
from tracker.balance.rules import DECISION_KINDS, SEVERITIES, meeting_name, report_year
from tracker.policy import Actor
from tracker.tfpb.rules import TURNS
from tracker.tfpb.rules.board import TO_OPEN
from tracker.web.pdf import PdfUnavailable

MIME = "application/zip"
# The oldest day a zip can tell: the archive of the same contents is the same to the byte, whenever it is asked for.
NO_DAY = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


@dataclass(frozen=True)
class OpenFile:
    """A file that is due and not transmitted: its city and landlord, what it lacks, whose turn it is."""

    name: str
    missing: str
    turn: str


def dossier_file(actor: Actor, meeting_id: int) -> tuple[bytes, str]:
    """The archive of a meeting the actor is a member for, and its name; raises NotReadable.

    It holds the editions frozen for the meeting as they were kept; without any, the live workbook and PDF of the year
    it looks at. The open points are those of the live sheet: a landlord's dossier shows its own lines alone.
    """
    meeting = records.readable_meeting(actor, meeting_id)
    policy.require(actor, "read_edition", records.scope_of(meeting))
    editions = records.whole_editions_of(meeting)
    year = _year(meeting, editions)
    # Read once: its files and its open points tell the same state.
    sheet = balance_sheet(actor, meeting.contract.code, year, with_actions=not editions, with_beside=not editions)
    parts = list(_frozen(editions) if editions else _live(sheet, actor.name))
    pages = _pages(actor, meeting, sheet, [name for name, _ in parts])
    stem = f"dossier-{meeting.contract.code}-{meeting.kind}-{meeting.held_on}"
    return _archive([*pages, *parts]), f"{stem}{'' if editions else _provisional()}.zip"


def _provisional() -> str:
    return f"-PROVISOIRE-{clock.today()}"


def _year(meeting: Meeting, editions: Any) -> int:
    if editions:
        return int(editions[-1].year)
    return report_year(meeting.held_on, meeting.contract.first_year, meeting.contract.last_year)


def _frozen(editions: Any) -> Iterator[tuple[str, bytes]]:
    edition: Edition
    for edition in editions:
        content, name = workbook.edition_file(edition)
        yield name, content
        if edition.pdf is not None:
            content, printed = document.edition_file(edition)
            yield printed, content
        require_sound(edition, "content")
        yield f"{name.removesuffix('.xlsx')}.json", edition.content.encode()


def _live(sheet: BalanceSheet, author: str) -> Iterator[tuple[str, bytes]]:
    for written in (workbook.live_file_of, document.live_file_of):
        try:
            content, name = written(sheet, author)
        except PdfUnavailable:
            continue  # the open points and the workbook are enough for a meeting
        yield name, content


def _pages(actor: Actor, meeting: Meeting, sheet: BalanceSheet, enclosed: list[str]) -> Iterator[tuple[str, bytes]]:
    """The agenda and the open points, as pages that open and print without a network."""
    shown = {
        "meeting": meeting,
        "name": meeting_name(meeting.kind, meeting.held_on),
        "year": sheet.year,
        "enclosed": enclosed,
        "own": sheet.scope == OWN,
        "severities": SEVERITIES,
        "checks": [check for check in sheet.checks if not check.ok],
        "files": [_open_file(line) for line in sheet.completeness if line.status != "transmitted"],
        "decisions": [
            decision
            for decision in decisions.open_decisions(actor, meeting.contract_id)
            if decision.meeting_id != meeting.id and decision.meeting.held_on <= meeting.held_on
        ],
        "about": columns.named_by,
        "kinds": DECISION_KINDS,
        "meeting_name": meeting_name,
        "today": clock.today(),
    }
    # A document, not a page: nothing of the shell around it.
    template = current_app.jinja_env.get_template("balance/dossier.html")
    for part, file_name in (
        ("agenda", "1-ordre-du-jour.html"),
        ("points", f"2-points-ouverts{_provisional()}.html"),
    ):
        yield file_name, template.render(part=part, **shown).encode()


def _open_file(line: Any) -> OpenFile:
    turn = TURNS[line.status] if line.status else TO_OPEN
    return OpenFile(f"{line.city.name}, {line.landlord.name}", columns.missing_words(line), turn.sentence(yours=False))


def _archive(parts: list[tuple[str, bytes]]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, NO_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, READABLE
            archive.writestr(entry, content)
    return written.getvalue()
