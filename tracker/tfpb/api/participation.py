"""REST: residents' participation."""

from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import FILE, PARTICIPATION, file_blp
from tracker.tfpb.queries import actions, files
from tracker.tfpb.schemas import (
    ParticipationArguments,
    ParticipationSchema,
)


@file_blp.route(f"{FILE}/participation")
class FileParticipation(MethodView):
    @file_blp.arguments(ParticipationArguments, location="query")
    @file_blp.response(200, ParticipationSchema(many=True))
    def get(self, arguments: dict[str, Any], file_id: int) -> Any:
        file = files.readable_file(actor(), file_id)
        return actions.participation_of(file, archived=arguments["archived"], stage=arguments.get("stage"))

    @file_blp.arguments(ParticipationSchema)
    @file_blp.response(201, ParticipationSchema)
    def post(self, values: dict[str, Any], file_id: int) -> Any:
        moment = commands.add_participation(actor(), file_id, values)
        return created(moment, f"{PREFIX}/participation/{moment.id}")


@file_blp.route(PARTICIPATION)
class ParticipationItem(MethodView):
    @file_blp.response(200, ParticipationSchema)
    def get(self, participation_id: int) -> Any:
        return one(actions.readable_participation(actor(), participation_id))

    @file_blp.arguments(ParticipationSchema(partial=True))
    @file_blp.response(200, ParticipationSchema)
    def patch(self, values: dict[str, Any], participation_id: int) -> Any:
        return one(commands.update_participation(actor(), participation_id, expected_version(), values))


@file_blp.route(f"{PARTICIPATION}/archive", methods=["POST"])
@file_blp.arguments(Reason)
@file_blp.response(200, ParticipationSchema)
def archive_participation(values: dict[str, Any], participation_id: int) -> Any:
    return one(commands.archive_participation(actor(), participation_id, expected_version(), values["reason"]))


@file_blp.route(f"{PARTICIPATION}/history")
@file_blp.response(200, HistoryLine(many=True))
def participation_history(participation_id: int) -> Any:
    return item_history("participation", actions.readable_participation(actor(), participation_id).id)
