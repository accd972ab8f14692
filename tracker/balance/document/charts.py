"""Geometry of the document's charts: exact amounts in, positions out. The template turns them into SVG.

Positions are plain numbers in the units of the drawing's ``viewBox``: a printed SVG knows no style sheet of its page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 190
_TOP: Final = 16
_FLOOR: Final = 150
_PLOT: Final = Decimal(_FLOOR - _TOP)
_BAR: Final = Decimal(22)


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
    """The bars of one label, and where the label stands."""

    label: str
    x: str
    bars: tuple[Bar, ...]


def grouped_bars(lines: Sequence[tuple[str, Sequence[Decimal | None]]]) -> tuple[Group, ...]:
    """Bars side by side by label, on one scale; amounts in euros, an unknown or negative one draws nothing."""
    if not lines:
        return ()
    largest = max((amount for _, amounts in lines for amount in amounts if amount is not None), default=Decimal(0))
    step = Decimal(WIDTH) / len(lines)
    groups = []
    for place, (label, amounts) in enumerate(lines):
        middle = step * place + step / 2
        width = min(_BAR, step / (len(amounts) + 1))
        start = middle - width * len(amounts) / 2
        bars = []
        for series, amount in enumerate(amounts):
            part = max(amount or Decimal(0), Decimal(0)) / largest if largest > 0 else Decimal(0)
            tall = _PLOT * part
            bars.append(Bar(series, amount, _text(start + width * series), _text(_FLOOR - tall), _text(tall)))
        groups.append(Group(label, _text(middle), tuple(bars)))
    return tuple(groups)


def bar_width(lines: int, series: int) -> str:
    """How wide each bar of ``grouped_bars`` is, its gap taken off."""
    step = Decimal(WIDTH) / max(lines, 1)
    return _text(min(_BAR, step / (series + 1)) - 3)


def share_width(part: Decimal | None, largest: Decimal | None) -> str:
    """The width of a bar on a scale of 100, the largest share being 100; nothing for an unknown or negative one."""
    if part is None or part <= 0 or not largest or largest <= 0:
        return "0"
    return _text(part * 100 / largest)


def _text(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
