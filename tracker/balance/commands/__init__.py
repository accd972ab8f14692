"""Writing meetings, decisions, the evaluation, reference values; freezing an edition, opening it to everybody."""

from tracker.balance.commands.decisions import archive_decision, decision_name, record_decision, update_decision
from tracker.balance.commands.editions import freeze_edition
from tracker.balance.commands.evaluation import write_evaluation
from tracker.balance.commands.meetings import archive_meeting, create_meeting, update_meeting
from tracker.balance.commands.publications import close_edition, open_edition
from tracker.balance.commands.references import archive_reference, create_reference, update_reference

__all__ = [
    "archive_decision",
    "archive_meeting",
    "archive_reference",
    "close_edition",
    "create_meeting",
    "create_reference",
    "decision_name",
    "freeze_edition",
    "open_edition",
    "record_decision",
    "update_decision",
    "update_meeting",
    "update_reference",
    "write_evaluation",
]
