"""The figures of a sheet: its totals, and each group's lines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from tracker.balance.queries import sums
from tracker.balance.queries.content import (
    AxisLine,
    CityLine,
    LandlordLine,
    NeighbourhoodLine,
    PriorityLine,
    Ref,
    SourceLine,
)
from tracker.balance.queries.names import Names
from tracker.balance.queries.sums import FileRow, RollUp, Tally
from tracker.balance.rules import Figures, Sums, differences, figures, share
from tracker.tfpb.queries.conventions import axes, priorities

NO_PRIORITY = "Sans priorité déclarée"


@dataclass(frozen=True)
class Body:
    """The figures of a sheet, and the groups that do not add up to them."""

    totals: Figures
    by_landlord: tuple[LandlordLine, ...]
    by_city: tuple[CityLine, ...]
    by_neighbourhood: tuple[NeighbourhoodLine, ...]
    by_axis: tuple[AxisLine, ...]
    by_priority: tuple[PriorityLine, ...]
    by_source: tuple[SourceLine, ...]
    axes: dict[int, str]
    differences: list[tuple[str, str]]


_FIELDS = tuple(one.name for one in fields(Figures))


def _line(kind: Any, figured: Figures, **more: Any) -> Any:
    return kind(**{name: getattr(figured, name) for name in _FIELDS}, **more)


def body_of(counted: Sequence[FileRow], tallies: Sequence[tuple[int, int, Tally]], names: Names) -> Body:
    """The figures of the files counted; ``tallies`` may tell of others, which are left out."""
    ids = [file.id for file in counted]
    groups = {name: RollUp() for name in ("all", "landlord", "city", "neighbourhood", "axis")}
    keys = {file.id: ("all", file.landlord_id, file.city_id, file.neighbourhood_id) for file in counted}
    by_file = ("all", "landlord", "city", "neighbourhood")
    for file in counted:
        for group, key in zip(by_file, keys[file.id], strict=True):
            groups[group].add_file(key, file.tally)
    files_on_axis: dict[int, int] = {}
    for file_id, axis, tally in tallies:
        if file_id not in keys:
            continue
        for group, key in zip(by_file, keys[file_id], strict=True):
            groups[group].add_actions(key, tally)
        groups["axis"].add_actions(axis, tally)
        files_on_axis[axis] = files_on_axis.get(axis, 0) + 1
    totals = groups["all"].sums("all")
    valued = totals.amounts["valued_amount"]

    def shared(line: Sums) -> Any:
        return share(line.amounts["valued_amount"].whole, valued.whole)  # type: ignore[arg-type]

    def lines(kind: Any, group: str, called: dict[int, Ref]) -> tuple[Any, ...]:
        ordered = sorted(groups[group].keys(), key=lambda key: (called[key].name, key))
        return tuple(_line(kind, figures(groups[group].sums(key)), **{group: called[key]}) for key in ordered)

    labels = {axis.number: axis.label for axis in axes()}
    axis_sums = {key: groups["axis"].sums(key, files=files_on_axis[key]) for key in sorted(files_on_axis)}
    by_axis = tuple(
        _line(AxisLine, figures(line), axis=Ref(key, key, labels.get(key, f"Axe {key}")), share=shared(line))
        for key, line in axis_sums.items()
    )
    found = Body(
        totals=figures(totals),
        by_landlord=lines(LandlordLine, "landlord", names.landlords),
        by_city=lines(CityLine, "city", names.cities),
        by_neighbourhood=lines(NeighbourhoodLine, "neighbourhood", names.neighbourhoods),
        by_axis=by_axis,
        by_priority=_by_priority(ids, shared),
        by_source=tuple(
            SourceLine(source=row[0], name=row[1], funder=Ref(row[2], row[3], row[4]), amount=row[5])
            for row in sums.by_source(ids)
        ),
        axes=labels,
        differences=[],
    )
    groups_of_lines: dict[str, Iterable[Figures]] = {
        "landlord": found.by_landlord,
        "city": found.by_city,
        "neighbourhood": found.by_neighbourhood,
        "axis": found.by_axis,
        "priority": found.by_priority,
    }
    found.differences.extend(differences(found.totals, groups_of_lines, (line.amount for line in found.by_source)))
    return found


def _by_priority(ids: Sequence[int], shared: Callable[[Sums], Any]) -> tuple[PriorityLine, ...]:
    named = {priority.code: priority for priority in priorities()}
    order = {code: place for place, code in enumerate(named)}
    found = []
    for code, files, tally in sums.by_priority(ids):
        line = Sums(files=files, actions=tally[0], of_files=None, amounts=sums.amount_sums(tally))
        row = named.get(code) if code is not None else None
        name = row.label if row is not None else NO_PRIORITY if code is None else code
        ref = Ref(row.id if row is not None else None, code, name)
        found.append(_line(PriorityLine, figures(line), priority=ref, share=shared(line)))
    return tuple(sorted(found, key=lambda line: order.get(line.priority.code, len(order))))
