"""REST: the completeness board of a contract-year, and the call to its landlords."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.shell import Page, actor, paged
from tracker.tfpb.api.blueprints import file_blp
from tracker.tfpb.commands.reminders import remind_landlords
from tracker.tfpb.queries.board import board, for_reader
from tracker.tfpb.schemas.board import BoardArguments, BoardLineSchema, RemindedSchema, ReminderSchema

BOARD = "/contracts/<string:code>/completeness/<int(min=1990,max=2100):year>"


@file_blp.route(BOARD)
class Completeness(MethodView):
    @file_blp.arguments(BoardArguments, location="query")
    @file_blp.response(200, BoardLineSchema(many=True))
    def get(self, arguments: dict[str, Any], code: str, year: int) -> Sequence[Any]:
        found = board(actor(), code, year, arguments)
        return paged(Page(for_reader(actor(), found), found.total), arguments)


@file_blp.route(f"{BOARD}/reminders", methods=["POST"])
@file_blp.arguments(ReminderSchema)
@file_blp.response(200, RemindedSchema)
def remind(values: dict[str, Any], code: str, year: int) -> Any:
    return remind_landlords(actor(), code, year, values)
