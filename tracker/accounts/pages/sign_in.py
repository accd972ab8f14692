"""Coming in and going out: password, one-time link, the demonstration's one click."""

from collections.abc import Callable

from flask import Response, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.accounts import queries, rules
from tracker.accounts.columns import describe
from tracker.accounts.commands import passwords
from tracker.accounts.commands import sign_in as commands
from tracker.accounts.models import User
from tracker.accounts.pages.blueprint import pages
from tracker.accounts.schemas import DemoSchema, PasswordSchema, SignInSchema
from tracker.accounts.session import close_session, open_session
from tracker.api.shell import TooManyRequests
from tracker.policy import ROLES, FieldError
from tracker.web.forms import Form, read_form, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import maybe_actor, public

RETRY_SECONDS = str(int(rules.FAILURE_WINDOW.total_seconds()))


def client_address() -> str:
    """Where an attempt comes from."""
    return request.remote_addr or ""


def slowed(typed: dict[str, str], act: Callable[[], Form | None]) -> Form | None:
    """What ``act`` answers; too many attempts come back as a refused form, for ``waiting`` to answer 429."""
    try:
        return act()
    except TooManyRequests as refusal:
        return Form(typed, [FieldError("", refusal.code, refusal.message)])


def waiting(form: Form, response: Response) -> Response:
    """The answer of a refused form: 429 and how long to wait when it came too often."""
    if any(error.code == TooManyRequests.code for error in form.errors):
        response.status_code = TooManyRequests.status
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _next() -> str:
    """Where the visitor wanted to go: a page of ours, or the home page."""
    wanted = request.values.get("next")
    return wanted if wanted and rules.is_local_path(wanted) else "/"


def _page(form: Form | None = None) -> Response:
    by_role: list[tuple[str, User]] = []
    if current_app.config["DEMO"]:
        for user in queries.demo_users():
            roles = [describe(one) for one in user.memberships]
            by_role.append((" ; ".join(roles) or user.name, user))
        by_role.sort(key=lambda pair: _rank(pair[1]))
    page = respond(
        "accounts/sign_in.html", form.status if form else 200, form=form or Form(), next=_next(), demo_accounts=by_role
    )
    return waiting(form, page) if form else page


def _rank(user: User) -> tuple[int, str]:
    """Coordination first, technical administration last."""
    ranks = [ROLES.index(one.role) or len(ROLES) for one in user.memberships]
    return min(ranks, default=len(ROLES)), user.name


@pages.get("/connexion")
@public
def sign_in() -> Response | BaseResponse:
    """The sign-in form; whoever is signed in goes on."""
    return _page() if maybe_actor() is None else redirect(_next(), 303)


@pages.post("/connexion")
@public
def open_by_password() -> Response | BaseResponse:
    """Sign in by e-mail and password: 422 when either is wrong, 429 after too many attempts."""

    def attempt() -> Form | None:
        user, form = submit(
            SignInSchema(),
            request.form,
            lambda values: commands.sign_in(values["email"], values["password"], client_address()),
        )
        if form is None:
            open_session(user)
        return form

    form = slowed({"email": request.form.get("email", "")}, attempt)
    return _page(form) if form else go(_next())


@pages.post("/connexion/demonstration")
@public
def open_demo() -> BaseResponse:
    """One click as a fictitious account; without the demonstration this address does not exist."""
    if not current_app.config["DEMO"]:
        abort(404)
    values = read_form(DemoSchema(), request.form)
    user = next((one for one in queries.demo_users() if one.id == values["user_id"]), None)
    if user is None:
        abort(404)
    open_session(user)
    return go(_next())


@pages.post("/deconnexion")
def sign_out() -> BaseResponse:
    """Sign out."""
    close_session()
    done("Vous êtes déconnecté.")
    return go(url_for("accounts.sign_in"))


def _link_page(secret: str, form: Form | None = None) -> Response:
    owner = queries.link_owner(secret)
    if owner is None:
        return respond("accounts/link_spent.html", 404)
    return respond("accounts/link.html", form.status if form else 200, owner=owner, secret=secret, form=form or Form())


@pages.get("/connexion/lien/<string(maxlength=100):secret>")
@public
def link(secret: str) -> Response:
    """The one-time link: choose a password."""
    return _link_page(secret)


@pages.post("/connexion/lien/<string(maxlength=100):secret>")
@public
def open_by_link(secret: str) -> Response | BaseResponse:
    """Keep the chosen password, spend the link and sign in."""
    if queries.link_owner(secret) is None:
        return _link_page(secret)
    user, form = submit(
        PasswordSchema(),
        request.form,
        lambda values: passwords.choose_password(secret, values["password"], values["again"]),
    )
    if form:
        return _link_page(secret, form)
    open_session(user)
    done("Votre mot de passe est enregistré : vous êtes connecté.")
    return go("/")
