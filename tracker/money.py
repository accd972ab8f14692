"""Exact euros: ``Decimal`` in Python, integer cents in the database, a string with two decimals in JSON."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy.types import TypeDecorator

CENT = Decimal("0.01")
RATE_STEP = Decimal("0.000001")
RATIO_STEP = Decimal("0.0001")
ZERO = Decimal("0.00")
# 15 significant digits are what a spreadsheet keeps exactly; a contract's sums stay far below.
MAX_EUROS = Decimal("9999999999.99")

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")


_THOUSANDS = re.compile(
    r"\d\s*(?:k|m|md|mds|ke|me|keur|keuros?|meuros?|milliers?|millions?|milliards?)\s*(?:€|eur|euros?|d['’]\s*euros?)?"
    r"(?:\s*(?:ht|ttc))?$",
    re.IGNORECASE,
)

# What a text that is no amount is answered, as a body writes one; a page and a workbook say it as people type
# (``web.forms.expected``).
EXPECTED = "un montant en euros est attendu, par exemple 125000.00"
IN_THOUSANDS = "un montant écrit en euros est attendu, et non en milliers ou en millions : par exemple 12500.00"


class AmountError(ValueError):
    """An amount that cannot be kept exactly; ``code`` is the field code of the API, ``str()`` the French reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def euros(value: Decimal | int | str) -> Decimal:
    """Exact euros with two decimals from a Decimal, an int or a plain string (``-?digits(.digits)``).

    Raises AmountError ``invalid``, ``too_many_decimals`` or ``out_of_range``. Floats are refused.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise AmountError("money_string", "un montant s’écrit comme un texte, par exemple « 125000.00 »")
    if isinstance(value, str):
        if len(value) > 40 or not re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
            raise AmountError("invalid", IN_THOUSANDS if says_thousands(value.strip()) else EXPECTED)
        value = Decimal(value)
    amount = Decimal(value)
    if not amount.is_finite():
        raise AmountError("invalid", EXPECTED)
    if abs(amount) > MAX_EUROS:
        raise AmountError("out_of_range", "un montant d’au plus 9 999 999 999,99 € est attendu")
    exact = amount.quantize(CENT)
    if exact != amount:
        raise AmountError("too_many_decimals", "deux décimales au plus sont attendues (le centime)")
    return exact + ZERO  # no minus zero


def read_french_number(text: str) -> str:
    """The plain writing of a French number (``1 234,56 €`` → ``1234.56``), or the text itself when it is not one.

    Spaces of any kind, the euro sign and a decimal comma are accepted; ``1.234,56`` and ``1,234.56`` are ambiguous
    and come back unread, so that the caller refuses them.
    """
    bare = _SPACES.sub("", text).removesuffix("€").removesuffix("EUR").replace("\u2212", "-")
    if bare.count(",") + bare.count(".") <= 1:
        bare = bare.replace(",", ".")
    return bare.removeprefix("+") if _PLAIN.fullmatch(bare) else text


def says_thousands(text: str) -> bool:
    """Whether a text gives an amount in thousands or in millions (« 12 k€ »): asked back, never guessed."""
    return _THOUSANDS.search(text) is not None


def in_french(amount: Decimal) -> str:
    """An amount inside a French sentence: ``1 234,56 €``, a real minus sign before a negative one."""
    whole = f"{abs(amount):,.2f}".replace(",", "\u202f").replace(".", ",")
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}{whole}\u00a0€"


def round_euros(value: Decimal) -> Decimal:
    """Round once, at the line, half up (the convention of public accounts)."""
    return value.quantize(CENT, ROUND_HALF_UP) + ZERO  # no minus zero


def divide(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """``part ÷ whole`` with four decimals, half up; None when either is unknown or ``whole`` ≤ 0."""
    if part is None or whole is None or whole <= 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(RATIO_STEP, ROUND_HALF_UP) + ZERO  # no minus zero


class Cents(TypeDecorator[Decimal]):
    """An amount in euros kept as integer cents: SQLite would keep a Numeric as a float and sum it wrong."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(euros(value) * 100)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(int(value)) / 100).quantize(CENT)


class Rate(TypeDecorator[Decimal]):
    """A legal or agreed rate (grant, VAT, floor), exact to six decimals, kept as integer millionths."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int((Decimal(value) / RATE_STEP).to_integral_exact())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) * RATE_STEP
