"""The balance sheet as a document: its printable page and its PDF, live and frozen."""

from flask import Response, make_response, url_for

from tracker.balance import document
from tracker.balance.pages.blueprint import EDITION, YEAR, pages
from tracker.balance.queries import records
from tracker.web import pdf
from tracker.web.shell import actor
from tracker.workbooks.about import attachment


@pages.get(f"{YEAR}/imprimer")
def live_document(code: str, year: int) -> Response:
    printed, reason = document.live(actor(), code, year), pdf.missing()
    address = None if reason else url_for(".live_pdf", code=code, year=year)
    return _page(printed, url_for(".sheet_page", code=code, year=year), address, reason)


@pages.get(f"{EDITION}/imprimer")
def edition_document(code: str, year: int, number: int) -> Response:
    edition = records.readable_edition(actor(), code, year, number)
    address = url_for(".edition_pdf", code=code, year=year, number=number) if edition.pdf_sha256 else None
    reason = None if address else "Cette édition a été arrêtée sans PDF."
    back = url_for(".edition_page", code=code, year=year, number=number)
    return _page(document.frozen_already(edition), back, address, reason)


def _page(printed: document.Printed, back: str, pdf_url: str | None, pdf_missing: str | None) -> Response:
    html = document.written(
        printed,
        lambda filename: url_for("static", filename=filename),
        home="",
        back=back,
        pdf_url=pdf_url,
        pdf_missing=pdf_missing,
    )
    return make_response(html)


@pages.get(f"{YEAR}/bilan.pdf")
def live_pdf(code: str, year: int) -> Response:
    content, name = document.live_file(actor(), code, year)
    return Response(content, headers=attachment(name, pdf.MIME))


@pages.get(f"{EDITION}/bilan.pdf")
def edition_pdf(code: str, year: int, number: int) -> Response:
    content, name = document.edition_file(records.readable_edition(actor(), code, year, number))
    return Response(content, headers=attachment(name, pdf.MIME))
