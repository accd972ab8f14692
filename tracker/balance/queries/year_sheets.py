"""The figures of a contract's years, for the contract, a city, a neighbourhood or a landlord."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tracker import policy
from tracker.balance.queries.content import Reference, YearLine
from tracker.balance.queries.references import references
from tracker.balance.queries.sheet import ALL, OWN, contract_by_code, own_landlords
from tracker.balance.queries.years import figures_by_year
from tracker.balance.rules import Figures
from tracker.extensions import db
from tracker.policy import Actor, FieldError, Invalid, Scope
from tracker.territory.models import Contract, Landlord, Neighbourhood
from tracker.tfpb.models import Convention
from tracker.tfpb.queries.expected import FileRow, Ref

# Filter → what a refusal calls it.
FILTERS = {"city_id": "Ville", "neighbourhood_id": "Quartier", "landlord_id": "Bailleur"}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the figures are narrowed to; None is everything the reader may see."""

    city: Ref | None
    neighbourhood: Ref | None
    landlord: Ref | None


@dataclass(frozen=True, kw_only=True)
class YearsSheet:
    """Each year of the contract and all of them together, under the filters, with what to compare them with."""

    contract: Ref
    scope: str
    filters: Filters
    by_year: tuple[YearLine, ...]
    cumulated: Figures
    references: tuple[Reference, ...]
    choices: Mapping[str, tuple[Ref, ...]]


def years_sheet(actor: Actor, code: str, arguments: Mapping[str, Any]) -> YearsSheet:
    """The years of a contract under ``city_id``, ``neighbourhood_id``, ``landlord_id``: a constant number of queries.

    Who reads a live sheet reads them, a landlord its own lines. Raises NotReadable, Invalid on a filter that names
    nothing of the contract the reader may see.
    """
    contract = contract_by_code(code)
    where = Scope(contract.id)
    landlords = None
    if not policy.can(actor, "read_balance", where)[0]:
        policy.require(actor, "read_own_balance", where)
        landlords = own_landlords(actor, contract.id)
    choices = _choices(contract, landlords)
    chosen = {name: _chosen(name, arguments.get(name), choices[name]) for name in FILTERS}
    wanted = {name.removesuffix("_id"): ref.id for name, ref in chosen.items() if ref is not None}

    def keep(file: FileRow) -> bool:
        return all(getattr(file, name).id == number for name, number in wanted.items())

    told = figures_by_year(contract, range(contract.first_year, contract.last_year + 1), landlords, keep)
    return YearsSheet(
        contract=Ref(contract.id, contract.code, contract.name),
        scope=ALL if landlords is None else OWN,
        filters=Filters(**{name.removesuffix("_id"): ref for name, ref in chosen.items()}),
        by_year=told.by_year,
        cumulated=told.cumulated,
        references=references(),
        choices=choices,
    )


def _choices(contract: Contract, landlords: list[int] | None) -> dict[str, tuple[Ref, ...]]:
    """What each filter offers this reader: cities and neighbourhoods of the contract, landlords of its conventions."""
    places = select(Neighbourhood).where(Neighbourhood.contract_id == contract.id).order_by(Neighbourhood.name)
    bound = select(Convention.landlord_id).where(Convention.contract_id == contract.id)
    owners = select(Landlord).where(Landlord.id.in_(bound)).order_by(Landlord.name, Landlord.id)
    if landlords is not None:
        owners = owners.where(Landlord.id.in_(landlords))
    return {
        "city_id": tuple(Ref(one.id, one.insee, one.name) for one in contract.cities),
        "neighbourhood_id": tuple(Ref(one.id, one.code, one.name) for one in db.session.scalars(places)),
        "landlord_id": tuple(Ref(one.id, one.siren, one.name) for one in db.session.scalars(owners)),
    }


def _chosen(name: str, number: int | None, offered: tuple[Ref, ...]) -> Ref | None:
    if number is None:
        return None
    found = next((ref for ref in offered if ref.id == number), None)
    if found is None:
        message = f"{FILTERS[name]} : aucun élément n° {number} n’existe dans ce contrat."
        raise Invalid(FieldError(name, "unknown_reference", message, number))
    return found
