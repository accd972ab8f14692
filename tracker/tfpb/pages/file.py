"""A file's page, made of its sections, and the file's own writes."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.tfpb import columns, commands, rules
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.pages.blueprint import file_title, pages
from tracker.tfpb.pages.exchanges import pins_in
from tracker.tfpb.pages.sections import SECTIONS
from tracker.tfpb.pages.view import FILE, sort_asked, view_of
from tracker.tfpb.queries import actions, files
from tracker.tfpb.schemas import ActionSchema, CopyActions, FileMove, TfpbFileSchema
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.writing import list_workbook


@pages.get(FILE)
def file_page(file_id: int) -> Response:
    return show_file(file_id)


def show_file(
    file_id: int, form: Form | None = None, open_at: str | None = None, *, archiving: bool = False
) -> Response:
    """The page, with this form open at this place when a write was refused."""
    view = view_of(file_id, form, open_at, archiving=archiving)
    context: dict[str, Any] = {name: value for section in SECTIONS for name, value in section(view).items()}
    title = file_title(view.file, view.today.year)
    return respond(
        "tfpb/file.html", form.status if form else 200, **vars(view), **context, url=view.url, title=title, rules=rules
    )


def saved(file_id: int, text: str, anchor: str | None = None) -> BaseResponse:
    """Back to the file, at that section, saying what was done."""
    done(text)
    return go(url_for("tfpb.file_page", file_id=file_id, _anchor=anchor))


@pages.post(FILE)
def update_file(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        TfpbFileSchema(partial=True),
        request.form,
        lambda values: commands.update_file(actor(), file_id, posted_version(request.form), values),
        partial=True,
    )
    return show_file(file_id, form, "fiche") if form else saved(file_id, "Dossier enregistré.")


@pages.post(f"{FILE}/avancer")
def move_file(file_id: int) -> Response | BaseResponse:
    def act(values: dict[str, Any]) -> tuple[TfpbFile, str]:
        told = values | {"comments": pins_in(request.form)}
        file = commands.move_file(actor(), file_id, posted_version(request.form), told)
        return file, values.get("track") or rules.REPORT

    # The remarks pinned with a return are lines of their own beside the move's fields.
    move = {name: value for name, value in request.form.items() if not name.startswith("pin-")}
    moved, form = submit(FileMove(), move, act)
    if form:
        form.typed = request.form
        return show_file(file_id, form, f"vers-{request.form.get('to', '')}")
    return _moved(*moved)


def _moved(file: TfpbFile, track: str) -> BaseResponse:
    status = getattr(file, rules.TRACK_FIELDS[track])
    text = f"{rules.TRACKS[track]} : « {rules.inside(rules.TRACK_STATUSES[track][status])} »."
    # A programme may be discussed before its reader may open the file.
    if policy.can(actor(), "read_file", files.scope_of(file))[0]:
        return saved(file.id, text)
    done(text)
    return go(url_for(".completeness", contract=file.convention.contract.code, year=file.year))


@pages.post(f"{FILE}/archiver")
def archive_file(file_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_file(actor(), file_id, posted_version(request.form), values["reason"]),
    )
    return show_file(file_id, form, "archiver", archiving=True) if form else saved(file_id, "Dossier archivé.")


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
    return saved(file_id, "Une action reprise." if count == 1 else text, "actions")


@pages.post(f"{FILE}/actions")
def add_action(file_id: int) -> Response | BaseResponse:
    action, form = submit(ActionSchema(), request.form, lambda values: commands.add_action(actor(), file_id, values))
    return show_file(file_id, form, "new") if form else saved(file_id, "Action ajoutée.", f"action-{action.id}")


@pages.get(f"{FILE}/actions.xlsx")
def export_actions(file_id: int) -> Response:
    file = files.readable_file(actor(), file_id)
    lines = actions.actions(file, {"sort": sort_asked()}).items
    title = file_title(file, clock.today().year)
    about = About(on=clock.today(), author=actor().name, filters=[("Dossier", title)], sort=sort_asked() or "Axe")
    content = list_workbook(title, columns.ACTIONS, lines, actions.totals(lines), about)
    name = file_name(
        "actions-tfpb", file.convention.landlord.name, file.convention.city.name, str(file.year), about=about
    )
    return Response(content, headers=attachment(name))
