"""Which workbook is handed out, with what it says of itself and the name it is sent under."""

from flask import current_app

from tracker import clock
from tracker.balance.models import Edition
from tracker.balance.queries.content import BalanceSheet, fingerprint
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.sheet import OWN, balance_sheet
from tracker.balance.rules import meeting_name
from tracker.balance.workbook.book import balance_workbook
from tracker.policy import Actor
from tracker.web import formats
from tracker.workbooks.about import About, file_name

FILE_WORD = "bilan-tfpb"
_ORDER = "ville, bailleur, axe"


def about_live(sheet: BalanceSheet, author: str) -> About:
    """The live state of today, provisional."""
    own = (("Périmètre", "les lignes du bailleur"),) if sheet.scope == OWN else ()
    return About(clock.today(), author, source=sheet.contract.name, filters=own, sort=_ORDER)


def about_edition(sheet: BalanceSheet) -> About:
    """A frozen edition: its own date and its content's SHA-256, whoever reads it and whenever."""
    edition = sheet.edition
    if edition is None:
        raise ValueError("a live sheet is no edition")
    day = formats.local(edition.frozen_at).date()
    meeting = meeting_name(edition.meeting.kind, edition.meeting.held_on)
    return About(
        day,
        edition.frozen_by,
        source=sheet.contract.name,
        sort=_ORDER,
        frozen=f"Édition n° {edition.number} arrêtée le {day:%d/%m/%Y} – {meeting}",
        moment=edition.frozen_at,
        fingerprint=fingerprint(sheet),
    )


def live_file(actor: Actor, code: str, year: int) -> tuple[bytes, str]:
    """The live workbook and its file name, « PROVISOIRE »; raises NotReadable."""
    return live_file_of(balance_sheet(actor, code, year), actor.name)


def live_file_of(sheet: BalanceSheet, author: str) -> tuple[bytes, str]:
    """The workbook of a live sheet already read, for ``author``, and its file name."""
    about = about_live(sheet, author)
    name = file_name(FILE_WORD, str(sheet.contract.code), str(sheet.year), about=about)
    return balance_workbook(sheet, about, current_app.config["PUBLIC_URL"]), name


def edition_file(edition: Edition) -> tuple[bytes, str]:
    """A frozen workbook, byte for byte, and its file name; raises Conflict ``altered`` when it changed since."""
    require_sound(edition, "workbook")
    return edition.workbook, edition_file_name(edition, "xlsx")


def edition_file_name(edition: Edition, extension: str) -> str:
    """How a frozen file is called, whichever it is: « bilan-tfpb-CODE-2025-edition-1.pdf »."""
    return f"{FILE_WORD}-{edition.contract.code}-{edition.year}-edition-{edition.number}.{extension}"
