"""The pages of the balance sheet: a year live, its evaluation and editions, the years, meetings, reference values."""

from tracker.balance.pages import (
    comparison,
    decisions,
    document,
    editions,
    evaluation,
    meetings,
    open_data,
    publications,
    references,
    sheet,
    years,
)
from tracker.balance.pages.blueprint import pages
from tracker.balance.pages.open_data import public_pages

BLUEPRINTS = (pages, references.pages, public_pages)

__all__ = [
    "BLUEPRINTS",
    "comparison",
    "decisions",
    "document",
    "editions",
    "evaluation",
    "meetings",
    "open_data",
    "publications",
    "references",
    "sheet",
    "years",
]
