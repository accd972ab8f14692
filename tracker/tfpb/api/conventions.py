"""REST: conventions."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one, paged
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import CONVENTION, convention_blp
from tracker.tfpb.queries import conventions
from tracker.tfpb.schemas import (
    ConventionArguments,
    ConventionSchema,
)


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
