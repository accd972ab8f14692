"""The pages of reference data: the hub, one list per kind with editing in place, one sheet per item."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.history.models import HistoryEntry
from tracker.history.queries import item_history
from tracker.policy import ADMINISTRATOR, COORDINATOR, Conflict, FieldError
from tracker.territory import commands, queries, reference_hub
from tracker.territory.models import City
from tracker.territory.pages.kinds import KINDS, Kind, controls_of, facts_of
from tracker.web import navigation, story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint

pages = page_blueprint("territory", __name__, "/referentiels")

navigation.register(
    navigation.Entry(
        70, "Référentiels", "territory.hub", "/referentiels", lambda who: who.has(ADMINISTRATOR, COORDINATOR)
    )
)

SLUG = f"/<any({', '.join(KINDS)}):slug>"
ITEM = f"{SLUG}/<{ID}:number>"


def _item_url(slug: str) -> Callable[[HistoryEntry], str]:
    return lambda entry: url_for("territory.item", slug=slug, number=entry.item_id)


def _counter(model: Any) -> Callable[[], int]:
    return lambda: queries.count_live(model)


for _order, (_slug, _kind) in enumerate(KINDS.items(), 1):
    story.describe(_kind.model.__tablename__, story.Kind(_kind.one, _kind.schema(), url=_item_url(_slug)))
    reference_hub.register(
        reference_hub.Reference(
            order=10 * _order,
            label=_kind.many,
            endpoint="territory.listing",
            arguments=(("slug", _slug),),
            sentence=_kind.sentence,
            count=_counter(_kind.model),
            keeper=_kind.keeper,
        )
    )


def _may_write(kind: Kind, row: Any) -> tuple[bool, str | None]:
    if row.archived_at is not None:
        return False, "Cet élément est archivé."
    return policy.can(actor(), kind.verb, commands.scope_of(row))


def _may_create(kind: Kind) -> bool:
    return bool(policy.reach(actor(), kind.verb))


@pages.get("")
def hub() -> Response:
    """Every list of reference data, with how many rows are in use."""
    if not queries.may_read(actor()):
        raise policy.NotReadable
    return respond("territory/hub.html", references=reference_hub.references(actor()))


# -- lists ---------------------------------------------------------------------------------------------------------


def _arguments(kind: Kind) -> dict[str, Any]:
    """The list's filters from the address; an empty control is no filter."""
    typed = {name: value for name, value in request.args.items() if value != "" and name != "edit"}
    return kind.arguments().read(typed)


def _list_page(slug: str, form: Form | None = None) -> Response:
    kind = KINDS[slug]
    arguments = _arguments(kind)
    page = queries.listed(actor(), kind.model, arguments)
    named = ("q", "name", "sort", "archived", "page", *kind.filters)
    active = {name: arguments[name] for name in named if arguments.get(name)}
    for name, silent in (("page", 1), ("sort", kind.arguments().fields["sort"].load_default)):
        if active.get(name) == silent:
            del active[name]

    def list_url(**changes: Any) -> str:
        return url_for(".listing", **{"slug": slug, **active, **changes})

    edited = request.args.get("edit", "")
    row = next((one for one in page.items if str(one.id) == edited), None)
    editing: Any = "new" if edited == "new" and _may_create(kind) else row.id if row else None
    return respond(
        "territory/list.html",
        form.status if form else 200,
        kind=kind,
        slug=slug,
        page=page,
        arguments=arguments,
        page_count=max(1, -(-page.total // arguments["page_size"])),
        filters={
            name: (label, [(one.id, one.name) for one in queries.choices(model)], every)
            for name, (label, model, every) in kind.filters.items()
        },
        editing=editing,
        controls=controls_of(actor(), kind, row) if editing else (),
        may_write=lambda one: _may_write(kind, one)[0],
        may_create=_may_create(kind),
        form=form or Form(),
        list_url=list_url,
        sort_url=lambda order: list_url(sort=order, page=None),
        page_url=lambda number: list_url(page=number if number > 1 else None),
    )


@pages.get(SLUG)
def listing(slug: str) -> Response:
    """A list under its filters; ``?edit=12`` opens that row, ``?edit=new`` an empty one."""
    return _list_page(slug)


@pages.post(SLUG)
def save_in_list(slug: str) -> Response | BaseResponse:
    """Save the row the address opens, or add one, and go back to the list under the same filters."""
    kind, edited = KINDS[slug], request.args.get("edit", "new")
    number = number_in(edited)
    if number is None and edited != "new":
        raise policy.NotReadable
    form = _saved(kind, number)
    if form:
        return _list_page(slug, form)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "edit"}
    return go(url_for(".listing", **{"slug": slug, **kept}))


def _saved(kind: Kind, number: int | None) -> Form | None:
    """Create (``number`` None) or change: the refused form, or None once done. A list with no box ticked is empty."""
    typed: MultiDict[str, str] = MultiDict(request.form)
    lists: dict[str, Any] = {name: [] for name in kind.places if name.endswith("_ids")}

    def act(values: dict[str, Any]) -> Any:
        if number is None:
            return kind.create(actor(), lists | values)
        return kind.update(actor(), number, posted_version(typed), lists | values)

    try:
        row, form = submit(kind.schema(), typed, act)
    except Conflict as conflict:
        if conflict.code != "duplicate":
            raise
        form = Form(typed, [FieldError("", conflict.code, conflict.message)], number_in(typed.get("version")))
    if form is None:
        one = kind.one[0].upper() + kind.one[1:]
        done(f"{one} « {row.name} » : {kind.agreed('ajouté' if number is None else 'enregistré')}.")
    return form


# -- one item ------------------------------------------------------------------------------------------------------


def _item_page(slug: str, number: int, form: Form | None = None, *, opened: str | None = None) -> Response:
    kind = KINDS[slug]
    row = queries.readable(actor(), kind.model, number)
    allowed, refusal = _may_write(kind, row)
    opened = opened or (request.args.get("ouvrir") if allowed else None)
    return respond(
        "territory/item.html",
        form.status if form else 200,
        kind=kind,
        slug=slug,
        row=row,
        facts=facts_of(kind, row),
        allowed=allowed,
        refusal=refusal,
        opened=opened,
        controls=controls_of(actor(), kind, row) if opened == "fiche" else (),
        history=story.days(_named(item_history(kind.model.__tablename__, row.id), row)),
        form=form or Form(),
    )


def _named(lines: Sequence[HistoryEntry], row: Any) -> list[HistoryEntry]:
    """The lines with the names of the cities in place of their numbers."""
    if not any("city_ids" in line.changes for line in lines):
        return list(lines)
    names = {one.id: one.name for one in queries.every(City)}
    told = []
    for line in lines:
        changes = dict(line.changes)
        if "city_ids" in changes:
            changes["city_ids"] = [
                None if numbers is None else ", ".join(names[number] for number in numbers) or None
                for numbers in changes["city_ids"]
            ]
        kept = {name: getattr(line, name) for name in ("at", "actor_name", "source", "verb", "item_type", "item_id")}
        told.append(HistoryEntry(**kept, label=line.label, changes=changes))
    return told


@pages.get(ITEM)
def item(slug: str, number: int) -> Response:
    """An item's sheet: what it is, its history; ``?ouvrir=fiche`` opens its form."""
    return _item_page(slug, number)


@pages.post(ITEM)
def save_item(slug: str, number: int) -> Response | BaseResponse:
    """Save the sheet's form."""
    form = _saved(KINDS[slug], number)
    return _item_page(slug, number, form, opened="fiche") if form else go(url_for(".item", slug=slug, number=number))


@pages.post(f"{ITEM}/archiver")
def archive(slug: str, number: int) -> Response | BaseResponse:
    """Archive with a reason."""
    kind = KINDS[slug]

    def act(values: dict[str, Any]) -> Any:
        version = posted_version(request.form)
        return commands.archive_reference(actor(), kind.model, number, version, values["reason"])

    row, form = submit(Reason(), request.form, act)
    if form:
        return _item_page(slug, number, form, opened="archive")
    done(f"{kind.one[0].upper()}{kind.one[1:]} « {row.name} » : {kind.agreed('archivé')}.")
    return go(url_for(".listing", slug=slug))
