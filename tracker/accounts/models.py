"""Who may come in: users, memberships, tokens, one-time links, failed sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.extensions import Base
from tracker.history.models import Archivable, reference
from tracker.territory.models import City, Contract, Landlord


class User(Archivable, Base):
    """A person. ``password_hash`` is null until the one-time link was used."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Each person may switch letters off: at each turn of a file, before a due date.
    mail_turns: Mapped[bool] = mapped_column(default=True, server_default=true())
    mail_reminders: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Changed with the password: every session opened before it ends.
    session_key: Mapped[str] = mapped_column(String(64))
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", primaryjoin="and_(User.id == Membership.user_id, Membership.archived_at.is_(None))"
    )


class Membership(Archivable, Base):
    """A role of a user, in a contract, for a city or a landlord."""

    __tablename__ = "membership"

    user_id: Mapped[int] = reference("user_account.id")
    role: Mapped[str] = mapped_column(String(20))
    contract_id: Mapped[int | None] = reference("contract.id")
    city_id: Mapped[int | None] = reference("city.id")
    landlord_id: Mapped[int | None] = reference("landlord.id")
    user: Mapped[User] = relationship(back_populates="memberships")
    contract: Mapped[Contract | None] = relationship()
    city: Mapped[City | None] = relationship()
    landlord: Mapped[Landlord | None] = relationship()


class ApiToken(Archivable, Base):
    """A bearer token: shown once, stored hashed."""

    __tablename__ = "api_token"

    user_id: Mapped[int] = reference("user_account.id")
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class OneTimeLink(Base):
    """An administrator's link to choose a password: one use, a few days."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class FailedSignIn(Base):
    """A refused sign-in, counted to slow guessing down (CNIL 2022): in the database, so that all workers count."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_email_at", "email_key", "at"),
        Index("ix_failed_sign_in_address_at", "address_key", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    email_key: Mapped[str] = mapped_column(String(64))
    address_key: Mapped[str] = mapped_column(String(64))
