"""REST: the landlord's declaration as a workbook that is filled in and comes back."""

from typing import Any

from flask import Response

from tracker.api.shell import PREFIX, actor, created
from tracker.tfpb import declaration
from tracker.tfpb.api.blueprints import FILE, file_blp
from tracker.tfpb.queries.files import readable_file
from tracker.workbooks.about import MIME, attachment
from tracker.workbooks.commands import receive
from tracker.workbooks.schemas import ImportBatchSchema
from tracker.workbooks.uploads import UPLOAD, uploaded_workbook


@file_blp.route(f"{FILE}/workbook.xlsx")
@file_blp.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def declaration_workbook(file_id: int) -> Response:
    content, name = declaration.blank_workbook(actor(), file_id)
    return Response(content, headers=attachment(name))


@file_blp.route(f"{FILE}/workbook", methods=["POST"])
@file_blp.doc(**UPLOAD)
@file_blp.response(201, ImportBatchSchema)
def receive_workbook(file_id: int) -> Any:
    # What does not exist for the actor says nothing about what was sent.
    readable_file(actor(), file_id)
    batch = receive(actor(), declaration.NAME, file_id, *uploaded_workbook())
    return created(batch, f"{PREFIX}/import-batches/{batch.id}")
