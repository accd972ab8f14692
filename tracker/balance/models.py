"""Meetings, and the editions of the balance sheet frozen for them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.extensions import Base
from tracker.history.models import Archivable, reference
from tracker.territory.models import Contract


class Meeting(Archivable, Base):
    """A COPIL, COTECH or thematic meeting of a contract."""

    __tablename__ = "meeting"

    contract_id: Mapped[int] = reference("contract.id")
    kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    place: Mapped[str | None] = mapped_column(String(200))
    notes: Mapped[str | None] = mapped_column(Text)
    contract: Mapped[Contract] = relationship()


class Edition(Base):
    """A balance sheet frozen for a meeting: content and workbook kept byte for byte, with their SHA-256."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("contract_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = reference("contract.id", index=False)
    year: Mapped[int]
    number: Mapped[int]
    meeting_id: Mapped[int] = reference("meeting.id")
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text, deferred=True)
    content_sha256: Mapped[str] = mapped_column(String(64))
    workbook: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    workbook_sha256: Mapped[str] = mapped_column(String(64))
    meeting: Mapped[Meeting] = relationship()
    contract: Mapped[Contract] = relationship()


class EditionFile(Base):
    """A TFPB file counted in an edition."""

    __tablename__ = "edition_file"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="RESTRICT"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("tfpb_file.id", ondelete="RESTRICT"), primary_key=True, index=True)
