"""The figures of several years of a contract: each year, all of them together, and the year before beside this one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from tracker.balance.queries import sums
from tracker.balance.queries.content import PreviousYear, YearLine
from tracker.balance.queries.figures import body_of
from tracker.balance.queries.sums import RollUp, Tallies, file_tally
from tracker.balance.rules import Figures, cumulated, figures
from tracker.territory.models import Contract
from tracker.tfpb.queries.expected import FileRow, files_of_years

_FIELDS = tuple(one.name for one in fields(Figures))
_ALL = "all"


@dataclass(frozen=True)
class Years:
    """Each year's figures, and those of all these years together."""

    by_year: tuple[YearLine, ...]
    cumulated: Figures


def figures_by_year(
    contract: Contract,
    years: Sequence[int],
    landlords: Sequence[int] | None = None,
    keep: Callable[[FileRow], bool] = lambda _file: True,
) -> Years:
    """The figures of these years, over the counted files ``keep`` keeps; two queries, whatever the number of years."""
    counted = _counted(contract, years, landlords, keep)
    return _years(years, counted, sums.tallies_of([file.id for file in counted], ()))


def beside(contract: Contract, year: int, landlords: Sequence[int] | None) -> tuple[Years, PreviousYear | None]:
    """What stands beside a year's sheet: the contract's years up to it, and the year before, None when it is the first.

    A constant number of queries.
    """
    years = range(contract.first_year, year + 1)
    counted = _counted(contract, years, landlords, lambda _file: True)
    before = [file for file in counted if file.year == year - 1]
    tallies = sums.tallies_of([file.id for file in counted], [file.id for file in before])
    told = _years(years, counted, tallies)
    if year == contract.first_year:
        return told, None
    body = body_of(before, tallies)
    return told, PreviousYear(
        year=year - 1,
        totals=body.totals,
        by_landlord=body.by_landlord,
        by_city=body.by_city,
        by_axis=body.by_axis,
    )


def _counted(
    contract: Contract, years: Sequence[int], landlords: Sequence[int] | None, keep: Callable[[FileRow], bool]
) -> list[FileRow]:
    return [file for file in files_of_years(contract.id, years, landlords) if file.counted and keep(file)]


def _years(years: Sequence[int], counted: Sequence[FileRow], tallies: Tallies) -> Years:
    added = RollUp()
    for file in counted:
        own, actions = file_tally(file), tallies.by_file.get(file.id)
        added.add(file.year, own, actions)
        added.add(_ALL, own, actions)
    lines = []
    for year in years:
        figured = figures(added.sums(year))
        lines.append(YearLine(year=year, **{name: getattr(figured, name) for name in _FIELDS}))
    return Years(tuple(lines), cumulated(figures(added.sums(_ALL))))
