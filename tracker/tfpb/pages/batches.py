"""Where a landlord declares with Excel on a file's page: the last workbooks sent, the form that takes one."""

from typing import Any

from tracker.tfpb import declaration
from tracker.tfpb.pages.view import FileView
from tracker.web.forms import Form
from tracker.web.shell import actor
from tracker.workbooks.queries import batches_of
from tracker.workbooks.schemas import STATUSES

PLACE = "classeur"
TONES = {"checked": "warn", "applied": "good", "undone": None}


def workbook(view: FileView) -> dict[str, Any]:
    """The batches, latest first, and the form with what was wrong in the last sending."""
    batches = batches_of(actor(), declaration.NAME, view.file.id)
    return {
        "batches": [{"batch": one, "word": STATUSES[one.status], "tone": TONES[one.status]} for one in batches],
        "upload_form": view.form if view.place == PLACE else Form(),
    }
