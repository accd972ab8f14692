"""Reading the outbox."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker import clock
from tracker.accounts.models import Membership, User
from tracker.extensions import db
from tracker.mail.models import Letter
from tracker.mail.rules import CLAIM_LIFE, MAX_ATTEMPTS, SWITCHES


def _wanted() -> ColumnElement[bool]:
    """Whether its reader still has an open account and a role, and letters of this kind switched on.

    A letter may wait for days behind a server that is down: what was true when it was written is asked again.
    """
    switched_on = or_(*(and_(Letter.kind == kind, getattr(User, switch)) for kind, switch in SWITCHES.items()))
    role = select(Membership.id).where(Membership.user_id == User.id, Membership.archived_at.is_(None)).exists()
    reader = select(User.id).where(User.id == Letter.user_id, User.archived_at.is_(None), switched_on, role)
    if not current_app.config["DEMO"]:
        reader = reader.where(User.is_demo.is_(False))
    return reader.exists()


def ready() -> ColumnElement[bool]:
    """The letters a sender may take."""
    return and_(_waits(), Letter.attempts < MAX_ATTEMPTS, _wanted())


def given_up() -> ColumnElement[bool]:
    """The letters refused too often: no run takes them any more."""
    return and_(_waits(), Letter.attempts >= MAX_ATTEMPTS)


def withheld() -> ColumnElement[bool]:
    """The letters whose reader went, or switched them off, before they left."""
    return and_(_waits(), Letter.attempts < MAX_ATTEMPTS, ~_wanted())


def _waits() -> ColumnElement[bool]:
    return and_(Letter.sent_at.is_(None), Letter.claimed_at.is_(None))


def interrupted() -> ColumnElement[bool]:
    """The letters whose sender died over them: nobody knows whether they left, so no run sends them again."""
    return and_(Letter.sent_at.is_(None), Letter.claimed_at < clock.now() - CLAIM_LIFE)


@dataclass(frozen=True)
class Outbox:
    """How the mail goes: counts of letters, the day of the oldest that waits, the last error met."""

    waiting: int
    given_up: int
    withheld: int
    interrupted: int
    sent: int
    oldest: datetime | None
    last_error: str | None


def outbox() -> Outbox:
    """The state of the outbox; the caller answers for who may see it."""
    counts = select(
        func.count().filter(ready()),
        func.count().filter(given_up()),
        func.count().filter(withheld()),
        func.count().filter(interrupted()),
        func.count().filter(Letter.sent_at.is_not(None)),
        func.min(Letter.created_at).filter(ready()),
    ).select_from(Letter)
    waiting, refused, unwanted, lost, sent, oldest = db.session.execute(counts).one()
    failed = select(Letter.last_error).where(Letter.sent_at.is_(None), Letter.last_error.is_not(None))
    last = db.session.scalars(failed.order_by(Letter.id.desc()).limit(1)).first()
    return Outbox(waiting, refused, unwanted, lost, sent, oldest, last)
