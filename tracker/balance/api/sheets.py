"""REST: the balance sheet of a contract-year, live, and its workbook."""

from flask import Response

from tracker.api.shell import actor
from tracker.balance import workbook
from tracker.balance.api.blueprints import JSON, SHEET, sheets
from tracker.balance.queries.content import canonical
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.schemas import (
    BalanceSheetSchema,
)
from tracker.workbooks.about import MIME, attachment


@sheets.route(SHEET)
@sheets.response(200, BalanceSheetSchema)
def live_sheet(code: str, year: int) -> Response:
    return Response(canonical(balance_sheet(actor(), code, year)), content_type=JSON)


@sheets.route(f"{SHEET}.xlsx")
@sheets.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def live_workbook(code: str, year: int) -> Response:
    content, name = workbook.live_file(actor(), code, year)
    return Response(content, headers=attachment(name))
