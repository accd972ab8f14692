"""The columns of the project list: one declaration for the page, its sort, the workbook and the API's names."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from tracker.columns import Column, Totals, add_up
from tracker.investment.queries import PlanLine, ProjectLine
from tracker.investment.rules import ALERT_WORDS, PROJECT_STATUSES, SEVERITY_TONES, STATUS_TONES, incl_tax


def _worst(row: ProjectLine) -> str | None:
    return row.alerts[0].code if row.alerts else None


def _worst_tone(row: ProjectLine) -> str | None:
    return SEVERITY_TONES[row.alerts[0].severity] if row.alerts else None


def _link(row: ProjectLine) -> str:
    return url_for("investment.project_page", project_id=row.id)


PROJECTS = (
    Column("title", "Projet", sort=True, link=_link, width=46),
    Column("city", "Ville", get=lambda row: row.city.name, sort=True, width=20),
    Column(
        "status",
        "Avancement",
        "status",
        sort=True,
        words=PROJECT_STATUSES,
        tone=lambda row: STATUS_TONES[row.status],
        width=16,
    ),
    Column("cost_excl_tax", "Coût HT", "money", sort=True, total=True),
    Column("awarded", "Accordé", "money", sort=True, total=True),
    Column("self_funding", "Autofinancement", "money", sort=True, total=True),
    Column("unfunded", "Reste à financer", "money", sort=True, total=True),
    Column("owner_share_rate", "Part du maître d’ouvrage", "ratio", sort=True),
    Column("alerts", "À voir", "status", get=_worst, words=ALERT_WORDS, tone=_worst_tone, width=20),
)


COST_ITEMS = (
    Column("label", "Poste"),
    Column("amount_excl_tax", "Montant HT", "money", total=True),
    Column("vat_rate", "TVA", "ratio"),
    Column(
        "amount_incl_tax",
        "Montant TTC",
        "money",
        get=lambda item: incl_tax(item.amount_excl_tax, item.vat_rate),
        total=True,
    ),
)

BUDGETS = (
    Column("year", "Année", get=lambda budget: str(budget.year)),
    Column("planned", "Prévu", "money", total=True),
    Column("voted", "Voté", "money", total=True),
    Column("committed", "Engagé", "money", total=True),
    Column("paid", "Mandaté", "money", total=True),
)


def shown_totals(columns: Sequence[Column], rows: Sequence[Any]) -> Totals:
    """The last line of a short table that is shown whole."""
    values = {one.key: [one.value(row) for row in rows] for one in columns if one.total}
    unknown = {key: sum(value is None for value in column) for key, column in values.items()}
    return Totals({key: add_up(column) for key, column in values.items()}, unknown)


def project_totals(line: PlanLine) -> Totals:
    """The last line of the list, under the filters."""
    values: dict[str, Any] = {column.key: getattr(line, column.key) for column in PROJECTS if column.total}
    return Totals(values, line.unknown)
