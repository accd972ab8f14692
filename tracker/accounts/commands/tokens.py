"""API tokens: random, shown once, kept as their SHA-256."""

import secrets
from datetime import UTC, date, datetime, time

from tracker import clock
from tracker.accounts import queries
from tracker.accounts.models import ApiToken, User
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, FieldError, Invalid, NotReadable, Scope


def create_token(actor: Actor, user_id: int, name: str, expires_on: date | None = None) -> str:
    """A bearer token acting as this user, to be shown once. The user's own, or the command line's gift."""
    secret = secrets.token_urlsafe(32)
    with Writing(actor) as write:
        user: User = fetch(User, user_id)
        _require_owner(actor, user.id)
        if user.archived_at is not None:
            raise Conflict("locked", "Ce compte est archivé : il ne peut plus recevoir de jeton.")
        if expires_on is not None and expires_on < clock.today():
            message = "Expire le : cette date est passée ; une date à partir d’aujourd’hui est attendue."
            raise Invalid(FieldError("expires_on", "out_of_range", message, expires_on.isoformat()))
        token = ApiToken(
            user_id=user.id,
            name=name,
            token_hash=queries.digest(secret),
            created_at=clock.now(),
            expires_at=_end_of(expires_on) if expires_on else None,
        )
        write.add(token, Scope(), label=f"{user.name}, {name}", parent=("user_account", user.id))
    return secret


def _end_of(day: date) -> datetime:
    """The last second of this day in Paris, as the database keeps it."""
    return datetime.combine(day, time(23, 59, 59), clock.PARIS).astimezone(UTC).replace(tzinfo=None)


def _require_owner(actor: Actor, user_id: int) -> None:
    """A token is its owner's alone: an administrator closes the account instead."""
    if actor.source != "command_line" and actor.user_id != user_id:
        raise NotReadable


def revoke_token(actor: Actor, token_id: int, version: int | None) -> ApiToken:
    """Stop one's own token at once."""
    with Writing(actor) as write:
        token: ApiToken = fetch(ApiToken, token_id)
        _require_owner(actor, token.user_id)
        write.check_version(token, version)
        label = f"{token.user.name}, {token.name}"
        write.archive(token, "Révoqué", Scope(), label=label, parent=("user_account", token.user_id))
    return token
