"""A project's cost items and yearly budgets."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.extensions import db
from tracker.history.commands import fetch
from tracker.investment.models import BudgetYear, CostItem
from tracker.investment.queries.projects import readable_project
from tracker.policy import Actor


def cost_items(project_id: int, *, archived: bool = False) -> Sequence[CostItem]:
    """A project's cost items, oldest first."""
    state = CostItem.archived_at.is_not(None) if archived else CostItem.archived_at.is_(None)
    statement = select(CostItem).where(CostItem.project_id == project_id, state).order_by(CostItem.id)
    return db.session.scalars(statement).all()


def readable_cost_item(actor: Actor, item_id: int) -> CostItem:
    """A cost item this actor may read; raises NotReadable."""
    item: CostItem = fetch(CostItem, item_id)
    readable_project(actor, item.project_id)
    return item


def budget_years(project_id: int) -> Sequence[BudgetYear]:
    """A project's yearly budgets, in order."""
    statement = select(BudgetYear).where(BudgetYear.project_id == project_id).order_by(BudgetYear.year)
    return db.session.scalars(statement).all()


def budget_year(project_id: int, year: int) -> BudgetYear | None:
    """A project's budget of one year, or None."""
    statement = select(BudgetYear).where(BudgetYear.project_id == project_id, BudgetYear.year == year)
    return db.session.scalars(statement).first()
