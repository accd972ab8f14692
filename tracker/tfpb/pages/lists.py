"""The list of files: filters in the address, totals under them, export of exactly that; opening a file."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock
from tracker.columns import by_key
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, STATE
from tracker.territory.queries import contract_choices
from tracker.tfpb import columns, commands, rules
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.queries import conventions, files
from tracker.tfpb.queries.board import reads_board
from tracker.tfpb.queries.turns import waiting
from tracker.tfpb.schemas import FileArguments, TfpbFileSchema
from tracker.web.forms import Form, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.writing import list_workbook

FILTERS = ("contract_id", "year", "landlord_id", "city_id", "neighbourhood_id", "status", "programme_status")
# An empty year means the same; but htmx takes empty filters out of the address.
EVERY_YEAR = "toutes"


def listed() -> dict[str, Any]:
    """The list's filters from the address: no word about the year means the current one; « toutes », all of them."""
    typed = {name: value for name, value in request.args.items() if value != "" and name != "edit"}
    asked = request.args.get("year")
    if asked is None:
        typed["year"] = str(clock.today().year)
    elif asked == EVERY_YEAR:
        del typed["year"]
    return FileArguments().read(typed)


def _active(arguments: dict[str, Any]) -> dict[str, Any]:
    """What the address has to carry to show the same list again."""
    active = {name: arguments[name] for name in (*FILTERS, "sort", "archived") if arguments.get(name)}
    active.setdefault("year", EVERY_YEAR)
    if active.get("sort") == "-year":
        del active["sort"]
    return active


@pages.get("")
def file_list() -> Response:
    return _list_page(None)


def _list_page(form: Form | None) -> Response:
    arguments = listed()
    found = files.files(actor(), arguments)
    active = _active(arguments)
    choices = files.file_choices(actor())
    open_to = conventions.open_to_new_files(actor())
    opening = bool(open_to) and (bool(form) or request.args.get("edit") == "new")
    neighbourhoods = conventions.neighbourhood_options(open_to)
    many = actor().has(COORDINATOR, FINANCE_OFFICER, STATE, COPIL)
    return respond(
        "tfpb/list.html",
        form.status if form else 200,
        found=found,
        columns=by_key(columns.FILES, columns.FILES_SHOWN if many else columns.FILES_OF_ONE_LANDLORD),
        turn_of=lambda line: waiting(actor(), line, clock.today()),
        arguments=arguments,
        choices=choices,
        contract_options=[(contract.id, contract.name) for contract in contract_choices(actor())],
        open_to=open_to,
        has_board=reads_board(actor()),
        opening=opening,
        neighbourhoods=neighbourhoods,
        years_to_open=conventions.years_to_open(open_to, len(neighbourhoods)) if opening else [],
        rules=rules,
        form=form or Form(),
        page_count=max(1, -(-found.total // arguments["page_size"])),
        list_url=lambda **changes: url_for(".file_list", **{**active, **changes}),
        sort_url=lambda order: url_for(".file_list", **{**active, "sort": order}),
        page_url=lambda page: url_for(
            ".file_list", **{**active, "page": page, "page_size": request.args.get("page_size")}
        ),
        export_url=url_for(".export_files", **active),
        state_export_url=lambda kind: url_for(".export_declarations", kind=kind, **active),
    )


@pages.post("")
def open_file() -> Response | BaseResponse:
    file, form = submit(TfpbFileSchema(), request.form, lambda values: commands.open_file(actor(), values))
    if form:
        return _list_page(form)
    done("Dossier ouvert.")
    return go(url_for(".file_page", file_id=file.id))


@pages.get("/export.xlsx")
def export_files() -> Response:
    arguments = listed()
    found = files.files(actor(), {**arguments, "page_size": None})
    about = About(
        on=clock.today(), author=actor().name, filters=told_filters(arguments), sort=told_sort(arguments["sort"])
    )
    content = list_workbook("Dossiers TFPB", columns.FILES, found.items, found.totals, about)
    return Response(content, headers=attachment(file_name("dossiers-tfpb", about=about)))


def told_filters(arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """The active filters, as « À propos » says them."""
    choices = files.file_choices(actor())
    names: dict[str, dict[Any, str]] = {
        "contract_id": {contract.id: contract.name for contract in contract_choices(actor())},
        "landlord_id": dict(choices.landlords),
        "city_id": dict(choices.cities),
        "neighbourhood_id": dict(choices.neighbourhoods),
        "status": rules.FILE_STATUSES,
        "programme_status": rules.PROGRAMME_STATUSES,
    }
    fields = FileArguments().fields
    told = []
    for name in FILTERS:
        value = arguments.get(name)
        if value is not None:
            told.append((str(getattr(fields[name], "label", name)), str(names.get(name, {}).get(value, value))))
    return told


def told_sort(sort: str) -> str:
    label = {column.key: column.label for column in columns.FILES}.get(sort.removeprefix("-"), sort)
    return f"{label}, décroissant" if sort.startswith("-") else label
