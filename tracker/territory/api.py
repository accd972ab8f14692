"""REST: contracts, neighbourhoods, cities, landlords, residences, objectives. One shape, opened once for each."""

from collections.abc import Callable, Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import ID, PREFIX, Blueprint, actor, created, expected_version, one, paged
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.territory import commands, queries, schemas
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence

territory = Blueprint("territory", __name__, "Contrats, quartiers, communes, bailleurs, résidences, objectifs")
BLUEPRINTS = (territory,)


def _open(
    name: str,
    model: Any,
    schema: Any,
    arguments: Any,
    create: Callable[..., Any],
    update: Callable[..., Any],
) -> None:
    """List and create, read and change, archive, history: the addresses of one kind of reference."""

    @territory.route(f"/{name}", endpoint=name)
    class References(MethodView):
        @territory.arguments(arguments, location="query")
        @territory.response(200, schema(many=True))
        def get(self, asked: dict[str, Any]) -> Sequence[Any]:
            return paged(queries.listed(actor(), model, asked), asked)

        @territory.arguments(schema)
        @territory.response(201, schema)
        def post(self, values: dict[str, Any]) -> Any:
            row = create(actor(), values)
            return created(row, f"{PREFIX}/{name}/{row.id}")

    @territory.route(f"/{name}/<{ID}:number>", endpoint=f"{name}_item")
    class ReferenceItem(MethodView):
        @territory.response(200, schema)
        def get(self, number: int) -> Any:
            return one(queries.readable(actor(), model, number))

        @territory.arguments(schema(partial=True))
        @territory.response(200, schema)
        def patch(self, values: dict[str, Any], number: int) -> Any:
            return one(update(actor(), number, expected_version(), values))

    @territory.route(f"/{name}/<{ID}:number>/archive", methods=["POST"], endpoint=f"{name}_archive")
    @territory.arguments(Reason)
    @territory.response(200, schema)
    def archive(values: dict[str, Any], number: int) -> Any:
        return one(commands.archive_reference(actor(), model, number, expected_version(), values["reason"]))

    @territory.route(f"/{name}/<{ID}:number>/history", endpoint=f"{name}_history")
    @territory.response(200, HistoryLine(many=True))
    def history(number: int) -> Any:
        return item_history(model.__tablename__, queries.readable(actor(), model, number).id)


_open(
    "contracts",
    Contract,
    schemas.ContractSchema,
    schemas.ContractArguments,
    commands.create_contract,
    commands.update_contract,
)
_open(
    "neighbourhoods",
    Neighbourhood,
    schemas.NeighbourhoodSchema,
    schemas.NeighbourhoodArguments,
    commands.create_neighbourhood,
    commands.update_neighbourhood,
)
_open(
    "cities",
    City,
    schemas.CitySchema,
    schemas.CityArguments,
    commands.create_city,
    commands.update_city,
)
_open(
    "landlords",
    Landlord,
    schemas.LandlordSchema,
    schemas.LandlordArguments,
    commands.create_landlord,
    commands.update_landlord,
)
_open(
    "residences",
    Residence,
    schemas.ResidenceSchema,
    schemas.ResidenceArguments,
    commands.create_residence,
    commands.update_residence,
)
_open(
    "objectives",
    Objective,
    schemas.ObjectiveSchema,
    schemas.ObjectiveArguments,
    commands.create_objective,
    commands.update_objective,
)
