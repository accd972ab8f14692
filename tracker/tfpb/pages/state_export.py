"""The declaration of a file, or of the list as it is filtered, as the State's tool takes it."""

from flask import Response

from tracker import clock
from tracker.tfpb import state_export
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.pages.lists import listed, told_filters, told_sort
from tracker.tfpb.pages.view import FILE
from tracker.tfpb.queries import conventions, declarations
from tracker.tfpb.queries.declarations import Declaration
from tracker.web.shell import actor
from tracker.workbooks.about import About


def _sent(found: list[Declaration], kind: str, about: About, *names: str) -> Response:
    labels = {axis.number: axis.label for axis in conventions.axes()}
    content, headers = state_export.sent(state_export.export_rows(found, labels, about), about, kind, *names)
    return Response(content, headers=headers)


@pages.get(f"{FILE}/declaration.<any(xlsx, csv):kind>")
def export_declaration(file_id: int, kind: str) -> Response:
    found = declarations.declaration_of(actor(), file_id)
    about = About(on=clock.today(), author=actor().name, sort="axe")
    return _sent([found], kind, about, *state_export.names_of(found))


@pages.get("/declarations.<any(xlsx, csv):kind>")
def export_declarations(kind: str) -> Response:
    arguments = listed()
    about = About(
        on=clock.today(), author=actor().name, filters=told_filters(arguments), sort=told_sort(arguments["sort"])
    )
    return _sent(declarations.declarations(actor(), arguments), kind, about)
