"""Passwords and one-time links: hashing stays outside transactions, which lock the whole database on SQLite."""

import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import update

from tracker import clock
from tracker.accounts import queries, rules
from tracker.accounts.models import OneTimeLink, User
from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, FieldError, Invalid, NotReadable, Scope

HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def _hash_of_nobody() -> str:
    """A hash no password answers to, costing what a real one costs: an unknown e-mail takes as long as a known one."""
    salt, digest = "A" * 22, "A" * 43  # 16 and 32 bytes in base64
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def hashed(password: str) -> str:
    """The Argon2id hash of a password, salted."""
    return HASHER.hash(rules.normal_password(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one hashed; as slow when there is none."""
    try:
        return HASHER.verify(stored or _hash_of_nobody(), rules.normal_password(password)) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made under another cost than today's."""
    return HASHER.check_needs_rehash(stored)


def check_password(password: str, again: str) -> None:
    """Raise Invalid when the password is too weak or was not typed twice alike; it is never quoted."""
    if problem := rules.password_problem(password):
        raise Invalid(FieldError("password", "invalid", problem))
    if rules.normal_password(password) != rules.normal_password(again):
        raise Invalid(FieldError("again", "invalid", "Les deux saisies du nouveau mot de passe diffèrent."))


def set_password(write: Writing, user: User, password_hash: str, verb: str) -> None:
    """Keep the new hash and end every session opened before."""
    values = {"password_hash": password_hash, "session_key": secrets.token_hex(32)}
    write.change(user, values, Scope(), verb=verb, label=user.name)


def issue_one_time_link(actor: Actor, user_id: int) -> tuple[str, datetime]:
    """A secret for ``/connexion/lien/…``, shown once, and when it expires (UTC). Earlier links stop working."""
    secret = secrets.token_urlsafe(32)
    with Writing(actor) as write:
        user = queries.readable_user(actor, user_id)
        write.require("administer", Scope())
        if user.archived_at is not None:
            raise Conflict("locked", "Ce compte est archivé : il ne peut plus recevoir de lien de connexion.")
        _spend_links(user.id)
        expires_at = clock.now() + rules.LINK_LIFE
        link = OneTimeLink(
            user_id=user.id, token_hash=queries.digest(secret), created_at=clock.now(), expires_at=expires_at
        )
        db.session.add(link)
        changes = {"expires_at": [None, expires_at.isoformat() + "Z"]}
        write.tell(user, "issue_link", changes, Scope(), label=user.name)
    return secret, expires_at


def _spend_links(user_id: int) -> None:
    unused = (OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None))
    db.session.execute(update(OneTimeLink).where(*unused).values(used_at=clock.now()))


def choose_password(secret: str, password: str, again: str) -> User:
    """Set a password through a one-time link; raises NotReadable when the link is unknown, used or expired."""
    owner = queries.link_owner(secret)
    if owner is None:
        raise NotReadable("Ce lien a expiré ou a déjà servi.")
    number, actor = owner.id, queries.actor_of(owner, "page")
    db.session.rollback()  # nobody waits for the database while Argon2 runs
    check_password(password, again)
    password_hash = hashed(password)
    with Writing(actor) as write:
        live = (
            OneTimeLink.token_hash == queries.digest(secret),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
        )
        spend = update(OneTimeLink).where(*live).values(used_at=clock.now()).returning(OneTimeLink.id)
        # Two clicks at once: the statement lets one of them through.
        if db.session.scalar(spend) is None:
            raise NotReadable("Ce lien a expiré ou a déjà servi.")
        user: User = fetch(User, number)
        set_password(write, user, password_hash, "choose_password")
        _spend_links(number)
    return user
