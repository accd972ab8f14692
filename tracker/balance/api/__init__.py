"""REST: meetings, what they decided, their dossier; a contract-year's balance sheet, its workbook, its editions."""

from tracker.balance.api import (
    comparison,
    decisions,
    documents,
    editions,
    evaluation,
    meetings,
    publications,
    references,
    sheets,
    years,
)
from tracker.balance.api.blueprints import meetings as meeting_blp
from tracker.balance.api.blueprints import references as reference_blp
from tracker.balance.api.blueprints import sheets as sheet_blp

BLUEPRINTS = (meeting_blp, reference_blp, sheet_blp)

__all__ = [
    "BLUEPRINTS",
    "comparison",
    "decisions",
    "documents",
    "editions",
    "evaluation",
    "meetings",
    "publications",
    "references",
    "sheets",
    "years",
]
