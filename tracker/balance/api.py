"""REST: meetings; the balance sheet of a contract-year, its workbook, its frozen editions."""

from typing import Any

from flask import Response
from flask.views import MethodView

from tracker.api.parsing import ListArguments, Reason
from tracker.api.shell import ID, PREFIX, Blueprint, actor, created, expected_version, one, paged
from tracker.balance import commands, workbook
from tracker.balance.queries import records
from tracker.balance.queries.content import canonical
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.schemas import (
    BalanceSheetSchema,
    EditionSchema,
    FreezeSchema,
    MeetingArguments,
    MeetingSchema,
)
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.workbooks.about import MIME, attachment

meetings = Blueprint("meetings", __name__, "Réunions")
sheets = Blueprint("balance_sheets", __name__, "Bilan TFPB et éditions arrêtées")
BLUEPRINTS = (meetings, sheets)

JSON = "application/json"
SHEET = f"/contracts/<code>/balance-sheets/<{ID}:year>"


@meetings.route("/meetings")
class Meetings(MethodView):
    @meetings.arguments(MeetingArguments, location="query")
    @meetings.response(200, MeetingSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Any:
        return paged(records.meetings(actor(), arguments), arguments)

    @meetings.arguments(MeetingSchema)
    @meetings.response(201, MeetingSchema)
    def post(self, values: dict[str, Any]) -> Any:
        meeting = commands.create_meeting(actor(), values)
        return created(meeting, f"{PREFIX}/meetings/{meeting.id}")


@meetings.route(f"/meetings/<{ID}:meeting_id>")
class MeetingItem(MethodView):
    @meetings.response(200, MeetingSchema)
    def get(self, meeting_id: int) -> Any:
        return one(records.readable_meeting(actor(), meeting_id))

    @meetings.arguments(MeetingSchema(partial=True))
    @meetings.response(200, MeetingSchema)
    def patch(self, values: dict[str, Any], meeting_id: int) -> Any:
        return one(commands.update_meeting(actor(), meeting_id, expected_version(), values))


@meetings.route(f"/meetings/<{ID}:meeting_id>/archive", methods=["POST"])
@meetings.arguments(Reason)
@meetings.response(200, MeetingSchema)
def archive_meeting(values: dict[str, Any], meeting_id: int) -> Any:
    return one(commands.archive_meeting(actor(), meeting_id, expected_version(), values["reason"]))


@meetings.route(f"/meetings/<{ID}:meeting_id>/history")
@meetings.response(200, HistoryLine(many=True))
def meeting_history(meeting_id: int) -> Any:
    return item_history("meeting", records.readable_meeting(actor(), meeting_id).id)


@sheets.route(SHEET)
@sheets.response(200, BalanceSheetSchema)
def live_sheet(code: str, year: int) -> Response:
    return Response(canonical(balance_sheet(actor(), code, year)), content_type=JSON)


@sheets.route(f"{SHEET}.xlsx")
@sheets.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def live_workbook(code: str, year: int) -> Response:
    content, name = workbook.live_file(actor(), code, year)
    return Response(content, headers=attachment(name))


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
    # The very text that was frozen: its SHA-256 is the one the list of editions gives.
    return Response(edition.content, content_type=JSON, headers={"ETag": f'"{edition.content_sha256}"'})


@sheets.route(f"{SHEET}/editions/<{ID}:number>.xlsx")
@sheets.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def frozen_workbook(code: str, year: int, number: int) -> Response:
    content, name = workbook.edition_file(records.readable_edition(actor(), code, year, number))
    return Response(content, headers=attachment(name))
