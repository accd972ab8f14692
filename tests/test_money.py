"""Exact euros."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.money import MAX_EUROS, AmountError, Cents, divide, euros, read_french_number, round_euros, says_thousands

cents = st.integers(min_value=-(10**12) + 1, max_value=10**12 - 1)


@given(cents)
def test_an_amount_comes_back_from_the_database_as_it_went_in(number: int) -> None:
    amount = Decimal(number) / 100
    column = Cents()
    stored = column.process_bind_param(amount, None)  # type: ignore[arg-type]
    assert stored == number
    assert column.process_result_value(stored, None) == amount  # type: ignore[arg-type]


@given(st.lists(cents, max_size=50))
def test_sums_of_cents_are_exact(numbers: list[int]) -> None:
    assert sum((euros(Decimal(number) / 100) for number in numbers), Decimal(0)) * 100 == sum(numbers)


@pytest.mark.parametrize(
    "value, code",
    [
        (1.5, "money_string"),
        (True, "money_string"),
        ("1.005", "too_many_decimals"),
        ("1,5", "invalid"),
        ("1e3", "invalid"),
        ("NaN", "invalid"),
        ("٣", "invalid"),
        ("", "invalid"),
        (Decimal("Infinity"), "invalid"),
        (MAX_EUROS + 1, "out_of_range"),
        ("9" * 50, "invalid"),
    ],
)
def test_what_cannot_be_kept_exactly_is_refused(value: object, code: str) -> None:
    with pytest.raises(AmountError) as refused:
        euros(value)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_an_amount_in_thousands_is_asked_back_as_a_body_writes_one() -> None:
    with pytest.raises(AmountError, match=r"et non en milliers ou en millions.: par exemple 12500\.00$"):
        euros("12 k€")
    with pytest.raises(AmountError, match=r"un montant en euros est attendu, par exemple 125000\.00$"):
        euros("douze")


@pytest.mark.parametrize("text", ["12 k€", "12k", "1,2 M€", "3 milliers d’euros", "5 KEUR", "5,4\u00a0k€ HT"])
def test_a_text_that_says_thousands(text: str) -> None:
    assert says_thousands(text)


@pytest.mark.parametrize("text", ["12 €", "12 km", "douze", "k€", "12"])
def test_a_text_that_does_not(text: str) -> None:
    assert not says_thousands(text)


def test_there_is_no_minus_zero() -> None:
    assert str(euros("-0")) == "0.00"


@pytest.mark.parametrize(
    "typed, plain",
    [
        ("1 234,56 €", "1234.56"),
        ("1\u202f234,56\u00a0€", "1234.56"),
        ("1234.56", "1234.56"),
        ("\u2212 12", "-12"),
        ("+12", "12"),
        ("12", "12"),
    ],
)
def test_french_writing_is_read(typed: str, plain: str) -> None:
    assert read_french_number(typed) == plain


@pytest.mark.parametrize("typed", ["1.234,56", "1,234.56", "douze", "12 %", ""])
def test_what_is_ambiguous_comes_back_unread(typed: str) -> None:
    assert read_french_number(typed) == typed


def test_ratios_are_rounded_half_up_and_null_when_they_mean_nothing() -> None:
    assert divide(Decimal(1), Decimal(3)) == Decimal("0.3333")
    assert divide(Decimal(2), Decimal(3)) == Decimal("0.6667")
    assert divide(Decimal("0.00005"), Decimal(1)) == Decimal("0.0001")
    assert divide(None, Decimal(1)) is None
    assert divide(Decimal(1), None) is None
    assert divide(Decimal(1), Decimal(0)) is None
    assert divide(Decimal(1), Decimal(-5)) is None


def test_cents_are_rounded_half_up() -> None:
    assert round_euros(Decimal("2.675")) == Decimal("2.68")
    assert round_euros(Decimal("-2.675")) == Decimal("-2.68")
