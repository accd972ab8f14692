"""Where the money goes: contracts, cities, neighbourhoods, landlords, residences."""

from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from tracker.extensions import Base
from tracker.history.models import Archivable, reference

contract_city = Table(
    "contract_city",
    Base.metadata,
    Column("contract_id", ForeignKey("contract.id", ondelete="RESTRICT"), primary_key=True),
    Column("city_id", ForeignKey("city.id", ondelete="RESTRICT"), primary_key=True, index=True),
)

neighbourhood_city = Table(
    "neighbourhood_city",
    Base.metadata,
    Column("neighbourhood_id", ForeignKey("neighbourhood.id", ondelete="RESTRICT"), primary_key=True),
    Column("city_id", ForeignKey("city.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class City(Archivable, Base):
    """A commune, known by its INSEE code and its SIREN."""

    __tablename__ = "city"

    insee: Mapped[str] = mapped_column(String(5), unique=True)
    siren: Mapped[str | None] = mapped_column(String(9), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Contract(Archivable, Base):
    """A contrat de ville: its years, its cities, its intermunicipal body."""

    __tablename__ = "contract"
    __table_args__ = (CheckConstraint("last_year >= first_year", name="years"),)

    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    first_year: Mapped[int]
    last_year: Mapped[int]
    signed_on: Mapped[date | None]
    intercommunal_name: Mapped[str | None] = mapped_column(String(200))
    intercommunal_siren: Mapped[str | None] = mapped_column(String(9))
    cities: Mapped[list[City]] = relationship(secondary=contract_city, order_by=City.name)

    @property
    def city_ids(self) -> list[int]:
        """The numbers of the cities, in the order of their names."""
        return [city.id for city in self.cities]


class Neighbourhood(Archivable, Base):
    """A quartier prioritaire (QPV); its official code is null until it is verified."""

    __tablename__ = "neighbourhood"

    contract_id: Mapped[int] = reference("contract.id")
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    # In a renewal programme (NPNRU) the eighth axis of the TFPB framework is closed.
    urban_renewal: Mapped[bool] = mapped_column(default=False, server_default=false())
    cities: Mapped[list[City]] = relationship(secondary=neighbourhood_city, order_by=City.name)
    contract: Mapped[Contract] = relationship()

    @property
    def city_ids(self) -> list[int]:
        """The numbers of the cities, in the order of their names."""
        return [city.id for city in self.cities]


class Landlord(Archivable, Base):
    """A social landlord (bailleur social)."""

    __tablename__ = "landlord"

    siren: Mapped[str | None] = mapped_column(String(9), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Residence(Archivable, Base):
    """A landlord's residence in a neighbourhood."""

    __tablename__ = "residence"
    __table_args__ = (CheckConstraint("dwellings >= 0", name="dwellings"),)

    landlord_id: Mapped[int] = reference("landlord.id")
    city_id: Mapped[int] = reference("city.id")
    neighbourhood_id: Mapped[int] = reference("neighbourhood.id")
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(Text)
    dwellings: Mapped[int | None]
    landlord: Mapped[Landlord] = relationship()
    city: Mapped[City] = relationship()
    neighbourhood: Mapped[Neighbourhood] = relationship()


class Objective(Archivable, Base):
    """An objective of the contract's plan of action, to which a landlord's action may be linked."""

    __tablename__ = "objective"
    __table_args__ = (UniqueConstraint("contract_id", "code"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(300))
    # Every reference has a name; an objective is named by its label.
    name: Mapped[str] = synonym("label")
    contract: Mapped[Contract] = relationship()
