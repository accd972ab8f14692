"""Reading users, memberships and tokens; builds actors."""

import hashlib

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from tracker import clock
from tracker.accounts.models import ApiToken, User
from tracker.extensions import db
from tracker.policy import Actor, Role


def digest(secret: str) -> str:
    """How a token or a link is kept: SHA-256 is enough for a random secret of 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def user_by_id(number: int) -> User | None:
    """A live user with memberships."""
    statement = select(User).where(User.id == number, User.archived_at.is_(None))
    return db.session.scalars(statement.options(selectinload(User.memberships))).first()


def user_by_email(email: str) -> User | None:
    """A live user with memberships, by e-mail in any case."""
    statement = select(User).where(User.email == email.strip().lower(), User.archived_at.is_(None))
    return db.session.scalars(statement.options(selectinload(User.memberships))).first()


def user_by_token(secret: str) -> User | None:
    """The live user a bearer token names, or None when it is unknown, revoked or expired."""
    statement = (
        select(User)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(
            ApiToken.token_hash == digest(secret),
            ApiToken.archived_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > clock.now()),
            User.archived_at.is_(None),
        )
        .options(selectinload(User.memberships))
    )
    return db.session.scalars(statement).first()


def actor_of(user: User, source: str) -> Actor:
    """The actor a user is, with the roles of the live memberships."""
    roles = tuple(Role(one.role, one.contract_id, one.city_id, one.landlord_id) for one in user.memberships)
    return Actor(user_id=user.id, name=user.name, roles=roles, source=source)
