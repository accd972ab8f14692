"""Each check, one stored value corrupted: that check alone turns red, and says where to mend it."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests import builders as make
from tracker.balance.commands import freeze_edition
from tracker.balance.models import Evaluation, Meeting
from tracker.balance.queries import facts, recount
from tracker.balance.queries import sheet as sheet_queries
from tracker.balance.queries.action_faults import action_faults
from tracker.balance.queries.content import read_sheet
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.rules import CHECKS, CHECKS_BESIDE
from tracker.extensions import db
from tracker.funding.models import Grant
from tracker.investment.models import BudgetYear, OwnerShareFloor
from tracker.policy import COORDINATOR, COPIL, LANDLORD, SYSTEM
from tracker.tfpb.models import Axis
from tracker.tfpb.rules import STAGES, ActionFacts, action_alerts


@dataclass
class Sound:
    """A contract-year in which every check holds.

    A landlord with two files: one of eight actions, one per axis, in the first city; a small one in the second. Next
    year's programmes are presented, the evaluation is written, a COPIL is planned, the project's plan is balanced.
    """

    contract: Any
    where: Any
    convention: Any
    second: Any
    file: Any
    small: Any
    actions: list[Any]
    moments: list[Any]
    grant: Any
    proofs: list[Any]
    carry_over: Any
    next_file: Any
    evaluation: Any
    meeting: Any
    project: Any
    project_grant: Any
    budget: Any

    def red(self, role: str = COORDINATOR, **where: Any) -> dict[str, list[Any]]:
        """code → the lines of the checks that do not hold."""
        found: dict[str, list[Any]] = {}
        for check in self.sheet(role, **where).checks:
            if not check.ok:
                found.setdefault(check.code, []).append(check)
        return found

    def sheet(self, role: str = COORDINATOR, **where: Any) -> Any:
        """The live sheet, as this role reads it."""
        db.session.expire_all()
        return balance_sheet(make.actor(role, self.contract, **where), self.contract.code, 2026)


@pytest.fixture
def sound(blank: Flask) -> Sound:
    make.nomenclature()
    db.session.query(Axis).filter_by(number=8).one().outside_renewal = True
    contract = make.contract()
    where = make.neighbourhood(contract)
    owner = make.landlord()
    convention = make.convention(contract, owner)
    second = make.convention(contract, owner, contract.cities[1])
    file = make.tfpb_file(convention, where, 2026, status="verified", abatement_actual=Decimal("6000.00"))
    small = make.tfpb_file(second, where, 2026, status="verified", abatement_actual=Decimal("500.00"))
    actions = [make.action(file, axis=axis) for axis in range(1, 9)]
    actions.append(make.action(small, axis=1))
    grant = make.grant(actions[0], awarded=Decimal("300.00"))
    actions[0].landlord_share = Decimal("700.00")
    actions[0].valued_amount = Decimal("600.00")
    told = {"status": "done", "result": "Halls repris", "indicator": "Passages", "indicator_target": "12"}
    for name, value in told.items():
        setattr(actions[1], name, value)
    proofs = [make.document(action) for action in actions]
    moments = [make.participation(one, stage) for one in (file, small) for stage in STAGES]
    carry_over = make.carry_over(file, archived_at=make.clock.now())
    coming = [make.tfpb_file(one, where, 2027, programme_status="validated") for one in (convention, second)]
    evaluation = make.save(Evaluation(contract_id=contract.id, year=2026, content="Une bonne année."))
    meeting = make.save(Meeting(contract_id=contract.id, kind="copil", held_on=date(2027, 6, 17)))
    scheme = make.scheme(exclusive=True)
    project = make.project(
        contract, title="École", status="works", cost_excl_tax=Decimal("100000.00"), self_funding=Decimal("40000.00")
    )
    project_grant = make.grant(
        project, scheme, awarded=Decimal("60000.00"), status="started", lapses_on=date(2030, 1, 1)
    )
    make.save(OwnerShareFloor(regime="standard", floor_rate=Decimal("0.2"), valid_from=date(2012, 1, 1), source="x"))
    # Of the same funder as the exclusive scheme, but refused: alive again, it would be cumulated.
    make.grant(project, scheme.funder, status="refused")
    budget = make.save(BudgetYear(project_id=project.id, year=2026, planned=Decimal("50000.00")))
    db.session.commit()
    return Sound(
        contract,
        where,
        convention,
        second,
        file,
        small,
        actions,
        moments,
        grant,
        proofs,
        carry_over,
        coming[0],
        evaluation,
        meeting,
        project,
        project_grant,
        budget,
    )


def test_the_sound_year_is_sound(sound: Sound) -> None:
    assert sound.red() == {}
    assert {check.code for check in sound.sheet().checks} == {rule.code for rule in (*CHECKS, *CHECKS_BESIDE)}


def corrupt(row: str, **values: Any) -> Callable[[Sound], None]:
    def act(sound: Sound) -> None:
        target = getattr(sound, row)
        target = target[1] if isinstance(target, list) else target
        for name, value in values.items():
            setattr(target, name, value)

    return act


def another_file(sound: Sound) -> Any:
    owed = make.convention(
        sound.contract, make.landlord(name="Bailleur attendu"), sound.contract.cities[1], last_year=2026
    )
    return make.tfpb_file(owed, sound.where, 2026)


def no_convention(sound: Sound) -> None:
    for convention, file in ((sound.convention, sound.file), (sound.second, sound.small)):
        convention.first_year = 2027
        file.archived_at = make.clock.now()


def returned(sound: Sound) -> None:
    another_file(sound).status = "to_correct"


def archive_actions(sound: Sound) -> None:
    for action in sound.actions:
        action.archived_at = make.clock.now()
    sound.file.abatement_actual = sound.small.abatement_actual = Decimal("0.00")


def needs_baseline(sound: Sound) -> None:
    db.session.query(Axis).filter_by(number=3).one().needs_baseline = True


def second_aid(sound: Sound) -> None:
    """The refused aid of the exclusive scheme's own funder is filed again."""
    db.session.query(Grant).filter_by(status="refused").one().status = "filed"


CORRUPTIONS: dict[str, Callable[[Sound], Any]] = {
    "nothing_due": no_convention,
    "files_missing": another_file,
    "files_returned": returned,
    "actual_unbalanced": corrupt("actions", landlord_share=Decimal("1000.01")),
    "valued_above_actual": corrupt("actions", valued_amount=Decimal("1000.01")),
    "valued_above_share": lambda sound: setattr(sound.actions[0], "valued_amount", Decimal("700.01")),
    "negative_unexplained": corrupt("actions", planned_cost=Decimal("-0.01")),
    "axis_closed": corrupt("where", urban_renewal=True),
    "amounts_unknown": corrupt("actions", valued_amount=None),
    "abatement_unknown": corrupt("file", abatement_actual=None, abatement_estimated=None),
    "dwellings_unknown": corrupt("file", dwellings=None, abated_dwellings=None),
    "dwellings_zero": corrupt("file", abated_dwellings=0),
    "no_action": archive_actions,
    "under_justified": corrupt("file", abatement_actual=Decimal("8100.01")),
    "file_under_justified": corrupt("small", abatement_actual=Decimal("1000.01")),
    "carry_over_excess": corrupt("carry_over", archived_at=None),
    "convention_unsigned": corrupt("convention", signed_on=date(2026, 1, 2)),
    "convention_undeclared": corrupt("convention", declared_on=date(2026, 1, 2)),
    "convention_overlap": lambda sound: setattr(sound.second, "city_id", sound.convention.city_id),
    "evidence_missing": corrupt("proofs", archived_at=make.clock.now()),
    "no_baseline": needs_baseline,
    "result_missing": corrupt("actions", result=None),
    "not_seen": corrupt("actions", observation="not_seen"),
    "indicator_untargeted": corrupt("actions", indicator_target=None),
    "participation_missing": corrupt("moments", stage="diagnosis"),
    "abatement_estimated": corrupt("file", abatement_actual=None, abatement_estimated=Decimal("6000.00")),
    "files_unverified": corrupt("file", status="submitted"),
    "axes_idle": corrupt("actions", axis=1),
    "evaluation_missing": corrupt("evaluation", content=None),
    "meeting_missing": corrupt("meeting", kind="cotech"),
    "programme_missing": corrupt("next_file", programme_status="proposed"),
    "project_below_floor": corrupt("project_grant", awarded=Decimal("90000.00")),
    "project_over_funded": corrupt("project", self_funding=Decimal("40000.01")),
    "project_unbalanced": corrupt("project", self_funding=Decimal("39999.99")),
    "project_no_cost": corrupt("project", cost_excl_tax=None),
    "project_cumulation": second_aid,
    "project_deadline_passed": corrupt("project_grant", lapses_on=date(2026, 11, 1)),
    "project_deadline_near": corrupt("project_grant", lapses_on=date(2026, 12, 1)),
    "project_unbudgeted": corrupt("budget", year=2025),
}
# Pairs that one value cannot tell apart: actions on no axis leave all the axes idle as well; an owner who pays too
# little was given too much.
TOGETHER = {
    "no_action": {"no_action", "axes_idle"},
    "project_below_floor": {"project_below_floor", "project_over_funded"},
}


@pytest.mark.parametrize("code", CORRUPTIONS)
def test_one_corrupted_value_turns_its_check_alone_red(sound: Sound, code: str) -> None:
    CORRUPTIONS[code](sound)
    db.session.commit()
    assert set(sound.red()) == TOGETHER.get(code, {code})


# The application's own sums: no stored value can break them (see below, and test_rules).
OF_SUMS = {"totals_differ", "rows_differ", "grants_differ"}


def test_every_check_of_stored_values_is_corrupted() -> None:
    assert {rule.code for rule in (*CHECKS, *CHECKS_BESIDE)} - set(CORRUPTIONS) == OF_SUMS


def test_a_total_that_its_rows_do_not_make_is_told(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement of the recount that forgets a cent: the check compares two computations that share nothing."""
    found = recount.recount([sound.file.id, sound.small.id])
    wrong = replace(found, figures={**found.figures, "valued_amount": Decimal("8599.99")})
    monkeypatch.setattr(facts, "recount", lambda _files: wrong)
    red = sound.red()
    assert set(red) == {"rows_differ"}
    assert "dépense valorisée TFPB" in red["rows_differ"][0].message


def test_awards_that_do_not_make_a_file_s_other_funding_are_told(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recount.recount([sound.file.id, sound.small.id])
    assert found.grants == {sound.file.id: Decimal("300.00")}
    monkeypatch.setattr(facts, "recount", lambda _files: replace(found, grants={}))
    red = sound.red()
    assert set(red) == {"grants_differ"}
    assert sound.contract.cities[0].name in red["grants_differ"][0].message


def test_lines_that_do_not_make_the_total_are_told(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sheet_queries._actions
    monkeypatch.setattr(sheet_queries, "_actions", lambda counted: real(counted)[1:])
    assert set(sound.red()) == {"rows_differ"}


def test_projects_are_checked_for_those_who_read_them_alone(sound: Sound) -> None:
    sound.project.cost_excl_tax = None
    sound.evaluation.content = None
    sound.next_file.programme_status = "proposed"
    db.session.commit()
    told = {check.code for check in sound.sheet(LANDLORD, of_landlord=sound.convention.landlord).checks}
    assert not {code for code in told if code.startswith("project_")}
    # The contract's own pieces are not a landlord's; its programme is.
    assert {"evaluation_missing", "meeting_missing"}.isdisjoint(told)
    red = sound.red(LANDLORD, of_landlord=sound.convention.landlord)
    assert set(red) == {"programme_missing"}
    assert {"project_no_cost", "evaluation_missing", "programme_missing"} == set(sound.red(COPIL))


def test_an_edition_has_the_checks_of_the_projects_and_its_own_meeting(sound: Sound) -> None:
    sound.project.cost_excl_tax = None
    sound.meeting.held_on = date(2028, 1, 12)  # late, but it is the committee this edition is frozen for
    db.session.commit()
    edition = freeze_edition(SYSTEM, sound.contract.code, 2026, sound.meeting.id)
    red = {check.code for check in read_sheet(edition.content).checks if not check.ok}
    assert red == {"project_no_cost"}


def test_nothing_of_the_plan_asks_for_a_reason_to_freeze() -> None:
    assert {rule.severity for rule in CHECKS_BESIDE} == {"warning", "info"}


@pytest.mark.parametrize("seed", range(4))
def test_faults_counted_by_the_database_are_those_of_the_rule(blank: Flask, seed: int) -> None:
    """``action_faults`` says in SQL what ``tfpb.rules.action_alerts`` says of each action."""
    chance = random.Random(seed)
    make.nomenclature()
    axes = {axis.number: axis for axis in db.session.query(Axis)}
    for axis in axes.values():
        axis.needs_baseline, axis.outside_renewal = chance.random() < 0.5, chance.random() < 0.5
    contract = make.contract()
    places = [make.neighbourhood(contract, urban_renewal=renewal) for renewal in (True, False)]
    expected: dict[int, Counter[str]] = {}
    for place in places:
        file = make.tfpb_file(make.convention(contract, make.landlord()), place, 2026, status="submitted")
        based = {chance.randrange(1, 9) for _ in range(3)}
        for number in based:
            make.baseline(file, axis=number)
        found = expected.setdefault(file.id, Counter())
        for _ in range(12):
            values = {
                "axis": chance.randrange(1, 9),
                "status": chance.choice(["planned", "done", "partial", "abandoned"]),
                "planned_cost": chance.choice([None, Decimal("-1.00"), Decimal("0.00"), Decimal("5.00")]),
                "valued_amount": chance.choice([None, Decimal("-2.00"), Decimal("5.00")]),
                "result": chance.choice([None, "", "Fait"]),
                "indicator": chance.choice([None, "", "Passages"]),
                "indicator_target": chance.choice([None, "", "12"]),
                "indicator_actual": chance.choice([None, "", "9"]),
                "observation": chance.choice([None, "seen", "not_seen"]),
                "correction_reason": chance.choice([None, "", "Trop déclaré"]),
            }
            action = make.action(file, **values)
            number = values["axis"]
            alerts = action_alerts(
                ActionFacts(
                    **values,
                    planned_valued=action.planned_valued,
                    actual_cost=action.actual_cost,
                    landlord_share=action.landlord_share,
                    axis_closed=axes[number].outside_renewal and place.urban_renewal,
                    no_baseline=axes[number].needs_baseline and number not in based,
                )
            )
            found.update(alert.code for alert in alerts)
    counted = action_faults(list(expected))
    codes = {"negative_unexplained", "axis_closed", "no_baseline", "result_missing", "not_seen", "indicator_untargeted"}
    assert counted == {
        file: {code: count for code, count in found.items() if code in codes} for file, found in expected.items()
    }


def test_a_check_names_the_file_and_links_to_it(sound: Sound) -> None:
    sound.actions[1].actual_cost = Decimal("1234.00")
    sound.actions[1].title = "Gardiennage"
    db.session.commit()
    check = sound.red()["actual_unbalanced"][0]
    assert check.severity == "error"
    assert "Gardiennage" in check.message
    assert sound.contract.cities[0].name in check.message
    assert check.link == f"/tfpb/dossiers/{sound.file.id}#actions"


def test_an_award_without_amount_is_told_and_the_balance_of_its_action_is_not_judged(sound: Sound) -> None:
    sound.grant.awarded = None
    db.session.commit()
    red = sound.red()
    assert set(red) == {"amounts_unknown"}
    assert "autre financement" in red["amounts_unknown"][0].message
