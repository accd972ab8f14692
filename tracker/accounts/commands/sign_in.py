"""Signing in, slowed down for whoever guesses."""

from sqlalchemy import delete

from tracker import clock
from tracker.accounts import queries, rules
from tracker.accounts.commands.passwords import check_password, hashed, matches, outdated, set_password
from tracker.accounts.models import FailedSignIn, User
from tracker.api.shell import TooManyRequests
from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.policy import SYSTEM, Actor, FieldError, Invalid, NotReadable, Scope

MINUTES = int(rules.FAILURE_WINDOW.total_seconds() // 60)


def _try(email: str, password: str, address: str, field: str, refusal: str) -> tuple[int, str]:
    """The number and hash of the user whose password this is.

    The attempt is counted as failed before the password is looked at, and forgotten when it was right: attempts sent
    together are all counted. Raises TooManyRequests, or Invalid with ``refusal`` under ``field``.
    """
    email_key, address_key = queries.digest(rules.normal_email(email)), queries.digest(address)
    with Writing(SYSTEM):
        oldest = clock.now() - rules.FAILURE_WINDOW
        db.session.execute(delete(FailedSignIn).where(FailedSignIn.at < oldest))
        if rules.must_wait(*queries.count_failures(email_key, address_key)):
            raise TooManyRequests(f"Trop d’essais de connexion : patientez {MINUTES} minutes, puis recommencez.")
        db.session.add(FailedSignIn(at=clock.now(), email_key=email_key, address_key=address_key))
        user = queries.user_by_email(email)
        number, stored = (user.id, user.password_hash) if user else (None, None)
    # Committed: nobody waits for the database while Argon2 runs.
    if not matches(stored, password) or number is None or stored is None:
        raise Invalid(FieldError(field, "invalid", refusal))
    with Writing(SYSTEM):
        db.session.execute(delete(FailedSignIn).where(FailedSignIn.email_key == email_key))
    return number, stored


def sign_in(email: str, password: str, address: str) -> User:
    """The user this e-mail and password name. ``address`` is where the attempt comes from.

    Raises Invalid (the same whether the e-mail or the password is wrong) or TooManyRequests (429).
    """
    refusal = "Adresse électronique ou mot de passe inconnu."
    number, stored = _try(email, password, address, "password", refusal)
    if outdated(stored):
        _rehash(number, stored, hashed(password))
    user = queries.user_by_id(number)
    if user is None:
        raise NotReadable
    return user


def _rehash(number: int, old: str, new: str) -> None:
    """Keep the password under today's cost; sessions go on."""
    with Writing(SYSTEM) as write:
        user: User = fetch(User, number)
        if user.password_hash == old:
            write.change(user, {"password_hash": new}, Scope(), verb="rehash_password", label=user.name)


def change_password(actor: Actor, current: str, password: str, again: str, address: str) -> User:
    """Change one's own password; every other session ends. Raises Invalid, TooManyRequests."""
    user = queries.user_by_id(actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise NotReadable
    number, _stored = _try(user.email, current, address, "current", "Ce n’est pas votre mot de passe actuel.")
    check_password(password, again)
    password_hash = hashed(password)
    with Writing(actor) as write:
        user = fetch(User, number)
        set_password(write, user, password_hash, "change_password")
    return user
