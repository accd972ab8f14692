"""« Investissement »: the equipment projects by city, by source and one by one, and the year's budgets."""

from tracker.balance import columns
from tracker.balance.queries.content import Investment
from tracker.balance.workbook.pages import Pages
from tracker.workbooks.charts import Bars

CITIES, SOURCES, PROJECTS = "Investissement", "Investissement par source", "Investissement par projet"
ABSENT = "Le plan d’investissement ne figure pas dans ce bilan."
NONE = "Aucun projet d’équipement n’est inscrit au plan d’investissement."

# What the lines add up to; a project may have several sources, so projects are not added up by source, and what
# remains is a difference, unknown as soon as one of its parts is.
_ADDED = ("projects", "delivered", "cost_excl_tax", "requested", "awarded", "paid", "self_funding", "loans")
_ADDED_BY_SOURCE = ("requested", "awarded", "paid", "loans")
_ADDED_BY_PROJECT = ("cost_excl_tax", "awarded", "paid")


def write(pages: Pages) -> None:
    """The three sheets, or the one that says that the plan is not there."""
    plan = pages.balance.investment
    if plan is None or not plan.projects:
        pages.listed(CITIES, "les projets d’équipement", (columns.CITY,), (), nothing=ABSENT if plan is None else NONE)
        return
    _cities(pages, plan)
    pages.listed(
        SOURCES,
        "qui finance les projets",
        columns.PLAN_BY_SOURCE,
        plan.by_source,
        columns.investment_totals(plan, columns.PLAN_BY_SOURCE),
        added=_ADDED_BY_SOURCE,
        nothing="Aucun financement demandé pour les projets.",
    )
    pages.listed(
        PROJECTS,
        "projet par projet",
        columns.PROJECTS,
        plan.projects,
        columns.project_totals(plan),
        added=_ADDED_BY_PROJECT,
    )


def _cities(pages: Pages, plan: Investment) -> None:
    title = "Coût des projets, financements accordés et versés, par ville"
    sheet = pages.listed(
        CITIES,
        "où en sont les projets d’équipement, ville par ville",
        columns.PLAN_BY_CITY,
        plan.by_city,
        columns.investment_totals(plan, columns.PLAN_BY_CITY),
        added=_ADDED,
    )
    sheet.blank()
    sheet.text(f"Budgets {pages.balance.year} des projets", "section")
    sheet.line(
        ("Toutes les villes", "header", "text"), *((budget.label, "header", "money") for budget in columns.BUDGETS)
    )
    sheet.line(("Montant", "strong", "text"), *((budget.value(plan), "body", "money") for budget in columns.BUDGETS))
    told = f"{title} ; les mêmes montants sont dans le tableau au-dessus."
    sheet.chart(Bars(title, ("cost_excl_tax", "awarded", "paid"), told), pages.tables[CITIES])
