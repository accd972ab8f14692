"""Declaring with Excel: the workbook of a file, pre-filled, and its way back."""

from flask import Response

from tracker.tfpb import declaration
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.pages.view import FILE
from tracker.web.shell import actor
from tracker.workbooks.about import attachment


@pages.get(f"{FILE}/classeur.xlsx")
def declaration_workbook(file_id: int) -> Response:
    content, name = declaration.blank_workbook(actor(), file_id)
    return Response(content, headers=attachment(name))
