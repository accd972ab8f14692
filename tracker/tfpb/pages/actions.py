"""An action: its row's writes, its own page with grants, the reasoned revision of its planned figures."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.columns import Totals
from tracker.documents.pages import panel
from tracker.funding import commands as funding_commands
from tracker.funding import rules as funding_rules
from tracker.funding.columns import GRANTS, funder_options, scheme_options
from tracker.funding.queries import grants_of
from tracker.funding.schemas import GrantSchema
from tracker.history.queries import family_history
from tracker.money import ZERO
from tracker.tfpb import commands, rules
from tracker.tfpb.pages.blueprint import file_title, number_of, opened, pages
from tracker.tfpb.pages.exchanges import Talk, may_comment
from tracker.tfpb.pages.file import show_file
from tracker.tfpb.queries import actions, conventions, files
from tracker.tfpb.queries.comments import threads
from tracker.tfpb.queries.turns import waiting
from tracker.tfpb.schemas import ActionSchema, PlannedRevision
from tracker.web import story
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

ACTION = f"/actions/<{ID}:action_id>"


@pages.get(ACTION)
def action_page(action_id: int) -> Response:
    return _page(action_id)


def _page(action_id: int, form: Form | None = None, open_at: str | None = None) -> Response:
    line = actions.readable_action(actor(), action_id)
    file = line.action.file
    may_edit, refusal = policy.can(actor(), "edit_file", files.scope_of(file))
    if line.action.archived_at is not None:
        may_edit, refusal = False, "Cette action est archivée : elle ne peut plus changer."
    grants = grants_of([line.action.financing_id])
    paid = sum((grant.paid for grant in grants), ZERO)
    place = open_at or opened()
    axes = {axis.number: axis.label for axis in conventions.axes()}
    return respond(
        "tfpb/action.html",
        form.status if form else 200,
        line=line,
        file=file,
        file_title=file_title(file, clock.today().year),
        axis_label=f"{line.action.axis} · {axes.get(line.action.axis, '')}",
        grants=grants,
        grant_columns=GRANTS,
        grant_totals=Totals({"awarded": line.other_funding, "paid": paid}),
        grant_rules=funding_rules,
        funder_options=funder_options(),
        scheme_options=scheme_options(),
        documents_panel=panel("tfpb_action", action_id),
        talk=Talk(
            file.id,
            [thread for thread in threads(file) if thread.first.action_id == action_id],
            may_comment(file) and line.action.archived_at is None,
            may_edit,
        ),
        waiting=waiting(actor(), files.file_line(file.id), clock.today()),
        history=story.days(family_history("tfpb_action", action_id)),
        may_edit=may_edit,
        refusal=refusal,
        may_revise=may_edit and file.programme_status == "validated",
        form=form or Form(),
        place=place if may_edit else None,
        editing=number_of(place) if may_edit and place != "revision" else None,
        rules=rules,
    )


def _file_of(action_id: int) -> int:
    return int(actions.readable_action(actor(), action_id).action.file_id)


def _saved(action_id: int, text: str) -> BaseResponse:
    done(text)
    return go(url_for(".action_page", action_id=action_id))


@pages.post(ACTION)
def update_action(action_id: int) -> Response | BaseResponse:
    """From the action's row, opened in its file: back to the file, at that row."""
    file_id = _file_of(action_id)
    _, form = submit(
        ActionSchema(partial=True),
        request.form,
        lambda values: commands.update_action(actor(), action_id, posted_version(request.form), values),
        partial=True,
    )
    if form:
        return show_file(file_id, form, str(action_id))
    done("Action enregistrée.")
    return go(url_for(".file_page", file_id=file_id, _anchor=f"action-{action_id}"))


@pages.post(f"{ACTION}/archiver")
def archive_action(action_id: int) -> Response | BaseResponse:
    file_id = _file_of(action_id)
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_action(actor(), action_id, posted_version(request.form), values["reason"]),
    )
    if form:
        return show_file(file_id, form, str(action_id), archiving=True)
    done("Action archivée.")
    return go(url_for(".file_page", file_id=file_id, _anchor="actions"))


@pages.post(f"{ACTION}/revision")
def revise_planned(action_id: int) -> Response | BaseResponse:
    _, form = submit(
        PlannedRevision(),
        request.form,
        lambda values: commands.revise_planned(actor(), action_id, posted_version(request.form), values),
    )
    return _page(action_id, form, "revision") if form else _saved(action_id, "Montants prévus révisés.")


@pages.post(f"{ACTION}/subventions")
def add_grant(action_id: int) -> Response | BaseResponse:
    _, form = submit(GrantSchema(), request.form, lambda values: commands.add_grant(actor(), action_id, values))
    return _page(action_id, form, "new") if form else _saved(action_id, "Financement ajouté.")


@pages.post(f"{ACTION}/subventions/<{ID}:grant_id>")
def update_grant(action_id: int, grant_id: int) -> Response | BaseResponse:
    _, form = submit(
        GrantSchema(partial=True),
        request.form,
        lambda values: funding_commands.update_grant(actor(), grant_id, posted_version(request.form), values),
        partial=True,
    )
    return _page(action_id, form, str(grant_id)) if form else _saved(action_id, "Financement enregistré.")
