"""The files of a contract-year, and those it is waiting for: one for each convention and each neighbourhood."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, exists, select

from tracker.documents.models import Document
from tracker.extensions import Statement, run
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, neighbourhood_city
from tracker.tfpb.models import Action, Convention, Participation, TfpbFile
from tracker.tfpb.rules import COUNTED


def unproven() -> ColumnElement[bool]:
    """An action that values something, with no live document to prove it."""
    proof = exists().where(
        Document.parent_type == Action.__tablename__,
        Document.parent_id == Action.id,
        Document.archived_at.is_(None),
    )
    return and_(Action.valued_amount > 0, ~proof)


def was_held() -> ColumnElement[bool]:
    """A live moment of participation whose day has come, ``today`` being bound where it is asked: one announced for
    later is not yet one where residents were heard (``rules.was_held``)."""
    return and_(Participation.archived_at.is_(None), Participation.held_on <= bindparam("today"))


@dataclass(frozen=True)
class Ref:
    """What a line is about: ``code`` is a SIREN, an INSEE number, a QPV code, an axis number, a priority's code."""

    id: int | None
    code: str | int | None
    name: str


@dataclass(frozen=True)
class FileRow:
    """A file of the contract-year, whatever its status, with the names it is grouped under."""

    landlord: Ref
    city: Ref
    neighbourhood: Ref
    id: int
    convention_id: int
    status: str
    first_submitted_at: datetime | None
    dwellings: int | None
    abated_dwellings: int | None
    abatement_estimated: Decimal | None
    abatement_actual: Decimal | None
    year: int

    @property
    def counted(self) -> bool:
        """Only what its landlord has submitted counts."""
        return self.status in COUNTED


@cache
def _files() -> Statement:
    return (
        select(
            Landlord.id,
            Landlord.siren,
            Landlord.name,
            City.id,
            City.insee,
            City.name,
            Neighbourhood.id,
            Neighbourhood.code,
            Neighbourhood.name,
            TfpbFile.id,
            TfpbFile.convention_id,
            TfpbFile.status,
            TfpbFile.first_submitted_at,
            TfpbFile.dwellings,
            TfpbFile.abated_dwellings,
            TfpbFile.abatement_estimated,
            TfpbFile.abatement_actual,
            TfpbFile.year,
        )
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .join(Neighbourhood, Neighbourhood.id == TfpbFile.neighbourhood_id)
        .where(
            Convention.contract_id == bindparam("contract"),
            TfpbFile.year.in_(bindparam("years", expanding=True)),
            TfpbFile.archived_at.is_(None),
        )
        .order_by(TfpbFile.id)
    )


def files_of(contract_id: int, year: int, landlords: Sequence[int] | None) -> list[FileRow]:
    """The contract's live files of the year; ``landlords`` keeps to some, None is all."""
    return files_of_years(contract_id, [year], landlords)


def files_of_years(contract_id: int, years: Sequence[int], landlords: Sequence[int] | None) -> list[FileRow]:
    """The contract's live files of these years; ``landlords`` keeps to some, None is all."""
    statement = _files()
    if landlords is not None:
        statement = statement.where(Convention.landlord_id.in_(landlords))
    rows = run(statement, contract=contract_id, years=years)
    return [FileRow(Ref(*row[:3]), Ref(*row[3:6]), Ref(*row[6:9]), *row[9:]) for row in rows]


@dataclass(frozen=True)
class ConventionRow:
    """A convention in force that year."""

    landlord: Ref
    city: Ref
    id: int
    signed_on: date | None
    landlord_signed_on: date | None
    city_signed_on: date | None
    intermunicipal_signed_on: date | None
    prefect_signed_on: date | None
    declared_on: date | None
    report_due: str | None
    status: str


@cache
def _conventions() -> Statement:
    return (
        select(
            Landlord.id,
            Landlord.siren,
            Landlord.name,
            City.id,
            City.insee,
            City.name,
            Convention.id,
            Convention.signed_on,
            Convention.landlord_signed_on,
            Convention.city_signed_on,
            Convention.intermunicipal_signed_on,
            Convention.prefect_signed_on,
            Convention.declared_on,
            Convention.report_due,
            Convention.status,
        )
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .where(
            Convention.contract_id == bindparam("contract"),
            Convention.archived_at.is_(None),
            Convention.first_year <= bindparam("year"),
            Convention.last_year >= bindparam("year"),
            Convention.status != "terminated",
        )
        .order_by(Convention.id)
    )


def conventions_of(contract_id: int, year: int, landlords: Sequence[int] | None) -> list[ConventionRow]:
    """The contract's live conventions whose years hold this one; a terminated one owes nothing any more."""
    statement = _conventions()
    if landlords is not None:
        statement = statement.where(Convention.landlord_id.in_(landlords))
    rows = run(statement, contract=contract_id, year=year)
    return [ConventionRow(Ref(*row[:3]), Ref(*row[3:6]), *row[6:]) for row in rows]


@dataclass(frozen=True)
class Due:
    """A file that is due; ``file`` is None when there is none."""

    landlord: Ref
    city: Ref
    neighbourhood: Ref
    file: FileRow | None


@dataclass(frozen=True)
class Dues:
    """What is due, what it follows from, and how many neighbourhoods the contract has."""

    expected: list[Due]
    conventions: list[ConventionRow]
    neighbourhoods: int


def dues_of(contract: Contract, year: int, landlords: Sequence[int] | None, files: Sequence[FileRow]) -> Dues:
    """One line for each convention in force that year and each neighbourhood its city has a part in.

    A neighbourhood that lists no city is everybody's. A file that stands outside (its convention archived since, its
    neighbourhood given other cities) is still there to be seen. By city, landlord, neighbourhood.
    """
    conventions = conventions_of(contract.id, year, landlords)
    places = _neighbourhoods(contract.id)
    standing = {(file.convention_id, file.neighbourhood.id): file for file in files}
    expected = [
        Due(convention.landlord, convention.city, place, standing.pop((convention.id, place.id), None))
        for convention, place in _pairs(conventions, places)
    ]
    expected += [Due(file.landlord, file.city, file.neighbourhood, file) for file in standing.values()]
    expected.sort(key=lambda due: (due.city.name, due.landlord.name, due.neighbourhood.name))
    return Dues(expected, conventions, len(places))


def pairs_of(contract_id: int, conventions: Sequence[ConventionRow]) -> Iterator[tuple[ConventionRow, Ref]]:
    """Each of these conventions with each neighbourhood its city has a part in: one file a year is due for each."""
    return _pairs(conventions, _neighbourhoods(contract_id))


def _pairs(
    conventions: Sequence[ConventionRow], places: Mapping[Ref, Collection[int]]
) -> Iterator[tuple[ConventionRow, Ref]]:
    for convention in conventions:
        for place, cities in places.items():
            if not cities or convention.city.id in cities:
                yield convention, place


@cache
def _places() -> Statement:
    return (
        select(Neighbourhood.id, Neighbourhood.code, Neighbourhood.name, neighbourhood_city.c.city_id)
        .outerjoin(neighbourhood_city, neighbourhood_city.c.neighbourhood_id == Neighbourhood.id)
        .where(Neighbourhood.contract_id == bindparam("contract"), Neighbourhood.archived_at.is_(None))
        .order_by(Neighbourhood.id)
    )


def _neighbourhoods(contract_id: int) -> dict[Ref, set[int]]:
    """The contract's neighbourhoods, each with its cities."""
    found: dict[Ref, set[int]] = {}
    for number, code, name, city in run(_places(), contract=contract_id):
        listed = found.setdefault(Ref(number, code, name), set())
        if city is not None:
            listed.add(city)
    return found
