"""The pages of the room: the list of files, a file, an action with its grants, conventions, axes."""

from tracker.tfpb.pages import (
    actions,
    axes,
    baseline,
    board,
    comments,
    convention,
    conventions,
    declaration,
    documents,
    file,
    lists,
    participation,
    state_export,
)
from tracker.tfpb.pages.blueprint import pages

BLUEPRINTS = (pages, axes.pages)

__all__ = [
    "BLUEPRINTS",
    "actions",
    "baseline",
    "board",
    "comments",
    "convention",
    "conventions",
    "declaration",
    "documents",
    "file",
    "lists",
    "participation",
    "state_export",
]
