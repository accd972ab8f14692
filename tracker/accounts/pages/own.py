"""One's own account: roles, password, API tokens."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.accounts import columns, queries
from tracker.accounts.commands import sign_in as commands
from tracker.accounts.commands import tokens
from tracker.accounts.commands.users import choose_letters
from tracker.accounts.pages.blueprint import pages
from tracker.accounts.pages.sign_in import client_address, slowed, waiting
from tracker.accounts.schemas import LettersSchema, PasswordChangeSchema, TokenSchema
from tracker.accounts.session import open_session
from tracker.api.shell import ID
from tracker.policy import NotReadable
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor


def _page(
    password: Form | None = None, token: Form | None = None, letters: Form | None = None, secret: str | None = None
) -> Response:
    number = _own_number()
    user = queries.user_by_id(number)
    if user is None:
        raise NotReadable
    refused = password or token or letters
    page = respond(
        "accounts/own.html",
        refused.status if refused else 200,
        user=user,
        columns=columns,
        tokens=queries.own_tokens(number),
        password_form=password or Form(),
        token_form=token or Form(),
        letters_form=letters or Form(id="courriels"),
        secret=secret,
    )
    return waiting(refused, page) if refused else page


def _own_number() -> int:
    number = actor().user_id
    if number is None:
        raise NotReadable
    return number


@pages.get("/comptes/moi")
def my_account() -> Response:
    """The account of whoever is signed in."""
    return _page()


@pages.post("/comptes/moi/mot-de-passe")
def change_password() -> Response | BaseResponse:
    """Change one's password; this session goes on, the others end."""

    def act(values: dict[str, Any]) -> Any:
        return commands.change_password(
            actor(), values["current"], values["password"], values["again"], client_address()
        )

    def attempt() -> Form | None:
        user, form = submit(PasswordChangeSchema(), request.form, act)
        if form is None:
            open_session(user)
        return form

    form = slowed({}, attempt)
    if form:
        return _page(password=form)
    done("Mot de passe changé ; vos autres sessions sont fermées.")
    return go(url_for(".my_account"))


@pages.post("/comptes/moi/courriels")
def choose_own_letters() -> Response | BaseResponse:
    """Switch the letters on or off; what is not ticked is off."""
    _, form = submit(
        LettersSchema(), request.form, lambda values: choose_letters(actor(), posted_version(request.form), values)
    )
    if form:
        form.id = "courriels"
        return _page(letters=form)
    done("Choix enregistré.")
    return go(url_for(".my_account", _anchor="courriels"))


@pages.post("/comptes/moi/jetons")
def create_token() -> Response:
    """Create a token; the answer is the only page that will ever show it."""
    secret, form = submit(
        TokenSchema(),
        request.form,
        lambda values: tokens.create_token(actor(), _own_number(), values["name"], values.get("expires_on")),
    )
    return _page(token=form, secret=secret)


@pages.post(f"/comptes/moi/jetons/<{ID}:token_id>/revoquer")
def revoke_token(token_id: int) -> BaseResponse:
    """Stop a token at once."""
    token = tokens.revoke_token(actor(), token_id, posted_version(request.form))
    done(f"Jeton « {token.name} » révoqué.")
    return go(url_for(".my_account"))
