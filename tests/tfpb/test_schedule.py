"""Reminders of the calendar: on their days, once, to the right people; the words of each."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import World
from tests.tfpb.test_comments_api import letters
from tracker.extensions import db
from tracker.policy import SYSTEM
from tracker.tfpb.commands.schedule import write_due_reminders
from tracker.tfpb.models import Convention
from tracker.tfpb.rules import schedule as rules

Today = Callable[[date], None]
# The habit: the report of 2026 is due on 31 March 2027.
DUE = date(2027, 3, 31)


@pytest.mark.parametrize(
    "gap, step",
    [
        *((31, None), (30, 30), (25, 30), (24, None)),
        *((8, None), (7, 7), (2, 7), (1, None)),
        *((0, None), (-1, -1), (-6, -1), (-7, None)),
    ],
)
def test_a_reminder_is_due_on_its_day_and_for_six_days(gap: int, step: int | None) -> None:
    assert rules.step_due(DUE, DUE - timedelta(days=gap), rules.REPORT_STEPS) == step


@pytest.mark.parametrize(
    "today, years",
    [(date(2027, 3, 1), [2026]), (date(2026, 12, 5), [2025, 2026]), (date(2027, 1, 3), [2025, 2026])],
)
def test_the_years_whose_report_may_be_due(today: date, years: list[int]) -> None:
    assert rules.report_years(today) == years


@pytest.mark.parametrize(
    "gap, words",
    [(30, "dans 30 jours"), (1, "demain"), (0, "aujourd’hui"), (-1, "depuis hier"), (-12, "depuis 12 jours")],
)
def test_how_long_is_left(gap: int, words: str) -> None:
    assert rules.days_left(DUE, DUE - timedelta(days=gap)) == words


def run(world: World) -> int:
    with world.app.app_context():
        return write_due_reminders(SYSTEM)


def change(world: World, number: int, **values: Any) -> None:
    with world.app.app_context():
        row = db.session.get_one(Convention, number)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


class TestReports:
    def test_thirty_days_before_then_seven_then_the_day_after(self, world: World, today: Today) -> None:
        file = world.file(2026)
        change(world, world.other_convention, status="terminated")
        expected = [(30, "attendu dans 30 jours"), (7, "attendu dans 7 jours"), (-1, "en retard depuis hier")]
        for position, (gap, when) in enumerate(expected, 1):
            today(DUE - timedelta(days=gap))
            assert run(world) == 1
            assert run(world) == 0
            found = letters(world)
            assert set(found) == {"landlord"}
            kind, subject, body = found["landlord"][-1]
            assert (kind, len(found["landlord"])) == ("reminder", position)
            assert f"2026\u00a0: bilan {when}" in subject
            assert f"http://127.0.0.1:8000/tfpb/dossiers/{file}" in body
            assert "bilan à déposer" in body
            assert "pour le 31/03/2027" in body

    def test_a_file_never_opened_is_awaited_too(self, world: World, today: Today) -> None:
        today(DUE - timedelta(days=7))
        run(world)
        found = letters(world)
        assert set(found) == {"landlord", "other_landlord"}
        assert "dossier à ouvrir" in found["other_landlord"][0][2]
        assert "/tfpb?year=2026" in found["other_landlord"][0][2]

    @pytest.mark.parametrize(
        "status, gap, told",
        [
            ("submitted", 7, False),
            ("verified", -1, False),
            ("to_correct", 7, True),
            # Returned after it was submitted in time: not late.
            ("to_correct", -1, False),
        ],
    )
    def test_what_was_submitted_is_left_in_peace(
        self, world: World, today: Today, status: str, gap: int, told: bool
    ) -> None:
        world.file(2026, status=status)
        today(DUE - timedelta(days=gap))
        run(world)
        assert ("landlord" in letters(world)) == told

    def test_the_conventions_own_day_wins(self, world: World, today: Today) -> None:
        change(world, world.convention, report_due="06-30")
        world.file(2026)
        today(DUE - timedelta(days=7))
        run(world)
        assert set(letters(world)) == {"other_landlord"}
        today(date(2027, 6, 23))
        run(world)
        assert "pour le 30/06/2027" in letters(world)["landlord"][0][2]

    def test_who_switched_reminders_off_gets_none(self, world: World, today: Today) -> None:
        with world.app.app_context():
            db.session.get_one(build.User, world.users["landlord"]).mail_reminders = False
            db.session.commit()
        today(DUE - timedelta(days=7))
        run(world)
        assert set(letters(world)) == {"other_landlord"}


class TestGate:
    def test_the_coordinator_hears_what_each_convention_lacks(self, world: World, today: Today) -> None:
        change(world, world.convention, signed_on=None, declared_on=None)
        change(world, world.other_convention, declared_on=date(2024, 12, 2))
        for gap in (60, 15):
            today(date(2027, 1, 1) - timedelta(days=gap))
            run(world)
            assert run(world) == 0
            kind, subject, body = letters(world)["coordinator"][-1]
            assert (kind, "Conventions 2027" in subject) == ("reminder", True)
            assert f"dans {gap} jours" in body
            assert body.count("Signature manquante") == 1
            assert body.count("Déclaration aux services fiscaux sans date") == 1
        assert len(letters(world)["coordinator"]) == 2
        # Each landlord hears of its own convention, and of no other.
        assert {who: len(found) for who, found in letters(world).items()} == {
            "coordinator": 2,
            "landlord": 2,
        }
        kind, subject, body = letters(world)["landlord"][-1]
        assert (kind, "Conventions 2027" in subject) == ("reminder", True)
        assert "Signature manquante" in body
        assert "vous représentez" in body
        with world.app.app_context():
            other = db.session.get_one(build.Landlord, world.other_landlord).name
        assert other not in body

    def test_nothing_lacking_nothing_written(self, world: World, today: Today) -> None:
        for number in (world.convention, world.other_convention):
            change(world, number, declared_on=date(2024, 12, 2))
        today(date(2026, 12, 17))
        assert run(world) == 0

    def test_on_other_days_nothing(self, world: World, today: Today) -> None:
        today(date(2026, 10, 1))
        assert run(world) == 0


def test_the_command_says_how_many(world: World, today: Today) -> None:
    today(DUE - timedelta(days=30))
    answer = world.app.test_cli_runner().invoke(args=["mail", "remind"])
    assert (answer.exit_code, answer.output) == (0, "Rappels écrits\u00a0: 2.\n")
