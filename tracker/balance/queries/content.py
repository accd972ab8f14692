"""What a balance sheet is made of, as plain dataclasses, and its JSON both ways.

Page, JSON and workbook are three faces of one ``BalanceSheet``; a frozen edition is its JSON, read back into one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from tracker.balance.rules import Check, Figures
from tracker.balance.rules.integrity import digest
from tracker.tfpb.queries.expected import Ref


@dataclass(frozen=True, kw_only=True)
class LandlordLine(Figures):
    """A landlord's figures."""

    landlord: Ref


@dataclass(frozen=True, kw_only=True)
class CityLine(Figures):
    """A city's figures."""

    city: Ref


@dataclass(frozen=True, kw_only=True)
class NeighbourhoodLine(Figures):
    """A neighbourhood's figures."""

    neighbourhood: Ref


@dataclass(frozen=True, kw_only=True)
class AxisLine(Figures):
    """An axis's figures: a file spreads over axes, so what is a file's alone is None; ``share`` of all valued."""

    axis: Ref
    share: Decimal | None


@dataclass(frozen=True, kw_only=True)
class PriorityLine(Figures):
    """A priority's figures, as an axis's; actions that name no priority have a line of code None."""

    priority: Ref
    share: Decimal | None


@dataclass(frozen=True)
class SourceLine:
    """What one scheme, else one funder, awarded to the actions; euros."""

    source: str
    name: str
    funder: Ref
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """An action of a counted file; amounts in euros."""

    id: int
    file_id: int
    landlord: Ref
    city: Ref
    neighbourhood: Ref
    axis: int
    title: str
    location: str | None
    calendar: str | None
    status: str
    priority: str | None
    planned_cost: Decimal | None
    planned_valued: Decimal | None
    actual_cost: Decimal | None
    landlord_share: Decimal | None
    other_funding: Decimal | None
    valued_amount: Decimal | None
    valuation_rate: Decimal | None
    indicator: str | None
    indicator_target: str | None
    indicator_actual: str | None
    result: str | None


@dataclass(frozen=True, kw_only=True)
class ParticipationLine:
    """A moment of residents' participation in a counted file."""

    file_id: int
    landlord: Ref
    city: Ref
    neighbourhood: Ref
    stage: str
    held_on: date
    audience: str | None
    participants: int | None
    summary: str | None
    outcome: str | None
    place: str | None = None  # editions frozen before it was kept lack it


@dataclass(frozen=True, kw_only=True)
class DueLine:
    """A file that is due: ``status`` and ``file_id`` are None when there is none to be seen."""

    landlord: Ref
    city: Ref
    neighbourhood: Ref
    file_id: int | None
    status: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class YearLine(Figures):
    """The figures of one year of the contract."""

    year: int


@dataclass(frozen=True, kw_only=True)
class PreviousYear:
    """The figures of the year before, to stand beside this year's."""

    year: int
    totals: Figures
    by_landlord: tuple[LandlordLine, ...]
    by_city: tuple[CityLine, ...]
    by_axis: tuple[AxisLine, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    """A planned action of next year; amounts in euros."""

    landlord: str
    city: str
    neighbourhood: str
    programme_status: str
    axis: int
    title: str
    location: str | None
    calendar: str | None
    priority: str | None
    planned_cost: Decimal | None
    planned_valued: Decimal | None


@dataclass(frozen=True, kw_only=True)
class InvestmentLine:
    """Sums over some equipment projects (euros) and how many of them are delivered; by source, what belongs to whole
    projects is None."""

    projects: int
    delivered: int
    cost_excl_tax: Decimal | None
    requested: Decimal | None
    awarded: Decimal | None
    paid: Decimal | None
    self_funding: Decimal | None
    loans: Decimal | None
    left_to_fund: Decimal | None
    unfunded: Decimal | None


@dataclass(frozen=True, kw_only=True)
class InvestmentCityLine(InvestmentLine):
    """The projects of a city."""

    city: Ref


@dataclass(frozen=True, kw_only=True)
class InvestmentSourceLine(InvestmentLine):
    """What one scheme, else one funder, brings to the projects."""

    source: str
    name: str
    funder: Ref
    is_loan: bool


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """An equipment project with its amounts in euros."""

    id: int
    city: Ref
    title: str
    kind: str | None
    status: str
    cost_excl_tax: Decimal | None
    awarded: Decimal | None
    paid: Decimal | None
    left_to_fund: Decimal | None
    unfunded: Decimal | None
    owner_share_rate: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Investment:
    """The investment side of the year: the plan as it stands, and what the year's budgets say, in euros."""

    totals: InvestmentLine
    by_city: tuple[InvestmentCityLine, ...]
    by_source: tuple[InvestmentSourceLine, ...]
    projects: tuple[ProjectRow, ...]
    planned: Decimal | None
    voted: Decimal | None
    committed: Decimal | None
    paid: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a figure is compared with; ``high`` when the source gives a range, values in the figure's own unit."""

    figure: str
    label: str
    low: Decimal
    high: Decimal | None
    period: str
    source: str


@dataclass(frozen=True)
class MeetingRef:
    """The meeting an edition was frozen for."""

    id: int
    kind: str
    held_on: date
    place: str | None


@dataclass(frozen=True, kw_only=True)
class EditionRef:
    """Which edition a frozen sheet is."""

    number: int
    frozen_at: datetime
    frozen_by: str
    reason: str | None
    meeting: MeetingRef


@dataclass(frozen=True, kw_only=True)
class BalanceSheet:
    """A contract-year's balance sheet; ``edition`` is None while it is live.

    From ``previous`` on: what stands beside the figures, empty in editions frozen before it existed and where a
    caller needs the figures alone. ``investment`` is None for a reader the projects are not open to.
    """

    contract: Ref
    year: int
    edition: EditionRef | None
    scope: str
    totals: Figures
    by_landlord: tuple[LandlordLine, ...]
    by_city: tuple[CityLine, ...]
    by_neighbourhood: tuple[NeighbourhoodLine, ...]
    by_axis: tuple[AxisLine, ...]
    by_priority: tuple[PriorityLine, ...]
    by_source: tuple[SourceLine, ...]
    actions: tuple[ActionLine, ...]
    participation: tuple[ParticipationLine, ...]
    completeness: tuple[DueLine, ...]
    checks: tuple[Check, ...]
    previous: PreviousYear | None = None
    by_year: tuple[YearLine, ...] = ()
    cumulated: Figures | None = None
    programme: tuple[PlannedLine, ...] = ()
    investment: Investment | None = None
    evaluation: str | None = None
    references: tuple[Reference, ...] = ()


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def to_json(value: Any) -> Any:
    """The JSON of a sheet or of any part of it: exact amounts and ratios as strings, days and instants in ISO."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    kind = type(value)
    if is_dataclass(kind):
        return {name: to_json(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value


def canonical(sheet: BalanceSheet) -> str:
    """The one writing of a sheet that its SHA-256 is taken of."""
    return json.dumps(to_json(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(sheet: BalanceSheet) -> str:
    """The SHA-256 of a sheet's content, 64 hexadecimal digits: what an edition prints on each of its pages."""
    return digest(canonical(sheet))


def from_json(kind: Any, value: Any) -> Any:
    """The inverse of ``to_json``: ``value`` read as a ``kind``."""
    if get_origin(kind) is UnionType or NoneType in get_args(kind):
        if value is None:
            return None
        options = [option for option in get_args(kind) if option is not NoneType]
        if len(options) > 1:  # Ref.code: plain values that JSON keeps apart by itself
            return value
        return from_json(options[0], value)
    if get_origin(kind) is tuple:
        return tuple(from_json(get_args(kind)[0], one) for one in value)
    if kind is Decimal:
        return Decimal(value)
    if kind is datetime:
        return datetime.fromisoformat(value.removesuffix("Z"))
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        # An edition frozen before a part existed lacks it: the part keeps its default.
        return kind(**{name: from_json(hints[name], value[name]) for name in _names(kind) if name in value})
    return value


def lacking(content: str) -> frozenset[str]:
    """The figures a content was written without, because they did not exist yet: its sheet reads them as None.

    Told by the keys of the JSON itself: inside a text a quotation mark is escaped, so no text looks like a key.
    """
    return frozenset(name for name in _names(Figures) if f'"{name}":' not in content)


def read_sheet(content: str) -> BalanceSheet:
    """A frozen edition's content as a sheet."""
    sheet: BalanceSheet = from_json(BalanceSheet, json.loads(content))
    return sheet
