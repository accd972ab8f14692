"""The outbox: a letter is written in the transaction of what it tells, and sent afterwards."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.extensions import Base
from tracker.history.models import reference


class Letter(Base):
    """One e-mail to one person. ``occasion`` is unique: the same reminder is never written twice.

    ``claimed_at`` is when a sender took it: no other sender touches it until that one said how it went.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_waiting", "sent_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = reference("user_account.id")
    kind: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str | None] = mapped_column(String(200), unique=True)
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
