"""A city's projects with Excel: the pre-filled workbook and its way back."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.investment import queries, workbook
from tracker.investment.pages.blueprint import pages
from tracker.policy import Forbidden, Invalid
from tracker.web.forms import Form
from tracker.web.htmx import go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import attachment
from tracker.workbooks.commands import receive
from tracker.workbooks.presentation import state_of
from tracker.workbooks.queries import batches_of
from tracker.workbooks.uploads import uploaded_workbook


def _place() -> queries.Place:
    """The city the address names (``?place=2-5``: contract, city), else the first where the actor writes."""
    places = queries.editable_places(actor())
    code = request.args.get("place", "")
    if code:
        return queries.place_coded(actor(), code)
    if not places:
        raise Forbidden("Votre rôle ne permet pas de modifier des projets.")
    return places[0]


def _page(form: Form) -> Response:
    place = _place()
    return respond(
        "investment/workbook.html",
        form.status if form.errors else 200,
        form=form,
        place=place,
        place_options=[(one.code, one.name) for one in queries.editable_places(actor())],
        projects=len(queries.titles_of(place)),
        batches=[(one, state_of(one)) for one in batches_of(actor(), workbook.NAME, place.number)],
    )


@pages.get("/classeur")
def workbook_page() -> Response:
    return _page(Form(id="classeur"))


@pages.get("/classeur.xlsx")
def projects_workbook() -> Response:
    content, name = workbook.blank_workbook(actor(), _place())
    return Response(content, headers=attachment(name))


@pages.post("/classeur")
def receive_workbook() -> Response | BaseResponse:
    number = _place().number
    try:
        batch = receive(actor(), workbook.NAME, number, *uploaded_workbook())
    except Invalid as invalid:
        return _page(Form(id="classeur", errors=invalid.errors))
    return go(url_for("workbooks.batch_page", batch_id=batch.id))
