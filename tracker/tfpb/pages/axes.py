"""The axes of the national framework, whose wording an administrator keeps."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.shell import ID
from tracker.policy import Scope
from tracker.territory import reference_hub
from tracker.tfpb import columns, commands
from tracker.tfpb.pages.blueprint import number_of, opened
from tracker.tfpb.queries import conventions
from tracker.tfpb.schemas import AxisSchema
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint

pages = page_blueprint("axes", __name__, "/referentiels/axes")

reference_hub.register(
    reference_hub.Reference(
        90,
        "Axes TFPB",
        "axes.axis_list",
        "Les huit axes du cadre national, leurs libellés et leurs sous-actions usuelles.",
        lambda: len(conventions.axes()),
        "Administration",
    )
)


@pages.get("")
def axis_list() -> Response:
    return _page()


def _page(form: Form | None = None, open_at: str | None = None) -> Response:
    allowed, _ = policy.can(actor(), "administer", Scope())
    return respond(
        "tfpb/axes.html",
        form.status if form else 200,
        axes=conventions.axes(),
        columns=columns.AXES,
        may_edit=allowed,
        editing=number_of(open_at or opened()) if allowed else None,
        form=form or Form(),
    )


@pages.post(f"/<{ID}:axis_id>")
def update_axis(axis_id: int) -> Response | BaseResponse:
    # Not partial: a box that is not ticked is sent by no browser, and means « no ».
    _, form = submit(
        AxisSchema(),
        request.form,
        lambda values: commands.update_axis(actor(), axis_id, posted_version(request.form), values),
    )
    if form:
        return _page(form, str(axis_id))
    done("Axe enregistré.")
    return go(url_for(".axis_list"))
