"""Writing the investment plan: projects, cost items, yearly budgets."""

from collections.abc import Callable
from typing import Any

from tracker.columns import add_up
from tracker.extensions import db
from tracker.funding.commands import create_grant, open_financing
from tracker.funding.models import Financing
from tracker.funding.queries import GrantLine
from tracker.history.commands import Writing, fetch, referenced
from tracker.investment import queries, rules
from tracker.investment.models import BudgetYear, CostItem, OwnerShareFloor, Project
from tracker.investment.queries import ProjectLine, scope_of
from tracker.money import MAX_EUROS, ZERO
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope, Stale
from tracker.territory.models import City, Contract

COSTS = ("cost_excl_tax", "cost_incl_tax")
CHECKED = ("starts_on", "ends_on", *COSTS)


def _city_of(contract: Contract, city_id: int) -> City:
    city: City = referenced(City, city_id, "city_id", "Ville")
    if city not in contract.cities:
        message = f"Ville : {city.name} ne fait pas partie du contrat « {contract.name} »."
        raise Invalid(FieldError("city_id", "unknown_reference", message, city_id))
    return city


def _check(values: dict[str, Any]) -> None:
    errors = rules.project_errors(values)
    if errors:
        raise Invalid(errors)


def create_project(actor: Actor, values: dict[str, Any]) -> ProjectLine:
    """Add a project to a contract's plan, in a city of the contract."""
    with Writing(actor) as write:
        scope = Scope(values["contract_id"], values["city_id"])
        write.require("edit_project", scope)
        contract = referenced(Contract, values["contract_id"], "contract_id", "Contrat")
        _city_of(contract, values["city_id"])
        _check(values)
        financing = open_financing("project", scope)
        project = write.add(Project(financing_id=financing.id, **values), scope, label=values["title"])
        financing.parent_id = project.id
    return queries.project_line(project.id)


def _writable(write: Writing, project_id: int, version: int | None) -> Project:
    project: Project = fetch(Project, project_id)
    write.require("edit_project", scope_of(project))
    write.check_version(project, version)
    return project


def update_project(actor: Actor, project_id: int, version: int | None, values: dict[str, Any]) -> ProjectLine:
    """Change the fields named. The two costs are derived as soon as there is a cost item."""
    with Writing(actor) as write:
        project = _writable(write, project_id, version)
        if values.get("contract_id", project.contract_id) != project.contract_id:
            message = "Contrat : un projet ne change pas de contrat."
            raise Invalid(FieldError("contract_id", "invalid", message, values["contract_id"]))
        if any(name in values and values[name] != getattr(project, name) for name in COSTS) or (
            any(name in values for name in COSTS) and write.actor.source == "api"
        ):
            _refuse_derived(project, values)
        if values.get("city_id", project.city_id) != project.city_id:
            _city_of(project.contract, values["city_id"])
            write.require("edit_project", Scope(project.contract_id, values["city_id"]))
            fetch(Financing, project.financing_id).city_id = values["city_id"]
        _check({name: getattr(project, name) for name in CHECKED} | values)
        write.change(project, values, scope_of(project), label=project.title)
    return queries.project_line(project_id)


def _refuse_derived(project: Project, values: dict[str, Any]) -> None:
    if queries.cost_items(project.id):
        labels = {"cost_excl_tax": "Coût HT", "cost_incl_tax": "Coût TTC"}
        raise Invalid(
            FieldError(
                name, "derived", f"{labels[name]} : il est la somme des postes de dépense ; modifiez les postes."
            )
            for name in COSTS
            if name in values
        )


def archive_project(actor: Actor, project_id: int, version: int | None, reason: str) -> ProjectLine:
    """Take a project out of lists and totals, with a reason; its grants can no longer change."""
    with Writing(actor) as write:
        project = _writable(write, project_id, version)
        write.archive(project, reason, scope_of(project), label=project.title)
        project.financing.locked_reason = "Ce projet est archivé : ses subventions ne peuvent plus changer."
    return queries.project_line(project_id)


def add_grant(actor: Actor, project_id: int, values: dict[str, Any]) -> GrantLine:
    """Add a grant to a project."""
    project = queries.readable_project(actor, project_id).project
    return create_grant(actor, project.financing, values)


# -- cost items ----------------------------------------------------------------------------------------------------


def _item_parent(project: Project) -> dict[str, Any]:
    return {"parent": ("project", project.id)}


def _derive_costs(write: Writing, project: Project) -> None:
    """The project's two costs become the sums of its items; without any item left they stay as they are."""
    items = queries.cost_items(project.id)
    if not items:
        return
    without = sum((item.amount_excl_tax for item in items), ZERO)
    if not 0 <= without <= MAX_EUROS:
        message = (
            f"Montant HT : la somme des postes serait de {without} € ; un total entre 0 et {MAX_EUROS} € est attendu."
        )
        raise Invalid(FieldError("amount_excl_tax", "out_of_range", message))
    with_tax = add_up(rules.incl_tax(item.amount_excl_tax, item.vat_rate) for item in items)
    values = {"cost_excl_tax": without, "cost_incl_tax": with_tax}
    write.change(project, values, scope_of(project), label=project.title)


def add_cost_item(actor: Actor, project_id: int, values: dict[str, Any]) -> CostItem:
    """Add a line to a project's cost; the costs become the sums of the lines."""
    with Writing(actor) as write:
        project = _writable(write, project_id, None)
        item: CostItem = write.add(
            CostItem(project_id=project.id, **values), scope_of(project), label=values["label"], **_item_parent(project)
        )
        _derive_costs(write, project)
    return item


def _change_item(
    actor: Actor, item_id: int, version: int | None, change: Callable[[Writing, CostItem], None]
) -> CostItem:
    with Writing(actor) as write:
        item: CostItem = fetch(CostItem, item_id)
        project = _writable(write, item.project_id, None)
        write.check_version(item, version)
        if item.archived_at is not None:
            raise Conflict("locked", "Ce poste est archivé : il ne peut plus changer.")
        change(write, item)
        _derive_costs(write, project)
    return item


def update_cost_item(actor: Actor, item_id: int, version: int | None, values: dict[str, Any]) -> CostItem:
    """Change a cost item."""

    def change(write: Writing, item: CostItem) -> None:
        write.change(item, values, scope_of(item.project), label=item.label, **_item_parent(item.project))

    return _change_item(actor, item_id, version, change)


def archive_cost_item(actor: Actor, item_id: int, version: int | None, reason: str) -> CostItem:
    """Take a cost item out of the project's cost, with a reason."""

    def change(write: Writing, item: CostItem) -> None:
        write.archive(item, reason, scope_of(item.project), label=item.label, **_item_parent(item.project))

    return _change_item(actor, item_id, version, change)


# -- yearly budgets ------------------------------------------------------------------------------------------------


def put_budget_year(
    actor: Actor, project_id: int, year: int, version: int | None, values: dict[str, Any]
) -> tuple[BudgetYear, bool]:
    """Write a project's budget of one year: create it (``version`` None) or replace it; tells whether it is new.

    Raises Stale when it exists and should not, or is another version, or does not exist and should.
    """
    with Writing(actor) as write:
        project = _writable(write, project_id, None)
        budget = queries.budget_year(project_id, year)
        whole = {name: values.get(name) for name in ("planned", "voted", "committed", "paid")}
        label = f"Budget {year}"
        new = budget is None
        if budget is None:
            if version is not None:
                raise Stale
            budget = BudgetYear(project_id=project_id, year=year, **whole)
            write.add(budget, scope_of(project), label=label, **_item_parent(project))
        else:
            if version is None or budget.version != version:
                raise Stale(budget)
            write.change(budget, whole, scope_of(project), label=label, **_item_parent(project))
    return budget, new


def set_owner_share_floor(actor: Actor, values: dict[str, Any]) -> OwnerShareFloor:
    """Write the floor of a regime from a day on, with its source: dated reference data."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        key = {"regime": values["regime"], "valid_from": values["valid_from"]}
        floor = db.session.query(OwnerShareFloor).filter_by(**key).first()
        if floor is None:
            floor = write.add(OwnerShareFloor(**values), Scope(), label=values["regime"])
        else:
            write.change(floor, values, Scope(), label=values["regime"])
    return floor
