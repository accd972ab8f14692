"""The ratios, the null rule, and each check corrupted alone."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.balance.rules import (
    CHECK_WORDS,
    CHECKS,
    CHECKS_BESIDE,
    SEVERITIES,
    ActionFault,
    BesideFacts,
    Facts,
    FileFacts,
    LandlordFacts,
    ProjectFacts,
    Signature,
    Sum,
    Sums,
    Unpresented,
    checks,
    checks_beside,
    cumulated,
    differences,
    figures,
    open_errors,
    ratio,
    reference_errors,
)


def known(amount: str, rows: int = 1) -> Sum:
    return Sum(Decimal(amount), rows, rows, 0)


def worked() -> Sums:
    """400 dwellings of which 350 abated, 58 000 € of abatement, 60 000 € spent, 43 000 € valued."""
    return Sums(
        files=1,
        actions=2,
        of_files={
            "dwellings": Sum(400, 1, 1),
            "abated_dwellings": Sum(350, 1, 1),
            "abatement": known("58000.00"),
        },
        amounts={
            "planned_cost": known("70000.00", 2),
            "actual_cost": known("60000.00", 2),
            "landlord_share": known("60000.00", 2),
            "other_funding": known("0.00", 2),
            "valued_amount": known("43000.00", 2),
        },
    )


def test_worked_example() -> None:
    line = figures(worked())
    assert line.valuation_rate == Decimal("0.7167")  # 43 000 ÷ 60 000 = 0,71666
    assert line.justified_rate == Decimal("0.7414")  # 43 000 ÷ 58 000 = 0,74137
    assert line.leverage == Decimal("1.3953")  # 60 000 ÷ 43 000 = 1,39534
    assert line.valued_per_dwelling == Decimal("122.86")  # 43 000 ÷ 350 = 122,857
    assert line.gap == Decimal("-15000.00")
    assert line.completion_rate == Decimal("0.8571")  # 60 000 ÷ 70 000 = 0,85714
    assert line.actual_cost_per_dwelling == Decimal("150.00")  # 60 000 ÷ 400, abated or not
    assert line.coverage_rate == Decimal("0.9667")  # 58 000 ÷ 60 000 = 0,96666


def test_nothing_at_all_is_zero_sums_and_no_ratio() -> None:
    line = figures(Sums(of_files={}))
    assert (line.files, line.actions, line.dwellings, line.abated_dwellings) == (0, 0, 0, 0)
    assert (line.abatement, line.actual_cost, line.valued_amount, line.gap) == (Decimal("0.00"),) * 4
    assert [line.completion_rate, line.valuation_rate, line.justified_rate, line.leverage] == [None] * 4
    assert [line.valued_per_dwelling, line.actual_cost_per_dwelling, line.coverage_rate] == [None] * 3


@pytest.mark.parametrize(
    "name, lost",
    [
        ("planned_cost", {"completion_rate"}),
        (
            "actual_cost",
            {"completion_rate", "valuation_rate", "leverage", "actual_cost_per_dwelling", "coverage_rate"},
        ),
        ("landlord_share", set()),
        ("valued_amount", {"valuation_rate", "justified_rate", "leverage", "valued_per_dwelling", "gap"}),
    ],
)
def test_a_sum_that_skipped_a_value_is_given_but_enters_no_ratio(name: str, lost: set[str]) -> None:
    sums = worked()
    partial = Sum(sums.amounts[name].total, 2, 1, 1)
    before, after = figures(sums), figures(replace(sums, amounts={**sums.amounts, name: partial}))
    assert getattr(after, name) == getattr(before, name)
    changed = {key for key, value in vars(after).items() if value != getattr(before, key)}
    assert changed == lost
    assert all(getattr(after, key) is None for key in lost)


def test_a_sum_of_nothing_known_is_unknown() -> None:
    assert Sum(Decimal("0.00"), 2, 0, 2).value is None


def test_a_file_without_abatement_leaves_the_ratio_out() -> None:
    sums = worked()
    unknown = Sum(Decimal("0.00"), 1, 0, 1)
    line = figures(replace(sums, of_files={**(sums.of_files or {}), "abatement": unknown}))
    assert (line.abatement, line.justified_rate, line.gap, line.coverage_rate) == (None, None, None, None)


def test_zero_dwellings_give_no_amount_per_dwelling() -> None:
    sums = worked()
    none = {"abated_dwellings": Sum(0, 1, 1), "dwellings": Sum(0, 1, 1)}
    line = figures(replace(sums, of_files={**(sums.of_files or {}), **none}))
    assert (line.abated_dwellings, line.valued_per_dwelling) == (0, None)
    assert (line.dwellings, line.actual_cost_per_dwelling) == (0, None)


def test_a_file_whose_dwellings_are_unknown_leaves_the_amount_per_dwelling_out() -> None:
    """Two files, one of 400 dwellings, the other unknown: 60 000 ÷ 400 would count one file's money on the other's
    dwellings."""
    sums = worked()
    line = figures(replace(sums, of_files={**(sums.of_files or {}), "dwellings": Sum(400, 2, 1, 1)}))
    assert (line.dwellings, line.actual_cost_per_dwelling) == (400, None)
    assert line.valued_per_dwelling == Decimal("122.86")


@pytest.mark.parametrize("spent", ["0.00", "-10.00"])
def test_nothing_spent_is_covered_by_nothing(spent: str) -> None:
    sums = worked()
    line = figures(replace(sums, amounts={**sums.amounts, "actual_cost": known(spent)}))
    assert line.coverage_rate is None
    # 0 ÷ 400 = 0 and −10 ÷ 400 = −0,025, half away from zero: an amount per dwelling is known.
    assert line.actual_cost_per_dwelling == {"0.00": Decimal("0.00"), "-10.00": Decimal("-0.03")}[spent]


def test_a_tiny_negative_ratio_has_no_sign() -> None:
    """−0,01 ÷ 90 000 rounds to zero: « −0,0000 » would be a third writing of the same number."""
    assert str(ratio(known("-0.01"), known("90000.00"))) == "0.0000"


def test_axis_lines_have_no_figure_of_a_whole_file() -> None:
    line = figures(replace(worked(), of_files=None))
    assert (line.dwellings, line.abated_dwellings, line.abatement) == (None, None, None)
    assert (line.justified_rate, line.valued_per_dwelling, line.gap) == (None, None, None)
    assert (line.actual_cost_per_dwelling, line.coverage_rate) == (None, None)
    assert line.valuation_rate == Decimal("0.7167")


cents = st.integers(min_value=-(10**9), max_value=10**9).map(lambda value: Decimal(value) / 100)


@given(part=cents, whole=cents)
def test_a_ratio_is_unknown_or_within_half_a_step(part: Decimal, whole: Decimal) -> None:
    found = ratio(Sum(part, 1, 1), Sum(whole, 1, 1))
    if whole <= 0:
        assert found is None
    else:
        assert found is not None
        assert abs(found - part / whole) <= Decimal("0.00005")


# -- totals --------------------------------------------------------------------------------------------------------


def test_groups_that_add_up_show_no_difference() -> None:
    line = figures(worked())
    axis = figures(replace(worked(), of_files=None))
    assert differences(line, {"landlord": [line], "axis": [axis]}, [Decimal("0.00")]) == []


@pytest.mark.parametrize("name", ["files", "actions", "dwellings", "abatement", "actual_cost", "valued_amount"])
def test_one_wrong_subtotal_is_named(name: str) -> None:
    line = figures(worked())
    wrong = replace(line, **{name: getattr(line, name) + 1})
    assert differences(line, {"landlord": [line], "city": [wrong]}, [Decimal("0.00")]) == [("city", name)]


def test_sources_that_miss_a_cent_are_named() -> None:
    line = figures(worked())
    assert differences(line, {"landlord": [line]}, [Decimal("0.01")]) == [("source", "other_funding")]


# -- checks --------------------------------------------------------------------------------------------------------

FILE = FileFacts(
    name="Bagneux, Bailleur A",
    status="verified",
    counted=True,
    link="/tfpb/dossiers/1",
    dwellings=400,
    abated_dwellings=350,
    abatement_estimated=Decimal("57000.00"),
    abatement_actual=Decimal("58000.00"),
    actions=2,
)
SOUND = Facts(
    year=2026,
    files=[FILE],
    landlords=[LandlordFacts("Bailleur A", Decimal("1.0000"), Decimal("0.00"))],
    signatures=[Signature("Bagneux, Bailleur A", None)],
)


def with_file(**changes: Any) -> Facts:
    return replace(SOUND, files=[FILE, replace(FILE, **changes)])


def with_fault(code: str) -> Facts:
    return replace(SOUND, faults=[ActionFault(code, FILE.name, "Gardiennage", FILE.link)])


CORRUPTED = {
    "nothing_due": replace(SOUND, files=[]),
    "files_missing": with_file(status="draft", counted=False),
    "files_returned": with_file(status="to_correct", counted=False),
    "actual_unbalanced": with_fault("unbalanced"),
    "valued_above_actual": with_fault("valued_above_actual"),
    "totals_differ": replace(SOUND, differences=["par ville, abattement"]),
    "rows_differ": replace(SOUND, recounted=["dépense réalisée"]),
    "grants_differ": replace(SOUND, grants=["par source"]),
    "negative_unexplained": with_file(faults={"negative_unexplained": 1}),
    "axis_closed": with_file(faults={"axis_closed": 2}),
    "no_baseline": with_file(faults={"no_baseline": 2}),
    "result_missing": with_file(faults={"result_missing": 1}),
    "not_seen": with_file(faults={"not_seen": 1}),
    "indicator_untargeted": with_file(faults={"indicator_untargeted": 3}),
    "file_under_justified": with_file(lacking=Decimal("500.00"), made_up_for=True),
    "carry_over_excess": with_file(lacking=Decimal("100.00"), carried_over=Decimal("100.01")),
    "valued_above_share": with_fault("valued_above_share"),
    "amounts_unknown": with_file(unknown=["dépense réalisée"]),
    "abatement_unknown": with_file(abatement_estimated=None, abatement_actual=None),
    "dwellings_unknown": with_file(dwellings=None),
    "dwellings_zero": with_file(abated_dwellings=0),
    "no_action": with_file(actions=0),
    "under_justified": replace(SOUND, landlords=[LandlordFacts("B", Decimal("0.7414"), Decimal("-15000.00"))]),
    "convention_unsigned": replace(SOUND, signatures=[Signature("Sceaux, B", "Convention signée trop tard.")]),
    "convention_undeclared": replace(SOUND, signatures=[Signature("Sceaux, B", None, declared="Sans date.")]),
    "convention_overlap": replace(SOUND, signatures=[Signature("Sceaux, B", None, overlaps=True)]),
    "evidence_missing": with_file(unproven=2),
    "participation_missing": with_file(missing_stages=["Bilan annuel"]),
    "abatement_estimated": with_file(abatement_actual=None),
    "files_unverified": with_file(status="submitted"),
    "axes_idle": replace(SOUND, idle_axes=["2 Formation"]),
}


def test_a_sound_sheet_opens_no_check() -> None:
    found = checks(SOUND)
    order = list(SEVERITIES)
    assert [check.code for check in found] == [
        rule.code for rule in sorted(CHECKS, key=lambda rule: order.index(rule.severity))
    ]
    assert all(check.ok and check.link is None for check in found)


def test_every_check_has_its_corruption_and_its_word() -> None:
    codes = {rule.code for rule in CHECKS}
    assert set(CORRUPTED) == codes
    assert codes | {rule.code for rule in CHECKS_BESIDE} == set(CHECK_WORDS)


@pytest.mark.parametrize("code", CORRUPTED)
def test_each_corruption_turns_its_check_alone_red(code: str) -> None:
    assert {check.code for check in checks(CORRUPTED[code]) if not check.ok} == {code}


def test_each_thing_to_mend_has_its_own_line_and_link() -> None:
    facts = replace(SOUND, files=[replace(FILE, name=name, status=None, counted=False, link=name) for name in "AB"])
    missing = [check for check in checks(facts) if check.code == "files_missing"]
    assert [(check.ok, check.message, check.link) for check in missing] == [
        (False, "A\u00a0: aucun bilan déposé.", "A"),
        (False, "B\u00a0: aucun bilan déposé.", "B"),
    ]


def test_the_shortfall_is_told_as_a_french_reader_writes_it() -> None:
    found = next(check for check in checks(CORRUPTED["under_justified"]) if not check.ok)
    expected = "B\u00a0: 74,1\u00a0% de l’abattement justifié, il manque 15\u202f000,00\u00a0€."
    assert found.message == expected


def test_many_faulty_actions_of_a_file_are_counted_not_listed() -> None:
    faults = [ActionFault("unbalanced", "A", f"Action {number}") for number in range(5)]
    message = next(check for check in checks(replace(SOUND, faults=faults)) if not check.ok).message
    assert "et 2 autres" in message
    assert "Action 3" not in message


def test_only_error_level_checks_ask_for_a_reason() -> None:
    errors = {code for code, facts in CORRUPTED.items() if open_errors(checks(facts))}
    assert errors == {rule.code for rule in CHECKS if rule.severity == "error"}


def test_one_action_and_several_are_told_in_their_number() -> None:
    one, many = (
        next(check.message for check in checks(with_file(faults={"not_seen": count})) if not check.ok)
        for count in (1, 2)
    )
    assert "1 action déclarée réalisée, mais" in one
    assert "2 actions déclarées réalisées, mais" in many


def test_a_shortfall_nobody_makes_up_for_is_told_by_landlord_alone() -> None:
    found = checks(with_file(lacking=Decimal("500.00"), made_up_for=False))
    assert [check.code for check in found if not check.ok] == []


# -- beside --------------------------------------------------------------------------------------------------------

PROJECT = ProjectFacts("École", "Sceaux", "/projets/1", "/projets?city_id=4")
BESIDE = BesideFacts(
    2026,
    evaluated=True,
    planned=True,
    evaluation_link="/bilan/ici/2026#evaluation",
    meetings_link="/bilan/reunions",
    unpresented=[],
    projects=[PROJECT],
)


def with_project(**changes: Any) -> BesideFacts:
    return replace(BESIDE, projects=[PROJECT, replace(PROJECT, **changes)])


MISSING = {
    "evaluation_missing": replace(BESIDE, evaluated=False),
    "meeting_missing": replace(BESIDE, planned=False),
    "programme_missing": replace(BESIDE, unpresented=[Unpresented("B", ["Sceaux"], "/tfpb?year=2027")]),
    "project_below_floor": with_project(alerts=[("owner_share_below_floor", "Sous le plancher.")]),
    "project_over_funded": with_project(alerts=[("over_funded", "En trop.")]),
    "project_deadline_passed": with_project(alerts=[("deadline_passed", "CAF : dépassée.")]),
    "project_cumulation": with_project(alerts=[("department_cumulation", "Ne se cumule pas.")]),
    "project_deadline_near": with_project(alerts=[("deadline_near", "Approche.")]),
    "project_unbalanced": with_project(alerts=[("unbalanced", "À équilibrer.")]),
    "project_no_cost": with_project(alerts=[("no_cost", "Inconnu.")]),
    "project_unbudgeted": with_project(budgeted=False),
}


def test_a_sound_dossier_opens_no_check() -> None:
    found = checks_beside(BESIDE)
    assert {check.code for check in found} == {rule.code for rule in CHECKS_BESIDE} == set(MISSING)
    assert all(check.ok and check.link is None for check in found)


@pytest.mark.parametrize("code", MISSING)
def test_each_missing_piece_turns_its_check_alone_red(code: str) -> None:
    red = [check for check in checks_beside(MISSING[code]) if not check.ok]
    assert [check.code for check in red] == [code]
    assert red[0].link


def test_what_is_not_asked_of_a_reader_has_no_line_at_all() -> None:
    assert checks_beside(BesideFacts(2026)) == []


def test_a_city_s_projects_are_told_in_one_line() -> None:
    projects = [replace(PROJECT, title=f"Projet {number}", alerts=[("no_cost", "x")]) for number in range(5)]
    red = [check for check in checks_beside(replace(BESIDE, projects=projects)) if not check.ok]
    named = ", ".join(f"«\u00a0Projet {number}\u00a0»" for number in range(3))
    assert [(check.message, check.link) for check in red] == [
        (f"Sceaux\u00a0: 5 projets sans coût ({named} et 2 autres).", "/projets?city_id=4")
    ]


# -- years, references ---------------------------------------------------------------------------------------------


def test_the_years_together_have_no_number_of_dwellings() -> None:
    line = figures(worked())
    together = cumulated(line)
    assert (together.dwellings, together.abated_dwellings) == (None, None)
    assert (together.valued_per_dwelling, together.actual_cost_per_dwelling) == (None, None)
    assert together.coverage_rate == Decimal("0.9667")  # 58 000 ÷ 60 000: a ratio of the sums
    assert (
        replace(
            together,
            dwellings=line.dwellings,
            abated_dwellings=line.abated_dwellings,
            valued_per_dwelling=line.valued_per_dwelling,
            actual_cost_per_dwelling=line.actual_cost_per_dwelling,
        )
        == line
    )


@pytest.mark.parametrize("high, wrong", [(None, False), ("1.4", False), ("1.3", True), ("1.299999", True)])
def test_a_range_goes_up(high: str | None, wrong: bool) -> None:
    errors = reference_errors(Decimal("1.300000"), None if high is None else Decimal(high))
    assert [error.field for error in errors] == (["high"] if wrong else [])
    if wrong:
        assert "au-dessus de 1,3 (valeur)" in errors[0].message
