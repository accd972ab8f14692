"""A file: where it stands, its figures, what is missing, its actions by axis, participation, history; its writes."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.columns import Column, Totals, by_key
from tracker.funding.queries import grants_of
from tracker.funding.rules import AWARDED
from tracker.history.queries import family_history
from tracker.money import divide
from tracker.tfpb import columns, commands, rules
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.pages.blueprint import apart, file_title, number_of, opened, pages
from tracker.tfpb.pages.remarks import is_programme, remarks, standing
from tracker.tfpb.queries import actions, conventions, files
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.schemas import (
    ActionArguments,
    ActionSchema,
    CopyActions,
    FileMove,
    ParticipationSchema,
    TfpbFileSchema,
)
from tracker.web import story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.writing import list_workbook

FILE = f"/dossiers/<{ID}:file_id>"
# Lines of history the page begins with; « tout l’historique » shows the others.
RECENT = 12


@pages.get(FILE)
def file_page(file_id: int) -> Response:
    return show_file(file_id)


def _by_axis(lines: Sequence[ActionLine], names: dict[int, str]) -> list[dict[str, Any]]:
    """The actions under their axes; a sub-total says something from two actions on."""
    groups = []
    for axis, grouped in groupby(lines, key=lambda line: line.action.axis):
        rows = list(grouped)
        totals = actions.totals(rows) if len(rows) > 1 else None
        groups.append({"label": f"{axis} · {names.get(axis, f'Axe {axis}')}", "rows": rows, "totals": totals})
    return groups


def _sort() -> str | None:
    """How the actions are ordered; None groups them by axis."""
    sort = request.args.get("sort")
    return ActionArguments().read({"sort": sort})["sort"] if sort else None


def show_file(
    file_id: int, form: Form | None = None, open_at: str | None = None, *, archiving: bool = False
) -> Response:
    """The page, with this form open at this place when a write was refused."""
    status = form.status if form else 200
    form, archive_form = apart(form, archiving=archiving)
    file_archive = Form(id="dossier")
    if open_at == "archiver":
        file_archive, archive_form = archive_form, file_archive
    file = files.readable_file(actor(), file_id)
    scope, today, sort = files.scope_of(file), clock.today(), _sort()
    may_edit, refusal = policy.can(actor(), "edit_file", scope)
    may_archive, archive_refusal = policy.can(actor(), "archive_file", scope)
    lines: Sequence[ActionLine] = actions.actions(file, {"sort": sort}).items
    moments = actions.participation_of(file)
    grants = grants_of([line.action.financing_id for line in lines])
    axes = {axis.number: axis.label for axis in conventions.axes()}
    whole = request.args.get("historique") == "tout"
    place = open_at or opened()
    before = files.year_before(file) if may_edit else None
    line, totals, programme = files.file_line(file_id), actions.totals(lines), is_programme(file, today)
    return respond(
        "tfpb/file.html",
        status,
        file=file,
        title=file_title(file, today.year),
        line=line,
        lines=lines,
        groups=None if sort else _by_axis(lines, axes),
        totals=totals,
        columns=_columns(sorted_by=sort, programme=programme),
        programme=programme,
        planned=_planned(totals, line),
        grant_columns=columns.OTHER_FUNDING,
        grants=[columns.OtherFunding(line, grant) for line in lines for grant in grants if _pays(line, grant)],
        sources=_sources(grants),
        axes=axes,
        moments=moments,
        stages=[
            {"label": f"{position}. {word}", "rows": [moment for moment in moments if moment.stage == stage]}
            for position, (stage, word) in enumerate(rules.STAGES.items(), 1)
        ],
        participation_columns=by_key(columns.PARTICIPATION, columns.PARTICIPATION_SHOWN),
        moment=_moment(place) if may_edit else None,
        justified_tone=columns.justified_tone,
        remarks=remarks(file, lines, moments, today),
        missing=len(rules.missing_values(file, lines)),
        standing=standing(actor(), file, today),
        before=before,
        history=story.days(family_history("tfpb_file", file_id, 500 if whole else RECENT)),
        whole_history=whole,
        may_edit=may_edit,
        refusal=refusal,
        may_archive=may_archive,
        archive_refusal=archive_refusal,
        may_revise=may_edit and file.programme_status == "validated",
        form=form,
        archive_form=archive_form,
        file_archive=file_archive,
        place=place,
        editing=number_of(place) if may_edit else None,
        sort=sort,
        sort_url=lambda order: url_for(".file_page", file_id=file_id, sort=order, _anchor="actions"),
        rules=rules,
    )


def _columns(*, sorted_by: str | None, programme: bool) -> list[Column]:
    """Those of the programme before the year begins, else those of the report; the axis where it does not group."""
    keys = columns.PROGRAMME_SHOWN if programme else columns.ACTIONS_SHOWN
    return by_key(columns.ACTIONS, (keys[0], "axis", *keys[1:]) if sorted_by else keys)


def _planned(totals: Totals, line: files.FileLine) -> dict[str, Any]:
    """What a programme promises against the abatement: amount (None as soon as one is unknown), rates, gap."""
    whole = not totals.unknown["planned_valued"]
    valued = totals.values["planned_valued"] if whole else None
    cost = None if totals.unknown["planned_cost"] else totals.values["planned_cost"]
    gap = None if valued is None or line.abatement is None else valued - line.abatement
    return {"valued": valued, "rate": divide(valued, cost), "justified": divide(valued, line.abatement), "gap": gap}


def _moment(place: str | None) -> dict[str, Any]:
    """Which row of the participation is open: ``participation-12``, or ``participation-diagnosis`` for a new one."""
    what, _, which = (place or "").partition("-")
    if what != "participation":
        return {}
    number = number_in(which)
    return {"editing": "new", "stage": which} if number is None else {"editing": number}


def _pays(line: ActionLine, grant: Any) -> bool:
    return bool(grant.financing_id == line.action.financing_id)


def _sources(grants: Sequence[Any]) -> list[str]:
    """The names of what awarded something, each once, in the order met."""
    names = [grant.scheme.name if grant.scheme else grant.funder.name for grant in grants if grant.status in AWARDED]
    return list(dict.fromkeys(names))


def _saved(file_id: int, text: str, anchor: str | None = None) -> BaseResponse:
    done(text)
    return go(url_for(".file_page", file_id=file_id, _anchor=anchor))


# -- the file's own writes -----------------------------------------------------------------------------------------


@pages.post(FILE)
def update_file(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        TfpbFileSchema(partial=True),
        request.form,
        lambda values: commands.update_file(actor(), file_id, posted_version(request.form), values),
        partial=True,
    )
    return show_file(file_id, form, "fiche") if form else _saved(file_id, "Dossier enregistré.")


@pages.post(f"{FILE}/avancer")
def move_file(file_id: int) -> Response | BaseResponse:
    file, form = submit(
        FileMove(),
        request.form,
        lambda values: commands.move_file(actor(), file_id, posted_version(request.form), values),
    )
    if form:
        return show_file(file_id, form, f"vers-{request.form.get('to', '')}")
    return _moved(file)


def _moved(file: TfpbFile) -> BaseResponse:
    track = request.form.get("track") or rules.REPORT
    status = getattr(file, rules.TRACK_FIELDS[track])
    text = f"{rules.TRACKS[track]} : « {rules.inside(rules.TRACK_STATUSES[track][status])} »."
    # A programme may be discussed before its reader may open the file.
    if policy.can(actor(), "read_file", files.scope_of(file))[0]:
        return _saved(file.id, text)
    done(text)
    return go(url_for(".file_list"))


@pages.post(f"{FILE}/archiver")
def archive_file(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_file(actor(), file_id, posted_version(request.form), values["reason"]),
    )
    return show_file(file_id, form, "archiver", archiving=True) if form else _saved(file_id, "Dossier archivé.")


@pages.post(f"{FILE}/reprendre")
def copy_actions(file_id: int) -> Response | BaseResponse:
    added, form = submit(
        CopyActions(),
        request.form,
        lambda values: commands.copy_actions_from(actor(), file_id, values["from_file_id"]),
    )
    if form:
        return show_file(file_id, form, "reprendre")
    count = len(added)
    text = "Aucune action à reprendre : elles y sont déjà." if not count else f"{count} actions reprises."
    return _saved(file_id, "Une action reprise." if count == 1 else text, "actions")


@pages.post(f"{FILE}/actions")
def add_action(file_id: int) -> Response | BaseResponse:
    action, form = submit(ActionSchema(), request.form, lambda values: commands.add_action(actor(), file_id, values))
    return show_file(file_id, form, "new") if form else _saved(file_id, "Action ajoutée.", f"action-{action.id}")


@pages.get(f"{FILE}/actions.xlsx")
def export_actions(file_id: int) -> Response:
    file = files.readable_file(actor(), file_id)
    lines = actions.actions(file, {"sort": _sort()}).items
    title = file_title(file, clock.today().year)
    about = About(on=clock.today(), author=actor().name, filters=[("Dossier", title)], sort=_sort() or "Axe")
    content = list_workbook(title, columns.ACTIONS, lines, actions.totals(lines), about)
    name = file_name(
        "actions-tfpb", file.convention.landlord.name, file.convention.city.name, str(file.year), about=about
    )
    return Response(content, headers=attachment(name))


# -- participation -------------------------------------------------------------------------------------------------


@pages.post(f"{FILE}/participation")
def add_participation(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        ParticipationSchema(), request.form, lambda values: commands.add_participation(actor(), file_id, values)
    )
    place = f"participation-{request.form.get('stage') or 'report'}"
    return show_file(file_id, form, place) if form else _saved(file_id, "Participation ajoutée.", "participation")


@pages.post(f"{FILE}/participation/<{ID}:participation_id>")
def update_participation(file_id: int, participation_id: int) -> Response | BaseResponse:
    _, form = submit(
        ParticipationSchema(partial=True),
        request.form,
        lambda values: commands.update_participation(actor(), participation_id, posted_version(request.form), values),
        partial=True,
    )
    place = f"participation-{participation_id}"
    return show_file(file_id, form, place) if form else _saved(file_id, "Participation enregistrée.", "participation")


@pages.post(f"{FILE}/participation/<{ID}:participation_id>/archiver")
def archive_participation(file_id: int, participation_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_participation(
            actor(), participation_id, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return show_file(file_id, form, f"participation-{participation_id}", archiving=True)
    return _saved(file_id, "Participation archivée.", "participation")
