"""REST: meetings; the balance sheet of a contract-year, its workbook, its frozen editions."""

from tracker.balance.api import editions, meetings, sheets
from tracker.balance.api.blueprints import meetings as meeting_blp
from tracker.balance.api.blueprints import sheets as sheet_blp

BLUEPRINTS = (meeting_blp, sheet_blp)

__all__ = ["BLUEPRINTS", "editions", "meetings", "sheets"]
