"""« Investissement »: the equipment projects by city, by source and one by one, and the year's budgets."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.balance.queries.content import Investment
from tracker.balance.workbook.pages import Pages
from tracker.columns import Column, Totals, by_key
from tracker.investment.rules import PROJECT_KINDS, PROJECT_STATUSES, STATUS_TONES
from tracker.workbooks.charts import Bars

CITIES, SOURCES, PROJECTS = "Investissement", "Investissement par source", "Investissement par projet"
ABSENT = "Le plan d’investissement ne figure pas dans ce bilan."
NONE = "Aucun projet d’équipement n’est inscrit au plan d’investissement."


def _missing(row: Any) -> str | None:
    return None if row.unfunded is None else "bad" if row.unfunded > 0 else "good"


AMOUNTS = (
    # As wide as the amounts of the budgets that stand under them.
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
CITY = Column("city", "Ville", get=lambda line: line.city.name, width=24)
BY_SOURCE = (
    Column("name", "Source", width=44),
    Column("funder", "Financeur", get=lambda line: line.funder.name, width=36),
    Column("is_loan", "Prêt", "boolean", width=8),
    *by_key(AMOUNTS, ("projects", "requested", "awarded", "paid", "loans")),
)
BY_PROJECT = (
    Column("title", "Projet", width=48),
    CITY,
    Column("kind", "Nature", "status", words=PROJECT_KINDS, width=20),
    Column(
        "status",
        "Avancement",
        "status",
        words=PROJECT_STATUSES,
        tone=lambda row: STATUS_TONES.get(row.status),
        width=17,
    ),
    *by_key(AMOUNTS, ("cost_excl_tax", "awarded", "paid", "left_to_fund", "unfunded")),
    Column("owner_share_rate", "Part du maître d’ouvrage", "ratio", width=12),
)
BUDGETS = (("planned", "Prévu"), ("voted", "Voté"), ("committed", "Engagé"), ("paid", "Payé"))
# What the lines add up to; a project may have several sources, so projects are not added up by source, and what
# remains is a difference, unknown as soon as one of its parts is.
_ADDED = ("projects", "delivered", "cost_excl_tax", "requested", "awarded", "paid", "self_funding", "loans")
_ADDED_BY_SOURCE = ("requested", "awarded", "paid", "loans")
_ADDED_BY_PROJECT = ("cost_excl_tax", "awarded", "paid")


def write(pages: Pages) -> None:
    """The three sheets, or the one that says that the plan is not there."""
    plan = pages.balance.investment
    if plan is None or not plan.projects:
        pages.listed(CITIES, "les projets d’équipement", (CITY,), (), nothing=ABSENT if plan is None else NONE)
        return
    totals = Totals({column.key: getattr(plan.totals, column.key) for column in AMOUNTS})
    _cities(pages, plan, totals)
    pages.listed(
        SOURCES,
        "qui finance les projets",
        BY_SOURCE,
        plan.by_source,
        Totals(_some(totals.values, _ADDED_BY_SOURCE)),
        added=_ADDED_BY_SOURCE,
        nothing="Aucun financement demandé pour les projets.",
    )
    pages.listed(
        PROJECTS,
        "projet par projet",
        BY_PROJECT,
        plan.projects,
        Totals(
            _some(totals.values, ("cost_excl_tax", "awarded", "paid", "left_to_fund", "unfunded")),
            {"cost_excl_tax": sum(row.cost_excl_tax is None for row in plan.projects)},
        ),
        added=_ADDED_BY_PROJECT,
    )


def _cities(pages: Pages, plan: Investment, totals: Totals) -> None:
    title = "Coût des projets, financements accordés et versés, par ville"
    sheet = pages.listed(
        CITIES,
        "où en sont les projets d’équipement, ville par ville",
        [CITY, *AMOUNTS],
        plan.by_city,
        totals,
        added=_ADDED,
    )
    sheet.blank()
    sheet.text(f"Budgets {pages.balance.year} des projets", "section")
    sheet.line(("Toutes les villes", "header", "text"), *((label, "header", "money") for _, label in BUDGETS))
    sheet.line(("Montant", "strong", "text"), *((getattr(plan, key), "body", "money") for key, _ in BUDGETS))
    told = f"{title} ; les mêmes montants sont dans le tableau au-dessus."
    sheet.chart(Bars(title, ("cost_excl_tax", "awarded", "paid"), told), pages.tables[CITIES])


def _some(values: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: values[key] for key in keys}
