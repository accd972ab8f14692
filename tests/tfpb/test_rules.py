"""The rules of the room, on worked figures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from tracker.policy import RULES
from tracker.tfpb import rules


@dataclass
class Figures:
    """An action as the rules read it."""

    id: int = 7
    title: str = "Jardin partagé"
    planned_cost: Decimal | None = Decimal("12000.00")
    actual_cost: Decimal | None = Decimal("8450.75")
    landlord_share: Decimal | None = Decimal("6450.75")
    valued_amount: Decimal | None = Decimal("5805.68")


@dataclass
class File:
    dwellings: int | None = 212
    abated_dwellings: int | None = 198


# -- transitions ---------------------------------------------------------------------------------------------------


def test_the_life_of_a_report_as_the_design_draws_it():
    drawn = {
        ("draft", "submitted"): "submit_file",
        ("to_correct", "submitted"): "submit_file",
        ("submitted", "verified"): "verify_file",
        ("verified", "validated"): "validate_file",
        ("validated", "transmitted"): "validate_file",
        ("submitted", "to_correct"): "return_file",
        ("verified", "to_correct"): "return_file",
    }
    found = {
        (move.source, move.target): move.verb
        for status in rules.FILE_STATUSES
        for move in rules.open_moves(rules.REPORT, status, frozen=False)
    }
    assert found == drawn


def test_a_frozen_file_goes_on_and_is_reopened_by_the_coordinator_alone():
    frozen = {
        (move.source, move.target): move.verb
        for status in rules.COUNTED
        for move in rules.open_moves(rules.REPORT, status, frozen=True)
    }
    assert frozen == {
        ("submitted", "verified"): "verify_file",
        ("verified", "validated"): "validate_file",
        ("validated", "transmitted"): "validate_file",
        ("submitted", "to_correct"): "reopen_file",
        ("verified", "to_correct"): "reopen_file",
        ("validated", "to_correct"): "reopen_file",
        ("transmitted", "to_correct"): "reopen_file",
    }
    assert RULES["reopen_file"].keys() == {"coordinator"}


def test_the_life_of_a_programme():
    found = {(move.source, move.target) for move in rules.TRANSITIONS if move.track == rules.PROGRAMME}
    assert found == {("proposed", "discussed"), ("discussed", "validated")}


@pytest.mark.parametrize(
    "track, status, day, refused",
    [
        ("report", "draft", date(2025, 1, 1), False),
        ("report", "draft", date(2024, 12, 31), True),
        ("report", "submitted", date(2026, 2, 27), True),
        ("report", "submitted", date(2026, 2, 28), False),
        ("report", "submitted", date(2026, 11, 21), False),
        ("report", "submitted", date(2026, 11, 22), True),
        ("programme", "proposed", date(2024, 10, 1), False),
        ("programme", "discussed", date(2026, 2, 27), True),
    ],
)
def test_the_day_of_a_move(track: str, status: str, day: date, refused: bool):
    """A file 2025 whose track stands there since 28 February 2026, on 21 November 2026."""
    since, today = date(2026, 2, 28), date(2026, 11, 21)
    error = rules.move_day_error(track, day, year=2025, status=status, since=since, today=today)
    assert (error is not None) is refused


def test_every_transition_names_known_statuses_a_known_verb_and_its_reason():
    for move in rules.TRANSITIONS:
        assert {move.source, move.target} <= rules.TRACK_STATUSES[move.track].keys()
        assert move.verb in RULES
        assert move.needs_reason == (move.target == "to_correct")


def test_the_move_that_goes_on_comes_first():
    assert [move.target for move in rules.open_moves(rules.REPORT, "submitted", False)] == ["verified", "to_correct"]


@pytest.mark.parametrize(
    "status, target, expected",
    [
        ("draft", "draft", "Le bilan est déjà « à produire »."),
        ("submitted", "draft", "Le bilan ne revient jamais à « à produire »."),
        (
            "draft",
            "verified",
            "Le bilan est « à produire » : il doit être « déposé » pour devenir « vérifié ».",
        ),
        (
            "draft",
            "to_correct",
            "Le bilan est « à produire » : il doit être « déposé » ou « vérifié » pour",
        ),
    ],
)
def test_a_refused_transition_says_where_it_stands_and_what_is_expected(status, target, expected):
    said = rules.transition_refusal(rules.REPORT, status, target)
    assert said.replace("\u00a0", " ").startswith(expected)


@pytest.mark.parametrize("status", rules.FILE_STATUSES)
def test_content_is_locked_but_in_draft_and_back_for_correction(status):
    assert (rules.locked_reason(status, None) is None) == (status in ("draft", "to_correct"))
    assert "arrêté dans « Édition 1 »" in rules.locked_reason(status, "Édition 1").replace("\u00a0", " ")
    assert "archivé" in rules.locked_reason(status, None, archived=True)


# -- missing values ------------------------------------------------------------------------------------------------


def test_nothing_is_missing_from_a_complete_file_even_with_zeros():
    zero = Figures(
        planned_cost=Decimal("0.00"),
        actual_cost=Decimal("0.00"),
        landlord_share=Decimal("0.00"),
        valued_amount=Decimal("0.00"),
    )
    assert rules.missing_values(File(0, 0), [Figures(), zero]) == []


def test_every_missing_value_is_named_with_its_action():
    file = File(dwellings=None, abated_dwellings=None)
    action = Figures(planned_cost=None, actual_cost=None, landlord_share=None, valued_amount=None)
    errors = rules.submission_errors(file, [action, Figures(id=8)])
    assert [(error.field, error.code) for error in errors] == [
        ("dwellings", "required"),
        ("abated_dwellings", "required"),
        ("actions.7.planned_cost", "required"),
        ("actions.7.actual_cost", "required"),
        ("actions.7.landlord_share", "required"),
        ("actions.7.valued_amount", "required"),
    ]
    assert "« Jardin partagé »" in errors[3].message.replace("\u00a0", " ")
    assert "dépense réalisée" in errors[3].message


@pytest.mark.parametrize("field", ["planned_cost", "actual_cost", "landlord_share", "valued_amount"])
def test_each_amount_is_needed_on_its_own(field):
    assert [one.path for one in rules.missing_values(File(), [Figures(**{field: None})])] == [f"actions.7.{field}"]


# -- amounts -------------------------------------------------------------------------------------------------------


def test_the_abatement_is_the_tax_notice_s_where_known():
    assert rules.abatement(Decimal("33858.00"), Decimal("33000.00")) == Decimal("33858.00")
    assert rules.abatement(None, Decimal("33000.00")) == Decimal("33000.00")
    assert rules.abatement(Decimal("0.00"), Decimal("33000.00")) == Decimal("0.00")
    assert rules.abatement(None, None) is None


@pytest.mark.parametrize(
    "valued, actual, rate",
    [
        # 43 000 ÷ 60 000 = 0.71666… → 0.7167
        ("43000.00", "60000.00", "0.7167"),
        # 5 805.68 ÷ 8 450.75 = 0.68700…
        ("5805.68", "8450.75", "0.6870"),
        # half up: 1 ÷ 32 = 0.03125 → 0.0313
        ("1.00", "32.00", "0.0313"),
        ("-100.00", "400.00", "-0.2500"),
        ("0.00", "400.00", "0.0000"),
        ("100.00", "0.00", None),
        ("100.00", "-400.00", None),
        (None, "400.00", None),
        ("100.00", None, None),
    ],
)
def test_valuation_rate(valued, actual, rate):
    found = rules.valuation_rate(Decimal(valued) if valued else None, Decimal(actual) if actual else None)
    assert found == (None if rate is None else Decimal(rate))


# -- years, dwellings, days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first, last, fields",
    [
        (2025, 2030, []),
        (2024, 2024, []),
        (2023, 2030, ["first_year"]),
        (2025, 2031, ["last_year"]),
        (2027, 2025, ["last_year"]),
        (2031, 2023, ["first_year", "last_year", "last_year"]),
    ],
)
def test_years_of_a_convention(first, last, fields):
    errors = rules.convention_errors({"first_year": first, "last_year": last}, (2024, 2030))
    assert [error.field for error in errors] == fields
    assert {error.code for error in errors} <= {"out_of_range"}


@pytest.mark.parametrize("dwellings, abated, wrong", [(212, 198, 0), (212, 212, 0), (212, 213, 1), (None, 5, 0)])
def test_never_more_abated_dwellings_than_dwellings(dwellings, abated, wrong):
    errors = rules.dwelling_errors(dwellings, abated)
    assert [(error.field, error.code) for error in errors] == [("abated_dwellings", "out_of_range")] * wrong


@pytest.mark.parametrize(
    "day, ok",
    [
        (date(2025, 1, 1), True),
        (date(2027, 12, 31), True),
        (date(2024, 12, 31), False),
        (date(2028, 1, 1), False),
    ],
)
def test_residents_are_met_from_the_year_before_to_the_year_after(day, ok):
    assert (rules.held_on_errors(day, 2026) == []) is ok


@pytest.mark.parametrize(
    "notice_on, wrong",
    [
        (None, False),
        (date(2025, 12, 31), True),  # the year before’s notice
        (date(2026, 1, 1), False),
        (date(2027, 12, 31), False),
        (date(2028, 1, 1), True),
    ],
)
def test_the_notice_is_that_of_the_year(notice_on, wrong):
    errors = rules.notice_errors(notice_on, 2026)
    assert [(error.field, error.code) for error in errors] == [("notice_on", "out_of_range")] * wrong
