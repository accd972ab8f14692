"""The moments of residents' participation, written from their rows in the file's page."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.tfpb import commands
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.pages.file import saved, show_file
from tracker.tfpb.pages.view import FILE
from tracker.tfpb.schemas import ParticipationSchema
from tracker.web.forms import posted_version, submit
from tracker.web.shell import actor


@pages.post(f"{FILE}/participation")
def add_participation(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        ParticipationSchema(), request.form, lambda values: commands.add_participation(actor(), file_id, values)
    )
    place = f"participation-{request.form.get('stage') or 'report'}"
    return show_file(file_id, form, place) if form else saved(file_id, "Participation ajoutée.", "participation")


@pages.post(f"{FILE}/participation/<{ID}:participation_id>")
def update_participation(file_id: int, participation_id: int) -> Response | BaseResponse:
    _, form = submit(
        ParticipationSchema(partial=True),
        request.form,
        lambda values: commands.update_participation(actor(), participation_id, posted_version(request.form), values),
        partial=True,
    )
    place = f"participation-{participation_id}"
    return show_file(file_id, form, place) if form else saved(file_id, "Participation enregistrée.", "participation")


@pages.post(f"{FILE}/participation/<{ID}:participation_id>/archiver")
def archive_participation(file_id: int, participation_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_participation(
            actor(), participation_id, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return show_file(file_id, form, f"participation-{participation_id}", archiving=True)
    return saved(file_id, "Participation archivée.", "participation")
