"""Reading the history."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import Reach


def item_history(item_type: str, item_id: int) -> Sequence[HistoryEntry]:
    """An item's own lines, latest first; the caller has checked that the item may be read."""
    own = and_(HistoryEntry.item_type == item_type, HistoryEntry.item_id == item_id)
    return db.session.scalars(select(HistoryEntry).where(own).order_by(HistoryEntry.id.desc()).limit(500)).all()


def family_history(
    item_type: str, item_id: int, limit: int = 50, of: Sequence[str] | None = None
) -> Sequence[HistoryEntry]:
    """An item's lines and those of what stands under it (a project's grants …), latest first.

    ``of`` keeps to children of these types: those that whoever reads the item reads too.
    """
    own = and_(HistoryEntry.item_type == item_type, HistoryEntry.item_id == item_id)
    children = and_(HistoryEntry.parent_type == item_type, HistoryEntry.parent_id == item_id)
    if of is not None:
        children = and_(children, HistoryEntry.item_type.in_(of))
    statement = select(HistoryEntry).where(or_(own, children)).order_by(HistoryEntry.id.desc()).limit(limit)
    return db.session.scalars(statement).all()


@dataclass(frozen=True)
class Stretch:
    """A part of the history somebody may read: these types of item, where ``reach`` says.

    of_landlords  True: only lines about a landlord's things; False: only the others; None: either.
    """

    reach: Reach
    item_types: Sequence[str]
    of_landlords: bool | None = None

    def condition(self) -> ColumnElement[bool]:
        """As SQL."""
        clauses: list[ColumnElement[bool]] = [HistoryEntry.item_type.in_(self.item_types)]
        for name in ("contract_id", "city_id"):
            wanted = getattr(self.reach, name)
            if wanted is not None:
                clauses.append(getattr(HistoryEntry, name) == wanted)
        if self.reach.landlord_id is not None:
            own = HistoryEntry.landlord_id == self.reach.landlord_id
            nobodys = and_(HistoryEntry.landlord_id.is_(None), HistoryEntry.city_id.is_(None))
            clauses.append(or_(own, nobodys) if self.reach.or_nobodys else own)
        if self.of_landlords is not None:
            landlord = HistoryEntry.landlord_id
            clauses.append(landlord.is_not(None) if self.of_landlords else landlord.is_(None))
        return and_(*clauses)


def readable_history(
    stretches: Sequence[Stretch], *, page: int = 1, page_size: int = 100
) -> tuple[Sequence[HistoryEntry], int]:
    """The lines of these stretches, latest first, and how many there are."""
    if not stretches:
        return [], 0
    where = or_(*(stretch.condition() for stretch in stretches))
    total = db.session.scalar(select(func.count()).select_from(HistoryEntry).where(where)) or 0
    statement = select(HistoryEntry).where(where).order_by(HistoryEntry.id.desc())
    return db.session.scalars(statement.limit(page_size).offset((page - 1) * page_size)).all(), total
