"""Writing meetings and what they decide, and freezing an edition of the balance sheet for one of them."""

from tracker.balance.commands.decisions import archive_decision, decision_name, record_decision, update_decision
from tracker.balance.commands.editions import freeze_edition
from tracker.balance.commands.meetings import archive_meeting, create_meeting, name_of, update_meeting

__all__ = [
    "archive_decision",
    "archive_meeting",
    "create_meeting",
    "decision_name",
    "freeze_edition",
    "name_of",
    "record_decision",
    "update_decision",
    "update_meeting",
]
