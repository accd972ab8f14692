"""The pages of the balance sheet: a contract-year live, its frozen editions, the meetings, what they decided."""

from tracker.balance.pages import comparison, decisions, editions, meetings, open_data, publications, sheet
from tracker.balance.pages.blueprint import pages
from tracker.balance.pages.open_data import public_pages

BLUEPRINTS = (pages, public_pages)

__all__ = ["BLUEPRINTS", "comparison", "decisions", "editions", "meetings", "open_data", "publications", "sheet"]
