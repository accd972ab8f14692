"""The investment plan: projects, their cost items and their yearly budgets."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.extensions import Base
from tracker.funding.models import Financing
from tracker.history.models import Archivable, Tracked, reference
from tracker.money import Cents, Rate
from tracker.territory.models import City, Contract


class Project(Archivable, Base):
    """An equipment project of a city; its two costs are null until they are known."""

    __tablename__ = "project"
    __table_args__ = (
        Index(
            "ix_project_totals",
            "contract_id",
            "archived_at",
            "city_id",
            "status",
            "financing_id",
            "cost_excl_tax",
            "self_funding",
        ),
        CheckConstraint("cost_excl_tax >= 0", name="cost_excl_tax"),
        CheckConstraint("cost_incl_tax >= 0", name="cost_incl_tax"),
        CheckConstraint("self_funding >= 0", name="self_funding"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    city_id: Mapped[int] = reference("city.id")
    financing_id: Mapped[int] = reference("financing.id", unique=True, index=False)
    # Order in the contract's own table; null for projects added later.
    position: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str | None] = mapped_column(String(20))
    site: Mapped[str | None] = mapped_column(String(20))
    owner_name: Mapped[str | None] = mapped_column(String(200))
    owner_kind: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default="idea")
    owner_share_regime: Mapped[str] = mapped_column(String(20), default="standard")
    cost_excl_tax: Mapped[Decimal | None] = mapped_column(Cents)
    cost_incl_tax: Mapped[Decimal | None] = mapped_column(Cents)
    self_funding: Mapped[Decimal | None] = mapped_column(Cents)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    contract: Mapped[Contract] = relationship()
    city: Mapped[City] = relationship()
    financing: Mapped[Financing] = relationship()


class CostItem(Archivable, Base):
    """One line of a project's cost (studies, works, equipment …); VAT unknown is null."""

    __tablename__ = "cost_item"
    __table_args__ = (CheckConstraint("amount_excl_tax >= 0", name="amount_excl_tax"),)

    project_id: Mapped[int] = reference("project.id")
    label: Mapped[str] = mapped_column(String(200))
    amount_excl_tax: Mapped[Decimal] = mapped_column(Cents)
    vat_rate: Mapped[Decimal | None] = mapped_column(Rate)
    project: Mapped[Project] = relationship()


class BudgetYear(Tracked, Base):
    """A project's budget in one year: planned, voted, committed, paid."""

    __tablename__ = "budget_year"
    __table_args__ = (UniqueConstraint("project_id", "year"),)

    project_id: Mapped[int] = reference("project.id", index=False)
    year: Mapped[int]
    planned: Mapped[Decimal | None] = mapped_column(Cents)
    voted: Mapped[Decimal | None] = mapped_column(Cents)
    committed: Mapped[Decimal | None] = mapped_column(Cents)
    paid: Mapped[Decimal | None] = mapped_column(Cents)
    project: Mapped[Project] = relationship()


class OwnerShareFloor(Tracked, Base):
    """The least share the owner must pay under a regime, from a day on; null where the préfet decides."""

    __tablename__ = "owner_share_floor"
    __table_args__ = (UniqueConstraint("regime", "valid_from"),)

    regime: Mapped[str] = mapped_column(String(20))
    floor_rate: Mapped[Decimal | None] = mapped_column(Rate)
    valid_from: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
