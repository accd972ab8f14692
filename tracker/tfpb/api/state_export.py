"""REST: the declaration of a file, or of a list of files, as the State's tool takes it."""

from typing import Any

from flask import Response

from tracker import clock
from tracker.api.shell import actor
from tracker.tfpb import state_export
from tracker.tfpb.api.blueprints import FILE, file_blp
from tracker.tfpb.queries import conventions, declarations
from tracker.tfpb.queries.declarations import Declaration
from tracker.tfpb.schemas import FileArguments
from tracker.workbooks.about import MIME, About

BINARY = {"type": "string", "format": "binary"}
# A whole export has no pages.
FILTERS = FileArguments(exclude=("page", "page_size"))


def _sent(found: list[Declaration], kind: str, *names: str) -> Response:
    about = About(on=clock.today(), author=actor().name)
    labels = {axis.number: axis.label for axis in conventions.axes()}
    content, headers = state_export.sent(state_export.export_rows(found, labels, about), about, kind, *names)
    return Response(content, headers=headers)


def _file(file_id: int, kind: str) -> Response:
    found = declarations.declaration_of(actor(), file_id)
    return _sent([found], kind, *state_export.names_of(found))


@file_blp.route(f"{FILE}/declaration.xlsx")
@file_blp.response(200, BINARY, content_type=MIME)
def file_declaration_workbook(file_id: int) -> Response:
    return _file(file_id, "xlsx")


@file_blp.route(f"{FILE}/declaration.csv")
@file_blp.response(200, {"type": "string"}, content_type="text/csv")
def file_declaration_csv(file_id: int) -> Response:
    return _file(file_id, "csv")


@file_blp.route("/tfpb-files/export.xlsx")
@file_blp.arguments(FILTERS, location="query")
@file_blp.response(200, BINARY, content_type=MIME)
def declarations_workbook(arguments: dict[str, Any]) -> Response:
    return _sent(declarations.declarations(actor(), arguments), "xlsx")


@file_blp.route("/tfpb-files/export.csv")
@file_blp.arguments(FILTERS, location="query")
@file_blp.response(200, {"type": "string"}, content_type="text/csv")
def declarations_csv(arguments: dict[str, Any]) -> Response:
    return _sent(declarations.declarations(actor(), arguments), "csv")
