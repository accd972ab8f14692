"""The members: who has which role. Every account for the administrator, the contract's for its coordinator."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.accounts import columns, queries
from tracker.accounts.commands import passwords
from tracker.accounts.commands import users as commands
from tracker.accounts.pages.blueprint import pages
from tracker.accounts.schemas import MemberArguments, MemberSchema, MembershipSchema, UserSchema
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.policy import ADMINISTRATOR, COORDINATOR, ROLE_LABELS, Conflict, FieldError, NotReadable, Scope
from tracker.territory.models import Landlord
from tracker.territory.queries import choices, contract_choices
from tracker.web import navigation, story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

navigation.register(
    navigation.Entry(
        80, "Comptes", "accounts.members", "/comptes/membres", lambda who: who.has(ADMINISTRATOR, COORDINATOR)
    )
)

MEMBER = f"/comptes/membres/<{ID}:user_id>"


def _administers() -> bool:
    return policy.can(actor(), "administer", Scope())[0]


def _offered() -> dict[str, list[tuple[Any, str]]]:
    """What the forms may choose from: a coordinator gives the roles of the contract alone."""
    contracts = [one for one in contract_choices(actor()) if policy.can(actor(), "manage_contract", Scope(one.id))[0]]
    cities = {city.id: city.name for contract in contracts for city in contract.cities}
    roles = [(code, word) for code, word in ROLE_LABELS.items() if code != ADMINISTRATOR or _administers()]
    return {
        "roles": list(roles),
        "contracts": [(one.id, one.name) for one in contracts],
        "cities": sorted(cities.items(), key=lambda pair: pair[1]),
        "landlords": [(one.id, one.name) for one in choices(Landlord)],
    }


def _duplicate(conflict: Conflict) -> Form:
    """An e-mail or a role already held is mended by typing something else; other conflicts are not."""
    if conflict.code != "duplicate":
        raise conflict
    errors = [FieldError("", conflict.code, conflict.message)]
    return Form(request.form, errors, number_in(request.form.get("version")))


# -- the list ------------------------------------------------------------------------------------------------------


def _list_page(form: Form | None = None) -> Response:
    typed = {name: value for name, value in request.args.items() if value != "" and name != "edit"}
    arguments = MemberArguments().read(typed)
    page = queries.members(actor(), arguments)
    named = ("q", "role", "contract_id", "archived", "sort")
    active = {name: arguments[name] for name in named if arguments.get(name) not in (None, False, "name")}

    def list_url(**changes: Any) -> str:
        return url_for(".members", **{**active, **changes})

    editing = "new" if request.args.get("edit") == "new" else None
    return respond(
        "accounts/members.html",
        form.status if form else 200,
        columns=columns.MEMBERS,
        page=page,
        page_count=max(1, -(-page.total // arguments["page_size"])),
        arguments=arguments,
        offered=_offered(),
        administers=_administers(),
        editing=editing,
        form=form or Form(),
        list_url=list_url,
        sort_url=lambda order: list_url(sort=order),
        page_url=lambda number: list_url(page=number),
    )


@pages.get("/comptes/membres")
def members() -> Response:
    """Who is in; ``?edit=new`` opens the form that adds somebody."""
    return _list_page()


@pages.post("/comptes/membres")
def add_member() -> Response | BaseResponse:
    """Give a role to somebody, known or new."""
    try:
        user, form = submit(MemberSchema(), request.form, lambda values: commands.add_member(actor(), values))
    except Conflict as conflict:
        form = _duplicate(conflict)
    if form:
        return _list_page(form)
    done(f"« {user.name} » fait partie des membres.")
    return go(url_for(".member", user_id=user.id))


# -- one member ----------------------------------------------------------------------------------------------------


def _member_page(user_id: int, form: Form | None = None, *, opened: str | None = None, link: Any = None) -> Response:
    user = queries.readable_user(actor(), user_id)
    memberships = queries.manageable_memberships(actor(), user_id)
    opened = opened or request.args.get("ouvrir")
    editing: Any = "new" if opened == "role" else None
    if opened and opened.startswith("role-"):
        editing = next((one.id for one in memberships if opened == f"role-{one.id}"), None)
    return respond(
        "accounts/member.html",
        form.status if form else 200,
        user=user,
        memberships=memberships,
        columns=columns.MEMBERSHIPS,
        administers=_administers(),
        is_self=user.id == actor().user_id,
        opened=opened,
        editing=editing if user.archived_at is None else None,
        offered=_offered(),
        history=story.days(queries.user_history(actor(), user_id)),
        link=link,
        form=form or Form(),
        page_url=lambda what=None: url_for(".member", user_id=user_id, ouvrir=what),
    )


@pages.get(MEMBER)
def member(user_id: int) -> Response:
    """A person: roles, account, history."""
    return _member_page(user_id)


@pages.post(MEMBER)
def update_member(user_id: int) -> Response | BaseResponse:
    """Change the name or the e-mail."""
    try:
        _, form = submit(
            UserSchema(),
            request.form,
            lambda values: commands.update_user(actor(), user_id, posted_version(request.form), values),
        )
    except Conflict as conflict:
        form = _duplicate(conflict)
    if form:
        return _member_page(user_id, form, opened="fiche")
    done("Compte enregistré.")
    return go(url_for(".member", user_id=user_id))


@pages.post(f"{MEMBER}/lien")
def issue_link(user_id: int) -> Response:
    """A one-time link, shown on this answer alone."""
    secret, expires_at = passwords.issue_one_time_link(actor(), user_id)
    address = url_for(".link", secret=secret, _external=True)
    return _member_page(user_id, link={"address": address, "expires_at": expires_at})


@pages.post(f"{MEMBER}/archiver")
def archive_member(user_id: int) -> Response | BaseResponse:
    """Close an account, with a reason."""
    user, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_user(actor(), user_id, posted_version(request.form), values["reason"]),
    )
    if form:
        return _member_page(user_id, form, opened="archive")
    done(f"Compte de « {user.name} » archivé.")
    return go(url_for(".members"))


@pages.post(f"{MEMBER}/roles")
def add_role(user_id: int) -> Response | BaseResponse:
    """Give one more role."""
    try:
        _, form = submit(
            MembershipSchema(), request.form, lambda values: commands.add_membership(actor(), user_id, values)
        )
    except Conflict as conflict:
        form = _duplicate(conflict)
    if form:
        return _member_page(user_id, form, opened="role")
    done("Rôle donné.")
    return go(url_for(".member", user_id=user_id))


@pages.post(f"{MEMBER}/roles/<{ID}:membership_id>/retirer")
def archive_role(user_id: int, membership_id: int) -> Response | BaseResponse:
    """Take a role back, with a reason."""
    if membership_id not in {one.id for one in queries.manageable_memberships(actor(), user_id)}:
        raise NotReadable
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_membership(
            actor(), membership_id, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return _member_page(user_id, form, opened=f"role-{membership_id}")
    done("Rôle retiré.")
    # A coordinator who took the last role of the contract back no longer reads this person.
    return go(url_for(".members"))
