"""What an expected file lacks, when, and whose turn it is: worked examples."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tracker.tfpb.rules import STAGES, together
from tracker.tfpb.rules import board as rules

WHOLE = rules.Contents(
    status="validated",
    programme_status="validated",
    dwellings=200,
    abated_dwellings=180,
    abatement=True,
    actions=3,
    known={"planned_cost": 3, "actual_cost": 3, "landlord_share": 3, "valued_amount": 3},
    valued=2,
    unproven=0,
    stages=tuple(STAGES),
)


def held(**values: Any) -> rules.Contents:
    return replace(WHOLE, **values)


@pytest.mark.parametrize(
    "today, expected",
    [
        (date(2025, 9, 30), "ahead"),
        (date(2025, 10, 1), "programme"),  # programmes are prepared from October on
        (date(2026, 12, 31), "programme"),
        (date(2027, 1, 1), "report"),
    ],
)
def test_what_is_expected_of_2026_follows_the_calendar(today: date, expected: str):
    assert rules.phase(2026, today) == expected


def test_a_whole_file_lacks_nothing():
    assert rules.lacks(WHOLE, "report", ()) == {}
    assert set(rules.states(WHOLE, "report", {}).values()) == {"ok"}


# One value taken away: that box alone turns red.
CORRUPTED = [
    ({"dwellings": None}, "amounts", ["dwellings"]),
    ({"abated_dwellings": None}, "amounts", ["abated_dwellings"]),
    ({"abatement": False}, "amounts", ["abatement"]),
    ({"known": {**WHOLE.known, "landlord_share": 2}}, "amounts", ["landlord_share"]),
    ({"known": {**WHOLE.known, "actual_cost": 0}}, "amounts", ["actual_cost"]),
    ({"actions": 0, "known": {}, "valued": 0}, "amounts", ["actions"]),
    ({"programme_status": "proposed"}, "programme", ["programme_proposed"]),
    ({"programme_status": "discussed"}, "programme", ["programme_discussed"]),
    ({"status": "draft"}, "report", ["submission"]),
    ({"status": "to_correct"}, "report", ["correction"]),
    ({"unproven": 1}, "evidence", ["evidence"]),
    ({"stages": ("diagnosis", "definition", "report")}, "participation", ["participation_midway"]),
]


@pytest.mark.parametrize("values, box, codes", CORRUPTED)
def test_each_lack_turns_its_own_box_alone(values: dict[str, Any], box: str, codes: list[str]):
    contents = held(**values)
    found = rules.lacks(contents, "report", ())
    assert found == {box: codes}
    states = rules.states(contents, "report", found)
    assert {name for name, state in states.items() if state == "lacking"} == {box}


def test_what_is_wrong_with_the_convention_stands_in_its_box():
    assert rules.lacks(WHOLE, "ahead", ("not_signed",)) == {"convention": ["not_signed"]}


def test_a_file_that_nobody_opened_lacks_everything_its_time_expects():
    every = [f"participation_{stage}" for stage in STAGES]
    unknown = ["dwellings", "abated_dwellings", "abatement", "actions"]
    assert rules.lacks(None, "report", ()) == {
        "amounts": unknown,
        "programme": ["file"],
        "participation": every,
        "report": ["submission"],
    }
    programme = rules.lacks(None, "programme", ())
    assert programme == {"amounts": unknown, "programme": ["file"], "participation": every[:2]}
    assert rules.lacks(None, "ahead", ()) == {}
    assert set(rules.states(None, "ahead", {}).values()) == {"ok", "later"}
    assert rules.states(None, "ahead", {})["convention"] == "ok"


def test_before_the_year_is_over_only_the_plan_is_expected():
    going = held(
        status="draft", known={"planned_cost": 3, "actual_cost": 0}, valued=0, stages=("diagnosis", "definition")
    )
    assert rules.lacks(going, "programme", ()) == {}
    states = rules.states(going, "programme", {})
    assert (states["report"], states["evidence"], states["amounts"]) == ("later", "later", "ok")
    assert rules.lacks(replace(going, known={"planned_cost": 2}), "programme", ()) == {"amounts": ["planned_cost"]}


def test_the_words_of_a_box():
    assert rules.words(["dwellings", "abatement"]) == "logements, abattement"
    assert rules.words(["valued_amount"]) == "dépense valorisée TFPB"
    assert rules.words(["evidence"], 1) == "1 action valorisée sans pièce"
    assert rules.words(["evidence"], 4) == "4 actions valorisées sans pièce"


TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "contents, year, said, awaited",
    [
        (None, 2025, "Au bailleur d’ouvrir le dossier", True),
        (None, 2028, "", False),  # nothing is expected of 2028 before October 2027
        (held(status="draft"), 2025, "Au bailleur de déposer le bilan", True),
        (held(status="draft"), 2026, "Au bailleur de déposer le bilan", False),  # due in March 2027
        (
            held(status="draft", programme_status="proposed"),
            2027,
            "À la ville ou à la coordination de discuter le programme",
            False,
        ),
        # A programme without actions, or without one's planned cost, waits for its landlord, who is called for it.
        (
            held(status="draft", programme_status="proposed", actions=0, known={}),
            2027,
            "Au bailleur d’inscrire les actions et les montants du programme",
            True,
        ),
        (
            held(status="draft", programme_status="discussed", known={**WHOLE.known, "planned_cost": 2}),
            2027,
            "Au bailleur d’inscrire les actions et les montants du programme",
            True,
        ),
        # Before October nothing is due; once the file is submitted nothing can be written in it.
        (
            held(status="draft", programme_status="proposed", actions=0, known={}),
            2028,
            "Au bailleur d’inscrire les actions et les montants du programme",
            False,
        ),
        (
            held(status="verified", programme_status="discussed", actions=0, known={}),
            2025,
            (
                "À la coordination de faire valider le programme en COPIL ; "
                "à la coordination de faire valider le bilan en COPIL"
            ),
            False,
        ),
        (held(status="draft"), 2027, "", False),  # its programme is validated: nobody is waited for
        # The year has begun: each of the two tracks waits for its own.
        (
            held(status="draft", programme_status="discussed"),
            2026,
            "À la coordination de faire valider le programme en COPIL ; au bailleur de déposer le bilan",
            False,
        ),
        (
            held(status="submitted", programme_status="proposed"),
            2025,
            (
                "À la ville ou à la coordination de discuter le programme ; "
                "à la ville, à l’État ou à la coordination de vérifier le bilan"
            ),
            False,
        ),
        (held(status="to_correct"), 2026, "Au bailleur de corriger le bilan", True),
        (held(status="submitted"), 2025, "À la ville, à l’État ou à la coordination de vérifier le bilan", False),
        # What was done is agreed on: nobody discusses the programme any more.
        (
            held(status="validated", programme_status="proposed"),
            2025,
            "À la coordination de transmettre le bilan",
            False,
        ),
        (held(status="transmitted"), 2025, "", False),
        (held(status="transmitted", programme_status="discussed"), 2025, "", False),
    ],
)
def test_whose_turn_it_is_and_who_is_to_be_called(contents: Any, year: int, said: str, awaited: bool):
    turns = rules.turns_of(contents, year, TODAY)
    assert together([turn.sentence(yours=False) for turn in turns.values()]) == said
    status = contents.status if contents else None
    assert rules.is_awaited(status, rules.phase(year, TODAY), turns) is awaited


@pytest.mark.parametrize(
    "status, due, days",
    [
        (None, date(2026, 3, 31), 235),  # 30 April + 31 + 30 + 31 + 31 + 30 + 31 + 21 November = 235
        ("draft", date(2026, 11, 20), 1),
        ("to_correct", date(2026, 11, 20), 1),
        ("draft", date(2026, 11, 21), None),  # the day itself is not late
        ("submitted", date(2026, 3, 31), None),
        (None, None, None),
    ],
)
def test_days_late(status: str | None, due: date | None, days: int | None):
    assert rules.days_late(status, due, TODAY) == days


def test_a_landlord_is_left_in_peace_three_days():
    assert rules.may_call_again(None, TODAY)
    assert not rules.may_call_again(date(2026, 11, 19), TODAY)
    assert rules.may_call_again(date(2026, 11, 18), TODAY)


def test_who_has_not_signed_is_named():
    assert rules.words(["not_signed", "not_declared"], 0, ["préfet"]) == "à signer (préfet), à déclarer"
    assert rules.words(["not_signed"]) == "à signer"
