"""REST: the actions of a file, their revisions and grants."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one, paged
from tracker.funding.queries import grants_of
from tracker.funding.schemas import ArchivedArgument, GrantSchema
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import ACTION, FILE, file_blp
from tracker.tfpb.queries import actions, files
from tracker.tfpb.schemas import (
    ActionArguments,
    ActionSchema,
    PlannedRevision,
)


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
