"""Reading reference data: every signed-in member may."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from tracker import policy
from tracker.api.shell import Page
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence

# What a row shows besides its own columns, read with it: the number of queries never depends on the number of rows.
SHOWN: dict[Any, tuple[ORMOption, ...]] = {
    Contract: (selectinload(Contract.cities),),
    Neighbourhood: (selectinload(Neighbourhood.cities), joinedload(Neighbourhood.contract)),
    City: (),
    Landlord: (),
    Residence: (
        joinedload(Residence.landlord),
        joinedload(Residence.city),
        joinedload(Residence.neighbourhood),
    ),
    Objective: (joinedload(Objective.contract),),
}

# Sort keys that are not the row's own column.
SORT_BY_NAME: dict[Any, dict[str, Any]] = {
    Neighbourhood: {"contract": Neighbourhood.contract},
    Residence: {
        "landlord": Residence.landlord,
        "city": Residence.city,
        "neighbourhood": Residence.neighbourhood,
    },
    Objective: {"contract": Objective.contract},
}

# How a person names a reference without its number.
NAMED_BY: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "contract": (Contract, (Contract.code,)),
    "city": (City, (City.insee,)),
    "landlord": (Landlord, (Landlord.siren, Landlord.name)),
}


def may_read(actor: Actor) -> bool:
    """Whether the actor reads reference data at all: whoever holds a role does."""
    return policy.can(actor, "read_reference", Scope())[0]


def readable(actor: Actor, model: Any, number: int) -> Any:
    """The reference of this number, archived or not; raises NotReadable."""
    row = db.session.get(model, number, options=SHOWN[model]) if may_read(actor) else None
    if row is None:
        raise NotReadable
    return row


def listed(actor: Actor, model: Any, arguments: dict[str, Any]) -> Page:
    """A page of references under the filters, in the order asked for."""
    if not may_read(actor):
        return Page([], 0)
    statement = select(model).where(*_conditions(model, arguments))
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    size = arguments["page_size"]
    statement = _ordered(statement, model, arguments["sort"]).options(*SHOWN[model])
    rows = db.session.scalars(statement.limit(size).offset((arguments["page"] - 1) * size)).all()
    return Page(rows, total)


def _conditions(model: Any, arguments: dict[str, Any]) -> list[ColumnElement[bool]]:
    archived = model.archived_at.is_not(None) if arguments.get("archived") else model.archived_at.is_(None)
    conditions: list[ColumnElement[bool]] = [archived]
    for name, value in arguments.items():
        if value is None or name in ("archived", "page", "page_size", "sort"):
            continue
        if name == "q":
            conditions.append(model.name.icontains(value, autoescape=True))
        elif name == "city_id" and hasattr(model, "cities"):
            conditions.append(model.cities.any(City.id == value))
        else:
            conditions.append(getattr(model, name) == value)
    return conditions


def _ordered(statement: Select[Any], model: Any, sort: str) -> Select[Any]:
    key = sort.removeprefix("-")
    other = SORT_BY_NAME.get(model, {}).get(key)
    if other is not None:
        statement = statement.join(other)
        column = other.property.mapper.class_.name
    else:
        column = getattr(model, key)
    number = model.id
    return statement.order_by(*((column.desc(), number.desc()) if sort.startswith("-") else (column, number)))


def count_live(model: Any) -> int:
    """How many references of this kind are in use."""
    return db.session.scalar(select(func.count()).select_from(model).where(model.archived_at.is_(None))) or 0


def choices(model: Any) -> Sequence[Any]:
    """The live references of this kind, by name, for a form's list."""
    return db.session.scalars(select(model).where(model.archived_at.is_(None)).order_by(model.name, model.id)).all()


def every(model: Any) -> Sequence[Any]:
    """Every reference of this kind, archived or not: the names an old history line may need."""
    return db.session.scalars(select(model)).all()


def by_name(kind: str, named: str) -> Contract | City | Landlord | None:
    """The live ``contract`` of this code, ``city`` of this INSEE code, ``landlord`` of this SIREN or name, or None."""
    model, keys = NAMED_BY[kind]
    named_so = or_(*(key == named for key in keys))
    found: Contract | City | Landlord | None = db.session.scalars(
        select(model).where(named_so, model.archived_at.is_(None)).order_by(model.id)
    ).first()
    return found


def contract_choices(actor: Actor) -> Sequence[Contract]:
    """The live contracts the actor belongs to, with their cities, by name; every one for the administrator."""
    statement = select(Contract).where(Contract.archived_at.is_(None)).order_by(Contract.name, Contract.id)
    if not actor.has(policy.ADMINISTRATOR, policy.COMMAND_LINE):
        statement = statement.where(Contract.id.in_([role.contract_id for role in actor.roles if role.contract_id]))
    return db.session.scalars(statement.options(*SHOWN[Contract])).all()
