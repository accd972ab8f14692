"""Reading the outbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from tracker import clock
from tracker.extensions import db
from tracker.mail.models import Letter
from tracker.mail.rules import CLAIM_LIFE, MAX_ATTEMPTS


def ready() -> ColumnElement[bool]:
    """The letters a sender may take."""
    return and_(Letter.sent_at.is_(None), Letter.claimed_at.is_(None), Letter.attempts < MAX_ATTEMPTS)


def given_up() -> ColumnElement[bool]:
    """The letters refused too often: no run takes them any more."""
    return and_(Letter.sent_at.is_(None), Letter.claimed_at.is_(None), Letter.attempts >= MAX_ATTEMPTS)


def interrupted() -> ColumnElement[bool]:
    """The letters whose sender died over them: nobody knows whether they left, so no run sends them again."""
    return and_(Letter.sent_at.is_(None), Letter.claimed_at < clock.now() - CLAIM_LIFE)


@dataclass(frozen=True)
class Outbox:
    """How the mail goes: counts of letters, the day of the oldest that waits, the last error met."""

    waiting: int
    given_up: int
    interrupted: int
    sent: int
    oldest: datetime | None
    last_error: str | None


def outbox() -> Outbox:
    """The state of the outbox; the caller answers for who may see it."""
    counts = select(
        func.count().filter(ready()),
        func.count().filter(given_up()),
        func.count().filter(interrupted()),
        func.count().filter(Letter.sent_at.is_not(None)),
        func.min(Letter.created_at).filter(ready()),
    ).select_from(Letter)
    waiting, refused, lost, sent, oldest = db.session.execute(counts).one()
    failed = select(Letter.last_error).where(Letter.sent_at.is_(None), Letter.last_error.is_not(None))
    last = db.session.scalars(failed.order_by(Letter.id.desc()).limit(1)).first()
    return Outbox(waiting, refused, lost, sent, oldest, last)
