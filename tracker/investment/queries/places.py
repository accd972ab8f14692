"""Where a workbook of projects belongs: one city within one contract; and everything it holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tracker import policy
from tracker.extensions import db
from tracker.funding.models import Funder, Scheme
from tracker.funding.queries import GrantLine, grants_of, sources_for
from tracker.history.commands import fetch
from tracker.investment.models import BudgetYear, CostItem, Project
from tracker.investment.queries.projects import ProjectLine, live_projects
from tracker.policy import Actor, FieldError, Invalid, NotReadable, Scope
from tracker.territory.models import City, Contract, contract_city
from tracker.territory.queries import contract_choices

# A batch knows its item by one number and nothing in the database numbers a city of a contract. PostgreSQL's 31 bits
# hold 16,383 contracts and 131,071 cities: France has some 1,500 priority neighbourhoods and 35,000 communes.
_CITIES = 1 << 17
_CONTRACTS = 1 << 14


@dataclass(frozen=True)
class Place:
    """A city within a contract."""

    contract: Contract
    city: City

    @property
    def number(self) -> int:
        """Both in one whole number, which ``place_numbered`` takes apart."""
        if self.contract.id >= _CONTRACTS or self.city.id >= _CITIES:
            raise OverflowError(f"no number for contract {self.contract.id} and city {self.city.id}")
        return self.contract.id * _CITIES + self.city.id

    @property
    def code(self) -> str:
        """Both as an address of the pages names them: ``2-5``."""
        return f"{self.contract.id}-{self.city.id}"

    @property
    def scope(self) -> Scope:
        """Whose permission table its projects follow."""
        return Scope(self.contract.id, self.city.id)

    @property
    def name(self) -> str:
        """City, then contract."""
        return f"{self.city.name} ({self.contract.name})"


def place_numbered(number: int) -> Place:
    """The place of this number; raises NotReadable when either half does not exist."""
    contract_id, city_id = divmod(number, _CITIES)
    return Place(fetch(Contract, contract_id), fetch(City, city_id))


def editable_places(actor: Actor) -> list[Place]:
    """Where the actor may write projects: contract by contract, city by city."""
    places = [Place(contract, city) for contract in contract_choices(actor) for city in contract.cities]
    return [place for place in places if policy.can(actor, "edit_project", place.scope)[0]]


def place_to_edit(actor: Actor, city_id: int, contract_id: int | None = None) -> Place:
    """The city's place in the contract where the actor writes its projects; ``contract_id`` chooses among several.

    Raises NotReadable (not a city of theirs), Forbidden (read there, not written), Invalid (several contracts, none
    chosen).
    """
    of_city = select(contract_city.c.contract_id).where(contract_city.c.city_id == city_id)
    statement = select(Contract).where(Contract.id.in_(of_city)).order_by(Contract.id)
    if contract_id is None:
        statement = statement.where(Contract.archived_at.is_(None))
    else:
        statement = statement.where(Contract.id == contract_id)
    contracts = db.session.scalars(statement).all()
    places = [Place(contract, fetch(City, city_id)) for contract in contracts]
    readable = [place for place in places if policy.can(actor, "read_project", place.scope)[0]]
    if not readable:
        raise NotReadable
    editable = [place for place in readable if policy.can(actor, "edit_project", place.scope)[0]]
    if not editable:
        policy.require(actor, "edit_project", readable[0].scope)
    if len(editable) > 1:
        names = ", ".join(f"« {place.contract.name} » (n° {place.contract.id})" for place in editable)
        message = f"Contrat : cette ville est dans plusieurs contrats ; l’un d’eux est attendu : {names}."
        raise Invalid(FieldError("contract_id", "required", message))
    return editable[0]


def place_coded(actor: Actor, code: str) -> Place:
    """The place of ``Place.code`` where the actor writes projects; raises NotReadable, Forbidden."""
    named = re.fullmatch(r"(\d{1,9})-(\d{1,9})", code, re.ASCII)
    if named is None:
        raise NotReadable
    return place_to_edit(actor, int(named[2]), int(named[1]))


@dataclass(frozen=True)
class PlaceContent:
    """The live projects of a place with what a workbook says of each; ``itemised`` have their costs from cost items."""

    place: Place
    projects: Sequence[ProjectLine]
    itemised: frozenset[int]
    grants: Sequence[GrantLine]
    budgets: Sequence[BudgetYear]


def place_content(place: Place) -> PlaceContent:
    """Everything in a constant number of queries, in the contract's order: for a caller who may read the place."""
    lines = live_projects(place.contract.id, place.city.id)
    order = {line.id: position for position, line in enumerate(lines)}
    by_financing = {line.financing_id: order[line.id] for line in lines}
    itemised = select(CostItem.project_id).where(CostItem.project_id.in_(order), CostItem.archived_at.is_(None))
    budgets = db.session.scalars(select(BudgetYear).where(BudgetYear.project_id.in_(order)))
    return PlaceContent(
        place,
        lines,
        frozenset(db.session.scalars(itemised.distinct())),
        sorted(grants_of(list(by_financing)), key=lambda grant: (by_financing[grant.financing_id], grant.id)),
        sorted(budgets, key=lambda budget: (order[budget.project_id], budget.year)),
    )


def place_sources(place: Place) -> tuple[Sequence[Scheme], Sequence[Funder]]:
    """The schemes and funders a grant there may name: the live ones, and those already named."""
    return sources_for(select(Project.financing_id).where(*_live(place)))


def titles_of(place: Place) -> Sequence[tuple[int, str]]:
    """(number, title) of the live projects there."""
    return [(row.id, row.title) for row in db.session.execute(select(Project.id, Project.title).where(*_live(place)))]


def _live(place: Place) -> list[Any]:
    return [
        Project.contract_id == place.contract.id,
        Project.city_id == place.city.id,
        Project.archived_at.is_(None),
    ]
