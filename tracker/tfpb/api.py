"""REST: conventions, yearly files and their moves, actions, participation, nomenclature."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import ID, PREFIX, Blueprint, Page, actor, created, expected_version, one, paged
from tracker.funding.queries import grants_of
from tracker.funding.schemas import ArchivedArgument, GrantSchema
from tracker.history.commands import fetch
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.models import Axis
from tracker.tfpb.queries import actions, conventions, files
from tracker.tfpb.schemas import (
    ActionArguments,
    ActionSchema,
    AxisSchema,
    ConventionArguments,
    ConventionSchema,
    CopyActions,
    FileArguments,
    FileMove,
    ParticipationArguments,
    ParticipationSchema,
    PlannedRevision,
    PrioritySchema,
    TfpbFileSchema,
)

convention_blp = Blueprint("conventions", __name__, "Conventions TFPB et nomenclature")
file_blp = Blueprint("tfpb_files", __name__, "Dossiers annuels TFPB, actions, participation")
BLUEPRINTS = (convention_blp, file_blp)

CONVENTION = f"/conventions/<{ID}:convention_id>"
FILE = f"/tfpb-files/<{ID}:file_id>"
ACTION = f"/tfpb-actions/<{ID}:action_id>"
PARTICIPATION = f"/participation/<{ID}:participation_id>"


# -- conventions and nomenclature ----------------------------------------------------------------------------------


@convention_blp.route("/conventions")
class Conventions(MethodView):
    @convention_blp.arguments(ConventionArguments, location="query")
    @convention_blp.response(200, ConventionSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Sequence[Any]:
        return paged(conventions.conventions(actor(), arguments), arguments)

    @convention_blp.arguments(ConventionSchema)
    @convention_blp.response(201, ConventionSchema)
    def post(self, values: dict[str, Any]) -> Any:
        convention = commands.create_convention(actor(), values)
        return created(convention, f"{PREFIX}/conventions/{convention.id}")


@convention_blp.route(CONVENTION)
class ConventionItem(MethodView):
    @convention_blp.response(200, ConventionSchema)
    def get(self, convention_id: int) -> Any:
        return one(conventions.readable_convention(actor(), convention_id))

    @convention_blp.arguments(ConventionSchema(partial=True))
    @convention_blp.response(200, ConventionSchema)
    def patch(self, values: dict[str, Any], convention_id: int) -> Any:
        return one(commands.update_convention(actor(), convention_id, expected_version(), values))


@convention_blp.route(f"{CONVENTION}/archive", methods=["POST"])
@convention_blp.arguments(Reason)
@convention_blp.response(200, ConventionSchema)
def archive_convention(values: dict[str, Any], convention_id: int) -> Any:
    return one(commands.archive_convention(actor(), convention_id, expected_version(), values["reason"]))


@convention_blp.route(f"{CONVENTION}/history")
@convention_blp.response(200, HistoryLine(many=True))
def convention_history(convention_id: int) -> Any:
    return item_history("convention", conventions.readable_convention(actor(), convention_id).id)


@convention_blp.route("/axes")
@convention_blp.response(200, AxisSchema(many=True))
def axes() -> Any:
    return conventions.axes()


@convention_blp.route(f"/axes/<{ID}:axis_id>")
class AxisItem(MethodView):
    @convention_blp.response(200, AxisSchema)
    def get(self, axis_id: int) -> Any:
        return one(fetch(Axis, axis_id))

    @convention_blp.arguments(AxisSchema(partial=True))
    @convention_blp.response(200, AxisSchema)
    def patch(self, values: dict[str, Any], axis_id: int) -> Any:
        return one(commands.update_axis(actor(), axis_id, expected_version(), values))


@convention_blp.route(f"/axes/<{ID}:axis_id>/history")
@convention_blp.response(200, HistoryLine(many=True))
def axis_history(axis_id: int) -> Any:
    return item_history("axis", fetch(Axis, axis_id).id)


@convention_blp.route("/priorities")
@convention_blp.response(200, PrioritySchema(many=True))
def priorities() -> Any:
    return conventions.priorities()


# -- files ---------------------------------------------------------------------------------------------------------


@file_blp.route("/tfpb-files")
class Files(MethodView):
    @file_blp.arguments(FileArguments, location="query")
    @file_blp.response(200, TfpbFileSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Sequence[Any]:
        found = files.files(actor(), arguments)
        return paged(Page(found.items, found.total), arguments)

    @file_blp.arguments(TfpbFileSchema)
    @file_blp.response(201, TfpbFileSchema)
    def post(self, values: dict[str, Any]) -> Any:
        file = commands.open_file(actor(), values)
        return created(file, f"{PREFIX}/tfpb-files/{file.id}")


@file_blp.route(FILE)
class FileItem(MethodView):
    @file_blp.response(200, TfpbFileSchema)
    def get(self, file_id: int) -> Any:
        return one(files.readable_file(actor(), file_id))

    @file_blp.arguments(TfpbFileSchema(partial=True))
    @file_blp.response(200, TfpbFileSchema)
    def patch(self, values: dict[str, Any], file_id: int) -> Any:
        return one(commands.update_file(actor(), file_id, expected_version(), values))


@file_blp.route(f"{FILE}/transitions", methods=["POST"])
@file_blp.arguments(FileMove)
@file_blp.response(200, TfpbFileSchema)
def move_file(values: dict[str, Any], file_id: int) -> Any:
    return one(commands.move_file(actor(), file_id, expected_version(), values))


@file_blp.route(f"{FILE}/archive", methods=["POST"])
@file_blp.arguments(Reason)
@file_blp.response(200, TfpbFileSchema)
def archive_file(values: dict[str, Any], file_id: int) -> Any:
    return one(commands.archive_file(actor(), file_id, expected_version(), values["reason"]))


@file_blp.route(f"{FILE}/history")
@file_blp.response(200, HistoryLine(many=True))
def file_history(file_id: int) -> Any:
    return item_history("tfpb_file", files.readable_file(actor(), file_id).id)


@file_blp.route(f"{FILE}/copy-actions", methods=["POST"])
@file_blp.arguments(CopyActions)
@file_blp.response(201, ActionSchema(many=True))
def copy_actions(values: dict[str, Any], file_id: int) -> Any:
    return commands.copy_actions_from(actor(), file_id, values["from_file_id"])


# -- actions -------------------------------------------------------------------------------------------------------


@file_blp.route(f"{FILE}/actions")
class Actions(MethodView):
    @file_blp.arguments(ActionArguments, location="query")
    @file_blp.response(200, ActionSchema(many=True))
    def get(self, arguments: dict[str, Any], file_id: int) -> Sequence[Any]:
        file = files.readable_file(actor(), file_id)
        return paged(actions.actions(file, arguments), arguments)

    @file_blp.arguments(ActionSchema)
    @file_blp.response(201, ActionSchema)
    def post(self, values: dict[str, Any], file_id: int) -> Any:
        action = commands.add_action(actor(), file_id, values)
        return created(action, f"{PREFIX}/tfpb-actions/{action.id}")


@file_blp.route(ACTION)
class ActionItem(MethodView):
    @file_blp.response(200, ActionSchema)
    def get(self, action_id: int) -> Any:
        return one(actions.readable_action(actor(), action_id))

    @file_blp.arguments(ActionSchema(partial=True))
    @file_blp.response(200, ActionSchema)
    def patch(self, values: dict[str, Any], action_id: int) -> Any:
        return one(commands.update_action(actor(), action_id, expected_version(), values))


@file_blp.route(f"{ACTION}/archive", methods=["POST"])
@file_blp.arguments(Reason)
@file_blp.response(200, ActionSchema)
def archive_action(values: dict[str, Any], action_id: int) -> Any:
    return one(commands.archive_action(actor(), action_id, expected_version(), values["reason"]))


@file_blp.route(f"{ACTION}/history")
@file_blp.response(200, HistoryLine(many=True))
def action_history(action_id: int) -> Any:
    return item_history("tfpb_action", actions.readable_action(actor(), action_id).id)


@file_blp.route(f"{ACTION}/revisions")
class Revisions(MethodView):
    @file_blp.response(200, HistoryLine(many=True))
    def get(self, action_id: int) -> Any:
        return actions.revisions(actions.readable_action(actor(), action_id).id)

    @file_blp.arguments(PlannedRevision)
    @file_blp.response(201, ActionSchema)
    def post(self, values: dict[str, Any], action_id: int) -> Any:
        action = commands.revise_planned(actor(), action_id, expected_version(), values)
        return created(action, f"{PREFIX}/tfpb-actions/{action.id}")


@file_blp.route(f"{ACTION}/grants")
class ActionGrants(MethodView):
    @file_blp.arguments(ArchivedArgument, location="query")
    @file_blp.response(200, GrantSchema(many=True))
    def get(self, arguments: dict[str, Any], action_id: int) -> Any:
        action = actions.readable_action(actor(), action_id)
        return grants_of([action.financing_id], archived=arguments["archived"])

    @file_blp.arguments(GrantSchema)
    @file_blp.response(201, GrantSchema)
    def post(self, values: dict[str, Any], action_id: int) -> Any:
        grant = commands.add_grant(actor(), action_id, values)
        return created(grant, f"{PREFIX}/grants/{grant.id}")


# -- participation -------------------------------------------------------------------------------------------------


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
