"""The amounts of a project in SQL: sums of its financing, the expressions a list sorts by, totals over projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, null, select, type_coerce

from tracker.extensions import db
from tracker.funding.queries import house_sum, sums_by_financing, unknown_count
from tracker.investment import rules
from tracker.investment.models import Project
from tracker.money import ZERO, Cents
from tracker.territory.models import City

# Of every project: what a list is sorted by. Totals and lines add up their own projects' grants alone.
sums = sums_by_financing(select(Project.financing_id))
SUM_NAMES = ("requested", "awarded", "loans", "awarded_private", "paid")
UNKNOWN_NAMES = ("requested_unknown", "awarded_unknown", "loans_unknown")


def sums_within(where: Sequence[ColumnElement[bool]]) -> Any:
    """The sums of the financings of the projects these conditions keep."""
    return sums_by_financing(select(Project.financing_id).where(*where))


def _sum(name: str, among: Any = sums) -> Any:
    """A financing's sum, 0 where it has no grant at all."""
    return type_coerce(case((among.c.financing_id.is_(None), literal_column("0")), else_=among.c[name]), Cents())


def _unknown(name: str, among: Any = sums) -> Any:
    return func.coalesce(among.c[name], 0)


_SUMS_OF = select(sums_by_financing(bindparam("financings", expanding=True)))


def sums_of(financings: Sequence[int]) -> dict[int, rules.Sums]:
    """Financing → what its grants add up to; one that has no grant at all is left out."""
    rows = db.session.execute(_SUMS_OF, {"financings": financings}).mappings()
    names = (*SUM_NAMES, *UNKNOWN_NAMES)
    return {row["financing_id"]: rules.Sums(**{name: row[name] for name in names}) for row in rows}


# The same as rules.left_to_fund, unfunded and owner_share_rate, for sorting; a parity test holds them together.
_cost = type_coerce(Project.cost_excl_tax, Cents())
LEFT_TO_FUND = case((_unknown("awarded_unknown") > 0, null()), else_=_cost - _sum("awarded"))
UNFUNDED = case((_unknown("loans_unknown") > 0, null()), else_=LEFT_TO_FUND - Project.self_funding - _sum("loans"))
_public_money = type_coerce(Project.cost_excl_tax, Cents()) - _sum("awarded_private")
OWNER_SHARE = case(
    (
        and_(Project.owner_kind.in_(rules.PUBLIC_OWNERS), type_coerce(_public_money, Cents()) > 0),
        LEFT_TO_FUND * literal_column("1.0") / _public_money,
    ),
    else_=null(),
)

SORTABLE: dict[str, Any] = {
    "title": Project.title,
    "city": City.name,
    "kind": Project.kind,
    "status": Project.status,
    "cost_excl_tax": Project.cost_excl_tax,
    "self_funding": Project.self_funding,
    "requested": _sum("requested"),
    "awarded": _sum("awarded"),
    "loans": _sum("loans"),
    "left_to_fund": LEFT_TO_FUND,
    "unfunded": UNFUNDED,
    "owner_share_rate": OWNER_SHARE,
    "starts_on": Project.starts_on,
    "ends_on": Project.ends_on,
    "position": Project.position,
}


# What a list can only be sorted by with the sums joined.
COMPUTED = frozenset({"requested", "awarded", "loans", "left_to_fund", "unfunded", "owner_share_rate"})


@dataclass
class PlanLine:
    """Sums over some projects (euros), and how many lacked each value."""

    projects: int
    delivered: int
    cost_excl_tax: Decimal | None
    requested: Decimal | None
    awarded: Decimal | None
    self_funding: Decimal | None
    loans: Decimal | None
    paid: Decimal | None
    unknown: Mapping[str, int] = field(default_factory=dict)
    city: City | None = None
    source: Any = None
    funder: Any = None
    is_loan: bool = False

    @property
    def left_to_fund(self) -> Decimal | None:
        """Cost − awarded; None as soon as one project lacks either."""
        if self.cost_excl_tax is None or self.awarded is None:
            return None
        if self.unknown.get("cost_excl_tax") or self.unknown.get("awarded"):
            return None
        return self.cost_excl_tax - self.awarded

    @property
    def unfunded(self) -> Decimal | None:
        """``left_to_fund − self_funding − loans``; None as soon as one project lacks one of them."""
        left = self.left_to_fund
        if left is None or self.self_funding is None or self.loans is None:
            return None
        if self.unknown.get("self_funding") or self.unknown.get("loans"):
            return None
        return left - self.self_funding - self.loans


_TOTALLED = ("cost_excl_tax", "self_funding", *SUM_NAMES)


def delivered_count() -> Any:
    """How many of the projects read are delivered; each project counts once, however many rows tell of it."""
    return func.count(func.distinct(case((Project.status == "delivered", Project.id))))


def total_columns(sums: Any) -> list[Any]:
    """The sums over a set of projects: sums of ``sums``, where each grant is already added up by financing."""
    own = {"cost_excl_tax": Project.cost_excl_tax, "self_funding": Project.self_funding}
    columns = [func.count().label("projects"), delivered_count().label("delivered")]
    for name in _TOTALLED:
        value = own[name] if name in own else _sum(name, sums)
        columns.append(house_sum(value).label(name))
    for name, value in own.items():
        columns.append(unknown_count(value, Project.id.is_not(None)).label(f"unknown_{name}"))
    columns.extend(
        func.coalesce(func.sum(_unknown(f"{name}_unknown", sums)), 0).label(f"unknown_{name}")
        for name in ("requested", "awarded", "loans")
    )
    return columns


def plan_line(count: int, row: Mapping[str, Any], **group: Any) -> PlanLine:
    """The line of one group from its row of sums; a sum the row does not have is 0."""
    unknown = {
        name: int(row.get(f"unknown_{name}") or 0)
        for name in ("cost_excl_tax", "self_funding", "requested", "awarded", "loans")
    }
    names = ("cost_excl_tax", "requested", "awarded", "self_funding", "loans", "paid")
    delivered = int(row.get("delivered") or 0)
    return PlanLine(
        projects=count, delivered=delivered, **{name: row.get(name, ZERO) for name in names}, unknown=unknown, **group
    )


def totals_of(where: Sequence[ColumnElement[bool]]) -> PlanLine:
    """The sums over the projects these conditions keep."""
    sums = sums_within(where)
    statement = (
        select(*total_columns(sums))
        .select_from(Project)
        .outerjoin(sums, sums.c.financing_id == Project.financing_id)
        .where(*where)
    )
    row = dict(db.session.execute(statement).one()._mapping)
    return plan_line(row["projects"], row)
