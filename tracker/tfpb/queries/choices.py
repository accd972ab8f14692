"""What the form of an action offers: the landlord's residences, the contract's objectives."""

from collections.abc import Collection

from sqlalchemy import or_, select

from tracker.extensions import db
from tracker.territory.models import Objective, Residence
from tracker.tfpb.models import TfpbFile


def residences_for(file: TfpbFile, kept: Collection[int] = ()) -> list[tuple[int, str]]:
    """(number, name) of the landlord's residences in the file's city and neighbourhood; ``kept`` may be archived."""
    signed = file.convention
    statement = select(Residence.id, Residence.name).where(
        Residence.landlord_id == signed.landlord_id,
        Residence.city_id == signed.city_id,
        Residence.neighbourhood_id == file.neighbourhood_id,
        or_(Residence.archived_at.is_(None), Residence.id.in_(kept)),
    )
    return [(number, name) for number, name in db.session.execute(statement.order_by(Residence.name))]


def objectives_for(file: TfpbFile, kept: int | None = None) -> list[tuple[int, str]]:
    """(number, « code · label ») of the objectives of the file's contract, by code."""
    statement = (
        select(Objective.id, Objective.code, Objective.label)
        .where(
            Objective.contract_id == file.convention.contract_id,
            or_(Objective.archived_at.is_(None), Objective.id == kept),
        )
        .order_by(Objective.code)
    )
    return [(number, f"{code} · {label}") for number, code, label in db.session.execute(statement)]
