"""The pages of the investment plan: the list, a project with its plan, costs and budgets, the workbook of a city."""

from tracker.investment.pages import projects, workbook
from tracker.investment.pages.blueprint import pages

BLUEPRINTS = (pages,)

__all__ = ["BLUEPRINTS", "projects", "workbook"]
