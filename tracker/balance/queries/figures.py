"""The figures of a sheet: its totals, and each group's lines."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import select

from tracker.balance.queries import sums
from tracker.balance.queries.content import (
    AxisLine,
    CityLine,
    LandlordLine,
    NeighbourhoodLine,
    PriorityLine,
    SourceLine,
)
from tracker.balance.queries.sums import RollUp, Tallies, Tally, file_tally, sums_of_parts
from tracker.balance.rules import Figures, Sums, differences, figures, share
from tracker.extensions import Statement, run
from tracker.tfpb.models import Axis, Priority
from tracker.tfpb.queries.expected import FileRow, Ref

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
_ALL = "all"


def _line(kind: Any, figured: Figures, **more: Any) -> Any:
    return kind(**{name: getattr(figured, name) for name in _FIELDS}, **more)


def body_of(counted: Sequence[FileRow], tallies: Tallies) -> Body:
    """The figures of the files counted; ``tallies`` may tell of other files, which are left out."""
    groups = {name: RollUp() for name in ("landlord", "city", "neighbourhood")}
    whole = RollUp()
    for file in counted:
        own, actions = file_tally(file), tallies.by_file.get(file.id)
        whole.add(_ALL, own, actions)
        for name, group in groups.items():
            group.add(getattr(file, name), own, actions)
    total = whole.sums(_ALL)
    valued = total.amounts["valued_amount"].whole if counted else None

    def lines(kind: Any, name: str) -> tuple[Any, ...]:
        ordered = sorted(groups[name].keys(), key=lambda ref: (ref.name, ref.id))
        return tuple(_line(kind, figures(groups[name].sums(ref)), **{name: ref}) for ref in ordered)

    def shared(kind: Any, name: str, actions: dict[Any, Tally], refs: Iterable[Ref]) -> tuple[Any, ...]:
        found = [(ref, sums_of_parts(tallies.files[ref.code], actions[ref.code])) for ref in refs]
        return tuple(_line(kind, figures(line), share=_share(line, valued), **{name: ref}) for ref, line in found)

    axes = {row.number: row.label for row in run(_axes())}
    found = Body(
        totals=figures(total),
        by_landlord=lines(LandlordLine, "landlord"),
        by_city=lines(CityLine, "city"),
        by_neighbourhood=lines(NeighbourhoodLine, "neighbourhood"),
        by_axis=shared(AxisLine, "axis", tallies.by_axis, _axis_refs(tallies.by_axis, axes)),
        by_priority=shared(PriorityLine, "priority", tallies.by_priority, _priority_refs(tallies.by_priority)),
        by_source=tuple(
            SourceLine(source=row[0], name=row[1], funder=Ref(row[2], row[3], row[4]), amount=row[5])
            for row in sums.by_source([file.id for file in counted])
        ),
        axes=axes,
        differences=[],
    )
    compared: dict[str, Iterable[Figures]] = {
        "landlord": found.by_landlord,
        "city": found.by_city,
        "neighbourhood": found.by_neighbourhood,
        "axis": found.by_axis,
        "priority": found.by_priority,
    }
    found.differences.extend(differences(found.totals, compared, (line.amount for line in found.by_source)))
    return found


def _share(line: Sums, valued: Any) -> Decimal | None:
    part = line.amounts["valued_amount"].whole
    return share(None if part is None else Decimal(part), valued)


@cache
def _axes() -> Statement:
    return select(Axis.number, Axis.label).order_by(Axis.number)


@cache
def _priorities() -> Statement:
    return select(Priority.id, Priority.code, Priority.label).order_by(Priority.position)


def _axis_refs(used: Iterable[int], labels: dict[int, str]) -> list[Ref]:
    return [Ref(number, number, labels.get(number, f"Axe {number}")) for number in sorted(used)]


def _priority_refs(used: Collection[Any]) -> list[Ref]:
    """In the order of the contract's annex; a code it does not know, then none, come last."""
    known = [Ref(*row) for row in run(_priorities())]
    codes = {ref.code for ref in known}
    others = sorted(code for code in used if code is not None and code not in codes)
    none = [Ref(None, None, NO_PRIORITY)] if None in used else []
    return [*(ref for ref in known if ref.code in used), *(Ref(None, code, code) for code in others), *none]
