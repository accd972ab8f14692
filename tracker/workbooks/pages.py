"""The page of an uploaded workbook: what is wrong in it, what it would change, the decision."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.api.shell import ID
from tracker.policy import Conflict, FieldError, Invalid, Stale
from tracker.web import formats, story
from tracker.web.forms import Form, posted_version, read_form
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint
from tracker.workbooks import commands
from tracker.workbooks.about import attachment
from tracker.workbooks.files import annotated_file
from tracker.workbooks.models import ImportBatch
from tracker.workbooks.presentation import SHOWN, BatchView, batch_view, state_of
from tracker.workbooks.queries import readable_batch
from tracker.workbooks.schemas import CONFLICTS, ApplySchema, ToldSchema

pages = page_blueprint("workbooks", __name__, "/classeurs")
BLUEPRINTS = (pages,)
# The tracker went on since the batch was shown: it is shown anew, against what stands now.
_OVERTAKEN = frozenset({"conflict", "open_errors"})
_BATCH = f"/<{ID}:batch_id>"

story.describe(
    "import_batch",
    story.Kind(
        "le classeur",
        ToldSchema(),
        verbs={
            "receive": "a déposé",
            "compare": "a comparé de nouveau",
            "apply": "a appliqué",
            "undo": "a annulé",
        },
    ),
)


def _page(batch_id: int, form: Form | None = None) -> Response:
    """The batch; ``form`` is one that comes back, refused or overtaken."""
    view = batch_view(actor(), batch_id)
    return respond(
        "workbooks/batch.html",
        form.status if form else 200,
        view=view,
        form=form or Form(),
        state=state_of(view.batch),
        conflict_options=list(CONFLICTS.items()),
        most=SHOWN,
    )


def _choices(view: BatchView, typed: Mapping[str, str]) -> dict[str, Any]:
    """What the form chose. Raises Invalid when rows in conflict are left without a choice."""
    values = read_form(ApplySchema(), typed)
    if view.counts["conflict"] and not values.get("conflicts"):
        told = "Lignes modifiées des deux côtés : choisissez ce qu’elles deviennent."
        raise Invalid(FieldError("conflicts", "required", told))
    return values


@pages.get(_BATCH)
def batch_page(batch_id: int) -> Response:
    return _page(batch_id)


@pages.post(f"{_BATCH}/appliquer")
def apply(batch_id: int) -> Response | BaseResponse:
    view = batch_view(actor(), batch_id)
    try:
        values = _choices(view, request.form)
        batch = commands.apply_batch(
            actor(),
            batch_id,
            version=posted_version(request.form),
            conflicts=values.get("conflicts"),
            hand_in=values["hand_in"],
        )
    except Invalid as invalid:
        return _page(batch_id, Form(request.form, invalid.errors))
    except Conflict as conflict:
        if conflict.code == "locked":
            return _settled(batch_id, "checked") or _page(batch_id, Form(request.form))
        if conflict.code not in _OVERTAKEN or not view.batch.content:
            raise
        commands.compare_again(actor(), batch_id)
        return _page(batch_id, Form(request.form))
    done(f"Classeur enregistré : {_written(batch)}.")
    return go(view.item_url)


def _settled(batch_id: int, expected: str) -> BaseResponse | None:
    """The way to a batch that another tab or a colleague has settled first; None while it is as ``expected``."""
    status = readable_batch(actor(), batch_id).status
    if status == expected:
        return None
    done(_SETTLED[status])
    return go(url_for(".batch_page", batch_id=batch_id))


_SETTLED = {
    "applied": "Ce classeur était déjà appliqué : rien n’a été écrit une seconde fois.",
    "undone": "Ce classeur a été appliqué puis annulé : rien n’a été écrit.",
}


def _written(batch: ImportBatch) -> str:
    """« 3 lignes ajoutées, 1 ligne modifiée »."""
    written = [change["kind"] for change in batch.changes if change["written"]]
    added, changed = written.count("created"), len(written) - written.count("created")
    told = [formats.plural(added, "ligne ajoutée", "lignes ajoutées")] if added else []
    told += [formats.plural(changed, "ligne modifiée", "lignes modifiées")] if changed else []
    return ", ".join(told) or "aucune ligne n’a changé"


@pages.post(f"{_BATCH}/annuler")
def undo(batch_id: int) -> BaseResponse:
    try:
        commands.undo_batch(actor(), batch_id, version=posted_version(request.form))
    except (Conflict, Stale):
        settled = _settled(batch_id, "applied")
        if settled is None:
            raise
        return settled
    done("Le classeur est annulé : chaque ligne a repris ses valeurs d’avant.")
    return go(url_for(".batch_page", batch_id=batch_id))


@pages.get(f"{_BATCH}/annote.xlsx")
def annotated(batch_id: int) -> Response:
    content, name = annotated_file(actor(), batch_id)
    return Response(content, headers=attachment(name))
