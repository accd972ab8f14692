"""The reference values the figures are compared with, which an administrator keeps."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.balance import columns, commands
from tracker.balance.queries.references import count_live, reference_values
from tracker.balance.rules import REFERENCED
from tracker.balance.schemas import ReferenceValueArguments, ReferenceValueSchema
from tracker.policy import Scope
from tracker.territory import reference_hub
from tracker.web import story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint

pages = page_blueprint("references", __name__, "/referentiels/reperes")

reference_hub.register(
    reference_hub.Reference(
        95,
        "Repères du bilan",
        "references.reference_list",
        "Les valeurs auxquelles se comparent les chiffres du bilan, avec leur période et leur source.",
        count_live,
        "Administration",
    )
)
story.describe(
    "reference_value",
    story.Kind("le repère", ReferenceValueSchema(), url=lambda _entry: url_for("references.reference_list")),
)

ROW = f"/<{ID}:number>"


@pages.get("")
def reference_list() -> Response:
    return _page()


def _page(form: Form | None = None, edited: str | None = None) -> Response:
    typed = {name: value for name, value in request.args.items() if value and name != "edit"}
    arguments = ReferenceValueArguments().read({"page_size": "500", **typed})
    allowed, reason = policy.can(actor(), "administer", Scope())
    edited = edited or request.args.get("edit")
    return respond(
        "balance/references.html",
        form.status if form else 200,
        found=reference_values(arguments),
        columns=columns,
        figures=REFERENCED,
        may_edit=allowed,
        refusal=reason,
        editing=(number_in(edited) or edited) if allowed else None,
        form=form or Form(),
        list_url=lambda **changes: url_for(".reference_list", **{**typed, **changes}),
    )


def _saved(text: str) -> BaseResponse:
    done(text)
    return go(url_for(".reference_list"))


@pages.post("")
def create_reference() -> Response | BaseResponse:
    _, form = submit(ReferenceValueSchema(), request.form, lambda values: commands.create_reference(actor(), values))
    return _page(form, "new") if form else _saved("Repère ajouté.")


@pages.post(ROW)
def update_reference(number: int) -> Response | BaseResponse:
    _, form = submit(
        ReferenceValueSchema(),
        request.form,
        lambda values: commands.update_reference(actor(), number, posted_version(request.form), values),
    )
    return _page(form, str(number)) if form else _saved("Repère enregistré.")


@pages.post(f"{ROW}/archiver")
def archive_reference(number: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_reference(actor(), number, posted_version(request.form), values["reason"]),
    )
    return _page(form, str(number)) if form else _saved("Repère archivé.")
