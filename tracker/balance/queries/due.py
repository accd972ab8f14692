"""Which files a contract-year is waiting for: one for each convention and each neighbourhood of its city."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker.balance.queries.sums import ConventionRow, FileRow, conventions_of
from tracker.extensions import db
from tracker.territory.models import Contract, Neighbourhood, neighbourhood_city


@dataclass(frozen=True)
class Due:
    """A file that is due; ``file`` is None when there is none."""

    landlord_id: int
    city_id: int
    neighbourhood_id: int
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
    neighbourhood given other cities) is still there to be seen.
    """
    conventions = conventions_of(contract.id, year, landlords)
    cities = _cities_of_neighbourhoods(contract.id)
    standing = {(file.convention_id, file.neighbourhood_id): file for file in files}
    expected = []
    for convention in conventions:
        for neighbourhood, listed in cities.items():
            if not listed or convention.city_id in listed:
                file = standing.pop((convention.id, neighbourhood), None)
                expected.append(Due(convention.landlord_id, convention.city_id, neighbourhood, file))
    expected += [Due(file.landlord_id, file.city_id, file.neighbourhood_id, file) for file in standing.values()]
    return Dues(expected, conventions, len(cities))


def _cities_of_neighbourhoods(contract_id: int) -> dict[int, set[int]]:
    statement = (
        select(Neighbourhood.id, neighbourhood_city.c.city_id)
        .outerjoin(neighbourhood_city, neighbourhood_city.c.neighbourhood_id == Neighbourhood.id)
        .where(Neighbourhood.contract_id == contract_id, Neighbourhood.archived_at.is_(None))
        .order_by(Neighbourhood.id)
    )
    found: dict[int, set[int]] = {}
    for neighbourhood, city in db.session.execute(statement):
        listed = found.setdefault(neighbourhood, set())
        if city is not None:
            listed.add(city)
    return found
