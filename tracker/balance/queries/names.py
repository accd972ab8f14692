"""How the landlords, cities and neighbourhoods of a sheet are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.balance.queries import sums
from tracker.balance.queries.content import Ref
from tracker.balance.queries.due import Dues
from tracker.balance.queries.sums import FileRow
from tracker.territory.models import City, Landlord, Neighbourhood


@dataclass(frozen=True)
class Names:
    """How landlords, cities and neighbourhoods are called."""

    landlords: dict[int, Ref]
    cities: dict[int, Ref]
    neighbourhoods: dict[int, Ref]

    def of(self, row: Any) -> dict[str, Any]:
        """The three names of a file, a due or a convention."""
        return {
            "landlord": self.landlords[row.landlord_id],
            "city": self.cities[row.city_id],
            "neighbourhood": self.neighbourhoods[row.neighbourhood_id],
        }


def names_of(files: Sequence[FileRow], dues: Dues) -> Names:
    """The names of everything these files and dues are about."""
    rows: list[Any] = [*files, *dues.expected]

    def refs(model: Any, numbers: Iterable[int], code: Any) -> dict[int, Ref]:
        return {number: Ref(*row) for number, row in sums.named(model, numbers, code).items()}

    return Names(
        refs(Landlord, (row.landlord_id for row in rows), Landlord.siren),
        refs(City, (row.city_id for row in rows), City.insee),
        refs(Neighbourhood, (row.neighbourhood_id for row in rows), Neighbourhood.code),
    )
