"""Where a landlord declares with Excel on a file's page: the last workbooks sent, the form that takes one."""

from typing import Any

from tracker.tfpb import declaration
from tracker.tfpb.pages.view import FileView
from tracker.web.forms import Form
from tracker.web.shell import actor
from tracker.workbooks.presentation import state_of
from tracker.workbooks.queries import batches_of

PLACE = "classeur"


def workbook(view: FileView) -> dict[str, Any]:
    """The batches, latest first, and the form with what was wrong in the last sending."""
    batches = [(one, *state_of(one)) for one in batches_of(actor(), declaration.NAME, view.file.id)]
    return {
        "batches": [{"batch": one, "word": word, "tone": tone} for one, word, tone in batches],
        "upload_form": view.form if view.place == PLACE else Form(),
    }
