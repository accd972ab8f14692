"""Writing a workbook's records through the room's own commands, and giving them their old values back.

Permission, version, rule and history are those of the commands: what a page refuses, a workbook is refused.
"""

from collections.abc import Mapping
from typing import Any

from tracker.funding import commands as funding
from tracker.funding.queries import grants_of
from tracker.funding.sources import to_grant
from tracker.history.commands import Writing, fetch
from tracker.investment import commands, queries
from tracker.investment.models import BudgetYear, Project
from tracker.investment.queries import Place
from tracker.investment.workbook import sheets
from tracker.investment.workbook.records import AMOUNTS
from tracker.policy import Actor, FieldError, Invalid, Stale
from tracker.workbooks.entries import folded_title, plain_old
from tracker.workbooks.forms import Change, Record

Values = Mapping[str, Any]
_SCHEMAS = {
    sheets.PROJECTS: sheets.project_sheet().schema,
    sheets.GRANTS: sheets.GrantSheetSchema(),
    sheets.BUDGETS: sheets.BudgetSheetSchema(),
}


def save_record(write: Writing, place: Place, record: Record, change: Change) -> tuple[int, int]:
    """Create or change one record; gives its number and its version afterwards."""
    if change.id is None:
        # An empty cell of a new row says nothing, as a field left out of a body: the default holds.
        row = _create(write.actor, place, record.sheet, {k: v for k, v in record.values.items() if v is not None})
    else:
        row = _update(write.actor, change, {name: record.values[name] for name in change.fields})
    return row.id, row.version


def _create(actor: Actor, place: Place, sheet: str, values: dict[str, Any]) -> Any:
    if sheet == sheets.PROJECTS:
        return commands.create_project(actor, {"contract_id": place.contract.id, "city_id": place.city.id, **values})
    project_id = _titled(place, values["project"])
    if sheet == sheets.GRANTS:
        return commands.add_grant(actor, project_id, to_grant(values, but=("project",)))
    # An undone batch leaves its budgets there, empty: the same row fills them again.
    standing = queries.budget_year(project_id, values["year"])
    version = standing.version if standing is not None and is_empty(standing) else None
    return commands.put_budget_year(actor, project_id, values["year"], version, values)[0]


def _update(actor: Actor, change: Change, values: dict[str, Any]) -> Any:
    number, version = change.id, change.version
    if change.sheet == sheets.PROJECTS:
        return commands.update_project(actor, number or 0, version, values)
    if change.sheet == sheets.GRANTS:
        return funding.update_grant(actor, number or 0, version, to_grant(values, but=("project",)))
    return _put(actor, fetch(BudgetYear, number), version, values)


def _put(actor: Actor, budget: BudgetYear, version: int | None, values: Values) -> BudgetYear:
    """The amounts named, the others as they stand: a budget is replaced whole."""
    whole = {name: values.get(name, getattr(budget, name)) for name in AMOUNTS}
    return commands.put_budget_year(actor, budget.project_id, budget.year, version, whole)[0]


def is_empty(budget: BudgetYear) -> bool:
    """Whether a year's budget says nothing."""
    return all(getattr(budget, name) is None for name in AMOUNTS)


def _titled(place: Place, title: str) -> int:
    """The project of this title; those added above it in the workbook are there already."""
    named = [number for number, known in queries.titles_of(place) if folded_title(known) == folded_title(title)]
    if len(named) != 1:
        message = f"Projet : « {title} » trouvé ; le nom d’un seul projet de la feuille « Projets » est attendu."
        raise Invalid(FieldError("project", "unknown_reference", message, title))
    return named[0]


def undo_record(write: Writing, change: Change, reason: str) -> None:
    """Archive what the batch created, give what it changed its old values back; raises Stale.

    A budget cannot be archived: one the batch created loses its amounts.
    """
    if change.id is None:
        return
    created = change.kind == "created"
    old = {} if created else plain_old(_SCHEMAS[change.sheet], {name: pair[0] for name, pair in change.fields.items()})
    if change.sheet == sheets.PROJECTS:
        if created:
            _refuse_used(fetch(Project, change.id))
            commands.archive_project(write.actor, change.id, change.version, reason)
        else:
            commands.update_project(write.actor, change.id, change.version, old)
    elif change.sheet == sheets.GRANTS:
        if created:
            funding.archive_grant(write.actor, change.id, change.version, reason)
        else:
            values = to_grant(old, but=("project",))
            funding.restore_grant(write.actor, change.id, change.version, values, reason)
    else:
        _put(write.actor, fetch(BudgetYear, change.id), change.version, dict.fromkeys(AMOUNTS) if created else old)


def _refuse_used(project: Project) -> None:
    """What others have since hung on a project keeps it: the batch's own grants and budgets were undone before."""
    budgets = [budget for budget in queries.budget_years(project.id) if not is_empty(budget)]
    if budgets or grants_of([project.financing_id]) or queries.cost_items(project.id):
        raise Stale(project)
