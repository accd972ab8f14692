"""Editions opened to everybody."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.balance.models import Edition, Publication
from tracker.balance.queries import records
from tracker.extensions import db
from tracker.policy import Actor, NotReadable
from tracker.territory.models import Contract

_IS_OPEN = Publication.archived_at.is_(None)


def publication_of(edition: Edition) -> Publication | None:
    """The publication an edition stands open by; None while it is closed."""
    mine = (Publication.edition_id == edition.id, _IS_OPEN)
    statement = select(Publication).where(*mine).options(joinedload(Publication.edition))
    return db.session.scalars(statement).one_or_none()


def readable_publication(actor: Actor, code: str, year: int, number: int) -> Publication:
    """The publication of an edition, for any member of the contract; raises NotReadable when it is closed."""
    found = publication_of(records.readable_edition(actor, code, year, number))
    if found is None:
        raise NotReadable
    return found


def published_edition(code: str, year: int, number: int) -> Edition:
    """An edition everybody may read, its content not read yet; raises NotReadable when it is closed or none."""
    statement = (
        select(Edition)
        .join(Contract, Contract.id == Edition.contract_id)
        .join(Publication, Publication.edition_id == Edition.id)
        .where(Contract.code == code, Edition.year == year, Edition.number == number, _IS_OPEN)
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotReadable
    return found


def published_editions() -> Sequence[Publication]:
    """What everybody may read: contracts by name, then latest year and number first."""
    statement = (
        select(Publication)
        .join(Edition, Edition.id == Publication.edition_id)
        .join(Contract, Contract.id == Edition.contract_id)
        .where(_IS_OPEN)
        .options(
            joinedload(Publication.edition).joinedload(Edition.contract),
            joinedload(Publication.edition).joinedload(Edition.meeting),
        )
        .order_by(Contract.name, Contract.id, Edition.year.desc(), Edition.number.desc())
    )
    return db.session.scalars(statement).all()
