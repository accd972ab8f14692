"""Where the financing bar and the gauge put their shapes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.web.drawings import Kind, Source, counterpart_gauge, financing_bar

COST = Decimal(1_000_000)


def test_sources_stand_end_to_end_and_what_nobody_pays_closes_the_bar() -> None:
    bar = financing_bar(
        [Source("DPV", Decimal(240_000)), Source("Ville", Decimal(300_000), "own")], COST, Decimal(200_000)
    )
    assert [(part.label, part.x, part.width) for part in bar.parts] == [
        ("DPV", "0.00%", "24.00%"),
        ("Ville", "24.00%", "30.00%"),
        ("Reste à financer", "54.00%", "46.00%"),
    ]
    assert (bar.state, bar.rest, bar.floor_x, bar.cost_x) == ("partial", Decimal(460_000), "80.00%", None)


def test_grants_come_first_then_loans_then_the_owner() -> None:
    kinds: list[Kind] = ["own", "loan", "grant"]
    bar = financing_bar([Source(kind, Decimal(1), kind) for kind in kinds], None)
    assert [part.series for part in bar.parts] == ["series-1", "loan", "own"]


def test_a_balanced_plan_leaves_nothing() -> None:
    bar = financing_bar([Source("DPV", COST)], COST)
    assert (bar.state, bar.rest, len(bar.parts)) == ("balanced", 0, 1)


def test_too_much_money_moves_the_scale_and_shows_the_excess() -> None:
    bar = financing_bar([Source("DPV", Decimal(1_250_000))], COST, Decimal(200_000))
    assert bar.state == "over_funded"
    assert (bar.parts[0].width, bar.cost_x, bar.excess_width, bar.floor_x) == ("100.00%", "80.00%", "20.00%", "64.00%")


@pytest.mark.parametrize("cost", [None, Decimal(0), Decimal(-5)])
def test_without_a_cost_sources_are_drawn_against_one_another(cost: Decimal | None) -> None:
    bar = financing_bar([Source("A", Decimal(75)), Source("B", Decimal(25))], cost, Decimal(10))
    assert (bar.state, bar.rest, bar.floor_x) == ("unknown_cost", None, None)
    assert [part.width for part in bar.parts] == ["75.00%", "25.00%"]


def test_an_unknown_amount_is_listed_and_not_drawn() -> None:
    bar = financing_bar([Source("A", None), Source("B", Decimal(0)), Source("C", Decimal(10))], Decimal(10))
    assert [part.width for part in bar.parts] == [None, None, "100.00%"]


def test_nothing_at_all() -> None:
    assert financing_bar([], None).parts == ()


@pytest.mark.parametrize("floor", [None, Decimal(0), COST])
def test_a_floor_that_forbids_nothing_or_everything_has_no_tick(floor: Decimal | None) -> None:
    assert financing_bar([], COST, floor).floor_x is None


@given(st.lists(st.decimals(Decimal("0.01"), Decimal(10_000_000), places=2), max_size=12), st.integers(1, 10_000_000))
def test_the_drawn_parts_fill_the_bar_exactly(amounts: list[Decimal], cost: int) -> None:
    bar = financing_bar([Source(str(index), amount) for index, amount in enumerate(amounts)], Decimal(cost))
    widths = [Decimal((part.width or "0%").removesuffix("%")) for part in bar.parts]
    assert abs(sum(widths) - 100) <= Decimal("0.01") * len(widths)
    assert bar.rest == cost - sum(amounts)


@pytest.mark.parametrize(
    "valued, fill, tick, tone",
    [
        ("0", "0.00%", "80.00%", "bad"),
        ("-5", "0.00%", "80.00%", "bad"),
        ("50", "40.00%", "80.00%", "bad"),
        ("90", "72.00%", "80.00%", "warn"),
        ("99.99", "79.99%", "80.00%", "warn"),
        ("100", "80.00%", "80.00%", "good"),
        ("125", "100.00%", "80.00%", "good"),
        ("250", "100.00%", "40.00%", "good"),
    ],
)
def test_the_gauge(valued: str, fill: str, tick: str, tone: str) -> None:
    gauge = counterpart_gauge(Decimal(valued), Decimal(100))
    assert (gauge.fill, gauge.tick, gauge.tone) == (fill, tick, tone)
    assert gauge.ratio == Decimal(valued) / 100


@pytest.mark.parametrize("valued, abatement", [(None, Decimal(1)), (Decimal(1), None), (Decimal(1), Decimal(0))])
def test_nothing_to_compare_draws_the_track_alone(valued: Decimal | None, abatement: Decimal | None) -> None:
    gauge = counterpart_gauge(valued, abatement)
    assert (gauge.ratio, gauge.tone, gauge.fill) == (None, None, "0%")
