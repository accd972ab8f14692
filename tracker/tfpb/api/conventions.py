"""REST: conventions and their amendments."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one, paged
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import AMENDMENT, CONVENTION, convention_blp
from tracker.tfpb.queries import conventions
from tracker.tfpb.schemas import (
    AmendmentArguments,
    AmendmentSchema,
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
        return created(conventions.line_of(convention), f"{PREFIX}/conventions/{convention.id}")


@convention_blp.route(CONVENTION)
class ConventionItem(MethodView):
    @convention_blp.response(200, ConventionSchema)
    def get(self, convention_id: int) -> Any:
        return one(conventions.line_of(conventions.readable_convention(actor(), convention_id)))

    @convention_blp.arguments(ConventionSchema(partial=True))
    @convention_blp.response(200, ConventionSchema)
    def patch(self, values: dict[str, Any], convention_id: int) -> Any:
        changed = commands.update_convention(actor(), convention_id, expected_version(), values)
        return one(conventions.line_of(changed))


@convention_blp.route(f"{CONVENTION}/archive", methods=["POST"])
@convention_blp.arguments(Reason)
@convention_blp.response(200, ConventionSchema)
def archive_convention(values: dict[str, Any], convention_id: int) -> Any:
    archived = commands.archive_convention(actor(), convention_id, expected_version(), values["reason"])
    return one(conventions.line_of(archived))


@convention_blp.route(f"{CONVENTION}/history")
@convention_blp.response(200, HistoryLine(many=True))
def convention_history(convention_id: int) -> Any:
    return item_history("convention", conventions.readable_convention(actor(), convention_id).id)


# -- amendments ----------------------------------------------------------------------------------------------------


@convention_blp.route(f"{CONVENTION}/amendments")
class Amendments(MethodView):
    @convention_blp.arguments(AmendmentArguments, location="query")
    @convention_blp.response(200, AmendmentSchema(many=True))
    def get(self, arguments: dict[str, Any], convention_id: int) -> Any:
        convention = conventions.readable_convention(actor(), convention_id)
        return conventions.amendments_of(convention, archived=arguments["archived"])

    @convention_blp.arguments(AmendmentSchema)
    @convention_blp.response(201, AmendmentSchema)
    def post(self, values: dict[str, Any], convention_id: int) -> Any:
        amendment = commands.add_amendment(actor(), convention_id, values)
        return created(amendment, f"{PREFIX}/amendments/{amendment.id}")


@convention_blp.route(AMENDMENT)
class AmendmentItem(MethodView):
    @convention_blp.response(200, AmendmentSchema)
    def get(self, amendment_id: int) -> Any:
        return one(conventions.readable_amendment(actor(), amendment_id))

    @convention_blp.arguments(AmendmentSchema(partial=True))
    @convention_blp.response(200, AmendmentSchema)
    def patch(self, values: dict[str, Any], amendment_id: int) -> Any:
        return one(commands.update_amendment(actor(), amendment_id, expected_version(), values))


@convention_blp.route(f"{AMENDMENT}/archive", methods=["POST"])
@convention_blp.arguments(Reason)
@convention_blp.response(200, AmendmentSchema)
def archive_amendment(values: dict[str, Any], amendment_id: int) -> Any:
    return one(commands.archive_amendment(actor(), amendment_id, expected_version(), values["reason"]))


@convention_blp.route(f"{AMENDMENT}/history")
@convention_blp.response(200, HistoryLine(many=True))
def amendment_history(amendment_id: int) -> Any:
    return item_history("amendment", conventions.readable_amendment(actor(), amendment_id).id)
