"""The pages of the investment plan: the list, a project with its plan, costs and budgets."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.columns import Totals
from tracker.funding import commands as funding_commands
from tracker.funding import queries as funding_queries
from tracker.funding import rules as funding_rules
from tracker.funding.columns import GRANTS, funder_options, scheme_options, source_options
from tracker.funding.schemas import GrantSchema
from tracker.history.queries import family_history
from tracker.investment import columns, commands, queries, rules
from tracker.investment.pages.blueprint import PROJECT, pages
from tracker.investment.schemas import BudgetYearSchema, CostItemSchema, ProjectArguments, ProjectSchema
from tracker.territory.queries import contract_choices
from tracker.web import story
from tracker.web.drawings import Source, financing_bar
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.writing import list_workbook

# Lines of history a project's page begins with; « tout l’historique » shows the others.
RECENT = 12


# -- the list ------------------------------------------------------------------------------------------------------


def _arguments() -> dict[str, Any]:
    """The list's filters from the address; empty controls are no filter, ``page_size`` stays the page's."""
    typed = {name: value for name, value in request.args.items() if value != "" and name != "edit"}
    return ProjectArguments().read(typed)


def _active(arguments: dict[str, Any]) -> dict[str, Any]:
    """What the address has to carry to show the same list again."""
    names = ("contract_id", "city_id", "status", "kind", "source", "q", "sort", "archived")
    return {name: arguments[name] for name in names if arguments.get(name) not in (None, False, "position")}


def _by_name(option: tuple[int, str]) -> str:
    return option[1]


@pages.get("")
def project_list() -> Response:
    return _list_page(None)


def _workbook_url(places: list[queries.Place], arguments: dict[str, Any]) -> str | None:
    """The page of the workbook, of the city the list is narrowed to where the actor writes it."""
    if not places:
        return None
    wanted = [place for place in places if place.city.id == arguments.get("city_id")]
    return url_for(".workbook_page", place=wanted[0].code if len(wanted) == 1 else None)


def _list_page(form: Form | None) -> Response:
    arguments = _arguments()
    found = queries.projects(actor(), arguments)
    active = _active(arguments)
    contracts = contract_choices(actor())
    edited = request.args.get("edit", "")
    editable = queries.editable_places(actor())
    return respond(
        "investment/list.html",
        form.status if form else 200,
        columns=columns.PROJECTS,
        found=found,
        totals=columns.project_totals(found.totals),
        arguments=arguments,
        contract_options=[(contract.id, contract.name) for contract in contracts],
        city_options=sorted({(city.id, city.name) for contract in contracts for city in contract.cities}, key=_by_name),
        source_options=source_options(),
        rules=rules,
        page_count=max(1, -(-found.total // arguments["page_size"])),
        may_create=bool(editable),
        workbook_url=_workbook_url(editable, arguments),
        may_edit=lambda row: policy.can(actor(), "edit_project", queries.scope_of(row.project))[0],
        editing=number_in(edited),
        form=form or Form(),
        list_url=lambda **changes: url_for(".project_list", **{**active, **changes}),
        sort_url=lambda order: url_for(".project_list", **{**active, "sort": order}),
        page_url=lambda page: url_for(
            ".project_list", **{**active, "page": page, "page_size": request.args.get("page_size")}
        ),
        row_url=lambda row: url_for(".update_in_list", project_id=row.id, **active),
        export_url=url_for(".export", **active),
    )


@pages.post(f"{PROJECT}/ligne")
def update_in_list(project_id: int) -> Response | BaseResponse:
    """A project's own amounts changed from the list, under the filters of the list."""
    _, form = submit(
        ProjectSchema(partial=True),
        request.form,
        lambda values: commands.update_project(actor(), project_id, posted_version(request.form), values),
        partial=True,
    )
    if form:
        request.args = request.args.__class__([*request.args.items(multi=True), ("edit", str(project_id))])
        return _list_page(form)
    done("Projet enregistré.")
    return go(url_for(".project_list", **_active(_arguments())))


@pages.get("/export.xlsx")
def export() -> Response:
    arguments = _arguments()
    found = queries.projects(actor(), {**arguments, "page_size": None})
    about = About(on=clock.today(), author=actor().name, filters=_told(arguments), sort=_told_sort(arguments["sort"]))
    content = list_workbook(
        "Plan d’investissement", columns.PROJECTS, found.items, columns.project_totals(found.totals), about
    )
    return Response(content, headers=attachment(file_name("projets", about=about)))


def _told(arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """The active filters, as « À propos » says them."""
    told = []
    fields = ProjectArguments().fields
    for name, value in _active(arguments).items():
        if name == "sort":
            continue
        field = fields[name]
        words = getattr(field, "words", {})
        shown = words.get(value, value)
        if name == "city_id":
            cities = {city.id: city.name for contract in contract_choices(actor()) for city in contract.cities}
            shown = cities.get(value, value)
        if name == "contract_id":
            shown = {contract.id: contract.name for contract in contract_choices(actor())}.get(value, value)
        told.append((str(getattr(field, "label", name)), "oui" if shown is True else str(shown)))
    return told


def _told_sort(sort: str) -> str:
    labels = {column.key: column.label for column in columns.PROJECTS} | {"position": "Ordre du contrat"}
    label = labels.get(sort.removeprefix("-"), sort)
    return f"{label}, décroissant" if sort.startswith("-") else label


# -- create --------------------------------------------------------------------------------------------------------


def _new_page(form: Form) -> Response:
    places = queries.editable_places(actor())
    if not places:
        raise policy.Forbidden("Votre rôle ne permet pas d’ajouter un projet.")
    options = [(place.code, place.name) for place in places]
    status = form.status if form.errors else 200
    return respond("investment/new.html", status, form=form, place_options=options, rules=rules)


@pages.get("/nouveau")
def new_project() -> Response:
    return _new_page(Form())


@pages.post("")
def create_project() -> Response | BaseResponse:
    typed = request.form.to_dict()
    # One control for the place: a city is always chosen within its contract.
    contract_id, _, city_id = typed.pop("place", "").partition("-")
    typed |= {"contract_id": contract_id, "city_id": city_id}
    project, form = submit(ProjectSchema(), typed, lambda values: commands.create_project(actor(), values))
    if form:
        form.typed = {**typed, "place": f"{contract_id}-{city_id}"}
        return _new_page(form)
    done("Projet ajouté.")
    return go(url_for(".project_page", project_id=project.id))


# -- one project ---------------------------------------------------------------------------------------------------


@pages.get(PROJECT)
def project_page(project_id: int) -> Response:
    return _page(project_id)


def _bar(project: queries.ProjectLine, grants: list[Any]) -> Any:
    sources = []
    for line in grants:
        if line.status not in funding_rules.LIVE or line.nature != "investment":
            continue
        name = line.scheme.name if line.scheme else line.funder.name
        loan = bool(line.scheme and line.scheme.is_loan)
        decided = line.awarded is not None
        sources.append(Source(name, line.awarded if decided else line.requested, "loan" if loan else "grant", decided))
    sources.append(Source("Autofinancement", project.self_funding, "own"))
    floor = None
    if project.owner_kind in rules.PUBLIC_OWNERS and project.floor_rate and project.cost_excl_tax is not None:
        floor = project.floor_rate * (project.cost_excl_tax - (project.sums.awarded_private or 0))
    return financing_bar(sources, project.cost_excl_tax, floor)


def _opened(name: str) -> Any:
    """Which row of a table is open for editing: ``?subvention=12``, ``?poste=new``."""
    value = request.args.get(name, "")
    return number_in(value) or value or None


def _page(project_id: int, form: Form | None = None, **opened: Any) -> Response:
    project = queries.readable_project(actor(), project_id)
    grants = funding_queries.grants_of([project.financing_id])
    allowed, reason = policy.can(actor(), "edit_project", queries.scope_of(project.project))
    items, budgets = queries.cost_items(project_id), queries.budget_years(project_id)
    names = ("fiche", "subvention", "poste", "budget")
    rows = {name: (opened.get(name) or _opened(name)) if allowed else None for name in names}
    if rows["budget"]:
        # A budget is addressed by its year; its row by its number.
        rows["budget"] = next((budget.id for budget in budgets if budget.year == rows["budget"]), "new")
    whole = request.args.get("historique") == "tout"
    return respond(
        "investment/project.html",
        form.status if form else 200,
        project=project,
        grants=grants,
        bar=_bar(project, grants),
        grant_totals=Totals({"requested": project.requested, "awarded": project.awarded, "paid": project.paid}),
        items=items,
        item_totals=columns.shown_totals(columns.COST_ITEMS, items),
        budget_totals=columns.shown_totals(columns.BUDGETS, budgets),
        budgets=budgets,
        history=story.days(family_history("project", project_id, 500 if whole else RECENT)),
        whole_history=whole,
        may_edit=allowed,
        refusal=reason,
        form=form or Form(),
        opened=rows,
        columns=columns,
        rules=rules,
        grant_columns=GRANTS,
        grant_rules=funding_rules,
        funder_options=funder_options(),
        scheme_options=scheme_options(),
        next_year=max([budget.year for budget in budgets] or [project.contract.first_year - 1]) + 1,
    )


def _saved(project_id: int, text: str) -> BaseResponse:
    done(text)
    return go(url_for(".project_page", project_id=project_id))


@pages.post(PROJECT)
def update_project(project_id: int) -> Response | BaseResponse:
    _, form = submit(
        ProjectSchema(partial=True),
        request.form,
        lambda values: commands.update_project(actor(), project_id, posted_version(request.form), values),
        partial=True,
    )
    return _page(project_id, form, fiche="ouverte") if form else _saved(project_id, "Projet enregistré.")


@pages.post(f"{PROJECT}/archiver")
def archive_project(project_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_project(actor(), project_id, posted_version(request.form), values["reason"]),
    )
    return _page(project_id, form, fiche="archiver") if form else _saved(project_id, "Projet archivé.")


@pages.post(f"{PROJECT}/subventions")
def add_grant(project_id: int) -> Response | BaseResponse:
    _, form = submit(GrantSchema(), request.form, lambda values: commands.add_grant(actor(), project_id, values))
    return _page(project_id, form, subvention="new") if form else _saved(project_id, "Subvention ajoutée.")


@pages.post(f"{PROJECT}/subventions/<{ID}:grant_id>")
def update_grant(project_id: int, grant_id: int) -> Response | BaseResponse:
    _, form = submit(
        GrantSchema(partial=True),
        request.form,
        lambda values: funding_commands.update_grant(actor(), grant_id, posted_version(request.form), values),
        partial=True,
    )
    return _page(project_id, form, subvention=grant_id) if form else _saved(project_id, "Subvention enregistrée.")


@pages.post(f"{PROJECT}/postes")
def add_cost_item(project_id: int) -> Response | BaseResponse:
    _, form = submit(CostItemSchema(), request.form, lambda values: commands.add_cost_item(actor(), project_id, values))
    return _page(project_id, form, poste="new") if form else _saved(project_id, "Poste ajouté.")


@pages.post(f"{PROJECT}/postes/<{ID}:item_id>")
def update_cost_item(project_id: int, item_id: int) -> Response | BaseResponse:
    _, form = submit(
        CostItemSchema(partial=True),
        request.form,
        lambda values: commands.update_cost_item(actor(), item_id, posted_version(request.form), values),
        partial=True,
    )
    return _page(project_id, form, poste=item_id) if form else _saved(project_id, "Poste enregistré.")


@pages.post(f"{PROJECT}/postes/<{ID}:item_id>/archiver")
def archive_cost_item(project_id: int, item_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_cost_item(actor(), item_id, posted_version(request.form), values["reason"]),
    )
    return _page(project_id, form, poste=item_id) if form else _saved(project_id, "Poste archivé.")


@pages.post(f"{PROJECT}/budgets/<int(min=1990,max=2100):year>")
def put_budget_year(project_id: int, year: int) -> Response | BaseResponse:
    """The form of a new year carries no version; that of an existing one does."""
    version = posted_version(request.form) if request.form.get("version") else None
    _, form = submit(
        BudgetYearSchema(),
        request.form,
        lambda values: commands.put_budget_year(actor(), project_id, year, version, values),
    )
    return _page(project_id, form, budget=year) if form else _saved(project_id, f"Budget {year} enregistré.")
