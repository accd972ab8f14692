"""The baseline and the carry-overs, written from their rows in the file's page."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.tfpb import commands
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.pages.file import saved, show_file
from tracker.tfpb.pages.view import FILE
from tracker.tfpb.schemas import BaselineSchema, CarryOverSchema
from tracker.web.forms import posted_version, submit
from tracker.web.shell import actor

BASELINE = f"{FILE}/references/<{ID}:baseline_id>"


@pages.post(f"{FILE}/references")
def add_baseline(file_id: int) -> Response | BaseResponse:
    _, form = submit(BaselineSchema(), request.form, lambda values: commands.add_baseline(actor(), file_id, values))
    return show_file(file_id, form, "baseline-new") if form else saved(file_id, "Référence ajoutée.", "references")


@pages.post(BASELINE)
def update_baseline(file_id: int, baseline_id: int) -> Response | BaseResponse:
    _, form = submit(
        BaselineSchema(partial=True),
        request.form,
        lambda values: commands.update_baseline(actor(), baseline_id, posted_version(request.form), values),
        partial=True,
    )
    if form:
        return show_file(file_id, form, f"baseline-{baseline_id}")
    return saved(file_id, "Référence enregistrée.", "references")


@pages.post(f"{BASELINE}/archiver")
def archive_baseline(file_id: int, baseline_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_baseline(actor(), baseline_id, posted_version(request.form), values["reason"]),
    )
    if form:
        return show_file(file_id, form, f"baseline-{baseline_id}", archiving=True)
    return saved(file_id, "Référence archivée.", "references")


@pages.post(f"{FILE}/reports")
def grant_carry_over(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        CarryOverSchema(), request.form, lambda values: commands.grant_carry_over(actor(), file_id, values)
    )
    return show_file(file_id, form, "report-new") if form else saved(file_id, "Report enregistré.", "reports")


@pages.post(f"{FILE}/reports/<{ID}:carry_over_id>/archiver")
def archive_carry_over(file_id: int, carry_over_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_carry_over(
            actor(), carry_over_id, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return show_file(file_id, form, f"report-{carry_over_id}", archiving=True)
    return saved(file_id, "Report archivé.", "reports")
