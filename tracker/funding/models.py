"""Who pays: funders, their schemes, and the grants and payments gathered in one financing per project or action."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.extensions import Base
from tracker.history.models import Archivable, reference
from tracker.money import Cents, Rate


class Funder(Archivable, Base):
    """A body that gives or lends. Whether it is public weighs on the owner's share: dated, with its source."""

    __tablename__ = "funder"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    public_body: Mapped[bool] = mapped_column(default=True)
    public_body_on: Mapped[date | None]
    public_body_source: Mapped[str | None] = mapped_column(Text)


class Scheme(Archivable, Base):
    """A funder's scheme (dispositif) with its dated rules; an unknown rule is null."""

    __tablename__ = "scheme"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    funder_id: Mapped[int] = reference("funder.id")
    is_loan: Mapped[bool] = mapped_column(default=False)
    nature: Mapped[str | None] = mapped_column(String(20))
    # A live grant of an exclusive scheme may not stand beside another grant of the same funder.
    exclusive: Mapped[bool] = mapped_column(default=False)
    deadline_on: Mapped[date | None]
    start_within_months: Mapped[int | None]
    start_extension_months: Mapped[int | None]
    finish_within_months: Mapped[int | None]
    finish_extension_months: Mapped[int | None]
    advance_rate: Mapped[Decimal | None] = mapped_column(Rate)
    instalments_cap_rate: Mapped[Decimal | None] = mapped_column(Rate)
    rules_as_of: Mapped[date | None]
    rules_source: Mapped[str | None] = mapped_column(Text)
    funder: Mapped[Funder] = relationship()


class Financing(Base):
    """What a project or a TFPB action is financed with; carries its owner's scope so that nothing here looks up.

    kind            ``project`` or ``action``: whose permission table applies.
    parent_id       the project's or action's number, told for the history alone.
    open_to_readers, locked_reason, closed  follow the TFPB file; a closed one belongs to an archived parent.
    """

    __tablename__ = "financing"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None]
    contract_id: Mapped[int] = reference("contract.id")
    city_id: Mapped[int] = reference("city.id")
    landlord_id: Mapped[int | None] = reference("landlord.id")
    open_to_readers: Mapped[bool] = mapped_column(default=True)
    locked_reason: Mapped[str | None] = mapped_column(Text)


class Grant(Archivable, Base):
    """One funder's line in a financing. ``awarded`` is null before the award; amounts in euros."""

    __tablename__ = "financing_grant"
    __table_args__ = (
        # Covering index: the sums by financing never read the table (measured 5 to 11 times faster).
        Index(
            "ix_financing_grant_totals",
            "financing_id",
            "archived_at",
            "status",
            "nature",
            "scheme_id",
            "funder_id",
            "requested",
            "awarded",
        ),
        CheckConstraint("requested >= 0", name="requested"),
        CheckConstraint("awarded >= 0", name="awarded"),
    )

    financing_id: Mapped[int] = reference("financing.id", index=False)
    funder_id: Mapped[int] = reference("funder.id")
    scheme_id: Mapped[int | None] = reference("scheme.id")
    nature: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    eligible_base: Mapped[Decimal | None] = mapped_column(Cents)
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    requested: Mapped[Decimal | None] = mapped_column(Cents)
    awarded: Mapped[Decimal | None] = mapped_column(Cents)
    reference: Mapped[str | None] = mapped_column(String(120))
    deadline_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    complete_on: Mapped[date | None]
    start_allowed_on: Mapped[date | None]
    awarded_on: Mapped[date | None]
    started_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    lapses_on: Mapped[date | None]
    financing: Mapped[Financing] = relationship()
    funder: Mapped[Funder] = relationship()
    scheme: Mapped[Scheme | None] = relationship()


class Payment(Archivable, Base):
    """Money received on a grant; a repayment is negative."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_totals", "grant_id", "archived_at", "amount"),)

    grant_id: Mapped[int] = reference("financing_grant.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Cents)
    paid_on: Mapped[date]
    grant: Mapped[Grant] = relationship()
