"""Who is asking: the signed-in user of a page, the bearer token of the API."""

from flask import Flask, g, request
from flask_login import UserMixin, current_user

from tracker.accounts import queries
from tracker.accounts.models import User
from tracker.extensions import login_manager
from tracker.web.shell import guard_pages


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a user: the number, and the key that dies with the password."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}:{self.user.session_key}"


def _load(identity: str) -> SignedIn | None:
    number, _, key = identity.partition(":")
    user = queries.user_by_id(int(number)) if number.isdigit() else None
    return SignedIn(user) if user is not None and user.session_key == key else None


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


def init_app(app: Flask) -> None:
    """Identify every request, then keep anonymous visitors on the public pages."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    app.before_request(_identify)
    app.before_request(guard_pages)
