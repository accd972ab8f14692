"""Writing meetings and what they decide, freezing an edition of the balance sheet, opening it to everybody."""

from tracker.balance.commands.decisions import archive_decision, decision_name, record_decision, update_decision
from tracker.balance.commands.editions import freeze_edition
from tracker.balance.commands.meetings import archive_meeting, create_meeting, name_of, update_meeting
from tracker.balance.commands.publications import close_edition, open_edition

__all__ = [
    "archive_decision",
    "archive_meeting",
    "close_edition",
    "create_meeting",
    "decision_name",
    "freeze_edition",
    "name_of",
    "open_edition",
    "record_decision",
    "update_decision",
    "update_meeting",
]
