"""The fields of every schema: what goes in, what comes out, which code a refusal carries."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.api.fields import (
    Choice,
    Computed,
    Day,
    DayOfYear,
    Flag,
    Id,
    Ids,
    Lines,
    Money,
    Ratio,
    Schema,
    Text,
    Whole,
)
from tracker.policy import Invalid


class Everything(Schema):
    """One of each."""

    title = Text("Intitulé", max_length=10, required=True)
    kind = Choice("Type", {"a": "A", "b": "B"})
    axis = Choice("Axe", {1: "Un", 2: "Deux"})
    amount = Money("Montant", minimum=Decimal(0))
    rate = Ratio("Taux")
    count = Whole("Nombre", maximum=100)
    parent_id = Id("Parent")
    day = Day("Jour")
    flag = Flag("Oui")
    ids = Ids("Liste")
    due = DayOfYear("Échéance")
    lines = Lines("Libellés", max_length=10, most=3)
    share = Computed("Part")


@pytest.mark.parametrize(
    "field, value, code",
    [
        ("title", "", "required"),
        ("title", "   ", "required"),
        ("title", None, "required"),
        ("due", "31/03", "invalid"),
        ("due", "3-31", "invalid"),
        ("due", "02-30", "invalid"),
        ("due", "13-01", "invalid"),
        ("due", 331, "invalid"),
        ("lines", "un", "invalid"),
        ("lines", ["a", "b", "c", "d"], "invalid"),
        ("lines", ["onze lettres"], "out_of_range"),
        ("lines", [5], "invalid"),
        ("title", 5, "invalid"),
        ("title", "onze lettres", "out_of_range"),
        ("title", "a\x00b", "invalid"),
        ("title", "a\x85b", "invalid"),
        ("title", "a\ud800", "invalid"),
        ("kind", "c", "unknown_value"),
        ("kind", [], "unknown_value"),
        ("axis", 3, "unknown_value"),
        ("axis", True, "unknown_value"),
        ("amount", 12.5, "money_string"),
        ("amount", 12, "money_string"),
        ("amount", "12,50", "invalid"),
        ("amount", "1.005", "too_many_decimals"),
        ("amount", "-1", "out_of_range"),
        ("amount", "99999999999999", "out_of_range"),
        ("amount", True, "invalid"),
        ("amount", {}, "invalid"),
        ("rate", "80", "out_of_range"),
        ("rate", "0.1234567", "too_many_decimals"),
        ("rate", 0.8, "invalid"),
        ("rate", "-0.1", "invalid"),
        ("count", 101, "out_of_range"),
        ("count", -1, "out_of_range"),
        ("count", 1.5, "invalid"),
        ("count", True, "invalid"),
        ("count", "9" * 30, "invalid"),
        ("parent_id", 0, "out_of_range"),
        ("parent_id", 2_147_483_648, "out_of_range"),
        ("day", "21/11/2026", "invalid"),
        ("day", "2026-02-30", "invalid"),
        ("day", "1026-01-01", "out_of_range"),
        ("flag", "peut-être", "invalid"),
        ("ids", 1, "invalid"),
        ("ids", ["x"], "invalid"),
        ("share", "0.5", "unknown_field"),
        ("surprise", 1, "unknown_field"),
    ],
)
def test_a_refusal_names_its_field_its_code_and_what_was_found(field: str, value: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Everything().read({"title": "x", field: value})
    (error,) = refused.value.errors
    assert (error.field, error.code) == (field, code)
    assert error.message.endswith(".")
    if isinstance(value, str) and value.strip() and code != "unknown_field":
        assert value[:80] in error.message


def test_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        Everything().read({"kind": "c", "amount": 1, "surprise": 1})
    assert {error.field for error in refused.value.errors} == {"title", "kind", "amount", "surprise"}


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_an_amount_goes_out_as_it_came_in(number: int) -> None:
    text = f"{number // 100}.{number % 100:02d}"
    loaded = Everything().read({"title": "x", "amount": text})
    assert Everything().dump(loaded)["amount"] == text


@given(st.integers(min_value=0, max_value=10**6))
def test_a_rate_is_exact_to_six_decimals(millionths: int) -> None:
    text = f"{Decimal(millionths) / 10**6:f}"
    loaded = Everything().read({"title": "x", "rate": text})
    assert Decimal(Everything().dump(loaded)["rate"]) == Decimal(text)


def test_null_is_unknown_and_not_zero() -> None:
    loaded = Everything().read({"title": "x", "amount": None, "rate": None, "day": None, "count": None})
    assert Everything().dump(loaded) == {"title": "x", "amount": None, "rate": None, "day": None, "count": None}


def test_a_day_of_the_year_and_a_list_of_texts() -> None:
    def read(data: dict[str, Any]) -> dict[str, Any]:
        return Everything().read(data, partial=True)

    assert read({"due": "02-29"}) == {"due": "02-29"}
    assert read({"due": None, "lines": None}) == {"due": None, "lines": []}
    assert read({"lines": [" a ", "", "b"]}) == {"lines": ["a", "b"]}
    assert read({"lines": ["a", "b", "a"]}) == {"lines": ["a", "b"]}


def test_values_come_out_as_the_interface_says() -> None:
    row = {
        "title": "x",
        "amount": Decimal(5),
        "rate": Decimal("0.800000"),
        "share": Decimal("0.5"),
        "day": date(2026, 1, 2),
    }
    assert Everything().dump(row) == {
        "title": "x",
        "amount": "5.00",
        "rate": "0.8",
        "share": "0.5000",
        "day": "2026-01-02",
    }


JSON_VALUES = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8), st.just([[1]]))


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from([*Everything().fields, "surprise"]), JSON_VALUES, max_size=4))
def test_any_json_object_is_read_or_refused_and_never_breaks(data: dict[str, Any]) -> None:
    schema = Everything()
    errors = schema.validate(data)
    if errors:
        with pytest.raises(Invalid) as refused:
            schema.read(data)
        assert {error.field for error in refused.value.errors} == set(errors)
    else:
        schema.read(data)
