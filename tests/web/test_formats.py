"""French writing: worked examples, then properties over every value an amount may take."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.money import MAX_EUROS, euros, read_french_number
from tracker.web import formats

EUROS = st.decimals(-MAX_EUROS, MAX_EUROS, places=2)
RATIOS = st.decimals(Decimal(-1000), Decimal(1000), places=4)
RATES = st.decimals(Decimal(0), Decimal(1), places=6)


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "—"),
        (Decimal("0.00"), "0,00 €"),
        (Decimal("-0.00"), "0,00 €"),
        (Decimal("-0.004"), "0,00 €"),
        (Decimal("1234.56"), "1 234,56 €"),
        (Decimal("-1234567.5"), "−1 234 567,50 €"),
        (Decimal("0.005"), "0,01 €"),
        (Decimal("1E+3"), "1 000,00 €"),
        (1000000, "1 000 000,00 €"),
    ],
)
def test_money(value: Decimal | None, written: str) -> None:
    assert formats.money(value) == written.replace(" €", "\u00a0€").replace(" ", "\u202f")


@pytest.mark.parametrize("value", [1.5, True, "12.00"])
def test_no_float_touches_an_amount(value: Any) -> None:
    with pytest.raises(TypeError):
        formats.money(value)


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "—"),
        ("999.49", "999\u00a0€"),
        ("-0.4", "0\u00a0€"),
        ("1234.5", "1\u202f235\u00a0€"),
        ("-1.5", "−2\u00a0€"),
    ],
)
def test_money_round(value: str | None, written: str) -> None:
    assert formats.money_round(None if value is None else Decimal(value)) == written


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "—"),
        ("850", "850\u00a0€"),
        ("999.99", "1\u202f000\u00a0€"),
        ("180000", "180\u00a0k€"),
        ("999499", "999\u00a0k€"),
        ("999500", "1\u00a0M€"),
        ("1250000", "1,3\u00a0M€"),
        ("-180000", "−180\u00a0k€"),
        ("12345678", "12,3\u00a0M€"),
    ],
)
def test_money_short(value: str | None, written: str) -> None:
    assert formats.money_short(None if value is None else Decimal(value)) == written


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "—"),
        ("0.8432", "84,3\u00a0%"),
        ("0.98485", "98,5\u00a0%"),
        ("1", "100,0\u00a0%"),
        ("-0.0001", "0,0\u00a0%"),
    ],
)
def test_ratio(value: str | None, written: str) -> None:
    assert formats.ratio(None if value is None else Decimal(value)) == written


def test_ratio_with_other_decimals() -> None:
    assert formats.ratio(Decimal("0.8432"), 2) == "84,32\u00a0%"


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "—"),
        ("0.800000", "80\u00a0%"),
        ("0.164040", "16,404\u00a0%"),
        ("0", "0\u00a0%"),
        ("0.000001", "0,0001\u00a0%"),
    ],
)
def test_rate(value: str | None, written: str) -> None:
    assert formats.rate(None if value is None else Decimal(value)) == written


def test_number() -> None:
    assert formats.number(None) == "—"
    assert formats.number(1545) == "1\u202f545"
    assert formats.number(Decimal("1.3953"), 2) == "1,40"
    assert formats.display(Decimal("1.3953"), "factor") == formats.factor(Decimal("1.3953")) == "1,40"
    assert [formats.change(Decimal(value), "factor") for value in ("0.0851", "0.0012", "-0.0012", "-0.085")] == [
        "+0,09",
        "0,00",
        "0,00",
        "−0,09",
    ]
    assert formats.number(Decimal("1500.500")) == "1\u202f500,5"
    assert formats.number(Decimal("-0.0")) == "0"


def test_days_and_moments() -> None:
    assert formats.day(None) == "—"
    assert formats.day(date(2026, 11, 1)) == "01/11/2026"
    assert formats.day_long(date(2026, 11, 21)) == "samedi 21 novembre 2026"
    assert formats.day_long(date(2026, 3, 1)) == "dimanche 1er mars 2026"
    assert formats.moment(None) == "—"
    assert formats.clock_time(None) == "—"
    assert formats.day_long(None) == "—"


@pytest.mark.parametrize(
    "at, written",
    [
        (datetime(2026, 11, 21, 13, 5, tzinfo=UTC), "21/11/2026 à 14\u00a0h\u00a005"),
        (datetime(2026, 11, 21, 13, 5), "21/11/2026 à 14\u00a0h\u00a005"),  # noqa: DTZ001 - as the database gives it back
        (datetime(2026, 7, 14, 22, 30, tzinfo=UTC), "15/07/2026 à 0\u00a0h\u00a030"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "25/10/2026 à 2\u00a0h\u00a059"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25/10/2026 à 2\u00a0h\u00a000"),
    ],
)
def test_a_moment_is_told_on_the_clocks_of_paris(at: datetime, written: str) -> None:
    assert formats.moment(at) == written


def test_words() -> None:
    assert [formats.yes_no(value) for value in (True, False, None)] == ["oui", "non", "—"]
    assert [formats.text(value) for value in ("x", "", None, 3)] == ["x", "—", "—", "3"]


@pytest.mark.parametrize(
    "count, written",
    [(0, "0\u00a0dossier"), (1, "1\u00a0dossier"), (2, "2\u00a0dossiers"), (1200, "1\u202f200\u00a0dossiers")],
)
def test_zero_is_singular_in_french(count: int, written: str) -> None:
    assert formats.plural(count, "dossier") == written


def test_an_irregular_plural() -> None:
    assert formats.plural(2, "bilan annuel", "bilans annuels") == "2\u00a0bilans annuels"


@pytest.mark.parametrize(
    "value, kind, shown",
    [
        (None, "money", ""),
        ("1 234,5O", "money", "1 234,5O"),
        (Decimal("1234.50"), "money", "1\u202f234,50"),
        (Decimal("0.01"), "ratio", "1\u00a0%"),
        (date(2026, 11, 21), "date", "21/11/2026"),
        (412, "text", "412"),
        (Decimal("12.500"), "text", "12,5"),
    ],
)
def test_what_a_field_shows(value: Any, kind: str, shown: str) -> None:
    assert formats.typed(value, kind) == shown


@pytest.mark.parametrize(
    "value, written",
    [
        (Decimal("12.50"), "12,50\u00a0€"),
        (Decimal("0.200000"), "20\u00a0%"),
        (Decimal(12), "12"),
        (True, "oui"),
        (date(2026, 11, 21), "21/11/2026"),
        (datetime(2026, 11, 21, 13, 5, tzinfo=UTC), "21/11/2026 à 14\u00a0h\u00a005"),
        (None, "—"),
        ("texte", "texte"),
    ],
)
def test_a_value_of_undeclared_kind(value: Any, written: str) -> None:
    assert formats.plain(value) == written


@given(EUROS)
def test_an_amount_on_screen_or_in_a_field_reads_back_exactly(amount: Decimal) -> None:
    assert euros(read_french_number(formats.money(amount))) == amount
    assert euros(read_french_number(formats.typed(amount, "money"))) == amount


@given(EUROS)
def test_an_amount_never_wraps_and_never_carries_an_ascii_minus(amount: Decimal) -> None:
    assert not set(formats.money(amount)) & {" ", "-", "."}


@given(RATIOS)
def test_a_ratio_is_rounded_once_half_up(value: Decimal) -> None:
    written = Decimal(read_french_number(formats.ratio(value).removesuffix("\u00a0%")))
    assert abs(written - value * 100) <= Decimal("0.05")


@given(RATES)
def test_a_rate_loses_nothing(value: Decimal) -> None:
    assert Decimal(read_french_number(formats.rate(value).removesuffix("\u00a0%"))) == value * 100


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_moment_can_be_written(at: datetime) -> None:
    if date(1970, 1, 1) <= at.date() < date(9999, 12, 31):
        assert formats.moment(at)[2] == "/"


@pytest.mark.parametrize(
    "value, written, in_a_field",
    [("03-31", "31\u00a0mars", "31/03"), ("04-01", "1er\u00a0avril", "01/04"), (None, "—", ""), ("31/3", None, "31/3")],
)
def test_a_day_of_any_year(value: str | None, written: str | None, in_a_field: str) -> None:
    assert formats.typed(value, "day_of_year") == in_a_field
    if written:
        assert formats.day_of_year(value) == written
