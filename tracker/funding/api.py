"""REST: funders, schemes, grants, payments. A grant is created under its project or its TFPB action."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import ID, PREFIX, Blueprint, actor, created, expected_version, one, paged
from tracker.funding import commands, queries
from tracker.funding.models import Funder, Payment, Scheme
from tracker.funding.schemas import (
    ArchivedArgument,
    FunderArguments,
    FunderSchema,
    GrantMove,
    GrantSchema,
    PaymentSchema,
    SchemeArguments,
    SchemeSchema,
)
from tracker.history.commands import fetch
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine

funders = Blueprint("funders", __name__, "Financeurs et dispositifs")
grants = Blueprint("grants", __name__, "Subventions et versements")
BLUEPRINTS = (funders, grants)


@funders.route("/funders")
class Funders(MethodView):
    @funders.arguments(FunderArguments, location="query")
    @funders.response(200, FunderSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Sequence[Funder]:
        return paged(queries.funders(arguments), arguments)

    @funders.arguments(FunderSchema)
    @funders.response(201, FunderSchema)
    def post(self, values: dict[str, Any]) -> Any:
        funder = commands.create_funder(actor(), values)
        return created(funder, f"{PREFIX}/funders/{funder.id}")


@funders.route(f"/funders/<{ID}:funder_id>")
class FunderItem(MethodView):
    @funders.response(200, FunderSchema)
    def get(self, funder_id: int) -> Any:
        return one(fetch(Funder, funder_id))

    @funders.arguments(FunderSchema(partial=True))
    @funders.response(200, FunderSchema)
    def patch(self, values: dict[str, Any], funder_id: int) -> Any:
        return one(commands.update_funder(actor(), funder_id, expected_version(), values))


@funders.route(f"/funders/<{ID}:funder_id>/archive", methods=["POST"])
@funders.arguments(Reason)
@funders.response(200, FunderSchema)
def archive_funder(values: dict[str, Any], funder_id: int) -> Any:
    return one(commands.archive_reference(actor(), Funder, funder_id, expected_version(), values["reason"]))


@funders.route(f"/funders/<{ID}:funder_id>/history")
@funders.response(200, HistoryLine(many=True))
def funder_history(funder_id: int) -> Any:
    return item_history("funder", fetch(Funder, funder_id).id)


@funders.route("/schemes")
class Schemes(MethodView):
    @funders.arguments(SchemeArguments, location="query")
    @funders.response(200, SchemeSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Sequence[Scheme]:
        return paged(queries.schemes(arguments), arguments)

    @funders.arguments(SchemeSchema)
    @funders.response(201, SchemeSchema)
    def post(self, values: dict[str, Any]) -> Any:
        scheme = commands.create_scheme(actor(), values)
        return created(scheme, f"{PREFIX}/schemes/{scheme.id}")


@funders.route(f"/schemes/<{ID}:scheme_id>")
class SchemeItem(MethodView):
    @funders.response(200, SchemeSchema)
    def get(self, scheme_id: int) -> Any:
        return one(fetch(Scheme, scheme_id))

    @funders.arguments(SchemeSchema(partial=True))
    @funders.response(200, SchemeSchema)
    def patch(self, values: dict[str, Any], scheme_id: int) -> Any:
        return one(commands.update_scheme(actor(), scheme_id, expected_version(), values))


@funders.route(f"/schemes/<{ID}:scheme_id>/archive", methods=["POST"])
@funders.arguments(Reason)
@funders.response(200, SchemeSchema)
def archive_scheme(values: dict[str, Any], scheme_id: int) -> Any:
    return one(commands.archive_reference(actor(), Scheme, scheme_id, expected_version(), values["reason"]))


@funders.route(f"/schemes/<{ID}:scheme_id>/history")
@funders.response(200, HistoryLine(many=True))
def scheme_history(scheme_id: int) -> Any:
    return item_history("scheme", fetch(Scheme, scheme_id).id)


@grants.route(f"/grants/<{ID}:grant_id>")
class GrantItem(MethodView):
    @grants.response(200, GrantSchema)
    def get(self, grant_id: int) -> Any:
        return one(queries.readable_grant(actor(), grant_id))

    @grants.arguments(GrantSchema(partial=True))
    @grants.response(200, GrantSchema)
    def patch(self, values: dict[str, Any], grant_id: int) -> Any:
        return one(commands.update_grant(actor(), grant_id, expected_version(), values))


@grants.route(f"/grants/<{ID}:grant_id>/transitions", methods=["POST"])
@grants.arguments(GrantMove)
@grants.response(200, GrantSchema)
def move_grant(values: dict[str, Any], grant_id: int) -> Any:
    return one(commands.move_grant(actor(), grant_id, expected_version(), values))


@grants.route(f"/grants/<{ID}:grant_id>/archive", methods=["POST"])
@grants.arguments(Reason)
@grants.response(200, GrantSchema)
def archive_grant(values: dict[str, Any], grant_id: int) -> Any:
    return one(commands.archive_grant(actor(), grant_id, expected_version(), values["reason"]))


@grants.route(f"/grants/<{ID}:grant_id>/history")
@grants.response(200, HistoryLine(many=True))
def grant_history(grant_id: int) -> Any:
    return item_history("financing_grant", queries.readable_grant(actor(), grant_id).id)


@grants.route(f"/grants/<{ID}:grant_id>/payments")
class Payments(MethodView):
    @grants.arguments(ArchivedArgument, location="query")
    @grants.response(200, PaymentSchema(many=True))
    def get(self, arguments: dict[str, Any], grant_id: int) -> Sequence[Payment]:
        grant = queries.readable_grant(actor(), grant_id)
        return queries.payments_of(grant.id, archived=arguments["archived"])

    @grants.arguments(PaymentSchema)
    @grants.response(201, PaymentSchema)
    def post(self, values: dict[str, Any], grant_id: int) -> Any:
        payment = commands.add_payment(actor(), grant_id, values)
        return created(payment, f"{PREFIX}/payments/{payment.id}")


@grants.route(f"/payments/<{ID}:payment_id>")
class PaymentItem(MethodView):
    @grants.response(200, PaymentSchema)
    def get(self, payment_id: int) -> Any:
        return one(queries.readable_payment(actor(), payment_id))

    @grants.arguments(PaymentSchema(partial=True))
    @grants.response(200, PaymentSchema)
    def patch(self, values: dict[str, Any], payment_id: int) -> Any:
        return one(commands.update_payment(actor(), payment_id, expected_version(), values))


@grants.route(f"/payments/<{ID}:payment_id>/archive", methods=["POST"])
@grants.arguments(Reason)
@grants.response(200, PaymentSchema)
def archive_payment(values: dict[str, Any], payment_id: int) -> Any:
    return one(commands.archive_payment(actor(), payment_id, expected_version(), values["reason"]))


@grants.route(f"/payments/<{ID}:payment_id>/history")
@grants.response(200, HistoryLine(many=True))
def payment_history(payment_id: int) -> Any:
    return item_history("payment", queries.readable_payment(actor(), payment_id).id)
