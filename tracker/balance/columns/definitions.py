"""What each figure means: a figure without its definition is disputed."""

from collections.abc import Mapping

from tracker.balance.columns.investment import (
    BUDGET_DEFINITIONS,
    BUDGETS_BESIDE,
    INVESTMENT,
    INVESTMENT_DEFINITIONS,
    OWNER_SHARE_RULE,
    PROJECTS,
)
from tracker.balance.columns.programme import NEXT_PROGRAMME
from tracker.balance.columns.sheet import DEFINITIONS, UNKNOWN_RULE, label_of
from tracker.balance.columns.years import CUMULATED_RULE
from tracker.balance.queries.content import BalanceSheet
from tracker.columns import Column

_AWARDED = ("amount", "Accordé, par source", "Montants accordés par cette source aux actions des dossiers comptés.")
# Of next year's programme.
_PLANNED = {
    "planned_actions": "Actions inscrites au programme de l’an prochain, avant même qu’il soit validé.",
    "planned_valued": "Part de la dépense prévisionnelle que le bailleur compte faire valoir.",
}


def _named(columns: tuple[Column, ...]) -> Mapping[str, str]:
    return {column.key: column.label for column in columns}


def definitions(
    *, year: bool = True, investment: bool = False, projects: bool = False, years: bool = False
) -> list[tuple[str, str, str]]:
    """(key, label, meaning) of every figure shown, in the order of the columns, then the rules of all.

    ``year``: what stands in one year's sheet alone; ``investment``: the plan and the year's budgets; ``projects``: each
    project; ``years``: the years together.
    """
    found = [(key, label_of(key), meaning) for key, meaning in DEFINITIONS.items()]
    if year:
        labels = _named(NEXT_PROGRAMME)
        found += [_AWARDED, *((key, labels[key], meaning) for key, meaning in _PLANNED.items())]
    if investment:
        labels = _named(INVESTMENT)
        found += [(key, labels[key], meaning) for key, meaning in INVESTMENT_DEFINITIONS.items()]
        found += [(one.key, one.label, BUDGET_DEFINITIONS[one.key]) for one in BUDGETS_BESIDE]
    if projects:
        found.append(("owner_share_rate", _named(PROJECTS)["owner_share_rate"], OWNER_SHARE_RULE))
    if years:
        found.append(("cumulated", "Cumul", CUMULATED_RULE))
    return [*found, ("unknown", "Valeurs inconnues", UNKNOWN_RULE)]


def whole_definitions(sheet: BalanceSheet) -> list[tuple[str, str, str]]:
    """(key, label, meaning) of every figure of the whole sheet, as it is handed out: workbook, PDF."""
    plan = sheet.investment is not None
    return definitions(investment=plan, projects=plan, years=bool(sheet.by_year))
