"""Reading the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


Item = tuple[str, int]  # its table, its number


def values_at(versions: Mapping[Item, tuple[int, int]]) -> dict[Item, dict[str, Any]]:
    """Of items changed since: what each field that changed was at an earlier version, as the history keeps values.

    ``versions`` gives that earlier version and the one of now. An item whose lines do not account for every version in
    between is left out: what it was is not known. The caller has checked that the items may be read.
    """
    numbers: dict[str, list[int]] = {}
    for item_type, number in versions:
        numbers.setdefault(item_type, []).append(number)
    if not numbers:
        return {}
    theirs = or_(*(and_(HistoryEntry.item_type == one, HistoryEntry.item_id.in_(of)) for one, of in numbers.items()))
    since = HistoryEntry.item_version > min(then for then, _ in versions.values())
    statement = select(
        HistoryEntry.item_type, HistoryEntry.item_id, HistoryEntry.item_version, HistoryEntry.changes
    ).where(theirs, since)
    told: dict[Item, set[int]] = {item: set() for item in versions}
    values: dict[Item, dict[str, Any]] = {item: {} for item in versions}
    for item_type, number, version, changes in db.session.execute(statement.order_by(HistoryEntry.id)):
        item = (item_type, number)
        if version > versions[item][0]:
            told[item].add(version)
            for name, (old, _) in changes.items():
                values[item].setdefault(name, old)
    return {
        item: values[item]
        for item, (then, now) in versions.items()
        if then < now and told[item] >= {*range(then + 1, now + 1)}
    }


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
