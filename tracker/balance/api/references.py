"""REST: the reference values the figures are compared with."""

from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import ID, PREFIX, actor, created, expected_version, one, paged
from tracker.balance import commands
from tracker.balance.api.blueprints import references
from tracker.balance.models import ReferenceValue
from tracker.balance.queries.references import reference_values
from tracker.balance.schemas import ReferenceValueArguments, ReferenceValueSchema
from tracker.history.commands import fetch
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine

REFERENCE = f"/reference-values/<{ID}:number>"


@references.route("/reference-values")
class ReferenceValues(MethodView):
    @references.arguments(ReferenceValueArguments, location="query")
    @references.response(200, ReferenceValueSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Any:
        return paged(reference_values(arguments), arguments)

    @references.arguments(ReferenceValueSchema)
    @references.response(201, ReferenceValueSchema)
    def post(self, values: dict[str, Any]) -> Any:
        row = commands.create_reference(actor(), values)
        return created(row, f"{PREFIX}/reference-values/{row.id}")


@references.route(REFERENCE)
class ReferenceValueItem(MethodView):
    @references.response(200, ReferenceValueSchema)
    def get(self, number: int) -> Any:
        return one(fetch(ReferenceValue, number))

    @references.arguments(ReferenceValueSchema(partial=True))
    @references.response(200, ReferenceValueSchema)
    def patch(self, values: dict[str, Any], number: int) -> Any:
        return one(commands.update_reference(actor(), number, expected_version(), values))


@references.route(f"{REFERENCE}/archive", methods=["POST"])
@references.arguments(Reason)
@references.response(200, ReferenceValueSchema)
def archive_reference_value(values: dict[str, Any], number: int) -> Any:
    return one(commands.archive_reference(actor(), number, expected_version(), values["reason"]))


@references.route(f"{REFERENCE}/history")
@references.response(200, HistoryLine(many=True))
def reference_value_history(number: int) -> Any:
    return item_history("reference_value", fetch(ReferenceValue, number).id)
