"""The pages of the balance sheet: a contract-year live, its frozen editions, the meetings."""

from tracker.balance.pages import editions, meetings, sheet
from tracker.balance.pages.blueprint import pages

BLUEPRINTS = (pages,)

__all__ = ["BLUEPRINTS", "editions", "meetings", "sheet"]
