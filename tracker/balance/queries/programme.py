"""Next year's planned actions, which the steering committee looks at with the year's balance sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tracker import policy
from tracker.balance.queries.sheet import own_landlords
from tracker.extensions import db
from tracker.policy import Actor, Scope
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb.models import Action, Convention, TfpbFile

# A programme the city and the coordinator have looked at; before, it is the landlord's own draft.
PRESENTED = ("discussed", "validated")


@dataclass(frozen=True)
class PlannedLine:
    """A planned action; amounts in euros."""

    landlord: str
    city: str
    neighbourhood: str
    programme_status: str
    axis: int
    title: str
    location: str | None
    calendar: str | None
    priority: str | None
    planned_cost: Decimal | None
    planned_valued: Decimal | None


def programme_of(
    contract: Contract, year: int, *, frozen: bool = False, actor: Actor | None = None
) -> list[PlannedLine]:
    """The planned actions of that year, by city, landlord and axis.

    A frozen edition, whole for all members, holds the programmes already presented; a reader of the live sheet sees
    those of the files open to him.
    """
    statement = (
        select(
            Landlord.name,
            City.name,
            Neighbourhood.name,
            TfpbFile.programme_status,
            Action.axis,
            Action.title,
            Action.location,
            Action.calendar,
            Action.priority,
            Action.planned_cost,
            Action.planned_valued,
            Convention.city_id,
            Convention.landlord_id,
            TfpbFile.first_submitted_at,
        )
        .join(TfpbFile, TfpbFile.id == Action.file_id)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .join(Neighbourhood, Neighbourhood.id == TfpbFile.neighbourhood_id)
        .where(
            Convention.contract_id == contract.id,
            TfpbFile.year == year,
            TfpbFile.archived_at.is_(None),
            Action.archived_at.is_(None),
        )
        .order_by(City.name, Landlord.name, Neighbourhood.name, TfpbFile.id, Action.axis, Action.id)
    )
    seen = _presented if frozen or actor is None else _open_to(actor, contract.id)
    rows: list[Any] = list(db.session.execute(statement))
    return [
        PlannedLine(*row[:11])
        for row in rows
        if seen(
            row.programme_status, Scope(contract.id, row.city_id, row.landlord_id, row.first_submitted_at is not None)
        )
    ]


def _presented(status: str, scope: Scope) -> bool:
    return status in PRESENTED or scope.open_to_readers


def _open_to(actor: Actor, contract_id: int) -> Callable[[str, Scope], bool]:
    own = own_landlords(actor, contract_id)
    whole = policy.can(actor, "read_balance", Scope(contract_id))[0]

    def seen(_status: str, scope: Scope) -> bool:
        return policy.can(actor, "read_file", scope)[0] and (whole or scope.landlord_id in own)

    return seen
