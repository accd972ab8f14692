"""The records a workbook of projects starts from, sheet by sheet, as plain values."""

from typing import Any

from tracker.funding.sources import source_columns, source_of
from tracker.investment.commands import COSTS
from tracker.investment.queries import PlaceContent, ProjectLine
from tracker.investment.workbook import sheets
from tracker.workbooks.entries import keys
from tracker.workbooks.forms import Known

_PROJECT_KEYS = keys(sheets.project_sheet())
_GRANT_KEYS = [key for key in keys(sheets.grant_sheet((), ())) if key not in ("project", "source")]
AMOUNTS = ("planned", "voted", "committed", "paid")


def known_records(content: PlaceContent) -> dict[str, list[Known]]:
    """The records by sheet code, in the order of each sheet."""
    by_id = {line.id: line.title for line in content.projects}
    by_financing = {line.financing_id: line.title for line in content.projects}
    return {
        sheets.PROJECTS: [_project(line, itemised=line.id in content.itemised) for line in content.projects],
        sheets.GRANTS: [_grant(grant, by_financing[grant.financing_id]) for grant in content.grants],
        sheets.BUDGETS: [_budget(budget, by_id[budget.project_id]) for budget in content.budgets],
    }


def _project(line: ProjectLine, *, itemised: bool) -> Known:
    values = {name: getattr(line, name) for name in _PROJECT_KEYS}
    return Known(line.id, line.version, values, frozenset(COSTS) if itemised else frozenset())


def _grant(grant: Any, title: str) -> Known:
    values = {name: getattr(grant, name) for name in _GRANT_KEYS}
    columns = source_columns(grant)
    return Known(grant.id, grant.version, {"project": title, "source": source_of(columns), **columns, **values})


def _budget(budget: Any, title: str) -> Known:
    values = {name: getattr(budget, name) for name in AMOUNTS}
    return Known(budget.id, budget.version, {"project": title, "year": budget.year, **values})
