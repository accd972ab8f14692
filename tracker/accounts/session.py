"""Who is asking: the signed-in user of a page, the bearer token of the API."""

from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user

from tracker.accounts import queries
from tracker.accounts.columns import describe
from tracker.accounts.models import User
from tracker.extensions import login_manager
from tracker.web.shell import guard_pages


class SignedIn(UserMixin):
    """Flask-Login's view of a user: the number, and the key that dies with the password."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}:{self.user.session_key}"


def open_session(user: User) -> None:
    """Sign in: nothing of the visitor's earlier session goes on, so that nobody can have prepared it."""
    session.clear()
    login_user(SignedIn(user))


def close_session() -> None:
    """Sign out."""
    logout_user()
    session.clear()


def _load(identity: str) -> SignedIn | None:
    number, _, key = identity.partition(":")
    user = queries.user_by_id(int(number)) if number.isdigit() else None
    if user is None or user.session_key != key:
        return None
    # A database once filled with demo accounts does not let them in when served for real.
    return None if user.is_demo and not current_app.config["DEMO"] else SignedIn(user)


def _identify() -> None:
    g.page_actor = g.api_actor = None
    if request.path.startswith("/static/"):
        return
    if request.path.startswith("/api/"):
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        user = queries.user_by_token(secret.strip()) if kind.lower() == "bearer" and secret.strip() else None
        g.api_actor = queries.actor_of(user, "api") if user else None
    elif current_user.is_authenticated:
        g.page_actor = queries.actor_of(current_user.user, "page")


def _viewer() -> dict[str, Any]:
    """Who the top bar names, and the addresses beside the name."""
    if getattr(g, "page_actor", None) is None or not current_user.is_authenticated:
        return {}
    roles = [describe(membership) for membership in current_user.user.memberships]
    return {
        "viewer_note": roles[0] if len(roles) == 1 else f"{len(roles)} rôles" if roles else None,
        "account_url": url_for("accounts.my_account"),
        "sign_out_url": url_for("accounts.sign_out"),
    }


def init_app(app: Flask) -> None:
    """Identify every request, then keep anonymous visitors on the public pages."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    app.before_request(_identify)
    app.before_request(guard_pages)
    app.context_processor(_viewer)
