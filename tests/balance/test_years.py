"""The figures of several years: the API and the page say what an independent computation says, for each reader."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as make
from tests.balance.faces import as_read, number, page_tables
from tests.balance.generated import YEAR, YEARS, Generated, expected_years, generate_years
from tracker.balance.columns import FIGURES
from tracker.policy import COORDINATOR, COPIL, LANDLORD
from tracker.web.drawings import Years, year_bars

Client = Callable[..., FlaskClient]
COLUMNS = {column.label: column for column in FIGURES}
OWED = "Contrepartie de l’abattement, année par année"
SPENT = "Dépenses et financements, année par année"


def address(found: Generated) -> str:
    return f"/api/v1/contracts/{found.contract.code}/balance-years"


def read(client: FlaskClient, url: str, status: int = 200) -> Any:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def choices(found: Generated) -> list[dict[str, int]]:
    """No filter, each filter alone, all three together."""
    first = found.files[0]
    alone: list[dict[str, int]] = [{name: first[name]} for name in ("city", "neighbourhood", "landlord")]
    return [{}, *alone, {name: first[name] for name in ("city", "neighbourhood", "landlord")}]


@pytest.mark.parametrize("seed", range(4))
def test_json_and_page_are_the_independent_computation(api: Client, browse: Client, seed: int) -> None:
    found = generate_years(seed)
    client, reader = api(COPIL, found.contract), browse(COPIL, found.contract)
    for chosen in choices(found):
        query = "&".join(f"{name}_id={number}" for name, number in chosen.items())
        again = expected_years(found, **chosen)
        told = read(client, f"{address(found)}?{query}")
        assert {line.pop("year"): line for line in told["by_year"]} == {year: again[year] for year in range(2024, 2031)}
        assert told["cumulated"] == again["all"]
        assert {name: ref["id"] for name, ref in told["filters"].items() if ref} == chosen
        html = reader.get(f"/bilan/{found.contract.code}/annees?{query}").get_data(as_text=True)
        assert_on_page(html, again)


def assert_on_page(html: str, again: dict[int | str, dict[str, Any]]) -> None:
    tables = page_tables(html)
    if not again["all"]["files"]:
        assert "Aucun dossier compté" in html
        assert OWED not in tables
        return
    for caption in (OWED, SPENT):
        rows = {row["Année"]: row for row in tables[caption]}
        assert list(rows) == [str(year) for year in range(2024, 2031)] + ["Cumul"]
        for key, line in again.items():
            row = rows["Cumul" if key == "all" else str(key)]
            for label, text in row.items():
                if label != "Année":
                    assert number(text) == as_read(COLUMNS[label].type, line[COLUMNS[label].key]), (key, label)


@pytest.mark.parametrize("seed", range(4))
def test_a_year_and_the_year_before_are_their_own_sheets(api: Client, seed: int) -> None:
    """What stands beside the figures is what each year's own sheet says, to the cent."""
    found = generate_years(seed)
    client = api(COORDINATOR, found.contract)
    sheets = {
        year: read(client, f"/api/v1/contracts/{found.contract.code}/balance-sheets/{year}") for year in (2024, *YEARS)
    }
    for year in YEARS:
        previous, own = sheets[year]["previous"], sheets[year - 1]
        assert previous == {name: own[name] for name in ("year", "totals", "by_landlord", "by_city", "by_axis")}
        assert [line["year"] for line in sheets[year]["by_year"]] == list(range(2024, year + 1))
        for line in sheets[year]["by_year"]:
            number = line.pop("year")
            assert line == sheets[number]["totals"]
    assert sheets[2024]["previous"] is None
    told = read(client, address(found))
    assert {line["year"]: line["files"] for line in told["by_year"] if line["year"] in sheets} == {
        year: sheet["totals"]["files"] for year, sheet in sheets.items()
    }


def test_a_landlord_reads_its_own_lines_whatever_it_asks_for(blank: Flask, api: Client, browse: Client) -> None:
    found = generate_years(1)
    own, other = sorted({file["landlord"] for file in found.files})
    owner = make.db.session.get(make.Landlord, own)
    client = api(LANDLORD, found.contract, of_landlord=owner)
    told = read(client, address(found))
    again = expected_years(found, landlord=own)
    assert (told["scope"], told["cumulated"]) == ("own", again["all"])
    assert read(client, f"{address(found)}?landlord_id={own}")["cumulated"] == again["all"]
    # Another landlord's number is told like one that does not exist.
    answers = [read(client, f"{address(found)}?landlord_id={number}", 422)["errors"] for number in (other, 99999)]
    assert [(one[0]["field"], one[0]["code"]) for one in answers] == [("landlord_id", "unknown_reference")] * 2
    page = browse(LANDLORD, found.contract, of_landlord=owner)
    html = page.get(f"/bilan/{found.contract.code}/annees").get_data(as_text=True)
    stranger = make.db.session.get(make.Landlord, other)
    assert owner is not None
    assert stranger is not None
    assert owner.name in html
    assert stranger.name not in html
    assert "vos lignes seulement" in html
    refused = page.get(f"/bilan/{found.contract.code}/annees?landlord_id={other}")
    assert refused.status_code == 422
    assert "n’existe dans ce contrat" in refused.get_data(as_text=True)


@pytest.mark.parametrize("query", ["city_id=abc", "landlord_id=-1", "neighbourhood_id=999999999999", "year=2026"])
def test_a_wrong_filter_is_refused_in_french(blank: Flask, api: Client, browse: Client, query: str) -> None:
    contract = make.contract()
    read(api(COPIL, contract), f"/api/v1/contracts/{contract.code}/balance-years?{query}", 422)
    answer = browse(COPIL, contract).get(f"/bilan/{contract.code}/annees?{query}")
    assert answer.status_code == 422
    assert "<h1" in answer.get_data(as_text=True)


def test_a_contract_without_any_file_shows_zeros_and_says_so(blank: Flask, api: Client, browse: Client) -> None:
    contract = make.contract()
    told = read(api(COPIL, contract), f"/api/v1/contracts/{contract.code}/balance-years")
    assert [line["year"] for line in told["by_year"]] == list(range(2024, 2031))
    assert (told["cumulated"]["actual_cost"], told["cumulated"]["justified_rate"]) == ("0.00", None)
    html = browse(COPIL, contract).get(f"/bilan/{contract.code}/annees").get_data(as_text=True)
    assert "Aucun dossier compté" in html
    assert "Aucun repère n’est enregistré" in html


def test_every_header_leads_to_a_definition_of_the_page(blank: Flask, browse: Client) -> None:
    found = generate_years(2)
    client = browse(COORDINATOR, found.contract)
    make.project(found.contract, cost_excl_tax=Decimal(1000))
    for url in (f"/bilan/{found.contract.code}/annees", f"/bilan/{found.contract.code}/{YEAR}"):
        html = client.get(url).get_data(as_text=True)
        named = set(re.findall(r'href="#(def-[a-z_]+)"', html))
        assert {"def-abatement", "def-valued_amount", "def-gap"} <= named
        for anchor in named:
            assert html.count(f'id="{anchor}"') == 1, anchor


# -- the drawing ---------------------------------------------------------------------------------------------------

euros = st.none() | st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(st.tuples(euros, euros), min_size=1, max_size=7))
def test_bars_stay_inside_the_drawing_and_keep_their_order(lines: list[tuple[Any, Any]]) -> None:
    drawn = year_bars([(str(place), *both) for place, both in enumerate(lines)])
    known = [amount for both in lines for amount in both if amount is not None and amount > 0]
    if not known:
        assert drawn is None
        return
    assert drawn is not None
    assert drawn.top == max(known)
    room = Decimal(Years.base - Years.top_y)
    for year in drawn.years:
        for amount, y, height in (
            (year.owed, year.owed_y, year.owed_height),
            (year.done, year.done_y, year.done_height),
        ):
            assert abs(Decimal(height) - max(amount or Decimal(0), Decimal(0)) * room / drawn.top) <= Decimal("0.05")
            assert abs(Decimal(y) + Decimal(height) - Years.base) <= Decimal("0.1")


def test_an_unknown_amount_has_no_bar() -> None:
    drawn = year_bars([("2025", None, Decimal(50)), ("2026", Decimal(100), Decimal(-5))])
    assert drawn is not None
    first, second = drawn.years
    assert (first.owed_height, first.done_height) == ("0.0", "80.0")
    assert (second.owed_height, second.done_height) == ("160.0", "0.0")
    assert (first.owed_x, first.done_x, drawn.width) == ("9.00%", "25.00%", "16.00%")


def test_the_years_that_have_no_room_are_not_named() -> None:
    drawn = year_bars([(str(year), Decimal(1), Decimal(1)) for year in range(2024, 2084)])
    assert drawn is not None
    assert [bars.label for bars in drawn.years if bars.named] == [str(year) for year in range(2024, 2084, 8)]
    few = year_bars([(str(year), Decimal(1), Decimal(1)) for year in range(2024, 2031)])
    assert few is not None
    assert all(bars.named for bars in few.years)
