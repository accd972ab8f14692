"""Each check, one stored value corrupted: that check alone turns red, and says where to mend it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests import builders as make
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.rules import CHECKS
from tracker.extensions import db
from tracker.policy import COORDINATOR
from tracker.tfpb.rules import STAGES


@dataclass
class Sound:
    """A contract-year in which every check holds: one file of eight actions, one per axis."""

    contract: Any
    where: Any
    convention: Any
    file: Any
    actions: list[Any]
    moments: list[Any]
    grant: Any
    proofs: list[Any]

    def red(self) -> dict[str, list[Any]]:
        """code → the lines of the checks that do not hold."""
        db.session.expire_all()
        found: dict[str, list[Any]] = {}
        sheet = balance_sheet(make.actor(COORDINATOR, self.contract), self.contract.code, 2026)
        for check in sheet.checks:
            if not check.ok:
                found.setdefault(check.code, []).append(check)
        return found


@pytest.fixture
def sound(blank: Flask) -> Sound:
    make.nomenclature()
    contract = make.contract()
    where = make.neighbourhood(contract)
    convention = make.convention(contract, make.landlord())
    file = make.tfpb_file(convention, where, 2026, status="verified", abatement_actual=Decimal("6000.00"))
    actions = [make.action(file, axis=axis) for axis in range(1, 9)]
    grant = make.grant(actions[0], awarded=Decimal("300.00"))
    actions[0].landlord_share = Decimal("700.00")
    actions[0].valued_amount = Decimal("600.00")
    proofs = [make.document(action) for action in actions]
    moments = [make.participation(file, stage) for stage in STAGES]
    db.session.commit()
    return Sound(contract, where, convention, file, actions, moments, grant, proofs)


def test_the_sound_year_is_sound(sound: Sound) -> None:
    assert sound.red() == {}


def corrupt(row: str, **values: Any) -> Callable[[Sound], None]:
    def act(sound: Sound) -> None:
        target = getattr(sound, row)
        target = target[1] if isinstance(target, list) else target
        for name, value in values.items():
            setattr(target, name, value)

    return act


def another_file(sound: Sound) -> Any:
    owed = make.convention(sound.contract, make.landlord(name="Bailleur attendu"), sound.contract.cities[1])
    return make.tfpb_file(owed, sound.where, 2026)


def no_convention(sound: Sound) -> None:
    sound.convention.first_year = 2027
    sound.file.archived_at = make.clock.now()


def returned(sound: Sound) -> None:
    another_file(sound).status = "to_correct"


def archive_actions(sound: Sound) -> None:
    for action in sound.actions:
        action.archived_at = make.clock.now()
    sound.file.abatement_actual = Decimal("0.00")


CORRUPTIONS: dict[str, Callable[[Sound], Any]] = {
    "nothing_due": no_convention,
    "files_missing": another_file,
    "files_returned": returned,
    "actual_unbalanced": corrupt("actions", landlord_share=Decimal("1000.01")),
    "valued_above_actual": corrupt("actions", valued_amount=Decimal("1000.01")),
    "valued_above_share": lambda sound: setattr(sound.actions[0], "valued_amount", Decimal("700.01")),
    "amounts_unknown": corrupt("actions", valued_amount=None),
    "abatement_unknown": corrupt("file", abatement_actual=None, abatement_estimated=None),
    "dwellings_unknown": corrupt("file", dwellings=None, abated_dwellings=None),
    "dwellings_zero": corrupt("file", abated_dwellings=0),
    "no_action": archive_actions,
    "under_justified": corrupt("file", abatement_actual=Decimal("7600.01")),
    "convention_unsigned": corrupt("convention", signed_on=date(2026, 1, 2)),
    "evidence_missing": corrupt("proofs", archived_at=make.clock.now()),
    "participation_missing": corrupt("moments", stage="diagnosis"),
    "abatement_estimated": corrupt("file", abatement_actual=None, abatement_estimated=Decimal("6000.00")),
    "files_unverified": corrupt("file", status="submitted"),
    "axes_idle": corrupt("actions", axis=1),
}
# Actions on no axis leave all the axes idle as well: the only pair that cannot be told apart by one value.
TOGETHER = {"no_action": {"no_action", "axes_idle"}}


@pytest.mark.parametrize("code", CORRUPTIONS)
def test_one_corrupted_value_turns_its_check_alone_red(sound: Sound, code: str) -> None:
    CORRUPTIONS[code](sound)
    db.session.commit()
    assert set(sound.red()) == TOGETHER.get(code, {code})


def test_every_check_of_stored_values_is_corrupted() -> None:
    """``totals_differ`` guards the application's own sums: no stored value can break it (see test_rules)."""
    assert {rule.code for rule in CHECKS} - set(CORRUPTIONS) == {"totals_differ"}


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
