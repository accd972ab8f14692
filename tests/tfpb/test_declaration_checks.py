"""What a declaration's rules say across cells, rows and sheets, each finding on its cell; no workbook is read here."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as build
from tests.tfpb.conftest import World
from tests.tfpb.declared import Sheets
from tracker.extensions import db
from tracker.tfpb import rules
from tracker.tfpb.declaration.sheets import ACTIONS, BASELINE, FILE, FUNDING, PARTICIPATION
from tracker.tfpb.models import Axis

EUROS = Decimal


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


@pytest.fixture
def sheets(world: World) -> Sheets:
    """A file in order: spent 20,000 of which 2,000 from a grant, valued 15,000, for an abatement of 30,000."""
    file_id = world.file(2026)
    action = world.action(
        file_id,
        title="Gardiennage renforcé",
        axis=1,
        planned_cost=EUROS("21000.00"),
        planned_valued=EUROS("15000.00"),
        actual_cost=EUROS("20000.00"),
        landlord_share=EUROS("18000.00"),
        valued_amount=EUROS("15000.00"),
    )
    with world.app.app_context():
        caf = build.funder(name="CAF", code="caf")
        build.grant(db.session.get(build.Action, action), caf, awarded=EUROS("2000.00"))
        build.participation(db.session.get(build.TfpbFile, file_id), "diagnosis", held_on=date(2026, 2, 1))
    return Sheets(world, file_id)


def test_a_file_in_order_has_nothing_to_say(sheets: Sheets) -> None:
    assert sheets.found() == []


def test_more_abated_dwellings_than_dwellings(sheets: Sheets) -> None:
    sheets.edit(FILE, 0, dwellings=200, abated_dwellings=201)
    (issue,) = sheets.issues()
    assert (issue.sheet, issue.cell, issue.code, issue.severity) == (
        "Dossier",
        "abated_dwellings@7",
        "out_of_range",
        "error",
    )
    assert (issue.column, issue.value) == ("Logements bénéficiant de l’abattement", "201")
    assert "200 au plus" in issue.message


def test_a_tax_notice_of_another_year(sheets: Sheets) -> None:
    sheets.edit(FILE, 0, notice_on=date(2025, 10, 14))
    assert sheets.found() == [("Dossier", "notice_on@7", "out_of_range", "error")]
    sheets.edit(FILE, 0, notice_on=date(2026, 10, 14))
    assert sheets.found() == []


def test_spent_is_not_the_sum_of_landlord_and_others(sheets: Sheets) -> None:
    sheets.edit(ACTIONS, 0, landlord_share=EUROS("17000.00"))
    (issue,) = sheets.issues()
    assert (issue.cell, issue.code, issue.severity) == ("actual_cost@7", "unbalanced", "error")
    assert "17\u202f000,00\u00a0€" in issue.message  # 20,000 is not 17,000 + 2,000
    assert issue.value == "20000"


def test_what_was_found_is_quoted_as_the_sheet_shows_it(sheets: Sheets) -> None:
    sheets.add(ACTIONS, axis=3, title="Reprise", actual_cost=EUROS("-500.50"), landlord_share=EUROS("-400.00"))
    values = {issue.cell: issue.value for issue in sheets.issues()}
    assert values["actual_cost@8"] == "-500,5"


def test_the_other_funding_is_the_workbooks_own(sheets: Sheets) -> None:
    # The grant goes to 3,000 and the landlord's share down to 17,000: still 20,000.
    sheets.edit(FUNDING, 0, awarded=EUROS("3000.00"))
    assert [code for _, _, code, _ in sheets.found()] == ["unbalanced"]
    sheets.edit(ACTIONS, 0, landlord_share=EUROS("17000.00"))
    assert sheets.found() == []


def test_a_grant_taken_out_of_the_workbook_still_counts(sheets: Sheets) -> None:
    sheets.rows[FUNDING].clear()
    assert sheets.found() == []


@pytest.mark.parametrize(
    "valued, expected",
    [
        ("18000.01", [("Actions", "valued_amount@7", "valued_above_share", "warning")]),
        (
            "20000.01",
            [
                ("Actions", "valued_amount@7", "valued_above_actual", "error"),
                ("Actions", "valued_amount@7", "valued_above_share", "warning"),
            ],
        ),
    ],
)
def test_valued_beyond_what_the_landlord_paid(sheets: Sheets, valued: str, expected: list[Any]) -> None:
    sheets.edit(ACTIONS, 0, valued_amount=EUROS(valued))
    assert sheets.found() == expected


def test_a_negative_amount_says_why(sheets: Sheets) -> None:
    sheets.add(ACTIONS, axis=3, title="Reprise de 2025", actual_cost=EUROS("-500.00"), correction_reason=None)
    found = [one for one in sheets.found() if one[3] == "error"]
    assert found == [("Actions", "correction_reason@8", "negative_unexplained", "error")]
    sheets.rows[ACTIONS].pop()
    sheets.add(ACTIONS, axis=3, title="Reprise de 2025", actual_cost=EUROS("-500.00"), correction_reason="Avoir 2025")
    assert [one for one in sheets.found() if one[3] == "error"] == []


def test_what_the_report_will_wait_for_is_told_once_a_row(sheets: Sheets) -> None:
    sheets.edit(ACTIONS, 0, actual_cost=None, valued_amount=None)
    (issue,) = sheets.issues()
    assert (issue.cell, issue.code, issue.severity) == ("actual_cost@7", "missing_amounts", "info")
    assert "dépense réalisée, dépense valorisée TFPB" in issue.message


def test_amounts_typed_in_thousands_are_asked_back(sheets: Sheets) -> None:
    # 1 % of 30,000 is 300: 20 k€ typed « 20 » is far below it.
    sheets.edit(ACTIONS, 0, actual_cost=EUROS("20.00"), landlord_share=EUROS("18.00"), valued_amount=EUROS("15.00"))
    sheets.edit(FUNDING, 0, awarded=EUROS("2.00"))
    (issue,) = sheets.issues()
    assert (issue.cell, issue.code, issue.severity) == ("actual_cost@7", "thousands", "warning")
    assert issue.message.endswith("Des euros sont attendus.")


def test_the_same_action_twice_is_told_on_the_second(sheets: Sheets) -> None:
    sheets.add(ACTIONS, axis=1, title="  gardiennage  RENFORCÉ ")
    assert [one for one in sheets.found() if one[3] == "error"] == [("Actions", "title@8", "duplicate", "error")]
    sheets.edit(ACTIONS, 1, axis=2)  # the same name under another axis is another action
    assert [one for one in sheets.found() if one[2] == "duplicate"] == []


def test_a_grant_names_an_action_of_the_workbook(sheets: Sheets) -> None:
    sheets.add(ACTIONS, axis=3, title="Jardin partagé")
    sheets.add(FUNDING, action="jardin partagé", source="funder:1", awarded=EUROS("100.00"), status=None)
    sheets.add(FUNDING, action="Potager", source="funder:1", awarded=None, status=None)
    found = [one for one in sheets.found() if one[0] == "Autres financements"]
    assert found == [("Autres financements", "action@9", "unknown_reference", "error")]


def test_a_title_that_two_actions_bear_is_asked_back(sheets: Sheets) -> None:
    sheets.add(ACTIONS, axis=3, title="Jardin partagé")
    sheets.add(ACTIONS, axis=6, title="Jardin partagé")
    sheets.add(FUNDING, action="Jardin partagé", source="funder:1", awarded=EUROS("100.00"), status=None)
    found = [one for one in sheets.found() if one[0] == "Autres financements"]
    assert found == [("Autres financements", "action@8", "ambiguous", "error")]


@pytest.mark.parametrize("named", ["Gardiennage renforcé", "Gardiennage de nuit"])
def test_a_renamed_action_keeps_its_grants(sheets: Sheets, named: str) -> None:
    sheets.edit(ACTIONS, 0, title="Gardiennage de nuit")
    sheets.edit(FUNDING, 0, action=named)
    assert sheets.found() == []


def test_a_grant_does_not_move_to_another_action(sheets: Sheets) -> None:
    sheets.add(ACTIONS, axis=3, title="Jardin partagé")
    sheets.edit(FUNDING, 0, action="Jardin partagé")
    assert ("Autres financements", "action@7", "locked", "error") in sheets.found()


@pytest.mark.parametrize(
    "values, cell, code",
    [
        ({"status": "identified"}, "status@7", "transition_not_allowed"),  # back from the award: it asks for a reason
        ({"status": "refused"}, "status@7", "transition_not_allowed"),
        ({"status": None}, "status@7", "required"),
    ],
)
def test_a_grants_own_rules_hold(sheets: Sheets, values: Mapping[str, Any], cell: str, code: str) -> None:
    sheets.edit(FUNDING, 0, **values)
    assert ("Autres financements", cell, code, "error") in sheets.found()


def test_an_award_belongs_to_an_awarded_grant(sheets: Sheets) -> None:
    sheets.add(FUNDING, action="Gardiennage renforcé", source="funder:1", status="filed", awarded=EUROS("1.00"))
    assert ("Autres financements", "awarded@8", "invalid", "error") in sheets.found()


def test_residents_are_heard_around_the_year(sheets: Sheets) -> None:
    sheets.edit(PARTICIPATION, 0, held_on=date(2024, 12, 31))
    assert sheets.found() == [("Participation", "held_on@7", "out_of_range", "error")]


# -- the pure rules ------------------------------------------------------------------------------------------------


def test_a_hundredth_of_the_abatement_is_the_limit() -> None:
    abatement = EUROS("30000.00")
    assert rules.looks_like_thousands(EUROS("299.99"), abatement)
    assert not rules.looks_like_thousands(EUROS("300.00"), abatement)
    assert not rules.looks_like_thousands(EUROS("0.00"), abatement)
    assert not rules.looks_like_thousands(EUROS("-12.00"), abatement)
    assert not rules.looks_like_thousands(None, abatement)
    assert not rules.looks_like_thousands(EUROS("1.00"), None)


@given(st.lists(st.integers(0, 5)))
def test_what_repeats_and_what_does_not_make_the_whole(keys: list[int]) -> None:
    again = set(rules.repeated(keys))
    first = [key for place, key in enumerate(keys) if place not in again]
    assert sorted(first) == sorted(set(keys))
    assert all(keys[place] in keys[:place] for place in again)


# -- the baseline and the axes -------------------------------------------------------------------------------------


def test_a_baseline_told_in_the_same_workbook_proves_its_axis(sheets: Sheets) -> None:
    with sheets.world.app.app_context():
        db.session.scalars(db.select(Axis).where(Axis.number == 1)).one().needs_baseline = True
        db.session.commit()
    assert sheets.found() == [("Actions", "axis@7", "no_baseline", "warning")]
    sheets.add(BASELINE, axis=1, item="Agents", unit="logements par agent", outside=None, inside=None)
    assert sheets.found() == []


def test_the_eighth_axis_is_closed_in_a_renewal_quarter(sheets: Sheets) -> None:
    with sheets.world.app.app_context():
        db.session.scalars(db.select(Axis).where(Axis.number == 1)).one().outside_renewal = True
        db.session.get(build.Neighbourhood, sheets.world.neighbourhood).urban_renewal = True
        db.session.commit()
    assert sheets.found() == [("Actions", "axis@7", "axis_closed", "error")]
    (issue,) = sheets.issues()
    assert (issue.value or "").startswith("1 · ")  # the word of the list, not the number behind it


def test_who_saw_it_says_something_of_an_observation(sheets: Sheets) -> None:
    sheets.edit(ACTIONS, 0, observed_by="walk", observed_on=date(2026, 11, 22))
    assert [one[:3] for one in sheets.found()] == [
        ("Actions", "observed_by@7", "invalid"),
        ("Actions", "observed_on@7", "invalid"),
        ("Actions", "observed_on@7", "out_of_range"),
    ]
