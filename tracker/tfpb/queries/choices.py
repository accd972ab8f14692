"""What a file's actions may name: the residences of its landlord there, the contract's objectives, who else pays."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from tracker.extensions import db
from tracker.funding.models import Funder, Scheme
from tracker.funding.queries import sources_for
from tracker.territory.models import Objective, Residence
from tracker.tfpb.models import Action, TfpbFile, action_residence


def residences_of(file: TfpbFile) -> Sequence[Residence]:
    """The landlord's live residences in the file's city and neighbourhood, and those its actions already name."""
    named = select(action_residence.c.residence_id).join(Action).where(Action.file_id == file.id)
    there = (
        Residence.archived_at.is_(None)
        & (Residence.landlord_id == file.convention.landlord_id)
        & (Residence.city_id == file.convention.city_id)
        & (Residence.neighbourhood_id == file.neighbourhood_id)
    )
    statement = select(Residence).where(or_(there, Residence.id.in_(named)))
    return db.session.scalars(statement.order_by(Residence.name, Residence.id)).all()


def objectives_of(file: TfpbFile) -> Sequence[Objective]:
    """The live objectives of the file's contract, and those its actions already name."""
    named = select(Action.objective_id).where(Action.file_id == file.id, Action.objective_id.is_not(None))
    live = Objective.archived_at.is_(None) & (Objective.contract_id == file.convention.contract_id)
    statement = select(Objective).where(or_(live, Objective.id.in_(named)))
    return db.session.scalars(statement.order_by(Objective.code)).all()


def sources_of(file: TfpbFile) -> tuple[Sequence[Scheme], Sequence[Funder]]:
    """The live schemes and funders, by name, and those the grants of its actions already name."""
    return sources_for(select(Action.financing_id).where(Action.file_id == file.id))
