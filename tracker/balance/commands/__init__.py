"""Writing meetings, and freezing an edition of the balance sheet for one of them."""

from tracker.balance.commands.editions import freeze_edition
from tracker.balance.commands.meetings import archive_meeting, create_meeting, name_of, update_meeting

__all__ = ["archive_meeting", "create_meeting", "freeze_edition", "name_of", "update_meeting"]
