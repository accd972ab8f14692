"""What looks wrong in a declaration taken whole: amounts typed in thousands, the same action told twice."""

from collections.abc import Hashable, Iterable
from decimal import Decimal

# A year's actions answer for the abatement: a total a hundred times below it was most likely typed in k€.
THOUSANDS = Decimal("0.01")


def looks_like_thousands(total: Decimal | None, abatement: Decimal | None) -> bool:
    """Whether a column's total (euros) is so far below the abatement that it must have been typed in k€.

    Nothing is suspected of a total of zero, nor without an abatement to compare with.
    """
    if total is None or abatement is None or total <= 0:
        return False
    return total < abatement * THOUSANDS


def repeated(keys: Iterable[Hashable]) -> list[int]:
    """The places, in order, of what was already there before."""
    seen: set[Hashable] = set()
    places = []
    for place, key in enumerate(keys):
        if key in seen:
            places.append(place)
        seen.add(key)
    return places
