"""Geometry of the drawings: the financing bar, the counterpart gauge, the bars of a contract's years.

Pure: exact amounts in, positions out, as the percentages an SVG takes (``"12.50%"``). The macros of
``templates/web/macros/drawings.html`` turn them into shapes, words and a text alternative.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any, Final, Literal

Kind = Literal["grant", "loan", "own"]
BarState = Literal["unknown_cost", "partial", "balanced", "over_funded"]
Tone = Literal["good", "warn", "bad"]

ORDER: Final = ("grant", "loan", "own")  # the owner's part closes the bar, on the side of its floor
SERIES: Final = 6  # distinct colours for grants; the seventh takes the first again, its name stands beside it
LABEL_ROOM: Final = Decimal(8)  # per cent of the width under which an amount is not written inside its segment

# The gauge shows 125 % of the abatement, so that a landlord who did more than required is seen to.
GAUGE_SPAN: Final = Decimal("1.25")
# Presentation only: how close to 100 % is « nearly ». The figure stands beside, whatever the colour.
NEARLY: Final = Decimal("0.90")

YEAR_BAR: Final = Decimal("0.32")  # of a year's place: two bars, and air between the years
YEAR_LABELS: Final = 8  # that stand side by side on a phone


@dataclass(frozen=True)
class Source:
    """One source of a financing plan. ``amount`` in euros, None when unknown; ``decided`` is false while requested."""

    label: str
    amount: Decimal | None
    kind: Kind = "grant"
    decided: bool = True


@dataclass(frozen=True)
class Part:
    """A segment of the bar; ``x`` and ``width`` are None when its amount is unknown or null: it is only listed."""

    label: str
    amount: Decimal | None
    series: str
    decided: bool = True
    x: str | None = None
    width: str | None = None
    roomy: bool = False


@dataclass(frozen=True)
class FinancingBar:
    """Sources against cost. ``rest`` is what no source covers (negative: over-funded), None without a cost."""

    state: BarState
    cost: Decimal | None
    funded: Decimal
    rest: Decimal | None
    parts: tuple[Part, ...]
    cost_x: str | None = None
    excess_width: str | None = None
    floor_x: str | None = None
    # Some of it is only requested: what the bar shows would come true if everything were granted.
    asked: bool = False


@dataclass(frozen=True)
class Gauge:
    """Valued against abatement. ``ratio`` is None when nothing can be compared: only the track is drawn."""

    ratio: Decimal | None
    fill: str
    tick: str
    tone: Tone | None


def percent(part: Decimal, whole: Decimal) -> str:
    """``part ÷ whole`` as an SVG length, two decimals; ``whole`` must be positive."""
    return f"{(part * 100 / whole).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def financing_bar(sources: Iterable[Source], cost: Decimal | None, floor_amount: Decimal | None = None) -> FinancingBar:
    """Lay the sources end to end against the cost; amounts in euros.

    ``floor_amount`` is the least the owner must pay: the tick stands at cost − floor, where grants must stop. When
    the sources exceed the cost the scale follows them; ``cost_x`` and ``excess_width`` say what is too much.
    """
    listed = sorted(sources, key=lambda source: ORDER.index(source.kind))
    funded = sum((source.amount for source in listed if source.amount is not None), Decimal(0))
    known = cost is not None and cost > 0
    rest = cost - funded if cost is not None and known else None
    scale = max(funded, cost) if cost is not None and known else funded
    asked = any(source.amount and not source.decided for source in listed)
    parts: list[Part] = []
    reached, grants = Decimal(0), 0
    for source in listed:
        series: str = source.kind
        if source.kind == "grant":
            series, grants = f"series-{grants % SERIES + 1}", grants + 1
        if source.amount is None or source.amount <= 0 or scale <= 0:
            parts.append(Part(source.label, source.amount, series, source.decided))
            continue
        parts.append(
            Part(
                source.label,
                source.amount,
                series,
                source.decided,
                percent(reached, scale),
                percent(source.amount, scale),
                source.amount * 100 >= LABEL_ROOM * scale,
            )
        )
        reached += source.amount
    if cost is None or rest is None:
        return FinancingBar("unknown_cost", None, funded, None, tuple(parts))
    if rest > 0:
        roomy = rest * 100 >= LABEL_ROOM * scale
        label = "Non couvert, même si tout est accordé" if asked else "Reste à financer"
        parts.append(Part(label, rest, "rest", True, percent(reached, scale), percent(rest, scale), roomy))
    state: BarState = "partial" if rest > 0 else "over_funded" if rest < 0 else "balanced"
    floor_x = None
    if floor_amount is not None and 0 < floor_amount < cost:
        floor_x = percent(cost - floor_amount, scale)
    if rest >= 0:
        return FinancingBar(state, cost, funded, rest, tuple(parts), floor_x=floor_x, asked=asked)
    excess = percent(-rest, scale)
    return FinancingBar(state, cost, funded, rest, tuple(parts), percent(cost, scale), excess, floor_x, asked)


def counterpart_gauge(valued: Decimal | None, abatement: Decimal | None) -> Gauge:
    """Valued expense against abatement, in euros; unknown on either side, or no abatement, draws an empty track."""
    empty_tick = percent(Decimal(1), GAUGE_SPAN)
    if valued is None or abatement is None or abatement <= 0:
        return Gauge(None, "0%", empty_tick, None)
    reached = max(valued, Decimal(0)) / abatement
    span = max(GAUGE_SPAN, reached)
    tone: Tone = "good" if reached >= 1 else "warn" if reached >= NEARLY else "bad"
    return Gauge(valued / abatement, percent(reached, span), percent(Decimal(1), span), tone)


@dataclass(frozen=True)
class YearBars:
    """One year's two bars, in euros and as the SVG takes them: ``x`` in per cent, the rest in pixels.

    ``named``: its label has room under the bars.
    """

    label: str
    named: bool
    owed: Decimal | None
    done: Decimal | None
    owed_x: str
    done_x: str
    owed_y: str
    done_y: str
    owed_height: str
    done_height: str


@dataclass(frozen=True)
class Years:
    """The years side by side on one scale, from ``base`` up to ``top_y``, where ``top`` euros stand."""

    years: tuple[YearBars, ...]
    top: Decimal
    width: str
    top_y: int = 20
    base: int = 180


def year_bars(lines: Sequence[tuple[str, Decimal | None, Decimal | None]]) -> Years | None:
    """What was owed beside what was done, year by year: (year, owed, done) in euros; None when nothing can be drawn.

    An unknown amount has no bar, nor has one below zero: the table beside tells it.
    """
    top = max((amount for _, *both in lines for amount in both if amount is not None), default=Decimal(0))
    if top <= 0:
        return None
    every = ceil(len(lines) / YEAR_LABELS)
    hundred, slot = Decimal(100), Decimal(100) / len(lines)
    bar = slot * YEAR_BAR
    room = Decimal(Years.base - Years.top_y)
    drawn = []
    for place, (label, owed, done) in enumerate(lines):
        middle = slot * place + slot / 2
        heights = [max(amount or Decimal(0), Decimal(0)) * room / top for amount in (owed, done)]
        drawn.append(
            YearBars(
                label,
                not place % every,
                owed,
                done,
                percent(middle - bar, hundred),
                percent(middle, hundred),
                *(_pixels(Years.base - height) for height in heights),
                *(_pixels(height) for height in heights),
            )
        )
    return Years(tuple(drawn), top, percent(bar, hundred))


def _pixels(length: Decimal) -> str:
    return f"{length.quantize(Decimal('0.1'), ROUND_HALF_UP)}"


GLOBALS: Final[Mapping[str, Callable[..., Any]]] = {"counterpart_gauge": counterpart_gauge}
