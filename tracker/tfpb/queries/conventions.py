"""Reading conventions and the nomenclature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock, policy
from tracker.api.shell import Page
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb import rules
from tracker.tfpb.models import Axis, Convention, Priority, TfpbFile

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
    """A convention with its live files counted; its own fields answer by their names."""

    convention: Convention
    files: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.convention, name)

    @property
    def alert(self) -> rules.Alert | None:
        """The legal gate of its first year (CGI, art. 1388 bis), while the convention is not over."""
        if self.convention.status in ("expired", "terminated"):
            return None
        return rules.signature_alert(self.convention.first_year, self.convention.signed_on, clock.today())


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


def conventions(actor: Actor, arguments: Mapping[str, Any]) -> Page:
    """A page of conventions (ConventionLine) under the filters; ``page_size`` None gives them all."""
    where = reachable(actor)
    if where is None:
        return Page([], 0)
    archived = Convention.archived_at.is_not(None) if arguments.get("archived") else Convention.archived_at.is_(None)
    chosen = {name: arguments[name] for name in FILTERS if arguments.get(name) is not None}
    conditions = [where, archived, *(getattr(Convention, name) == chosen[name] for name in chosen)]
    total = db.session.scalar(select(func.count()).select_from(Convention).where(*conditions)) or 0
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
    return Page([ConventionLine(convention, count) for convention, count in db.session.execute(statement)], total)


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


# -- nomenclature --------------------------------------------------------------------------------------------------


def axes() -> Sequence[Axis]:
    """The axes, in the order of their numbers."""
    return db.session.scalars(select(Axis).order_by(Axis.number)).all()


def priorities() -> Sequence[Priority]:
    """The priorities of the contract's annex, in its order."""
    return db.session.scalars(select(Priority).order_by(Priority.position)).all()
