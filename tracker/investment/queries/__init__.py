"""Reading the investment plan, by subject."""

from tracker.investment.queries.amounts import SORTABLE, PlanLine
from tracker.investment.queries.items import (
    budget_year,
    budget_years,
    cost_items,
    readable_cost_item,
)
from tracker.investment.queries.places import (
    Place,
    PlaceContent,
    editable_places,
    place_coded,
    place_content,
    place_numbered,
    place_sources,
    place_to_edit,
    titles_of,
)
from tracker.investment.queries.plan import InvestmentPlan, investment_plan, plan_of
from tracker.investment.queries.projects import (
    ProjectLine,
    ProjectList,
    floors_on,
    live_projects,
    project_deadlines,
    project_line,
    projects,
    readable_project,
    scope_of,
)

__all__ = [
    "SORTABLE",
    "InvestmentPlan",
    "Place",
    "PlaceContent",
    "PlanLine",
    "ProjectLine",
    "ProjectList",
    "budget_year",
    "budget_years",
    "cost_items",
    "editable_places",
    "floors_on",
    "investment_plan",
    "live_projects",
    "place_coded",
    "place_content",
    "place_numbered",
    "place_sources",
    "place_to_edit",
    "plan_of",
    "project_deadlines",
    "project_line",
    "projects",
    "readable_cost_item",
    "readable_project",
    "scope_of",
    "titles_of",
]
