"""The pages of a grant (its life, its payments) and of the funders and schemes."""

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.columns import Totals
from tracker.funding import columns, commands, queries, rules
from tracker.funding.models import Funder, Scheme
from tracker.funding.schemas import (
    FunderArguments,
    FunderSchema,
    GrantMove,
    GrantSchema,
    PaymentSchema,
    SchemeArguments,
    SchemeSchema,
)
from tracker.history.commands import fetch
from tracker.history.queries import item_history
from tracker.policy import Actor, Scope
from tracker.territory import reference_hub
from tracker.web import story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint

pages = page_blueprint("funding", __name__)
BLUEPRINTS = (pages,)

# kind of financing → (actor, the parent's number) → its title and address. Rooms above register theirs: nothing here
# looks up.
Parent = Callable[[Actor, int], tuple[str, str]]
_parents: dict[str, Parent] = {}


def register_parent(kind: str, parent: Parent) -> None:
    """Called once by the room that owns what is financed."""
    _parents[kind] = parent


def _grant_url(entry: Any) -> str | None:
    return url_for("funding.grant_page", grant_id=entry.item_id)


MOVES = {"move": "a changé le statut de"}
story.describe("financing_grant", story.Kind("la subvention", GrantSchema(), MOVES, _grant_url))
story.describe("payment", story.Kind("un versement de", PaymentSchema()))
story.describe("funder", story.Kind("le financeur", FunderSchema()))
story.describe("scheme", story.Kind("le dispositif", SchemeSchema()))

reference_hub.register(
    reference_hub.Reference(
        60,
        "Financeurs",
        "funding.funder_list",
        "Qui donne ou prête ; le caractère public est daté et sourcé.",
        lambda: queries.count_live(Funder),
        "Administration",
    )
)
reference_hub.register(
    reference_hub.Reference(
        70,
        "Dispositifs",
        "funding.scheme_list",
        "Les dispositifs de chaque financeur, avec leurs règles datées.",
        lambda: queries.count_live(Scheme),
        "Administration",
    )
)

GRANT = f"/subventions/<{ID}:grant_id>"


# -- one grant -----------------------------------------------------------------------------------------------------


@pages.get(GRANT)
def grant_page(grant_id: int) -> Response:
    return _page(grant_id)


def _page(grant_id: int, form: Form | None = None, opened: str | None = None) -> Response:
    grant = queries.readable_grant(actor(), grant_id)
    financing = grant.financing
    title, address = _parents[financing.kind](actor(), financing.parent_id)
    scope = queries.scope_of(financing)
    allowed, reason = policy.can(actor(), queries.EDIT[financing.kind], scope)
    if grant.archived_at is not None:
        allowed, reason = False, "Cette subvention est archivée."
    scheme = grant.scheme
    facts = {name: getattr(grant, name) for name in ("status", *rules.DATE_LABELS)}
    months = {name: getattr(scheme, name, None) for name in rules.SCHEME_DATES}
    today = clock.today()
    return respond(
        "funding/grant.html",
        form.status if form else 200,
        grant=grant,
        name=columns.source_name(grant),
        parent_title=title,
        parent_url=address,
        payments=queries.payments_of(grant_id),
        payment_totals=Totals({"amount": grant.paid}),
        columns=columns,
        deadlines=[(one, rules.deadline_state(one, today)) for one in rules.deadlines(facts, months)],
        warnings=rules.amount_warnings(grant.eligible_base, grant.rate, grant.requested, grant.awarded),
        next_steps=[
            (status, word)
            for status, word in rules.GRANT_STATUSES.items()
            if rules.transition_refusal(grant.status, status) is None
        ],
        history=story.days(item_history("financing_grant", grant_id)),
        may_edit=allowed,
        refusal=reason,
        form=form or Form(),
        opened=opened or request.args.get("ouvrir"),
        rules=rules,
        funder_options=columns.funder_options(),
        scheme_options=columns.scheme_options(),
    )


def _saved(grant_id: int, text: str) -> BaseResponse:
    done(text)
    return go(url_for(".grant_page", grant_id=grant_id))


@pages.post(GRANT)
def update_grant(grant_id: int) -> Response | BaseResponse:
    _, form = submit(
        GrantSchema(partial=True),
        request.form,
        lambda values: commands.update_grant(actor(), grant_id, posted_version(request.form), values),
        partial=True,
    )
    return _page(grant_id, form, "fiche") if form else _saved(grant_id, "Subvention enregistrée.")


@pages.post(f"{GRANT}/statut")
def move_grant(grant_id: int) -> Response | BaseResponse:
    _, form = submit(
        GrantMove(),
        request.form,
        lambda values: commands.move_grant(actor(), grant_id, posted_version(request.form), values),
    )
    return _page(grant_id, form, "statut") if form else _saved(grant_id, "Statut enregistré.")


@pages.post(f"{GRANT}/archiver")
def archive_grant(grant_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_grant(actor(), grant_id, posted_version(request.form), values["reason"]),
    )
    return _page(grant_id, form, "archiver") if form else _saved(grant_id, "Subvention archivée.")


@pages.post(f"{GRANT}/versements")
def add_payment(grant_id: int) -> Response | BaseResponse:
    _, form = submit(PaymentSchema(), request.form, lambda values: commands.add_payment(actor(), grant_id, values))
    return _page(grant_id, form, "new") if form else _saved(grant_id, "Versement ajouté.")


@pages.post(f"{GRANT}/versements/<{ID}:payment_id>")
def update_payment(grant_id: int, payment_id: int) -> Response | BaseResponse:
    _, form = submit(
        PaymentSchema(partial=True),
        request.form,
        lambda values: commands.update_payment(actor(), payment_id, posted_version(request.form), values),
        partial=True,
    )
    return _page(grant_id, form, str(payment_id)) if form else _saved(grant_id, "Versement enregistré.")


@pages.post(f"{GRANT}/versements/<{ID}:payment_id>/archiver")
def archive_payment(grant_id: int, payment_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_payment(actor(), payment_id, posted_version(request.form), values["reason"]),
    )
    return _page(grant_id, form, str(payment_id)) if form else _saved(grant_id, "Versement archivé.")


# -- funders and schemes -------------------------------------------------------------------------------------------


def _reference_page(
    endpoint: str,
    template: str,
    arguments: Any,
    listed: Callable[[dict[str, Any]], Any],
    form: Form | None,
    edited: str | None,
) -> Response:
    typed = {name: value for name, value in request.args.items() if value and name != "edit"}
    filters = arguments.read({"page_size": "500", **typed})
    allowed, reason = policy.can(actor(), "administer", Scope())
    edited = edited or request.args.get("edit")
    return respond(
        template,
        form.status if form else 200,
        found=listed(filters),
        filters=filters,
        columns=columns,
        rules=rules,
        funder_options=columns.funder_options(),
        may_edit=allowed,
        refusal=reason,
        form=form or Form(),
        editing=number_in(edited) or edited,
        list_url=lambda **changes: url_for(endpoint, **{**typed, **changes}),
        sort_url=lambda order: url_for(endpoint, **{**typed, "sort": order}),
    )


@pages.get("/referentiels/financeurs")
def funder_list() -> Response:
    return _funders(None)


def _funders(form: Form | None, edited: str | None = None) -> Response:
    return _reference_page(".funder_list", "funding/funders.html", FunderArguments(), queries.funders, form, edited)


@pages.post("/referentiels/financeurs")
def create_funder() -> Response | BaseResponse:
    _, form = submit(FunderSchema(), request.form, lambda values: commands.create_funder(actor(), values))
    return _funders(form, "new") if form else _reference_saved(".funder_list", "Financeur ajouté.")


@pages.post(f"/referentiels/financeurs/<{ID}:funder_id>")
def update_funder(funder_id: int) -> Response | BaseResponse:
    _, form = submit(
        FunderSchema(),
        request.form,
        lambda values: commands.update_funder(actor(), funder_id, posted_version(request.form), values),
    )
    return _funders(form, str(funder_id)) if form else _reference_saved(".funder_list", "Financeur enregistré.")


@pages.post(f"/referentiels/financeurs/<{ID}:funder_id>/archiver")
def archive_funder(funder_id: int) -> Response | BaseResponse:
    return _archive(Funder, funder_id, _funders, ".funder_list", "Financeur archivé.")


@pages.get("/referentiels/dispositifs")
def scheme_list() -> Response:
    return _schemes(None)


def _schemes(form: Form | None, edited: str | None = None) -> Response:
    return _reference_page(".scheme_list", "funding/schemes.html", SchemeArguments(), queries.schemes, form, edited)


@pages.post("/referentiels/dispositifs")
def create_scheme() -> Response | BaseResponse:
    _, form = submit(SchemeSchema(), request.form, lambda values: commands.create_scheme(actor(), values))
    return _schemes(form, "new") if form else _reference_saved(".scheme_list", "Dispositif ajouté.")


@pages.post(f"/referentiels/dispositifs/<{ID}:scheme_id>")
def update_scheme(scheme_id: int) -> Response | BaseResponse:
    _, form = submit(
        SchemeSchema(),
        request.form,
        lambda values: commands.update_scheme(actor(), scheme_id, posted_version(request.form), values),
    )
    return _schemes(form, str(scheme_id)) if form else _reference_saved(".scheme_list", "Dispositif enregistré.")


@pages.post(f"/referentiels/dispositifs/<{ID}:scheme_id>/archiver")
def archive_scheme(scheme_id: int) -> Response | BaseResponse:
    return _archive(Scheme, scheme_id, _schemes, ".scheme_list", "Dispositif archivé.")


def _archive(
    model: type[Funder] | type[Scheme], number: int, page: Callable[..., Response], back: str, text: str
) -> Response | BaseResponse:
    fetch(model, number)
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_reference(
            actor(), model, number, posted_version(request.form), values["reason"]
        ),
    )
    return page(form, str(number)) if form else _reference_saved(back, text)


def _reference_saved(endpoint: str, text: str) -> BaseResponse:
    done(text)
    return go(url_for(endpoint))
