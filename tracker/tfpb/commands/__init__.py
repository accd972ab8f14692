"""Every write of the room: conventions, files and their moves, actions, residents' participation."""

from tracker.tfpb.commands import documents
from tracker.tfpb.commands.actions import (
    add_action,
    add_grant,
    archive_action,
    copy_actions_from,
    revise_planned,
    update_action,
)
from tracker.tfpb.commands.amendments import add_amendment, archive_amendment, update_amendment
from tracker.tfpb.commands.baseline import add_baseline, archive_baseline, update_baseline
from tracker.tfpb.commands.carry_over import archive_carry_over, grant_carry_over
from tracker.tfpb.commands.comments import add_comment, reopen_comment, resolve_comment
from tracker.tfpb.commands.conventions import (
    archive_convention,
    create_convention,
    update_convention,
)
from tracker.tfpb.commands.files import archive_file, freeze_files, move_file, open_file, update_file
from tracker.tfpb.commands.nomenclature import add_axis, add_priority, update_axis
from tracker.tfpb.commands.participation import add_participation, archive_participation, update_participation

__all__ = [
    "add_action",
    "add_amendment",
    "add_axis",
    "add_baseline",
    "add_comment",
    "add_grant",
    "add_participation",
    "add_priority",
    "archive_action",
    "archive_amendment",
    "archive_baseline",
    "archive_carry_over",
    "archive_convention",
    "archive_file",
    "archive_participation",
    "copy_actions_from",
    "create_convention",
    "documents",
    "freeze_files",
    "grant_carry_over",
    "move_file",
    "open_file",
    "reopen_comment",
    "resolve_comment",
    "revise_planned",
    "update_action",
    "update_amendment",
    "update_axis",
    "update_baseline",
    "update_convention",
    "update_file",
    "update_participation",
]
