"""The columns of the investment side of the year: the plan by city, by source and by project, the year's budgets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tracker.balance.columns.sheet import CITY, unknown_counts
from tracker.balance.queries.content import Investment
from tracker.columns import Column, Totals, by_key
from tracker.investment.rules import PROJECT_KINDS, PROJECT_STATUSES, STATUS_TONES


def _missing(row: Any) -> str | None:
    return None if row.unfunded is None else "bad" if row.unfunded > 0 else "good"


INVESTMENT = (
    # In the workbook, as wide as the amounts of the budgets that stand under them.
    Column("projects", "Projets", "integer", total=True, width=18),
    Column("delivered", "Livrés", "integer", total=True, width=18),
    Column("cost_excl_tax", "Coût HT", "money", total=True),
    Column("requested", "Demandé", "money", total=True),
    Column("awarded", "Accordé", "money", total=True),
    Column("paid", "Versé", "money", total=True),
    Column("self_funding", "Autofinancement", "money", total=True),
    Column("loans", "Emprunts", "money", total=True),
    Column("left_to_fund", "Reste à charge HT", "money", total=True),
    Column("unfunded", "Reste à financer", "money", total=True, tone=_missing),
)
# What is handed out, workbook and paper, has all of them; a page what it has room for.
PLAN_BY_CITY = (replace(CITY, width=24), *INVESTMENT)
INVESTMENT_BY_CITY = tuple(
    by_key(
        PLAN_BY_CITY,
        (CITY.key, "projects", "delivered", "cost_excl_tax", "awarded", "paid", "left_to_fund", "unfunded"),
    )
)
# A project has several sources: their counts do not add up to the projects.
INVESTMENT_BY_SOURCE = (
    Column("name", "Source", width=44),
    Column("funder", "Financeur", get=lambda line: line.funder.name, width=36),
    *(replace(column, total=False) for column in by_key(INVESTMENT, ("projects", "delivered"))),
    *by_key(INVESTMENT, ("requested", "awarded", "loans", "paid")),
)
PLAN_BY_SOURCE = (
    *by_key(INVESTMENT_BY_SOURCE, ("name", "funder")),
    Column("is_loan", "Prêt", "boolean", width=8),
    *by_key(INVESTMENT_BY_SOURCE, ("projects", "requested", "awarded", "paid", "loans")),
)
PROJECTS = (
    Column("title", "Projet", width=48),
    replace(CITY, width=24),
    Column("kind", "Nature", "status", words=PROJECT_KINDS, width=20),
    Column(
        "status",
        "Avancement",
        "status",
        words=PROJECT_STATUSES,
        tone=lambda row: STATUS_TONES.get(row.status),
        width=17,
    ),
    *by_key(INVESTMENT, ("cost_excl_tax", "awarded", "paid", "left_to_fund", "unfunded")),
    Column("owner_share_rate", "Part du maître d’ouvrage", "ratio", width=12),
)
BUDGETS = (
    Column("planned", "Prévu", "money"),
    Column("voted", "Voté", "money"),
    Column("committed", "Engagé", "money"),
    Column("paid", "Mandaté", "money"),
)
# The same where the plan's amounts stand too: what is paid of a budget is not what is paid of a grant.
BUDGETS_BESIDE = tuple(
    replace(column, key=f"budget_{column.key}", label=f"Budget {column.label.lower()}") for column in BUDGETS
)

INVESTMENT_DEFINITIONS = {
    "projects": "Projets d’équipement du contrat qui ne sont pas archivés ; par source, ceux qu’elle aide.",
    "delivered": "Projets au statut « Livré ».",
    "cost_excl_tax": "Coût hors taxes des projets dont il est connu.",
    "requested": "Subventions d’investissement demandées, hors prêts, refus et abandons.",
    "awarded": "Subventions d’investissement accordées, hors prêts ; une aide demandée n’y entre pas encore.",
    "loans": "Emprunts accordés : un prêt n’est pas une subvention.",
    "paid": "Versements reçus sur les subventions accordées.",
    "left_to_fund": "Coût HT − subventions accordées ; inconnu dès qu’un coût ou un accord manque.",
    "unfunded": "Reste à charge HT − autofinancement − emprunts ; négatif quand le plan dépasse le coût.",
}
# Of one project alone.
OWNER_SHARE_RULE = (
    "(Coût − subventions) ÷ (coût − financements privés), pour une ville ou l’intercommunalité (CGCT, art. L. 1111-10)."
)
BUDGET_DEFINITIONS = {
    "budget_planned": "Dépenses de l’année inscrites aux plans pluriannuels des projets.",
    "budget_voted": "Crédits votés au budget de l’année, décisions modificatives comprises.",
    "budget_committed": "Marchés et commandes passés dans l’année sur ces crédits.",
    "budget_paid": "Dépenses de l’année mandatées par la ville.",
}


def investment_totals(investment: Investment, columns: Sequence[Column]) -> Totals:
    """The last line of the investment's tables: the plan's own totals, where these columns add up."""
    return Totals({column.key: getattr(investment.totals, column.key) for column in columns if column.total})


def project_totals(investment: Investment) -> Totals:
    """The last line of the projects: the plan's own totals, and how many projects do not know their cost."""
    unknown = unknown_counts(investment.projects, ("cost_excl_tax",))
    return replace(investment_totals(investment, PROJECTS), unknown=unknown)
