"""Reading the history."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import Reach


def item_history(item_type: str, item_id: int) -> Sequence[HistoryEntry]:
    """An item's own lines, latest first; the caller has checked that the item may be read."""
    own = and_(HistoryEntry.item_type == item_type, HistoryEntry.item_id == item_id)
    return db.session.scalars(select(HistoryEntry).where(own).order_by(HistoryEntry.id.desc()).limit(500)).all()


def family_history(item_type: str, item_id: int, limit: int = 50) -> Sequence[HistoryEntry]:
    """An item's lines and those of what stands under it (a project's grants …), latest first."""
    own = and_(HistoryEntry.item_type == item_type, HistoryEntry.item_id == item_id)
    children = and_(HistoryEntry.parent_type == item_type, HistoryEntry.parent_id == item_id)
    statement = select(HistoryEntry).where(or_(own, children)).order_by(HistoryEntry.id.desc()).limit(limit)
    return db.session.scalars(statement).all()


def readable_history(
    stretches: Sequence[tuple[Reach, Sequence[str]]], *, page: int = 1, page_size: int = 100
) -> tuple[Sequence[HistoryEntry], int]:
    """The lines of these stretches, each for some types of item, latest first, and how many there are."""
    wanted = []
    for stretch, item_types in stretches:
        clauses: list[ColumnElement[bool]] = [HistoryEntry.item_type.in_(item_types)]
        if stretch.contract_id is not None:
            clauses.append(HistoryEntry.contract_id == stretch.contract_id)
        if stretch.city_id is not None:
            clauses.append(HistoryEntry.city_id == stretch.city_id)
        if stretch.landlord_id is not None:
            clauses.append(HistoryEntry.landlord_id == stretch.landlord_id)
        wanted.append(and_(*clauses))
    if not wanted:
        return [], 0
    where = or_(*wanted)
    total = db.session.scalar(select(func.count()).select_from(HistoryEntry).where(where)) or 0
    statement = select(HistoryEntry).where(where).order_by(HistoryEntry.id.desc())
    return db.session.scalars(statement.limit(page_size).offset((page - 1) * page_size)).all(), total
