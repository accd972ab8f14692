"""The life of a grant, its dates, its warnings."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.funding import rules

statuses = st.sampled_from(list(rules.GRANT_STATUSES))


@given(statuses, statuses)
def test_every_move_is_either_refused_with_a_sentence_or_knows_whether_it_needs_a_reason(old: str, new: str) -> None:
    refusal = rules.transition_refusal(old, new)
    if refusal is None:
        assert rules.needs_reason(old, new) == (
            new in rules.EXITS or old in rules.EXITS or rules.ORDER.index(new) < rules.ORDER.index(old)
        )
    else:
        assert refusal.endswith(".")


@pytest.mark.parametrize(
    "old, new", [("awarded", "refused"), ("filed", "lapsed"), ("identified", "to_repay"), ("started", "withdrawn")]
)
def test_an_exit_has_its_moment(old: str, new: str) -> None:
    assert rules.transition_refusal(old, new)


def grant(**fields: Any) -> dict[str, Any]:
    return {"status": "awarded", "awarded": None, **dict.fromkeys(rules.DATE_LABELS), **fields}


def test_nothing_is_awarded_before_the_award() -> None:
    (error,) = rules.grant_errors(grant(status="filed", awarded=Decimal("10.00")))
    assert (error.field, error.code) == ("awarded", "invalid")
    assert rules.grant_errors(grant(status="awarded", awarded=Decimal("10.00"))) == []


def test_dates_follow_one_another() -> None:
    (error,) = rules.grant_errors(grant(filed_on=date(2026, 3, 2), complete_on=date(2026, 3, 1)))
    assert error.field == "complete_on"
    assert "01/03/2026" in error.message
    assert "02/03/2026" in error.message
    assert rules.grant_errors(grant(filed_on=date(2026, 3, 1), complete_on=date(2026, 3, 1))) == []


def test_amounts_beyond_the_base_are_warned_not_blocked() -> None:
    # 999 999 999 on a base of 302 717.70 is said aloud
    base = Decimal("302717.70")
    assert len(rules.amount_warnings(base, None, Decimal(999999999), None)) == 1
    # 80 % of 100 000 is 80 000: 80 000.01 is one cent too much
    assert rules.amount_warnings(Decimal(100000), Decimal("0.8"), None, Decimal(80000)) == []
    assert len(rules.amount_warnings(Decimal(100000), Decimal("0.8"), None, Decimal("80000.01"))) == 1


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 12, 15), 24, date(2026, 12, 15)),
        (date(2024, 8, 31), 1, date(2024, 9, 30)),
        (date(2024, 11, 30), 2, date(2025, 1, 30)),
    ],
)
def test_months_are_added_within_the_calendar(day: date, months: int, expected: date) -> None:
    assert rules.add_months(day, months) == expected


RULES_OF_STATE = {"deadline_on": None, "start_within_months": 24, "finish_within_months": 48}


def test_deadlines_follow_the_status() -> None:
    # awarded 10/01/2025, 24 months to start: 10/01/2027
    awarded = grant(awarded_on=date(2025, 1, 10))
    assert [one.on for one in rules.deadlines(awarded, RULES_OF_STATE)] == [date(2027, 1, 10)]
    # started 01/02/2025, 48 months to finish: 01/02/2029
    started = grant(status="started", awarded_on=date(2025, 1, 10), started_on=date(2025, 2, 1))
    assert [one.on for one in rules.deadlines(started, RULES_OF_STATE)] == [date(2029, 2, 1)]
    closed = grant(status="closed", started_on=date(2025, 2, 1), lapses_on=date(2026, 1, 1))
    assert rules.deadlines(closed, RULES_OF_STATE) == []
    preparing = grant(status="preparing", deadline_on=date(2026, 12, 1))
    assert [one.label for one in rules.deadlines(preparing, {})] == ["dépôt du dossier"]


def test_a_deadline_is_near_for_sixty_days_and_then_passed() -> None:
    day = rules.Deadline(date(2026, 12, 1), "dépôt")
    assert rules.deadline_state(day, date(2026, 12, 2)) == "deadline_passed"
    assert rules.deadline_state(day, date(2026, 12, 1)) == "deadline_near"
    assert rules.deadline_state(day, date(2026, 10, 2)) == "deadline_near"
    assert rules.deadline_state(day, date(2026, 10, 1)) is None
