"""Reading projects with their amounts: one, a page of them, the totals under filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker import clock, policy
from tracker.extensions import db
from tracker.funding import rules as funding_rules
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.queries import grants_of, live
from tracker.history.commands import fetch
from tracker.investment import rules
from tracker.investment.models import OwnerShareFloor, Project
from tracker.investment.queries.amounts import (
    COMPUTED,
    SORTABLE,
    PlanLine,
    plan_line,
    sums,
    sums_of,
    totals_of,
)
from tracker.investment.rules import Alert, Sums
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City


def scope_of(project: Project) -> Scope:
    """Where a project belongs."""
    locked = "Ce projet est archivé : il ne peut plus changer." if project.archived_at else None
    return Scope(project.contract_id, project.city_id, None, True, locked)


@dataclass
class ProjectLine:
    """A project with its computed amounts; the project's own fields answer by their names."""

    project: Project
    sums: Sums
    floor_rate: Decimal | None = None
    alerts: list[Alert] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.project, name)

    @property
    def requested(self) -> Decimal | None:
        """Σ requested of the live investment grants that are not loans."""
        return self.sums.requested

    @property
    def awarded(self) -> Decimal | None:
        """Σ awarded of the same."""
        return self.sums.awarded

    @property
    def loans(self) -> Decimal | None:
        """Σ awarded of the live loan lines."""
        return self.sums.loans

    @property
    def paid(self) -> Decimal | None:
        """Σ payments on the grants that enter ``awarded``."""
        return self.sums.paid

    @property
    def left_to_fund(self) -> Decimal | None:
        """See rules."""
        return rules.left_to_fund(self.project.cost_excl_tax, self.sums)

    @property
    def unfunded(self) -> Decimal | None:
        """See rules."""
        return rules.unfunded(self.project.cost_excl_tax, self.project.self_funding, self.sums)

    @property
    def owner_share_rate(self) -> Decimal | None:
        """See rules."""
        return rules.owner_share_rate(self.project.cost_excl_tax, self.sums, self.project.owner_kind)


def _base(where: Sequence[ColumnElement[bool]]) -> Any:
    return (
        select(Project)
        .join(Project.city)
        .where(*where)
        .options(contains_eager(Project.city), joinedload(Project.contract))
    )


def _lines(statement: Any) -> list[ProjectLine]:
    found = db.session.scalars(statement).all()
    added = sums_of([project.financing_id for project in found])
    lines = [ProjectLine(project, added.get(project.financing_id, Sums())) for project in found]
    _add_alerts(lines)
    return lines


def _add_alerts(lines: Sequence[ProjectLine]) -> None:
    """Two queries, whatever the number of lines: the floors in force, the grants of these projects."""
    today = clock.today()
    floors = floors_on(today)
    grants: dict[int, list[rules.GrantFacts]] = {}
    for grant in grants_of([line.project.financing_id for line in lines]):
        if grant.status in funding_rules.LIVE:
            grants.setdefault(grant.financing_id, []).append(grant_facts(grant, today))
    for line in lines:
        project = line.project
        line.floor_rate = floors.get(project.owner_share_regime)
        line.alerts = rules.alerts(
            project.cost_excl_tax,
            project.self_funding,
            line.sums,
            project.owner_kind,
            line.floor_rate,
            grants.get(project.financing_id, []),
        )


def grant_facts(grant: Any, today: date) -> rules.GrantFacts:
    """What the alerts need of a grant line."""
    scheme = grant.scheme
    dates = {name: getattr(grant, name) for name in ("status", *funding_rules.DATE_LABELS)}
    months = {name: getattr(scheme, name, None) for name in funding_rules.SCHEME_DATES}
    soonest = next(iter(funding_rules.deadlines(dates, months)), None)
    return rules.GrantFacts(
        source=scheme.name if scheme else grant.funder.name,
        funder_id=grant.funder_id,
        exclusive=bool(scheme and scheme.exclusive),
        deadline_state=funding_rules.deadline_state(soonest, today) if soonest else None,
        deadline_on=soonest.on if soonest else None,
        deadline_label=soonest.label if soonest else "",
    )


def floors_on(day: date) -> dict[str, Decimal | None]:
    """Regime → least share of the owner in force that day (ratio; None where the préfet decides)."""
    statement = select(OwnerShareFloor).where(OwnerShareFloor.valid_from <= day).order_by(OwnerShareFloor.valid_from)
    return {floor.regime: floor.floor_rate for floor in db.session.scalars(statement)}


def readable_project(actor: Actor, project_id: int) -> ProjectLine:
    """A project this actor may read, with its amounts; raises NotReadable."""
    project = fetch(Project, project_id)
    if not policy.can(actor, "read_project", scope_of(project))[0]:
        raise NotReadable
    return project_line(project_id)


def project_line(project_id: int) -> ProjectLine:
    """A project with its amounts, for a caller who may read it."""
    return _lines(_base([Project.id == project_id]))[0]


@dataclass
class ProjectList:
    """One page of projects, how many there are, and the totals of all of them under the filters."""

    items: list[ProjectLine]
    total: int
    totals: "PlanLine"


def _reachable(actor: Actor) -> ColumnElement[bool] | None:
    """The projects the actor may read; None when none."""
    stretches = policy.reach(actor, "read_project")
    if not stretches:
        return None
    clauses = [
        Project.id.is_not(None) if stretch.contract_id is None else Project.contract_id == stretch.contract_id
        for stretch in stretches
    ]
    return or_(*clauses)


FIELD_FILTERS = ("contract_id", "city_id", "status", "kind", "site", "owner_kind", "owner_share_regime")


def _filters(arguments: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    archived = Project.archived_at.is_not(None) if arguments.get("archived") else Project.archived_at.is_(None)
    where: list[ColumnElement[bool]] = [archived]
    where += [getattr(Project, name) == arguments[name] for name in FIELD_FILTERS if arguments.get(name) is not None]
    if arguments.get("source"):
        source = arguments["source"]
        where.append(
            exists()
            .where(Grant.financing_id == Project.financing_id, live(), Grant.funder_id == Funder.id)
            .where(or_(Funder.code == source, Grant.scheme_id.in_(select(Scheme.id).where(Scheme.code == source))))
        )
    if arguments.get("q"):
        text = f"%{_like(arguments['q'])}%"
        where.append(or_(Project.title.ilike(text, escape="\\"), Project.owner_name.ilike(text, escape="\\")))
    return where


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _ordering(sort: str) -> list[Any]:
    column = SORTABLE[sort.removeprefix("-")]
    descending = sort.startswith("-")
    if sort == "position":
        # The contract's own table: city by city, each in its order; what was added since comes after.
        return [City.name, column.is_(None), column, Project.id]
    # Unknown values come last in either direction, on either engine.
    return [column.is_(None), column.desc() if descending else column.asc(), Project.position, Project.id]


def projects(actor: Actor, arguments: Mapping[str, Any]) -> ProjectList:
    """A page of the projects the actor may read, under the filters, with the totals of all of them.

    ``arguments``: filters by field name, ``q``, ``source`` (a scheme's or funder's code), ``sort``, ``page``,
    ``page_size`` (None for everything, as an export wants).
    """
    reachable = _reachable(actor)
    if reachable is None:
        return ProjectList([], 0, plan_line(0, {}))
    where = [reachable, *_filters(arguments)]
    totals = totals_of(where)
    sort = arguments.get("sort") or "position"
    statement = _base(where).order_by(*_ordering(sort))
    if sort.removeprefix("-") in COMPUTED:
        statement = statement.outerjoin(sums, sums.c.financing_id == Project.financing_id)
    size = arguments.get("page_size")
    if size:
        statement = statement.limit(size).offset((arguments.get("page", 1) - 1) * size)
    return ProjectList(_lines(statement), totals.projects, totals)


def live_projects(contract_id: int, city_id: int | None = None) -> list[ProjectLine]:
    """The live projects of a contract, of one city or of all, in the contract's order, for a caller who may read them.

    A constant number of queries.
    """
    where = [Project.contract_id == contract_id, Project.archived_at.is_(None)]
    if city_id is not None:
        where.append(Project.city_id == city_id)
    return _lines(_base(where).order_by(*_ordering("position")))


def project_deadlines(actor: Actor) -> list[tuple[Project, str, int, funding_rules.Deadline]]:
    """(project, source, grant's number, deadline) of every day still to keep in the projects the actor may read."""
    lines = projects(actor, {"page_size": None}).items
    by_financing = {line.project.financing_id: line.project for line in lines}
    found = []
    for grant in grants_of(list(by_financing)):
        if grant.status not in funding_rules.LIVE:
            continue
        dates = {name: getattr(grant, name) for name in ("status", *funding_rules.DATE_LABELS)}
        months = {name: getattr(grant.scheme, name, None) for name in funding_rules.SCHEME_DATES}
        source = grant.scheme.name if grant.scheme else grant.funder.name
        project = by_financing[grant.financing_id]
        found += [(project, source, grant.id, deadline) for deadline in funding_rules.deadlines(dates, months)]
    return found
