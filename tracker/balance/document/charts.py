"""Geometry of the document's charts: exact amounts in, positions out. The template turns them into SVG.

Positions are plain numbers in the units of the drawing's ``viewBox``: a printed SVG knows no style sheet of its page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 190
AXIS: Final = 56  # the amounts stand on its left
FLOOR: Final = 150
_TOP: Final = 16
_PLOT: Final = Decimal(FLOOR - _TOP)
_BAR: Final = Decimal(22)
_GAP: Final = Decimal(3)
_LABEL: Final = 36  # a year, and air
_TICKS: Final = 4


@dataclass(frozen=True)
class Bar:
    """One bar: its series (0, 1, 2…), what it says, where it stands; no height when the amount is unknown or ≤ 0."""

    series: int
    amount: Decimal | None
    x: str
    y: str
    height: str


@dataclass(frozen=True)
class Group:
    """The bars of one label, and where the label stands; None where labels would run into one another."""

    label: str | None
    x: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """Bars side by side by label, how wide each is, and the amounts of the scale with where they stand."""

    groups: tuple[Group, ...]
    width: str
    ticks: tuple[tuple[Decimal, str], ...]


def grouped_bars(lines: Sequence[tuple[str, Sequence[Decimal | None]]]) -> Chart:
    """Each label's amounts in euros, on one scale; an unknown or negative one draws nothing."""
    largest = max((amount for _, amounts in lines for amount in amounts if amount is not None), default=Decimal(0))
    step = Decimal(WIDTH - AXIS) / max(len(lines), 1)
    place = min(_BAR, step / (max((len(amounts) for _, amounts in lines), default=0) + 1))
    named = ceil(_LABEL / step)
    groups = []
    for position, (label, amounts) in enumerate(lines):
        middle = AXIS + step * position + step / 2
        start = middle - place * len(amounts) / 2
        bars = []
        for series, amount in enumerate(amounts):
            part = max(amount or Decimal(0), Decimal(0)) / largest if largest > 0 else Decimal(0)
            tall = _PLOT * part
            bars.append(Bar(series, amount, _text(start + place * series), _text(FLOOR - tall), _text(tall)))
        groups.append(Group(None if position % named else label, _text(middle), tuple(bars)))
    ticks = tuple((amount, _text(FLOOR - _PLOT * amount / largest)) for amount in _scale(largest))
    return Chart(tuple(groups), _text(place - min(_GAP, place / 5)), ticks)


def _scale(largest: Decimal) -> list[Decimal]:
    """Round amounts from nothing up to the largest, at most four of them over nothing."""
    if largest < 1:
        return []
    unit = Decimal(1).scaleb((largest / _TICKS).adjusted())
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times * _TICKS >= largest)
    step = max(step, Decimal(1))
    if step == 500 and largest >= 1000:  # in thousands, 1 500 would read as 2
        step = Decimal(1000)
    return [step * times for times in range(int(largest / step) + 1)]


def share_width(part: Decimal | None, largest: Decimal | None) -> str:
    """The width of a bar on a scale of 100, the largest share being 100; nothing for an unknown or negative one."""
    if part is None or part <= 0 or not largest or largest <= 0:
        return "0"
    return _text(part * 100 / largest)


def _text(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
