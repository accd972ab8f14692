"""Reading users, memberships and tokens; builds actors."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock, policy
from tracker.accounts.models import ApiToken, FailedSignIn, Membership, OneTimeLink, User
from tracker.accounts.rules import normal_email
from tracker.api.shell import Page
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.history.queries import family_history
from tracker.policy import LANDLORD, Actor, NotReadable, Role, Scope

# A membership is shown with the names of what it is about.
WITH_PLACES = (
    joinedload(Membership.contract),
    joinedload(Membership.city),
    joinedload(Membership.landlord),
)


def digest(secret: str) -> str:
    """How a token or a link is kept: SHA-256 is enough for a random secret of 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def user_by_id(number: int) -> User | None:
    """A live user with memberships and what they are about."""
    statement = select(User).where(User.id == number, User.archived_at.is_(None))
    return db.session.scalars(statement.options(selectinload(User.memberships).options(*WITH_PLACES))).first()


def people(patterns: Iterable[Role]) -> Sequence[User]:
    """The live users who hold one of these memberships (None of a pattern is « any »), in the order they came."""
    places = ("contract_id", "city_id", "landlord_id")
    matches = []
    for pattern in patterns:
        wanted = {name: value for name in places if (value := getattr(pattern, name)) is not None}
        where = [getattr(Membership, name) == value for name, value in wanted.items()]
        matches.append(and_(Membership.role == pattern.name, *where))
    if not matches:
        return []
    held = select(Membership.id).where(Membership.user_id == User.id, Membership.archived_at.is_(None), or_(*matches))
    return db.session.scalars(select(User).where(User.archived_at.is_(None), held.exists()).order_by(User.id)).all()


def people_of_landlords(contract_id: int, landlords: Iterable[int | None]) -> dict[int | None, list[User]]:
    """Landlord → the live users who speak for it in this contract: one query, whatever their number."""
    statement = (
        select(Membership.landlord_id, User)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role == LANDLORD,
            Membership.contract_id == contract_id,
            Membership.landlord_id.in_(landlords),
            Membership.archived_at.is_(None),
            User.archived_at.is_(None),
        )
        .order_by(User.id)
    )
    found: dict[int | None, list[User]] = {}
    for landlord, user in db.session.execute(statement):
        found.setdefault(landlord, []).append(user)
    return found


def user_by_email(email: str) -> User | None:
    """A live user with memberships, by e-mail in any case."""
    statement = select(User).where(User.email == normal_email(email), User.archived_at.is_(None))
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


# -- signing in ----------------------------------------------------------------------------------------------------


def count_failures(email_key: str, address_key: str) -> tuple[int, int]:
    """How many attempts the table keeps for this account and for this address."""
    counts = select(
        func.count().filter(FailedSignIn.email_key == email_key),
        func.count().filter(FailedSignIn.address_key == address_key),
    ).where(or_(FailedSignIn.email_key == email_key, FailedSignIn.address_key == address_key))
    by_email, by_address = db.session.execute(counts).one()
    return by_email, by_address


def link_owner(secret: str) -> User | None:
    """The live user a one-time link names, or None when it is unknown, used or expired."""
    statement = (
        select(User)
        .join(OneTimeLink, OneTimeLink.user_id == User.id)
        .where(
            OneTimeLink.token_hash == digest(secret),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
            User.archived_at.is_(None),
        )
        .options(selectinload(User.memberships))
    )
    return db.session.scalars(statement).first()


def demo_users() -> Sequence[User]:
    """The accounts one click enters, by name."""
    statement = select(User).where(User.is_demo, User.archived_at.is_(None)).order_by(User.name, User.id)
    return db.session.scalars(statement.options(selectinload(User.memberships).options(*WITH_PLACES))).all()


# -- members -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A user as the list shows it: with the memberships that whoever reads may manage."""

    user: User
    memberships: Sequence[Membership]

    @property
    def id(self) -> int:
        """The user's number."""
        return self.user.id


def _administers(actor: Actor) -> bool:
    return policy.can(actor, "administer", Scope())[0]


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    """The live memberships the actor may manage; raises NotReadable when there can be none."""
    if _administers(actor):
        return Membership.archived_at.is_(None)
    contracts = [stretch.contract_id for stretch in policy.reach(actor, "manage_contract")]
    if not contracts:
        raise NotReadable
    return and_(Membership.archived_at.is_(None), Membership.contract_id.in_(contracts))


def members(actor: Actor, arguments: dict[str, Any]) -> Page:
    """A page of Member: every user for the administrator, else those of the contracts coordinated.

    Filters ``q`` (name or e-mail), ``role``, ``contract_id``, ``archived``. Raises NotReadable for other roles.
    """
    reach = _in_reach(actor)
    archived = User.archived_at.is_not(None) if arguments.get("archived") else User.archived_at.is_(None)
    conditions: list[ColumnElement[bool]] = [archived]
    wanted = [getattr(Membership, name) == arguments[name] for name in ("role", "contract_id") if arguments.get(name)]
    if wanted or not _administers(actor):
        conditions.append(select(Membership.id).where(Membership.user_id == User.id, reach, *wanted).exists())
    if typed := arguments.get("q"):
        named = User.name.icontains(typed, autoescape=True)
        conditions.append(or_(named, User.email.icontains(typed, autoescape=True)))
    total = db.session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    key = getattr(User, arguments["sort"].removeprefix("-"))
    order = (key.desc(), User.id.desc()) if arguments["sort"].startswith("-") else (key, User.id)
    size = arguments["page_size"]
    statement = select(User).where(*conditions).order_by(*order).limit(size).offset((arguments["page"] - 1) * size)
    users = db.session.scalars(statement).all()
    held: dict[int, list[Membership]] = {user.id: [] for user in users}
    for membership in _memberships(reach, Membership.user_id.in_(held)):
        held[membership.user_id].append(membership)
    return Page([Member(user, held[user.id]) for user in users], total)


def _memberships(*conditions: ColumnElement[bool]) -> Sequence[Membership]:
    statement = select(Membership).where(*conditions).options(*WITH_PLACES)
    return db.session.scalars(statement.order_by(Membership.role, Membership.id)).all()


def readable_user(actor: Actor, number: int) -> User:
    """A user, archived or not, that the actor may manage in part; raises NotReadable."""
    reach = _in_reach(actor)
    user = db.session.get(User, number)
    if user is None:
        raise NotReadable
    if not _administers(actor):
        mine = select(Membership.id).where(Membership.user_id == number, reach)
        if user.archived_at is not None or db.session.scalar(mine.limit(1)) is None:
            raise NotReadable
    return user


def manageable_memberships(actor: Actor, user_id: int) -> Sequence[Membership]:
    """The user's live memberships that the actor may manage; raises NotReadable."""
    return _memberships(_in_reach(actor), Membership.user_id == user_id)


def user_history(actor: Actor, user_id: int) -> Sequence[HistoryEntry]:
    """The lines of a user and of the memberships; a coordinator reads those of the contracts coordinated."""
    lines = family_history("user_account", user_id)
    if _administers(actor):
        return lines
    contracts = {stretch.contract_id for stretch in policy.reach(actor, "manage_contract")}
    return [line for line in lines if line.contract_id in contracts]


def own_tokens(user_id: int) -> Sequence[ApiToken]:
    """The live tokens of a user, latest first."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.archived_at.is_(None))
    return db.session.scalars(statement.order_by(ApiToken.id.desc())).all()
