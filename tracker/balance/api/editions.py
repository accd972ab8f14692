"""REST: the frozen editions of a balance sheet."""

from typing import Any

from flask import Response
from flask.views import MethodView

from tracker.api.parsing import ListArguments
from tracker.api.shell import ID, PREFIX, actor, created, paged
from tracker.balance import commands, workbook
from tracker.balance.api.blueprints import JSON, SHEET, sheets
from tracker.balance.queries import records
from tracker.balance.queries.integrity import require_sound
from tracker.balance.schemas import (
    BalanceSheetSchema,
    EditionSchema,
    FreezeSchema,
)
from tracker.workbooks.about import MIME, attachment


@sheets.route(f"{SHEET}/editions")
class Editions(MethodView):
    @sheets.arguments(ListArguments, location="query")
    @sheets.response(200, EditionSchema(many=True))
    def get(self, arguments: dict[str, Any], code: str, year: int) -> Any:
        return paged(records.editions(actor(), code, year, arguments), arguments)

    @sheets.arguments(FreezeSchema)
    @sheets.response(201, EditionSchema)
    def post(self, values: dict[str, Any], code: str, year: int) -> Any:
        edition = commands.freeze_edition(actor(), code, year, values["meeting_id"], values.get("reason"))
        address = f"{PREFIX}/contracts/{code}/balance-sheets/{year}/editions/{edition.number}"
        return created(edition, address, version=1)


@sheets.route(f"{SHEET}/editions/<{ID}:number>")
@sheets.response(200, BalanceSheetSchema)
def frozen_sheet(code: str, year: int, number: int) -> Response:
    edition = records.readable_edition(actor(), code, year, number)
    require_sound(edition, "content")
    # The very text that was frozen: its SHA-256 is the one the list of editions gives.
    return Response(edition.content, content_type=JSON, headers={"ETag": f'"{edition.content_sha256}"'})


@sheets.route(f"{SHEET}/editions/<{ID}:number>.xlsx")
@sheets.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def frozen_workbook(code: str, year: int, number: int) -> Response:
    content, name = workbook.edition_file(records.readable_edition(actor(), code, year, number))
    return Response(content, headers=attachment(name))
