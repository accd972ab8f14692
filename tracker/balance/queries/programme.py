"""Next year's planned actions, which the steering committee looks at with the year's balance sheet."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from tracker.balance.queries.content import PlannedLine
from tracker.extensions import db
from tracker.policy import Scope
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb.models import Action, Convention, TfpbFile

# A programme the city and the coordinator have looked at; before, it is the landlord's own draft.
PRESENTED = ("discussed", "validated")


def programme_of(
    contract: Contract,
    year: int,
    sees: Callable[[Scope], bool],
    landlords: Sequence[int] | None = None,
    *,
    presented: bool = False,
) -> tuple[PlannedLine, ...]:
    """The planned actions of that year, by city, landlord and axis: of the files ``sees`` keeps.

    ``presented`` adds the programmes already presented: a frozen edition is whole for all members. ``landlords`` keeps
    to some, None is all.
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
    if landlords is not None:
        statement = statement.where(Convention.landlord_id.in_(landlords))

    def shown(row: Any) -> bool:
        scope = Scope(contract.id, row.city_id, row.landlord_id, row.first_submitted_at is not None)
        return sees(scope) or (presented and row.programme_status in PRESENTED)

    names = [one.name for one in fields(PlannedLine)]
    rows: list[Any] = list(db.session.execute(statement))
    return tuple(PlannedLine(**dict(zip(names, row[: len(names)], strict=True))) for row in rows if shown(row))
