"""Declaring with Excel: the workbook of a file, pre-filled, and its way back."""

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.policy import Invalid
from tracker.tfpb import declaration
from tracker.tfpb.pages.batches import PLACE
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.pages.file import show_file
from tracker.tfpb.pages.view import FILE
from tracker.tfpb.queries.files import readable_file
from tracker.web.forms import Form
from tracker.web.htmx import go
from tracker.web.shell import actor
from tracker.workbooks.about import attachment
from tracker.workbooks.commands import receive
from tracker.workbooks.uploads import uploaded_workbook


@pages.get(f"{FILE}/classeur.xlsx")
def declaration_workbook(file_id: int) -> Response:
    content, name = declaration.blank_workbook(actor(), file_id)
    return Response(content, headers=attachment(name))


@pages.post(f"{FILE}/classeur")
def receive_workbook(file_id: int) -> Response | BaseResponse:
    readable_file(actor(), file_id)
    try:
        batch = receive(actor(), declaration.NAME, file_id, *uploaded_workbook())
    except Invalid as invalid:
        return show_file(file_id, Form(errors=invalid.errors), PLACE)
    return go(url_for("workbooks.batch_page", batch_id=batch.id))
