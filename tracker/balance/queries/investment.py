"""The investment side of the year: the same figures as the investment plan's own page, taken from its own queries."""

from dataclasses import dataclass
from typing import Any

from tracker.balance.queries.content import (
    Investment,
    InvestmentCityLine,
    InvestmentLine,
    InvestmentSourceLine,
    ProjectRow,
)
from tracker.investment.queries import PlanLine, ProjectLine, live_projects, plan_of
from tracker.territory.models import Contract
from tracker.tfpb.queries.expected import Ref

_AMOUNTS = ("cost_excl_tax", "requested", "awarded", "paid", "self_funding", "loans", "left_to_fund", "unfunded")
_OF_PROJECT = ("cost_excl_tax", "awarded", "paid", "left_to_fund", "unfunded", "owner_share_rate")


@dataclass(frozen=True)
class InvestmentSide:
    """The lines of the sheet, and the projects they come from, with their alerts."""

    investment: Investment
    projects: list[ProjectLine]


def investment_of(contract: Contract, year: int) -> InvestmentSide:
    """The contract's projects as they stand and the budgets of ``year``, for a caller who may read them.

    A constant number of queries.
    """
    plan, projects = plan_of(contract), live_projects(contract.id)
    budget = next((line for line in plan.by_year if line.year == year), None)
    return InvestmentSide(
        Investment(
            totals=_line(InvestmentLine, plan.totals),
            by_city=tuple(_line(InvestmentCityLine, line, city=_city(line.city)) for line in plan.by_city),
            by_source=tuple(_source(line) for line in plan.by_source),
            projects=tuple(_project(line) for line in projects),
            **{name: getattr(budget, name, None) for name in ("planned", "voted", "committed", "paid")},
        ),
        projects,
    )


def _line(kind: Any, line: PlanLine, **group: Any) -> Any:
    amounts = {name: getattr(line, name) for name in _AMOUNTS}
    return kind(projects=line.projects, delivered=line.delivered, **amounts, **group)


def _city(city: Any) -> Ref:
    return Ref(city.id, city.insee, city.name)


def _source(line: PlanLine) -> InvestmentSourceLine:
    funder = Ref(line.funder.id, line.funder.code, line.funder.name)
    named: InvestmentSourceLine = _line(
        InvestmentSourceLine,
        line,
        source=line.source.code,
        name=line.source.name,
        funder=funder,
        is_loan=line.is_loan,
    )
    return named


def _project(line: ProjectLine) -> ProjectRow:
    project = line.project
    return ProjectRow(
        id=project.id,
        city=_city(project.city),
        title=project.title,
        kind=project.kind,
        status=project.status,
        **{name: getattr(line, name) for name in _OF_PROJECT},
    )
