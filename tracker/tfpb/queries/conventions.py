"""Reading conventions and the nomenclature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker import clock, policy
from tracker.api.shell import Page
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb import rules
from tracker.tfpb.models import Amendment, Axis, Convention, Priority, TfpbFile

SHOWN = (joinedload(Convention.contract), joinedload(Convention.landlord), joinedload(Convention.city))

SORTABLE: dict[str, Any] = {
    "id": Convention.id,
    "landlord": Landlord.name,
    "city": City.name,
    "first_year": Convention.first_year,
    "last_year": Convention.last_year,
    "signed_on": Convention.signed_on,
    "status": Convention.status,
}
FILTERS = ("contract_id", "landlord_id", "city_id", "first_year", "last_year", "status")


def scope_of(convention: Convention) -> Scope:
    """Where a convention belongs."""
    return Scope(convention.contract_id, convention.city_id, convention.landlord_id)


@dataclass
class ConventionLine:
    """A convention with its live files counted; its own fields answer by their names.

    overlaps  the years of the other live conventions of its landlord and city that share some of its own.
    """

    convention: Convention
    files: int
    overlaps: Sequence[tuple[int, int]] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.convention, name)

    @cached_property
    def alerts(self) -> list[rules.Alert]:
        """What keeps its first year from being acquired (CGI, art. 1388 bis), then what stands twice."""
        convention = self.convention
        if convention.archived_at is not None:
            return []
        twice = rules.overlap_alert(self.overlaps)
        found = rules.year_alerts(convention.first_year, convention, clock.today())
        return found if twice is None else [*found, twice]

    @property
    def alert(self) -> rules.Alert | None:
        """The first of its alerts."""
        return self.alerts[0] if self.alerts else None

    @property
    def all_signed_on(self) -> date | None:
        """The day from which it binds all four signatories."""
        return rules.signed_by_all(self.convention)

    @property
    def acquired_year(self) -> int | None:
        """The first year whose abatement both acts came in time for."""
        convention = self.convention
        return rules.acquired_year(
            convention.first_year, convention.last_year, self.all_signed_on, convention.declared_on
        )


def reachable(actor: Actor, verb: str = "read_convention") -> ColumnElement[bool] | None:
    """The conventions that ``verb`` opens to the actor; None when none. What is « once submitted » is left open."""
    clauses = []
    for stretch in policy.reach(actor, verb):
        limits = {
            Convention.contract_id: stretch.contract_id,
            Convention.city_id: stretch.city_id,
            Convention.landlord_id: stretch.landlord_id,
        }
        clauses.append(and_(true(), *(column == value for column, value in limits.items() if value is not None)))
    return or_(*clauses) if clauses else None


def readable_convention(actor: Actor, convention_id: int) -> Convention:
    """A convention this actor may read; raises NotReadable."""
    convention = db.session.get(Convention, convention_id, options=SHOWN)
    if convention is None or not policy.can(actor, "read_convention", scope_of(convention))[0]:
        raise NotReadable
    return convention


def line_of(convention: Convention) -> ConventionLine:
    """A convention the caller may read, with its live files counted and the others on its years."""
    own = [Convention.id == convention.id]
    count = select(func.count()).where(TfpbFile.convention_id == convention.id, TfpbFile.archived_at.is_(None))
    return ConventionLine(convention, db.session.scalar(count) or 0, _overlaps(own).get(convention.id, ()))


def _overlaps(conditions: Sequence[ColumnElement[bool]]) -> dict[int, list[tuple[int, int]]]:
    """Convention → the years of the live others that bind the same landlord and city over some of its years."""
    other = aliased(Convention)
    same = and_(
        other.id != Convention.id,
        other.contract_id == Convention.contract_id,
        other.landlord_id == Convention.landlord_id,
        other.city_id == Convention.city_id,
        other.first_year <= Convention.last_year,
        other.last_year >= Convention.first_year,
        other.archived_at.is_(None),
        other.status != "terminated",
    )
    statement = (
        select(Convention.id, other.first_year, other.last_year)
        .join(other, same)
        .where(*conditions, Convention.archived_at.is_(None), Convention.status != "terminated")
        .order_by(other.first_year, other.id)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for number, first, last in db.session.execute(statement):
        found.setdefault(number, []).append((first, last))
    return found


def conventions(actor: Actor, arguments: Mapping[str, Any]) -> Page:
    """A page of conventions (ConventionLine) under the filters; ``page_size`` None gives them all."""
    where = reachable(actor)
    if where is None:
        return Page([], 0)
    archived = Convention.archived_at.is_not(None) if arguments.get("archived") else Convention.archived_at.is_(None)
    chosen = {name: arguments[name] for name in FILTERS if arguments.get(name) is not None}
    conditions = [where, archived, *(getattr(Convention, name) == chosen[name] for name in chosen)]
    files = (
        select(TfpbFile.convention_id, func.count().label("files"))
        .where(TfpbFile.archived_at.is_(None))
        .group_by(TfpbFile.convention_id)
        .subquery("files_by_convention")
    )
    sort = arguments.get("sort") or "landlord"
    column = SORTABLE[sort.removeprefix("-")]
    statement = (
        select(Convention, func.coalesce(files.c.files, 0))
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .outerjoin(files, files.c.convention_id == Convention.id)
        .where(*conditions)
        .options(*SHOWN)
        .order_by(column.is_(None), column.desc() if sort.startswith("-") else column, City.name, Convention.id)
    )
    size = arguments.get("page_size")
    if size:
        statement = statement.limit(size).offset((arguments.get("page", 1) - 1) * size)
    overlaps = _overlaps(conditions)
    lines = [
        ConventionLine(convention, count, overlaps.get(convention.id, ()))
        for convention, count in db.session.execute(statement)
    ]
    if not size:
        return Page(lines, len(lines))
    total = db.session.scalar(select(func.count()).select_from(Convention).where(*conditions)) or 0
    return Page(lines, total)


def open_to_new_files(actor: Actor) -> Sequence[Convention]:
    """The live conventions under which the actor may open a file, by landlord and city."""
    where = reachable(actor, "open_file")
    if where is None:
        return []
    statement = (
        select(Convention)
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .where(where, Convention.archived_at.is_(None), Convention.status != "terminated")
        .options(*SHOWN)
        .order_by(Landlord.name, City.name, Convention.first_year)
    )
    return db.session.scalars(statement).all()


def managed_contracts(actor: Actor) -> Sequence[Contract]:
    """The live contracts whose conventions the actor manages, with their cities, by name."""
    stretches = policy.reach(actor, "manage_contract")
    if not stretches:
        return []
    statement = select(Contract).where(Contract.archived_at.is_(None)).order_by(Contract.name)
    if all(stretch.contract_id is not None for stretch in stretches):
        statement = statement.where(Contract.id.in_([stretch.contract_id for stretch in stretches]))
    return db.session.scalars(statement.options(selectinload(Contract.cities))).all()


def landlord_choices() -> Sequence[Landlord]:
    """The live landlords, by name, for a form's list."""
    return db.session.scalars(select(Landlord).where(Landlord.archived_at.is_(None)).order_by(Landlord.name)).all()


def count_live() -> int:
    """How many conventions are in use."""
    statement = select(func.count()).select_from(Convention).where(Convention.archived_at.is_(None))
    return db.session.scalar(statement) or 0


def landlords_of(actor: Actor) -> list[tuple[int, str]]:
    """(number, name) of the landlords whose live conventions the actor reads, by name."""
    where = reachable(actor)
    if where is None:
        return []
    statement = (
        select(Landlord.id, Landlord.name)
        .join(Convention, Convention.landlord_id == Landlord.id)
        .where(where, Convention.archived_at.is_(None))
        .distinct()
        .order_by(Landlord.name)
    )
    return [(number, name) for number, name in db.session.execute(statement)]


def neighbourhood_options(among: Sequence[Convention]) -> list[tuple[int, str]]:
    """(number, name) of the live neighbourhoods of these conventions' contracts, by name."""
    contracts = {convention.contract_id for convention in among}
    if not contracts:
        return []
    statement = (
        select(Neighbourhood.id, Neighbourhood.name)
        .where(Neighbourhood.contract_id.in_(contracts), Neighbourhood.archived_at.is_(None))
        .order_by(Neighbourhood.name)
    )
    return [(number, name) for number, name in db.session.execute(statement)]


def years_to_open(among: Sequence[Convention], neighbourhoods: int) -> list[int]:
    """The years of these conventions, and of their contracts, where one of them lacks the file of a neighbourhood."""
    statement = (
        select(TfpbFile.convention_id, TfpbFile.year, func.count())
        .where(TfpbFile.convention_id.in_([one.id for one in among]), TfpbFile.archived_at.is_(None))
        .group_by(TfpbFile.convention_id, TfpbFile.year)
    )
    there = {(convention, year): count for convention, year, count in db.session.execute(statement)}
    return sorted(
        {
            year
            for one in among
            for year in range(
                max(one.first_year, one.contract.first_year), min(one.last_year, one.contract.last_year) + 1
            )
            if there.get((one.id, year), 0) < neighbourhoods
        }
    )


# -- amendments ----------------------------------------------------------------------------------------------------


def amendments_of(convention: Convention, *, archived: bool = False) -> Sequence[Amendment]:
    """The amendments of a convention the caller may read, in the order they were signed; the unsigned come last."""
    shown = Amendment.archived_at.is_not(None) if archived else Amendment.archived_at.is_(None)
    statement = (
        select(Amendment)
        .where(Amendment.convention_id == convention.id, shown)
        .order_by(Amendment.signed_on.is_(None), Amendment.signed_on, Amendment.id)
    )
    return db.session.scalars(statement).all()


def readable_amendment(actor: Actor, amendment_id: int) -> Amendment:
    """An amendment of a convention this actor may read; raises NotReadable."""
    amendment = db.session.get(Amendment, amendment_id, options=[joinedload(Amendment.convention).options(*SHOWN)])
    if amendment is None or not policy.can(actor, "read_convention", scope_of(amendment.convention))[0]:
        raise NotReadable
    return amendment


# -- nomenclature --------------------------------------------------------------------------------------------------


def axes() -> Sequence[Axis]:
    """The axes, in the order of their numbers."""
    return db.session.scalars(select(Axis).order_by(Axis.number)).all()


def priorities() -> Sequence[Priority]:
    """The priorities of the contract's annex, in its order."""
    return db.session.scalars(select(Priority).order_by(Priority.position)).all()
