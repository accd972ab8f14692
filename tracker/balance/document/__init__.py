"""The balance sheet as a document to hand out: a printable page, and the same page as a PDF.

Written from one ``BalanceSheet`` and what says where it comes from: an edition's can be written again from its JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app

from tracker.balance import columns
from tracker.balance.document import charts, tables
from tracker.balance.essentials import essentials
from tracker.balance.models import Edition
from tracker.balance.queries.content import BalanceSheet, fingerprint, read_sheet
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.sheet import OWN, balance_sheet
from tracker.balance.rules import meeting_name, open_errors
from tracker.balance.workbook import FILE_WORD, TITLE, about_edition, about_live, edition_file_name
from tracker.policy import Actor, NotReadable
from tracker.web import pdf
from tracker.workbooks.about import About, file_name

TEMPLATE: Final = "balance/document.html"


@dataclass(frozen=True)
class Printed:
    """What is printed: a sheet, where it comes from, and the SHA-256 of its frozen content (None while it is live)."""

    sheet: BalanceSheet
    about: About
    digest: str | None = None


def live(actor: Actor, code: str, year: int) -> Printed:
    """The live sheet, provisional; raises NotReadable."""
    sheet = balance_sheet(actor, code, year)
    return Printed(sheet, about_live(sheet, actor.name))


def frozen(sheet: BalanceSheet) -> Printed:
    """A sheet about to be frozen."""
    return Printed(sheet, about_edition(sheet), fingerprint(sheet))


def frozen_already(edition: Edition) -> Printed:
    """An edition, from the content it keeps."""
    sheet = read_sheet(edition.content)
    return Printed(sheet, about_edition(sheet), edition.content_sha256)


def written(printed: Printed, address: Callable[[str], str], home: str | None = None, **screen: Any) -> str:
    """The document's HTML. ``address`` gives the address of a static file; ``screen`` what the page alone shows.

    ``home``: what the addresses of our own pages begin with, for what must be mended. An edition leads nowhere: it is
    printed again from its content, wherever that is, and its readers change.
    """
    template = current_app.jinja_env.get_template(TEMPLATE)
    live_home = home if printed.sheet.edition is None else None
    return template.render(static=address, home=live_home, **_drawn(printed), **screen)


def pdf_of(printed: Printed) -> bytes:
    """The document's PDF: the same sheet and origin give the same bytes; raises PdfUnavailable."""
    html = written(printed, lambda name: pdf.STATIC + name, current_app.config["PUBLIC_URL"])
    return pdf.write_pdf(html, printed.digest or fingerprint(printed.sheet))


def live_file(actor: Actor, code: str, year: int) -> tuple[bytes, str]:
    """The live PDF and its file name, « PROVISOIRE »; raises NotReadable, PdfUnavailable."""
    return live_file_of(balance_sheet(actor, code, year), actor.name)


def live_file_of(sheet: BalanceSheet, author: str) -> tuple[bytes, str]:
    """The PDF of a live sheet already read, for ``author``, and its file name; raises PdfUnavailable."""
    printed = Printed(sheet, about_live(sheet, author))
    name = file_name(FILE_WORD, str(sheet.contract.code), str(sheet.year), about=printed.about, extension="pdf")
    return pdf_of(printed), name


def edition_file(edition: Edition) -> tuple[bytes, str]:
    """A frozen PDF, byte for byte, and its file name.

    Raises NotReadable when the edition was frozen without one, Conflict ``altered`` when it changed since.
    """
    require_sound(edition, "pdf")
    if edition.pdf is None:
        raise NotReadable("Cette édition a été arrêtée sans PDF : sa page imprimable en tient lieu.")
    return edition.pdf, edition_file_name(edition, "pdf")


# -- what the template draws ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A numbered part of the document, and its template in ``balance/document/``."""

    id: str
    title: str
    landscape: bool = False

    @property
    def template(self) -> str:
        """Where it is drawn."""
        return f"balance/document/{self.id}.html"


def parts(sheet: BalanceSheet) -> list[Part]:
    """The parts of this sheet's document, in their order: a part without an object is left out."""
    listed = [
        Part("essentials", "L’essentiel"),
        Part("landlords", "Par bailleur"),
        Part("cities", "Par ville"),
        Part("neighbourhoods", "Par quartier") if len(sheet.by_neighbourhood) > 1 else None,
        Part("axes", "Par axe du cadre national"),
        Part("priorities", "Par priorité du contrat"),
        Part("sources", "Autres financements, par source"),
        Part("previous", f"De {sheet.year - 1} à {sheet.year}") if sheet.previous else None,
        Part("years", "Les années du contrat") if sheet.by_year else None,
        Part("participation", "Participation des habitants"),
        Part("investment", "Investissement", landscape=bool(sheet.investment.projects)) if sheet.investment else None,
        Part("evaluation", "Évaluation de l’année"),
        Part("checks", "Contrôles"),
        Part("definitions", "Définitions et repères"),
        Part("actions", "Liste des actions", landscape=True),
        Part("programme", f"Programme {sheet.year + 1}"),
        Part("annexes", "Annexes"),
    ]
    return [part for part in listed if part is not None]


def _drawn(printed: Printed) -> dict[str, Any]:
    sheet = printed.sheet
    definitions = columns.whole_definitions(sheet)
    return {
        "sheet": sheet,
        "about": printed.about,
        "digest": printed.digest,
        "title": TITLE.format(sheet.year),
        "own": sheet.scope == OWN,
        "parts": parts(sheet),
        "meeting_name": meeting_name,
        "columns": columns,
        "tables_of": tables,
        "charts": charts,
        "essentials": essentials(sheet),
        "totals": columns.totals_of(sheet),
        "definitions": definitions,
        "defined": frozenset(key for key, _, _ in definitions),
        "heard": columns.heard_by_file(sheet),
        "blocking": open_errors(sheet.checks),
        "to_mend": sum(not check.ok for check in sheet.checks),
        "received": columns.received(sheet),
    }
