"""The pages of this room: coming in, one's own account, the members."""

from tracker.accounts.pages import members, own, sign_in
from tracker.accounts.pages.blueprint import pages

BLUEPRINTS = (pages,)

__all__ = ["BLUEPRINTS", "members", "own", "sign_in"]
