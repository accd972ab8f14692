"""TFPB: the nomenclature, conventions, yearly files, actions and residents' participation."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.extensions import Base
from tracker.funding.models import Financing
from tracker.history.models import Archivable, Tracked, reference
from tracker.money import Cents
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence


class Axis(Tracked, Base):
    """One of the eight axes of the national framework; labels are dated data, an administrator may correct them."""

    __tablename__ = "axis"

    number: Mapped[int] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    sub_actions: Mapped[list[str]] = mapped_column(JSON)
    nomenclature: Mapped[str] = mapped_column(String(200))
    # Earlier or local wordings, so that an older workbook is still understood.
    former_labels: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    # It strengthens ordinary management: worth something only against a baseline outside the neighbourhood.
    needs_baseline: Mapped[bool] = mapped_column(default=False, server_default=false())
    # « Hors quartiers NPNRU » (framework of 2015, axis 8).
    outside_renewal: Mapped[bool] = mapped_column(default=False, server_default=false())


class Priority(Tracked, Base):
    """A priority of the contract's TFPB annex, to which an action may answer."""

    __tablename__ = "priority"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class Convention(Archivable, Base):
    """A landlord's convention for one city, annexed to the contract; signed before 1 January of the first year.

    ``signed_on`` is the day it was signed by all; once the four signatures are told one by one, it is their latest.
    """

    __tablename__ = "convention"
    __table_args__ = (
        CheckConstraint("last_year >= first_year", name="years"),
        Index("ix_convention_scope", "contract_id", "landlord_id", "city_id"),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    landlord_id: Mapped[int] = reference("landlord.id")
    city_id: Mapped[int] = reference("city.id")
    first_year: Mapped[int]
    last_year: Mapped[int]
    # While a signed amendment extends it: the last year it was first agreed for, to fall back to.
    agreed_last_year: Mapped[int | None]
    signed_on: Mapped[date | None]
    landlord_signed_on: Mapped[date | None]
    city_signed_on: Mapped[date | None]
    intermunicipal_signed_on: Mapped[date | None]
    prefect_signed_on: Mapped[date | None]
    # The declaration to the tax office, due before 1 January of the first year (CGI, art. 1388 bis).
    declared_on: Mapped[date | None]
    # The day its reports are due the year after, « MM-DD »; None follows the dated habit.
    report_due: Mapped[str | None] = mapped_column(String(5))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    contract: Mapped[Contract] = relationship()
    landlord: Mapped[Landlord] = relationship()
    city: Mapped[City] = relationship()


class Amendment(Archivable, Base):
    """A rider (« avenant ») to a convention; one may give it a later last year."""

    __tablename__ = "amendment"

    convention_id: Mapped[int] = reference("convention.id")
    subject: Mapped[str] = mapped_column(String(300))
    signed_on: Mapped[date | None]
    last_year: Mapped[int | None]
    convention: Mapped[Convention] = relationship()


class TfpbFile(Archivable, Base):
    """A landlord's file for one city, neighbourhood and year. The abatement is estimated, then actual (tax notice)."""

    __tablename__ = "tfpb_file"
    __table_args__ = (
        # Partial: a file opened by mistake and archived does not bar the right one.
        Index(
            "uq_tfpb_file_convention_id_neighbourhood_id_year",
            "convention_id",
            "neighbourhood_id",
            "year",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
        Index("ix_tfpb_file_year", "year", "archived_at", "convention_id", "status"),
        CheckConstraint("dwellings >= 0", name="dwellings"),
        CheckConstraint("abated_dwellings >= 0", name="abated_dwellings"),
        CheckConstraint("abated_dwellings <= dwellings", name="abated_within_dwellings"),
        CheckConstraint("abatement_estimated >= 0", name="abatement_estimated"),
        CheckConstraint("abatement_actual >= 0", name="abatement_actual"),
    )

    convention_id: Mapped[int] = reference("convention.id", index=False)
    neighbourhood_id: Mapped[int] = reference("neighbourhood.id")
    year: Mapped[int]
    dwellings: Mapped[int | None]
    abated_dwellings: Mapped[int | None]
    abatement_estimated: Mapped[Decimal | None] = mapped_column(Cents)
    abatement_actual: Mapped[Decimal | None] = mapped_column(Cents)
    # Where each amount comes from, and the day of the tax notice that gives the actual one.
    estimate_source: Mapped[str | None] = mapped_column(String(300))
    actual_source: Mapped[str | None] = mapped_column(String(300))
    notice_on: Mapped[date | None]
    # The year's qualitative review (« bilan qualitatif »).
    review: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default="draft")
    programme_status: Mapped[str] = mapped_column(String(20), default="proposed")
    # Since when each track stands where it does: the day of its last move, at first that of the file's opening.
    moved_on: Mapped[date | None]
    programme_moved_on: Mapped[date | None]
    # Readers see a file once it has ever been submitted, even while it is back for correction.
    first_submitted_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None] = mapped_column(Text)
    # Set by freezing an edition, lifted when the coordinator reopens the file with a reason.
    frozen_in: Mapped[str | None] = mapped_column(String(200))
    convention: Mapped[Convention] = relationship()
    neighbourhood: Mapped[Neighbourhood] = relationship()


class Baseline(Archivable, Base):
    """What an item of ordinary management costs or takes outside the neighbourhood and inside, for one axis.

    Quantities are exact hundredths of their unit (« € par logement », « jours »), kept as amounts are.
    """

    __tablename__ = "baseline"

    file_id: Mapped[int] = reference("tfpb_file.id")
    axis: Mapped[int]
    item: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(60))
    outside: Mapped[Decimal | None] = mapped_column(Cents)
    inside: Mapped[Decimal | None] = mapped_column(Cents)
    file: Mapped[TfpbFile] = relationship()

    @property
    def gap(self) -> Decimal | None:
        """Inside − outside; None when either is unknown."""
        return None if self.inside is None or self.outside is None else self.inside - self.outside


class CarryOver(Archivable, Base):
    """What the COPIL let a landlord do the year after: it exists only as a decision with its date."""

    __tablename__ = "carry_over"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    file_id: Mapped[int] = reference("tfpb_file.id")
    amount: Mapped[Decimal] = mapped_column(Cents)
    decided_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    file: Mapped[TfpbFile] = relationship()


action_residence = Table(
    "tfpb_action_residence",
    Base.metadata,
    Column("action_id", ForeignKey("tfpb_action.id", ondelete="RESTRICT"), primary_key=True),
    Column("residence_id", ForeignKey("residence.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class Action(Archivable, Base):
    """A counterpart action. What was spent (``actual_cost``) and what is valued are two amounts, never one."""

    __tablename__ = "tfpb_action"
    __table_args__ = (
        # Covering index: the balance sheet's sums read it alone (measured 5 to 11 times faster). Whole, with
        # ``archived_at`` in the key: SQLite does not cover a query by a partial index (21 ms against 12).
        Index(
            "ix_tfpb_action_totals",
            "file_id",
            "archived_at",
            "axis",
            "priority",
            "financing_id",
            "planned_cost",
            "actual_cost",
            "landlord_share",
            "valued_amount",
        ),
    )

    file_id: Mapped[int] = reference("tfpb_file.id")
    financing_id: Mapped[int] = reference("financing.id", unique=True, index=False)
    axis: Mapped[int]
    sub_action: Mapped[str | None] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    location: Mapped[str | None] = mapped_column(String(300))
    calendar: Mapped[str | None] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20), default="planned")
    priority: Mapped[str | None] = mapped_column(String(40))
    planned_cost: Mapped[Decimal | None] = mapped_column(Cents)
    planned_valued: Mapped[Decimal | None] = mapped_column(Cents)
    actual_cost: Mapped[Decimal | None] = mapped_column(Cents)
    landlord_share: Mapped[Decimal | None] = mapped_column(Cents)
    valued_amount: Mapped[Decimal | None] = mapped_column(Cents)
    indicator: Mapped[str | None] = mapped_column(String(300))
    indicator_target: Mapped[str | None] = mapped_column(String(120))
    indicator_actual: Mapped[str | None] = mapped_column(String(120))
    result: Mapped[str | None] = mapped_column(Text)
    objective_id: Mapped[int | None] = reference("objective.id")
    # « Constaté » or not, by residents or on the diagnostic en marchant, on a day.
    observation: Mapped[str | None] = mapped_column(String(20))
    observed_by: Mapped[str | None] = mapped_column(String(20))
    observed_on: Mapped[date | None]
    # A negative amount corrects an earlier year, and says why.
    correction_reason: Mapped[str | None] = mapped_column(Text)
    objective: Mapped[Objective | None] = relationship()
    residences: Mapped[list[Residence]] = relationship(secondary=action_residence, order_by=Residence.name)
    file: Mapped[TfpbFile] = relationship()
    financing: Mapped[Financing] = relationship()

    @property
    def residence_ids(self) -> list[int]:
        """The numbers of its residences, in the order of their names."""
        return [residence.id for residence in self.residences]


class Participation(Archivable, Base):
    """A moment of residents' participation in a file, at one of the four stages of the contract's annex."""

    __tablename__ = "participation"
    __table_args__ = (CheckConstraint("participants >= 0", name="participants"),)

    file_id: Mapped[int] = reference("tfpb_file.id")
    stage: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    place: Mapped[str | None] = mapped_column(String(300))
    audience: Mapped[str | None] = mapped_column(String(300))
    participants: Mapped[int | None]
    summary: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    file: Mapped[TfpbFile] = relationship()


class Comment(Tracked, Base):
    """A remark pinned to a file, to one of its actions, or to a field of either: open, then resolved.

    ``thread_id`` is the remark a reply answers; only the first of a thread is open or resolved.
    """

    __tablename__ = "comment"

    file_id: Mapped[int] = reference("tfpb_file.id")
    action_id: Mapped[int | None] = reference("tfpb_action.id")
    thread_id: Mapped[int | None] = reference("comment.id")
    field: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(String(200))
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(200))
    file: Mapped[TfpbFile] = relationship()
    action: Mapped[Action | None] = relationship()

    @property
    def open(self) -> bool | None:
        """Whether the thread it begins waits for an answer; None for a reply, which is neither open nor resolved."""
        return None if self.thread_id is not None else self.resolved_at is None
