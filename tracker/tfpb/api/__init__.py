"""REST: conventions, yearly files and their moves, actions, participation, nomenclature."""

from tracker.tfpb.api import (
    actions,
    baseline,
    board,
    comments,
    conventions,
    declaration,
    documents,
    files,
    nomenclature,
    participation,
    state_export,
)
from tracker.tfpb.api.blueprints import convention_blp, file_blp

BLUEPRINTS = (convention_blp, file_blp)

__all__ = [
    "BLUEPRINTS",
    "actions",
    "baseline",
    "board",
    "comments",
    "conventions",
    "declaration",
    "documents",
    "files",
    "nomenclature",
    "participation",
    "state_export",
]
