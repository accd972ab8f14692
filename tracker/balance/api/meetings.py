"""REST: meetings, and the dossier of each."""

from typing import Any

from flask import Response
from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one, paged
from tracker.balance import commands, dossier
from tracker.balance.api.blueprints import MEETING, meetings
from tracker.balance.queries import records
from tracker.balance.schemas import (
    MeetingArguments,
    MeetingSchema,
)
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.workbooks.about import attachment


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


@meetings.route(MEETING)
class MeetingItem(MethodView):
    @meetings.response(200, MeetingSchema)
    def get(self, meeting_id: int) -> Any:
        return one(records.readable_meeting(actor(), meeting_id))

    @meetings.arguments(MeetingSchema(partial=True))
    @meetings.response(200, MeetingSchema)
    def patch(self, values: dict[str, Any], meeting_id: int) -> Any:
        return one(commands.update_meeting(actor(), meeting_id, expected_version(), values))


@meetings.route(f"{MEETING}/archive", methods=["POST"])
@meetings.arguments(Reason)
@meetings.response(200, MeetingSchema)
def archive_meeting(values: dict[str, Any], meeting_id: int) -> Any:
    return one(commands.archive_meeting(actor(), meeting_id, expected_version(), values["reason"]))


@meetings.route(f"{MEETING}/history")
@meetings.response(200, HistoryLine(many=True))
def meeting_history(meeting_id: int) -> Any:
    return item_history("meeting", records.readable_meeting(actor(), meeting_id).id)


@meetings.route(f"{MEETING}/dossier.zip")
@meetings.response(200, {"type": "string", "format": "binary"}, content_type=dossier.MIME)
def meeting_dossier(meeting_id: int) -> Response:
    content, name = dossier.dossier_file(actor(), meeting_id)
    return Response(content, headers=attachment(name, dossier.MIME))
