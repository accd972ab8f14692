"""The pages of the balance sheet: a contract-year live, its frozen editions, the meetings, what they decided."""

from tracker.balance.pages import comparison, decisions, editions, meetings, sheet
from tracker.balance.pages.blueprint import pages

BLUEPRINTS = (pages,)

__all__ = ["BLUEPRINTS", "comparison", "decisions", "editions", "meetings", "sheet"]
