"""French writing of plain values, as Jinja filters: pure, exact, and cheap enough for every cell of a long table.

Babel's ``format_currency`` costs a 200-row page five times its own rendering, hence these few lines. Unknown (None)
is written « — », never 0; an amount is a Decimal, and a float is refused as everywhere else in the house.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Final

from flask import Flask

from tracker.clock import PARIS
from tracker.web import cells, drawings

NNBSP: Final = "\u202f"  # between thousands
NBSP: Final = "\u00a0"  # before a unit and inside a time
MINUS: Final = "\u2212"
UNKNOWN: Final = "—"

MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_STEPS: Final = tuple(Decimal(1).scaleb(-places) for places in range(10))


def _french(text: str) -> str:
    # Three replacements cost a third of one str.translate on so short a text.
    return text.replace(",", NNBSP).replace(".", ",").replace("-", MINUS)


def _exact(value: Decimal | int) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a Decimal or an int is expected, not {type(value).__name__}")
    return Decimal(value)


def _fixed(value: Decimal | int, places: int) -> str:
    """``-1234.5`` → ``−1 234,50`` with ``places`` decimals, half up; what rounds to zero carries no sign."""
    rounded = _exact(value).quantize(_STEPS[places], ROUND_HALF_UP)
    if not rounded:
        rounded = abs(rounded)
    return _french(f"{rounded:,f}")


def _natural(value: Decimal) -> str:
    """All the decimals of the value and no trailing zero: ``0.164040`` → ``0,16404``."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _french("0" if text == "-0" else text)


def money(value: Decimal | int | None) -> str:
    """Euros to the cent: ``1 234,56 €``; None → « — »."""
    return UNKNOWN if value is None else _fixed(value, 2) + NBSP + "€"


def money_round(value: Decimal | int | None) -> str:
    """Whole euros, half up, for a strip of figures: ``1 235 €``; None → « — »."""
    return UNKNOWN if value is None else _fixed(value, 0) + NBSP + "€"


def money_short(value: Decimal | int | None) -> str:
    """The order of magnitude, inside a drawing: ``850 €``, ``180 k€``, ``1,2 M€``; None → « — »."""
    if value is None:
        return UNKNOWN
    size = abs(_exact(value))
    if size >= 999_500:
        millions = _exact(value) / 1_000_000
        return _natural(millions.quantize(Decimal("0.1"), ROUND_HALF_UP)) + NBSP + "M€"
    if size >= 1_000:
        return _fixed(_exact(value) / 1_000, 0) + NBSP + "k€"
    return _fixed(value, 0) + NBSP + "€"


def ratio(value: Decimal | int | None, places: int = 1) -> str:
    """A computed ratio as a percentage: ``0.8432`` → ``84,3 %``; None → « — »."""
    return UNKNOWN if value is None else _fixed(_exact(value) * 100, places) + NBSP + "%"


def rate(value: Decimal | int | None) -> str:
    """A legal or agreed rate with all its decimals: ``0.16404`` → ``16,404 %``; None → « — »."""
    return UNKNOWN if value is None else _natural(_exact(value) * 100) + NBSP + "%"


def number(value: Decimal | int | None, places: int | None = None) -> str:
    """A count or a coefficient: ``1545`` → ``1 545``; ``number(Decimal("1.3953"), 2)`` → ``1,40``; None → « — »."""
    if value is None:
        return UNKNOWN
    return _natural(_exact(value)) if places is None else _fixed(value, places)


def factor(value: Decimal | int | None) -> str:
    """A computed coefficient with two decimals: ``1.3953`` → ``1,40``; None → « — »."""
    return number(value, 2)


def day(value: date | None) -> str:
    """A day: ``21/11/2026``; None → « — »."""
    return UNKNOWN if value is None else f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def day_of_year(value: str | None) -> str:
    """A day of any year kept as ``MM-DD``: ``31 mars``, ``1er avril``; None → « — »."""
    if value is None:
        return UNKNOWN
    month, number = (int(part) for part in value.split("-"))
    return f"{'1er' if number == 1 else number}{NBSP}{MONTHS[month - 1]}"


def day_long(value: date | None) -> str:
    """A day for a heading: ``samedi 21 novembre 2026``, ``dimanche 1er mars 2026``; None → « — »."""
    if value is None:
        return UNKNOWN
    first = "1er" if value.day == 1 else str(value.day)
    return f"{WEEKDAYS[value.weekday()]} {first} {MONTHS[value.month - 1]} {value.year}"


def local(value: datetime) -> datetime:
    """A UTC moment on the clocks of Paris; a naive one is UTC, as the database keeps it."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(PARIS)


def clock_time(value: datetime | None) -> str:
    """The time of day in Paris: ``14 h 05``; None → « — »."""
    if value is None:
        return UNKNOWN
    there = local(value)
    return f"{there.hour}{NBSP}h{NBSP}{there.minute:02d}"


def moment(value: datetime | None) -> str:
    """A UTC moment on the clocks of Paris: ``21/11/2026 à 14 h 05``; None → « — »."""
    return UNKNOWN if value is None else f"{day(local(value).date())} à {clock_time(value)}"


def yes_no(value: bool | None) -> str:
    """``oui``, ``non``, or « — » when unknown."""
    return UNKNOWN if value is None else "oui" if value else "non"


def text(value: object) -> str:
    """Plain text; None and the empty string → « — »."""
    return UNKNOWN if value is None or value == "" else str(value)


def plain(value: Any) -> str:
    """A value whose kind is not declared: a Decimal with two decimals is an amount, with six a rate."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, Decimal):
        return {-2: money, -6: rate}.get(int(value.as_tuple().exponent), number)(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return text(value)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun; 0 is singular in French: ``0 dossier``, ``1 dossier``, ``2 dossiers``."""
    word = one if abs(count) < 2 else many or one + "s"
    return f"{number(count)}{NBSP}{word}"


DISPLAYS: Final[Mapping[str, Callable[[Any], str]]] = {
    "text": text,
    "status": text,
    "money": money,
    "ratio": ratio,
    "rate": rate,
    "integer": number,
    "number": number,
    "factor": factor,
    "date": day,
    "moment": moment,
    "boolean": yes_no,
}


def display(value: Any, kind: str) -> str:
    """The value as a cell of this kind shows it; ``kind`` is a column's type."""
    return DISPLAYS[kind](value)


def change(value: Decimal | int | None, kind: str) -> str:
    """A difference between two years, signed: ``+1 234,00 €``; a ratio's in points: ``−3,2 points``; None → « — »."""
    if value is None:
        return UNKNOWN
    if kind == "ratio":
        points = (_exact(value) * 100).quantize(_STEPS[1], ROUND_HALF_UP)
        text = f"{_fixed(points, 1)}{NBSP}{'points' if abs(points) >= 2 else 'point'}"
        return f"+{text}" if points > 0 else text
    if kind == "factor":  # what is read as nothing has no sign
        value = _exact(value).quantize(_STEPS[2], ROUND_HALF_UP)
    return f"+{display(value, kind)}" if value > 0 else display(value, kind)


def typed(value: Any, kind: str = "text") -> str:
    """What stands in a form's field: typing comes back untouched, a stored value as a French reader would type it.

    ``money`` 1234.5 → ``1 234,50``; ``ratio`` 0.8 → ``80 %`` (a bare ``1`` would be 1 % or the whole);
    ``date`` → ``21/11/2026``; ``day_of_year`` 03-31 → ``31/03``.
    """
    if value is None:
        return ""
    if kind == "day_of_year" and re.fullmatch(r"\d\d-\d\d", value):
        month, number = value.split("-")
        return f"{number}/{month}"
    if isinstance(value, str):
        return value
    if kind == "money":
        return _fixed(value, 2)
    if kind == "ratio":
        return rate(value)
    if kind == "date":
        return day(value)
    return _natural(value) if isinstance(value, Decimal) else str(value)


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "money": money,
    "money_round": money_round,
    "money_short": money_short,
    "ratio": ratio,
    "rate": rate,
    "number": number,
    "factor": factor,
    "day": day,
    "day_long": day_long,
    "day_of_year": day_of_year,
    "moment": moment,
    "clock_time": clock_time,
    "yes_no": yes_no,
    "plain": plain,
    "plural": plural,
    "display": display,
    "change": change,
    "typed": typed,
}


def register(app: Flask) -> None:
    """Give the templates these filters, the geometry of their drawings and the writer of their tables' cells."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(drawings.GLOBALS, cell_writer=partial(cells.cell_writer, DISPLAYS))
