"""Reading the reference values."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from tracker.api.shell import Page
from tracker.balance.models import ReferenceValue
from tracker.balance.queries.content import Reference
from tracker.extensions import db


def reference_values(arguments: Mapping[str, Any]) -> Page:
    """A page of the reference values under the filters, in the order asked for: every role reads them."""
    archived = (
        ReferenceValue.archived_at.is_not(None) if arguments["archived"] else ReferenceValue.archived_at.is_(None)
    )
    conditions = [archived]
    if arguments.get("figure"):
        conditions.append(ReferenceValue.figure == arguments["figure"])
    total = db.session.scalar(select(func.count()).select_from(ReferenceValue).where(*conditions)) or 0
    sort, size = arguments["sort"], arguments["page_size"]
    column = getattr(ReferenceValue, sort.removeprefix("-"))
    statement = (
        select(ReferenceValue)
        .where(*conditions)
        .order_by(column.desc() if sort.startswith("-") else column, ReferenceValue.id)
        .limit(size)
        .offset((arguments["page"] - 1) * size)
    )
    return Page(db.session.scalars(statement).all(), total)


def count_live() -> int:
    """How many reference values are in use."""
    live = ReferenceValue.archived_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(ReferenceValue).where(live)) or 0


def references() -> tuple[Reference, ...]:
    """The values the figures are compared with, by figure and age."""
    names = ("figure", "label", "low", "high", "period", "source")
    statement = (
        select(*(getattr(ReferenceValue, name) for name in names))
        .where(ReferenceValue.archived_at.is_(None))
        .order_by(ReferenceValue.figure, ReferenceValue.id)
    )
    return tuple(Reference(**row._mapping) for row in db.session.execute(statement))
