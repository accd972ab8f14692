"""Meetings and their decisions, the editions of the balance sheet frozen for them, what stands beside its figures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.extensions import Base
from tracker.history.models import Archivable, Tracked, reference
from tracker.money import Cents, Rate
from tracker.territory.models import City, Contract, Landlord
from tracker.tfpb.models import CarryOver, TfpbFile


class Meeting(Archivable, Base):
    """A COPIL, COTECH or thematic meeting of a contract: its agenda, who was there, what was noted."""

    __tablename__ = "meeting"

    contract_id: Mapped[int] = reference("contract.id")
    kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    place: Mapped[str | None] = mapped_column(String(200))
    agenda: Mapped[str | None] = mapped_column(Text)
    attendance: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    contract: Mapped[Contract] = relationship()


class Edition(Base):
    """A balance sheet frozen for a meeting: content, workbook and PDF kept byte for byte, with their SHA-256."""

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
    # None on editions frozen before the tracker wrote PDFs: what was not presented is not made up afterwards.
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    meeting: Mapped[Meeting] = relationship()
    contract: Mapped[Contract] = relationship()
    # The one it stands open by; those closed since are archived.
    publication: Mapped["Publication | None"] = relationship(
        primaryjoin="and_(Edition.id == Publication.edition_id, Publication.archived_at.is_(None))",
        viewonly=True,
        uselist=False,
    )

    @property
    def published_at(self) -> datetime | None:
        """Since when everybody may read it (UTC); None while it is closed."""
        return self.publication.opened_at if self.publication is not None else None


class EditionFile(Base):
    """A TFPB file counted in an edition."""

    __tablename__ = "edition_file"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="RESTRICT"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("tfpb_file.id", ondelete="RESTRICT"), primary_key=True, index=True)


@event.listens_for(Edition, "before_update")
@event.listens_for(Edition, "before_delete")
@event.listens_for(EditionFile, "before_update")
@event.listens_for(EditionFile, "before_delete")
def _frozen(_mapper: Any, _connection: Connection, row: Edition | EditionFile) -> None:
    raise RuntimeError(f"An edition is what was presented: {row!r} can neither change nor go.")


class Publication(Archivable, Base):
    """An edition opened to everybody as open data; closing it archives the row, so that who opened it stays known."""

    __tablename__ = "publication"
    __table_args__ = (
        Index(
            "uq_publication_edition_id",
            "edition_id",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    edition_id: Mapped[int] = reference("edition.id", index=False)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(200))
    edition: Mapped[Edition] = relationship()


class Decision(Archivable, Base):
    """What a meeting decided of an edition, a file, a landlord or a city: a task for whom it names until it is done,
    for everybody when it names nobody."""

    __tablename__ = "decision"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    meeting_id: Mapped[int] = reference("meeting.id")
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(Text)
    edition_id: Mapped[int | None] = reference("edition.id")
    landlord_id: Mapped[int | None] = reference("landlord.id")
    city_id: Mapped[int | None] = reference("city.id")
    # A complement asked or a carry-over granted is about one file; the carry-over it granted is written with it.
    file_id: Mapped[int | None] = reference("tfpb_file.id")
    carry_over_id: Mapped[int | None] = reference("carry_over.id")
    amount: Mapped[Decimal | None] = mapped_column(Cents)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    meeting: Mapped[Meeting] = relationship()
    edition: Mapped[Edition | None] = relationship()
    landlord: Mapped[Landlord | None] = relationship()
    city: Mapped[City | None] = relationship()
    file: Mapped[TfpbFile | None] = relationship()
    carry_over: Mapped[CarryOver | None] = relationship()


class Evaluation(Tracked, Base):
    """The short yearly evaluation the contract asks for: the coordinator's text beside the figures."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("contract_id", "year"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    year: Mapped[int]
    content: Mapped[str | None] = mapped_column(Text)
    contract: Mapped[Contract] = relationship()


class ReferenceValue(Archivable, Base):
    """What a figure is compared with, with its period and its source; ``high`` when the source gives a range.

    ``figure`` is a figure of the balance sheet; values are euros or ratios, as the figure is.
    """

    __tablename__ = "reference_value"

    figure: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    low: Mapped[Decimal] = mapped_column(Rate)
    high: Mapped[Decimal | None] = mapped_column(Rate)
    period: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(Text)
