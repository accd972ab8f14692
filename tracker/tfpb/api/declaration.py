"""REST: the landlord's declaration as a workbook that is filled in and comes back."""

from flask import Response

from tracker.api.shell import actor
from tracker.tfpb import declaration
from tracker.tfpb.api.blueprints import FILE, file_blp
from tracker.workbooks.about import MIME, attachment


@file_blp.route(f"{FILE}/workbook.xlsx")
@file_blp.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def declaration_workbook(file_id: int) -> Response:
    content, name = declaration.blank_workbook(actor(), file_id)
    return Response(content, headers=attachment(name))
