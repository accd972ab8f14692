"""The contract's investment plan: totals, by city, by source, by year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker import policy
from tracker.extensions import db
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.queries import has_award, house_sum, is_loan, live, paid
from tracker.investment.models import BudgetYear, Project
from tracker.investment.queries.amounts import (
    PlanLine,
    delivered_count,
    plan_line,
    sums_within,
    total_columns,
    totals_of,
)
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City, Contract


@dataclass
class YearLine:
    """The budgets of one year, all projects together."""

    year: int
    planned: Decimal | None
    voted: Decimal | None
    committed: Decimal | None
    paid: Decimal | None


@dataclass
class InvestmentPlan:
    """A contract's plan: totals, by city, by source, by year."""

    contract: Contract
    totals: PlanLine
    by_city: list[PlanLine]
    by_source: list[PlanLine]
    by_year: list[YearLine]


def investment_plan(actor: Actor, code: str) -> InvestmentPlan:
    """The plan of the contract of this code; raises NotReadable."""
    contract = db.session.scalars(select(Contract).where(Contract.code == code)).first()
    if contract is None or not policy.can(actor, "read_project", Scope(contract_id=contract.id))[0]:
        raise NotReadable
    return plan_of(contract)


def plan_of(contract: Contract) -> InvestmentPlan:
    """The plan of this contract, for a caller who may read it: a constant number of queries."""
    where = [Project.contract_id == contract.id, Project.archived_at.is_(None)]
    return InvestmentPlan(contract, totals_of(where), _by_city(where), _by_source(where), _by_year(where))


def _by_city(where: Sequence[ColumnElement[bool]]) -> list[PlanLine]:
    sums = sums_within(where)
    statement = (
        select(Project.city_id, *total_columns(sums))
        .outerjoin(sums, sums.c.financing_id == Project.financing_id)
        .where(*where)
        .group_by(Project.city_id)
    )
    rows = [dict(row._mapping) for row in db.session.execute(statement)]
    cities = {
        city.id: city for city in db.session.scalars(select(City).where(City.id.in_([r["city_id"] for r in rows])))
    }
    lines = [plan_line(row["projects"], row, city=cities[row["city_id"]]) for row in rows]
    return sorted(lines, key=lambda line: line.city.name if line.city else "")


def _by_source(where: Sequence[ColumnElement[bool]]) -> list[PlanLine]:
    """One line per scheme, else funder; what belongs to a project (cost, own funds) is null there."""
    subsidy, award = and_(live(), ~is_loan()), and_(has_award(), ~is_loan())
    loan = and_(has_award(), is_loan())
    statement = (
        select(
            Grant.scheme_id,
            Grant.funder_id,
            func.count(func.distinct(Project.id)).label("projects"),
            delivered_count().label("delivered"),
            house_sum(Grant.requested, subsidy).label("requested"),
            house_sum(Grant.awarded, award).label("awarded"),
            house_sum(Grant.awarded, loan).label("loans"),
            house_sum(paid(), award).label("paid"),
        )
        .join(Project, Project.financing_id == Grant.financing_id)
        .outerjoin(Scheme, Scheme.id == Grant.scheme_id)
        .where(*where, live(), or_(Grant.nature == "investment", is_loan()))
        .group_by(Grant.scheme_id, Grant.funder_id)
    )
    rows = [dict(row._mapping) for row in db.session.execute(statement)]
    schemes = {one.id: one for one in db.session.scalars(select(Scheme))}
    funders = {one.id: one for one in db.session.scalars(select(Funder))}
    lines = []
    for row in rows:
        scheme, funder = schemes.get(row["scheme_id"]), funders[row["funder_id"]]
        amounts = {**row, "cost_excl_tax": None, "self_funding": None}
        line = plan_line(row["projects"], amounts, source=scheme or funder, funder=funder)
        line.is_loan = bool(scheme and scheme.is_loan)
        lines.append(line)
    return sorted(lines, key=lambda line: (line.funder.name, line.source.name))


def _by_year(where: Sequence[ColumnElement[bool]]) -> list[YearLine]:
    names = ("planned", "voted", "committed", "paid")
    statement = (
        select(BudgetYear.year, *(house_sum(getattr(BudgetYear, name)).label(name) for name in names))
        .join(Project, Project.id == BudgetYear.project_id)
        .where(*where)
        .group_by(BudgetYear.year)
        .order_by(BudgetYear.year)
    )
    return [YearLine(**row._mapping) for row in db.session.execute(statement)]
