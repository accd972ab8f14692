"""The sums of the lists, against the same figures added up in Python; the number of queries, whatever the rows."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from tests import builders as build
from tests.counting import count_queries
from tests.tfpb.conftest import API, World
from tracker.extensions import db
from tracker.policy import SYSTEM
from tracker.tfpb import rules
from tracker.tfpb.models import Action, TfpbFile
from tracker.tfpb.queries import actions, files

AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "valued_amount")


def some_amount(chance: Random) -> Decimal | None:
    return chance.choice([None, Decimal(0), Decimal(chance.randint(-50_000, 900_000)) / 100])


@pytest.fixture
def filled(world: World) -> World:
    """Files with 0 to 4 actions of 0 to 3 grants each, unknown amounts, corrections, archived rows."""
    chance = Random(20261121)
    for year in (2025, 2026, 2027):
        for convention in (world.convention, world.other_convention):
            abatement = chance.choice([None, Decimal(0), Decimal(chance.randint(1, 5_000_000)) / 100])
            file = world.file(
                year,
                convention=convention,
                status=chance.choice(["draft", "submitted"]),
                dwellings=chance.choice([None, 200]),
                abatement_actual=abatement,
                abatement_estimated=chance.choice([None, Decimal("30000.00")]),
            )
            for number in range(chance.randint(0, 4)):
                archived = build.clock.now() if number == 3 else None
                action = world.action(file, archived_at=archived, **{name: some_amount(chance) for name in AMOUNTS})
                for _ in range(chance.randint(0, 3)):
                    status = chance.choice(["awarded", "closed", "filed", "lapsed"])
                    amount = some_amount(chance)
                    awarded = None if amount is None or status == "filed" else abs(amount)
                    world.grant(action, status=status, awarded=awarded)
    return world


def house_sum(values: list[Decimal | None]) -> tuple[Decimal | None, int]:
    known = [value for value in values if value is not None]
    return (sum(known, Decimal(0)) if known or not values else None), len(values) - len(known)


def other_funding(action: Action) -> tuple[Decimal | None, int]:
    grants = db.session.scalars(db.select(build.Grant).where(build.Grant.financing_id == action.financing_id)).all()
    counted = [grant.awarded for grant in grants if grant.archived_at is None and grant.status in ("awarded", "closed")]
    return house_sum(counted)


def by_hand(file: TfpbFile) -> dict[str, Any]:
    """The figures of one file, added up in Python."""
    statement = db.select(Action).where(Action.file_id == file.id, Action.archived_at.is_(None))
    rows = db.session.scalars(statement).all()
    found: dict[str, Any] = {name: house_sum([getattr(row, name) for row in rows]) for name in AMOUNTS}
    others = [other_funding(row) for row in rows]
    found["other_funding"] = (house_sum([value for value, _ in others])[0], sum(unknown for _, unknown in others))
    found["actions"] = len(rows)
    found["missing"] = len(rules.missing_values(file, rows))
    valued, skipped = found["valued_amount"]
    abatement = file.abatement_estimated if file.abatement_actual is None else file.abatement_actual
    found["justified_rate"] = None
    if valued is not None and not skipped and abatement:
        found["justified_rate"] = (valued / abatement).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return found


def test_the_sums_of_each_file(filled: World):
    with filled.app.app_context():
        lines = files.files(SYSTEM, {"page_size": None}).items
        assert len(lines) == 6
        for line in lines:
            expected = by_hand(line.file)
            for name in files.AMOUNTS:
                assert (line.amounts[name], line.unknown[name]) == expected[name], name
            for name in ("actions", "missing", "justified_rate"):
                assert getattr(line, name) == expected[name], name
            assert files.file_line(line.id).amounts == line.amounts


@pytest.mark.parametrize("filters", [{}, {"year": 2026}, {"status": "submitted"}, {"year": 2029}])
def test_the_totals_are_those_of_the_lines_under_the_filters(filled: World, filters: dict[str, Any]):
    with filled.app.app_context():
        found = files.files(SYSTEM, {**filters, "page_size": 2})
        everything = files.files(SYSTEM, {**filters, "page_size": None}).items
        assert found.total == len(everything)
        assert len(found.items) == min(2, found.total)
        for name in files.AMOUNTS:
            assert found.totals.values[name] == house_sum([line.amounts[name] for line in everything])[0], name
            assert found.totals.unknown[name] == sum(line.unknown[name] > 0 for line in everything)
        assert found.totals.values["abatement"] == house_sum([line.abatement for line in everything])[0]
        assert found.totals.values["dwellings"] == house_sum([line.dwellings for line in everything])[0]
        assert found.totals.values["actions"] == sum(line.actions for line in everything)


@pytest.mark.parametrize("key", files.SORTS)
def test_every_sort_is_the_order_of_what_is_shown(filled: World, key: str):
    def shown(line: files.FileLine) -> Any:
        if key in ("landlord", "city"):
            return getattr(line.file.convention, key).name
        return line.file.neighbourhood.name if key == "neighbourhood" else getattr(line, key)

    with filled.app.app_context():
        for sort in (key, f"-{key}"):
            values = [shown(line) for line in files.files(SYSTEM, {"sort": sort, "page_size": None}).items]
            known = [value for value in values if value is not None]
            assert values == known + [None] * (len(values) - len(known))
            assert known == sorted(known, reverse=sort.startswith("-"))


def test_the_sort_by_valuation_rate_is_the_rule_s(filled: World):
    with filled.app.app_context():
        for line in files.files(SYSTEM, {"page_size": None}).items:
            for sort in ("valuation_rate", "-valuation_rate"):
                rates = [one.valuation_rate for one in actions.actions(line.file, {"sort": sort}).items]
                known = [rate for rate in rates if rate is not None]
                assert rates == known + [None] * (len(rates) - len(known))
                assert known == sorted(known, reverse=sort.startswith("-"))


def test_worked_totals_of_actions(world: World):
    file = world.file()
    # 48 000 + 36 500 = 84 500; spent 51 230.40 + 34 980 = 86 210.40; valued 46 107.36 + 31 482 = 77 589.36
    amounts = (("48000.00", "51230.40", "46107.36"), ("36500.00", "34980.00", "31482.00"))
    for planned, actual, valued in amounts:
        costs = {"planned_cost": Decimal(planned), "actual_cost": Decimal(actual), "valued_amount": Decimal(valued)}
        world.action(file, **costs)
    with world.app.app_context():
        row = db.session.get(TfpbFile, file)
        totals = actions.totals(actions.actions(row).items)
        assert totals.values["planned_cost"] == Decimal("84500.00")
        assert totals.values["actual_cost"] == Decimal("86210.40")
        assert totals.values["valued_amount"] == Decimal("77589.36")
        # 77 589.36 ÷ 86 210.40 = 0.90000…
        assert totals.values["valuation_rate"] == Decimal("0.9000")
        # 86 210.40 − 84 500
        assert totals.values["cost_gap"] == Decimal("1710.40")
        line = files.file_line(file)
        # 77 589.36 ÷ 30 000 = 2.58631…; 77 589.36 − 30 000
        assert (line.justified_rate, line.gap) == (Decimal("2.5863"), Decimal("47589.36"))
        assert line.completion_rate == Decimal("1.0202")  # 86 210.40 ÷ 84 500
    world.action(file, valued_amount=None, actual_cost=Decimal("10.00"))
    with world.app.app_context():
        row = db.session.get(TfpbFile, file)
        totals = actions.totals(actions.actions(row).items)
        assert (totals.values["valued_amount"], totals.unknown["valued_amount"]) == (Decimal("77589.36"), 1)
        assert totals.values["valuation_rate"] is None
        line = files.file_line(file)
        assert (line.justified_rate, line.gap) == (None, None)


def test_a_total_that_skipped_a_value_has_no_gap(world: World):
    file = world.file()
    world.action(file, planned_cost=Decimal("8600.00"), actual_cost=Decimal("8640.00"))
    world.action(file, planned_cost=Decimal("17400.00"), actual_cost=None)
    with world.app.app_context():
        totals = actions.totals(actions.actions(db.session.get(TfpbFile, file)).items)
    # 8 640 − 26 000 compares two actions with one; so does the 40.00 of the one that is known.
    assert (totals.values["cost_gap"], totals.unknown["cost_gap"]) == (None, 1)


def test_the_totals_of_actions_are_those_of_their_file(filled: World):
    with filled.app.app_context():
        for line in files.files(SYSTEM, {"page_size": None}).items:
            totals = actions.totals(actions.actions(line.file).items)
            for name in files.AMOUNTS:
                assert totals.values[name] == line.amounts[name]


def test_the_year_before(world: World):
    before, now = world.file(2025), world.file(2026)
    world.file(2025, convention=world.other_convention)
    with world.app.app_context():
        assert files.year_before(db.session.get(TfpbFile, now)).id == before
        assert files.year_before(db.session.get(TfpbFile, before)) is None


# -- the number of queries -----------------------------------------------------------------------------------------


def cost(world: World, path: str, role: str = "coordinator") -> int:
    client = world.api(role)
    with count_queries(world.app) as statements:
        assert client.get(path).status_code == 200
    return len(statements)


def test_lists_cost_the_same_number_of_queries_whatever_the_rows(world: World):
    file = world.file()
    world.grant(world.action(file), awarded=Decimal(1))
    paths = [f"{API}/tfpb-files", f"{API}/tfpb-files/{file}/actions", f"{API}/conventions"]
    before = [cost(world, path) for path in paths]
    with world.app.app_context():
        contract = db.session.get(build.Contract, world.contract)
        for year in range(2025, 2031):
            convention = build.convention(contract, build.landlord(), contract.cities[1])
            row = build.tfpb_file(convention, db.session.get(build.Neighbourhood, world.neighbourhood), year)
            for _ in range(3):
                build.grant(build.action(row), awarded=Decimal(1))
    for _ in range(20):
        world.grant(world.action(file), awarded=Decimal(1))
    assert [cost(world, path) for path in paths] == before
    assert max(before) <= 8
