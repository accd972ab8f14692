"""Writing reference data: contracts, neighbourhoods, cities, landlords by the administrator, residences and
objectives by the coordinator of the contract too."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from tracker.extensions import db
from tracker.history.commands import Writing, fetch, plain, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.territory import rules
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence

# The natural keys: column → how a refusal names it.
KEYS: dict[Any, dict[str, str]] = {
    Contract: {"code": "Un contrat porte déjà le code"},
    Neighbourhood: {"code": "Un quartier porte déjà le code"},
    City: {"insee": "Une commune porte déjà le code INSEE", "siren": "Une commune porte déjà le SIREN"},
    Landlord: {"siren": "Un bailleur porte déjà le SIREN"},
    Residence: {},
}
# What the coordinator of a contract keeps too.
KEPT_BY_COORDINATOR = (Residence, Objective)


def scope_of(row: Any) -> Scope:
    """Where a reference belongs: who may write it, and under which contract its history is read."""
    if isinstance(row, Contract):
        return Scope(contract_id=row.id)
    if isinstance(row, Neighbourhood | Objective):
        return Scope(contract_id=row.contract_id)
    if isinstance(row, Residence):
        return Scope(row.neighbourhood.contract_id, row.city_id, row.landlord_id)
    return Scope()


def _check_keys(model: Any, values: dict[str, Any], row: Any = None) -> None:
    """Refuse a natural key that another row holds, archived or not; the unique constraint settles a race."""
    for name, sentence in KEYS[model].items():
        value = values.get(name)
        if value is None:
            continue
        holder = db.session.scalars(select(model).where(getattr(model, name) == value)).first()
        if holder is not None and holder is not row:
            archived = " ; il est archivé" if holder.archived_at is not None else ""
            raise Conflict("duplicate", f"{sentence} {value} : « {holder.name} »{archived}.")


def _writable(write: Writing, verb: str, scope: Scope, row: Any, version: int | None) -> None:
    write.require(verb, scope)
    write.check_version(row, version)
    if row.archived_at is not None:
        raise Conflict("locked", "Cet élément est archivé : il ne peut plus changer.")


def _cities(numbers: Sequence[int] | None, kept: Sequence[City] = ()) -> list[City]:
    """The live cities of these numbers; those already listed may have been archived since."""
    known = {city.id: city for city in kept}
    found = [known.get(number) or referenced(City, number, "city_ids", "Communes") for number in numbers or ()]
    return sorted(found, key=lambda city: city.name)


def _change_with_cities(write: Writing, row: Any, values: dict[str, Any], scope: Scope) -> None:
    """Change a row and its list of cities as one write: one line of history, one new version."""
    changes: dict[str, list[Any]] = {}
    if "city_ids" in values:
        cities, before = _cities(values.pop("city_ids"), row.cities), row.city_ids
        if {city.id for city in cities} != set(before):
            row.cities = cities
            # The list stands in another table: without this its change would keep the row's version.
            flag_modified(row, "name")
            changes["city_ids"] = [before, row.city_ids]
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            setattr(row, name, new)
            changes[name] = [plain(old), plain(new)]
    if changes:
        write.tell(row, "update", changes, scope, label=row.name)


# -- contracts -----------------------------------------------------------------------------------------------------


def _check_years(first_year: int, last_year: int) -> None:
    if problem := rules.years_problem(first_year, last_year):
        raise Invalid(FieldError("last_year", "out_of_range", problem, last_year))


def create_contract(actor: Actor, values: dict[str, Any]) -> Contract:
    """Open a contract."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        _check_years(values["first_year"], values["last_year"])
        _check_keys(Contract, values)
        cities = _cities(values.pop("city_ids", None))
        contract = Contract(**values, cities=cities)
        db.session.add(contract)
        db.session.flush()
        related = {"city_ids": contract.city_ids}
        write.add(contract, Scope(contract_id=contract.id), label=contract.name, related=related)
    return contract


def update_contract(actor: Actor, contract_id: int, version: int | None, values: dict[str, Any]) -> Contract:
    """Change the fields named; ``city_ids`` replaces the whole list."""
    with Writing(actor) as write:
        contract: Contract = fetch(Contract, contract_id)
        scope = Scope(contract_id=contract.id)
        _writable(write, "administer", scope, contract, version)
        _check_years(values.get("first_year", contract.first_year), values.get("last_year", contract.last_year))
        _check_keys(Contract, values, contract)
        _change_with_cities(write, contract, values, scope)
    return contract


# -- neighbourhoods ------------------------------------------------------------------------------------------------


def _check_neighbourhood(contract: Contract, cities: Sequence[City]) -> None:
    strangers = rules.outside([city.id for city in cities], contract.city_ids)
    if strangers:
        names = ", ".join(city.name for city in cities if city.id in strangers)
        message = f"Communes : {names} trouvé ; des communes du contrat « {contract.name} » sont attendues."
        raise Invalid(FieldError("city_ids", "unknown_reference", message, strangers))


def create_neighbourhood(actor: Actor, values: dict[str, Any]) -> Neighbourhood:
    """Add a neighbourhood to a contract, in one or more of its cities."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        contract = referenced(Contract, values["contract_id"], "contract_id", "Contrat")
        _check_keys(Neighbourhood, values)
        cities = _cities(values.pop("city_ids", None))
        _check_neighbourhood(contract, cities)
        neighbourhood = Neighbourhood(**values, cities=cities)
        scope = Scope(contract_id=contract.id)
        related = {"city_ids": [city.id for city in cities]}
        write.add(neighbourhood, scope, label=neighbourhood.name, related=related)
    return neighbourhood


def update_neighbourhood(actor: Actor, number: int, version: int | None, values: dict[str, Any]) -> Neighbourhood:
    """Change the fields named; ``city_ids`` replaces the whole list."""
    with Writing(actor) as write:
        row: Neighbourhood = fetch(Neighbourhood, number)
        _writable(write, "administer", Scope(contract_id=row.contract_id), row, version)
        contract_id = values.get("contract_id", row.contract_id)
        contract = row.contract
        if contract_id != row.contract_id:
            contract = referenced(Contract, contract_id, "contract_id", "Contrat")
        _check_neighbourhood(contract, _cities(values.get("city_ids", row.city_ids), row.cities))
        _check_keys(Neighbourhood, values, row)
        _change_with_cities(write, row, values, Scope(contract_id=contract.id))
    return row


# -- cities and landlords ------------------------------------------------------------------------------------------


def _create(actor: Actor, row: Any, values: dict[str, Any], scope: Scope = Scope()) -> Any:  # noqa: B008 - frozen
    with Writing(actor) as write:
        write.require("administer", scope)
        _check_keys(type(row), values)
        write.add(row, scope, label=row.name)
    return row


def _update(actor: Actor, model: Any, number: int, version: int | None, values: dict[str, Any]) -> Any:
    with Writing(actor) as write:
        row = fetch(model, number)
        _writable(write, "administer", scope_of(row), row, version)
        _check_keys(model, values, row)
        write.change(row, values, scope_of(row), label=values.get("name", row.name))
    return row


def create_city(actor: Actor, values: dict[str, Any]) -> City:
    """Add a commune."""
    city: City = _create(actor, City(**values), values)
    return city


def update_city(actor: Actor, city_id: int, version: int | None, values: dict[str, Any]) -> City:
    """Change the fields named."""
    city: City = _update(actor, City, city_id, version, values)
    return city


def create_landlord(actor: Actor, values: dict[str, Any]) -> Landlord:
    """Add a social landlord."""
    landlord: Landlord = _create(actor, Landlord(**values), values)
    return landlord


def update_landlord(actor: Actor, landlord_id: int, version: int | None, values: dict[str, Any]) -> Landlord:
    """Change the fields named."""
    landlord: Landlord = _update(actor, Landlord, landlord_id, version, values)
    return landlord


# -- residences ----------------------------------------------------------------------------------------------------


def _check_residence(neighbourhood: Neighbourhood, city: City) -> None:
    if rules.outside([city.id], neighbourhood.city_ids):
        expected = ", ".join(one.name for one in neighbourhood.cities)
        message = f"Commune : « {city.name} » trouvé ; le quartier « {neighbourhood.name} » s’étend sur : {expected}."
        raise Invalid(FieldError("city_id", "unknown_reference", message, city.id))


def create_residence(actor: Actor, values: dict[str, Any]) -> Residence:
    """Add a landlord's residence to a neighbourhood of the actor's contract."""
    with Writing(actor) as write:
        neighbourhood = referenced(Neighbourhood, values["neighbourhood_id"], "neighbourhood_id", "Quartier")
        scope = Scope(neighbourhood.contract_id, values["city_id"], values["landlord_id"])
        write.require("manage_contract", scope)
        city = referenced(City, values["city_id"], "city_id", "Commune")
        referenced(Landlord, values["landlord_id"], "landlord_id", "Bailleur")
        _check_residence(neighbourhood, city)
        residence: Residence = write.add(Residence(**values), scope, label=values["name"])
    return residence


def update_residence(actor: Actor, residence_id: int, version: int | None, values: dict[str, Any]) -> Residence:
    """Change the fields named; moving to another contract asks for a role in both."""
    with Writing(actor) as write:
        row: Residence = fetch(Residence, residence_id)
        _writable(write, "manage_contract", scope_of(row), row, version)
        neighbourhood, city = row.neighbourhood, row.city
        if values.get("neighbourhood_id", row.neighbourhood_id) != row.neighbourhood_id:
            neighbourhood = referenced(Neighbourhood, values["neighbourhood_id"], "neighbourhood_id", "Quartier")
        if values.get("city_id", row.city_id) != row.city_id:
            city = referenced(City, values["city_id"], "city_id", "Commune")
        landlord_id = values.get("landlord_id", row.landlord_id)
        if landlord_id != row.landlord_id:
            referenced(Landlord, landlord_id, "landlord_id", "Bailleur")
        scope = Scope(neighbourhood.contract_id, city.id, landlord_id)
        write.require("manage_contract", scope)
        _check_residence(neighbourhood, city)
        write.change(row, values, scope, label=values.get("name", row.name))
    return row


# -- objectives ----------------------------------------------------------------------------------------------------


def _check_code(contract_id: int, code: str, row: Objective | None = None) -> None:
    """Within a contract a code names one objective, archived or not."""
    same = select(Objective).where(Objective.contract_id == contract_id, Objective.code == code)
    holder = db.session.scalars(same).first()
    if holder is not None and holder is not row:
        archived = " ; il est archivé" if holder.archived_at is not None else ""
        raise Conflict("duplicate", f"Un objectif du contrat porte déjà le code {code} : « {holder.label} »{archived}.")


def create_objective(actor: Actor, values: dict[str, Any]) -> Objective:
    """Add an objective to the plan of action of the actor's contract."""
    with Writing(actor) as write:
        contract: Contract = referenced(Contract, values["contract_id"], "contract_id", "Contrat")
        scope = Scope(contract_id=contract.id)
        write.require("manage_contract", scope)
        _check_code(contract.id, values["code"])
        objective: Objective = write.add(Objective(**values), scope, label=values["label"])
    return objective


def update_objective(actor: Actor, objective_id: int, version: int | None, values: dict[str, Any]) -> Objective:
    """Change the fields named; actions may be linked to it, so it stays in its contract."""
    with Writing(actor) as write:
        row: Objective = fetch(Objective, objective_id)
        _writable(write, "manage_contract", scope_of(row), row, version)
        if values.get("contract_id", row.contract_id) != row.contract_id:
            raise Conflict("locked", "Un objectif reste dans son contrat : archivez-le et ajoutez-le à l’autre.")
        _check_code(row.contract_id, values.get("code", row.code), row)
        write.change(row, values, scope_of(row), label=values.get("label", row.label))
    return row


# -- archives ------------------------------------------------------------------------------------------------------


def archive_reference(actor: Actor, model: Any, number: int, version: int | None, reason: str) -> Any:
    """Archive any reference with its reason: it leaves the lists and the choices, and still answers."""
    with Writing(actor) as write:
        row = fetch(model, number)
        write.require("manage_contract" if model in KEPT_BY_COORDINATOR else "administer", scope_of(row))
        write.check_version(row, version)
        write.archive(row, reason, scope_of(row), label=row.name)
    return row
