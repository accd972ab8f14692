"""REST: the PDF of a balance sheet, live and frozen."""

from flask import Response

from tracker.api.shell import ID, actor
from tracker.balance import document
from tracker.balance.api.blueprints import SHEET, sheets
from tracker.balance.queries import records
from tracker.web.pdf import MIME
from tracker.workbooks.about import attachment

BINARY = {"type": "string", "format": "binary"}


@sheets.route(f"{SHEET}.pdf")
@sheets.response(200, BINARY, content_type=MIME)
def live_pdf(code: str, year: int) -> Response:
    content, name = document.live_file(actor(), code, year)
    return Response(content, headers=attachment(name, MIME))


@sheets.route(f"{SHEET}/editions/<{ID}:number>.pdf")
@sheets.response(200, BINARY, content_type=MIME)
def frozen_pdf(code: str, year: int, number: int) -> Response:
    content, name = document.edition_file(records.readable_edition(actor(), code, year, number))
    return Response(content, headers=attachment(name, MIME))
