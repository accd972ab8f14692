"""The room's pages: their blueprint, their entry in the navigation, how the history speaks of their items."""

from typing import Any

from flask import url_for

from tracker.api.shell import ID
from tracker.funding import pages as funding_pages
from tracker.investment import queries
from tracker.investment.schemas import BudgetYearSchema, CostItemSchema, ProjectSchema
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, STATE, Actor
from tracker.web import navigation, story
from tracker.web.shell import page_blueprint

pages = page_blueprint("investment", __name__, "/projets")

navigation.register(
    navigation.Entry(
        20,
        "Projets",
        "investment.project_list",
        "/projets",
        lambda who: who.has(COORDINATOR, FINANCE_OFFICER, STATE, COPIL),
    )
)


def _project_url(entry: Any) -> str:
    number = entry.parent_id if entry.parent_type == "project" else entry.item_id
    return url_for("investment.project_page", project_id=number)


story.describe("project", story.Kind("le projet", ProjectSchema(), url=_project_url))
story.describe("cost_item", story.Kind("le poste de dépense", CostItemSchema(), url=_project_url))
story.describe("budget_year", story.Kind("le", BudgetYearSchema(), url=_project_url))

PROJECT = f"/<{ID}:project_id>"


def _grant_parent(who: Actor, project_id: int) -> tuple[str, str]:
    project = queries.readable_project(who, project_id)
    return project.title, url_for("investment.project_page", project_id=project_id)


funding_pages.register_parent("project", _grant_parent)
