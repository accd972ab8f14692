"""What each kind of decision needs, takes and says, on plain values."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.balance import rules

HELD, TODAY = date(2026, 6, 18), date(2026, 11, 21)
DUE = date(2026, 9, 30)


def errors(**values: Any) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in rules.decision_errors(values, HELD, TODAY)]


@pytest.mark.parametrize(
    "values, expected",
    [
        ({"kind": "validated", "edition_id": 1}, []),
        ({"kind": "validated"}, [("edition_id", "required")]),
        ({"kind": "validated", "edition_id": 1, "landlord_id": 2}, [("landlord_id", "invalid")]),
        ({"kind": "validated", "edition_id": 1, "due_on": DUE}, [("due_on", "invalid")]),
        ({"kind": "reserved", "edition_id": 1, "landlord_id": 2, "due_on": DUE}, []),
        ({"kind": "reserved", "landlord_id": 2}, [("edition_id", "required")]),
        ({"kind": "complement", "file_id": 1, "landlord_id": 2, "due_on": DUE}, []),
        ({"kind": "complement", "landlord_id": 2, "due_on": DUE}, []),
        ({"kind": "complement", "due_on": DUE}, [("file_id", "required")]),
        ({"kind": "complement", "landlord_id": 2}, [("due_on", "required")]),
        ({"kind": "complement", "landlord_id": 2, "due_on": DUE, "amount": Decimal(1)}, [("amount", "invalid")]),
        ({"kind": "carry_over", "file_id": 1, "landlord_id": 2, "amount": Decimal(1)}, []),
        ({"kind": "carry_over"}, [("file_id", "required"), ("amount", "required")]),
        ({"kind": "carry_over", "file_id": 1, "amount": Decimal(1), "done_on": HELD}, [("done_on", "invalid")]),
        ({"kind": "orientation"}, []),
        ({"kind": "orientation", "city_id": 3, "due_on": DUE}, []),
        ({"kind": "orientation", "landlord_id": 2, "city_id": 3}, [("city_id", "invalid")]),
        ({"kind": "orientation", "file_id": 1}, [("file_id", "invalid")]),
        # The meeting's own day is the first that may be set; today is the last it may have been done.
        ({"kind": "orientation", "due_on": HELD, "done_on": HELD}, []),
        ({"kind": "orientation", "due_on": date(2026, 6, 17)}, [("due_on", "out_of_range")]),
        ({"kind": "orientation", "done_on": date(2026, 6, 17)}, [("done_on", "out_of_range")]),
        ({"kind": "orientation", "done_on": TODAY}, []),
        ({"kind": "orientation", "done_on": date(2026, 11, 22)}, [("done_on", "out_of_range")]),
    ],
)
def test_what_each_kind_needs_and_takes(values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(**values) == expected


def test_a_refusal_says_what_is_expected_in_french() -> None:
    (missing,) = rules.decision_errors({"kind": "complement", "due_on": DUE}, HELD, TODAY)
    assert missing.message.replace("\u00a0", " ") == (
        "Dossier : une valeur est attendue (dossier ou bailleur) pour une décision « Complément demandé »."
    )
    (extra,) = rules.decision_errors({"kind": "orientation", "amount": Decimal("12.50")}, HELD, TODAY)
    assert extra.message.replace("\u00a0", " ").startswith("Montant reporté : une décision « Orientation pour l’année")
    assert extra.value == "12.50"


def test_nothing_is_carried_over_from_a_year_to_come() -> None:
    assert rules.carry_over_year_errors(2025, HELD) == rules.carry_over_year_errors(2026, HELD) == []
    assert [error.field for error in rules.carry_over_year_errors(2027, HELD)] == ["file_id"]


@pytest.mark.parametrize(
    "presented_on, expected",
    [
        (HELD, []),  # its own, or a COTECH's of the same day
        (date(2025, 6, 19), []),
        (date(2026, 6, 19), [("edition_id", "invalid", 2)]),
    ],
)
def test_a_meeting_decides_of_no_edition_of_a_later_one(
    presented_on: date, expected: list[tuple[str, str, int]]
) -> None:
    found = rules.edition_errors(2, presented_on, HELD)
    assert [(error.field, error.code, error.value) for error in found] == expected
    for error in found:
        assert error.message.replace("\u00a0", " ") == (
            "Édition : une édition arrêtée pour la réunion du 19/06/2026 trouvée ; une édition arrêtée pour cette "
            "réunion (18/06/2026) ou pour une réunion antérieure est attendue."
        )


STANDS = {"kind": "complement", "subject": "A", "landlord_id": 2, "file_id": None, "edition_id": None, "city_id": None}


@pytest.mark.parametrize(
    "kind, new, refused",
    [
        ("complement", {"subject": "B", "due_on": DUE}, []),
        ("complement", {"landlord_id": 2, "kind": "complement"}, []),
        ("complement", {"landlord_id": 3}, ["landlord_id"]),
        ("complement", {"kind": "orientation", "city_id": 1}, ["kind", "city_id"]),
        ("complement", {"landlord_id": None}, ["landlord_id"]),
        ("carry_over", {"amount": None}, ["amount"]),
        ("carry_over", {"subject": "B", "amount": Decimal(2)}, ["amount", "subject"]),
    ],
)
def test_what_was_decided_of_whom_stays(kind: str, new: dict[str, Any], refused: list[str]) -> None:
    old = {**STANDS, "kind": kind, "amount": Decimal(1)}
    found = rules.fixed_errors(old, new)
    assert [error.field for error in found] == refused
    json.dumps([error.value for error in found])  # an API tells what it refuses


@pytest.mark.parametrize(
    "kind, due_on, done_on, state",
    [
        ("validated", None, None, "taken"),
        ("carry_over", None, None, "taken"),
        ("complement", TODAY, None, "open"),  # its very day is not late
        ("complement", date(2026, 11, 20), None, "late"),
        ("complement", date(2026, 11, 20), TODAY, "done"),
        ("orientation", None, None, "open"),
    ],
)
def test_where_a_decision_stands(kind: str, due_on: date | None, done_on: date | None, state: str) -> None:
    assert rules.state_of(kind, due_on, done_on, TODAY) == state


@given(
    st.sampled_from(list(rules.DECISION_KINDS)),
    st.fixed_dictionaries(
        {},
        optional={
            **{name: st.integers(1, 9) for name in ("edition_id", "file_id", "landlord_id", "city_id")},
            "amount": st.decimals("0.01", "9", places=2),
            **{name: st.dates(date(2026, 1, 1), date(2027, 1, 1)) for name in ("due_on", "done_on")},
        },
    ),
)
def test_an_accepted_decision_names_at_most_one_and_only_waits_where_somebody_may_do_it(
    kind: str, values: dict[str, Any]
) -> None:
    if rules.decision_errors({"kind": kind, **values}, HELD, TODAY):
        return
    assert not {"landlord_id", "city_id"} <= set(values)
    assert kind in rules.AWAITED or not {"due_on", "done_on"} & set(values)
    assert ("amount" in values) is (kind == "carry_over")
    assert kind not in ("validated", "reserved") or "edition_id" in values
