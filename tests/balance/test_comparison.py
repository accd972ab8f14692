"""Two states of a balance sheet compared: what changed, in figures that add up; nothing when nothing did."""

import html
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as make
from tests.balance.faces import page_tables
from tests.balance.test_editions import Frozen
from tests.balance.test_integrity import corrupt, older
from tracker.balance.commands import freeze_edition
from tracker.balance.models import Edition
from tracker.balance.queries.comparison import ADDING, lines_of
from tracker.balance.queries.content import read_sheet
from tracker.balance.rules.comparison import SECTIONS, Change, Line, compare
from tracker.extensions import db
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE, SYSTEM
from tracker.tfpb.models import TfpbFile

Client = Callable[..., FlaskClient]

# -- the rule ------------------------------------------------------------------------------------------------------

D = Decimal
AS_FROZEN = "ni dossier jamais déposé, ni programme qui n’est pas encore discuté"


def line(key: Any, called: str = "Ligne", section: str = "actions", **figures: Any) -> Line:
    return Line(section, key, called, figures)


def test_a_figure_that_changed_is_told_with_its_difference() -> None:
    before = [line(1, actual_cost=D("100.00"), title="Hall", valued_amount=D("5.00"))]
    after = [line(1, actual_cost=D("80.00"), title="Hall", valued_amount=D("5.00"))]
    assert compare(before, after, ADDING) == [
        Change("actions", "changed", "Ligne", "actual_cost", D("100.00"), D("80.00"), D("-20.00"))
    ]


def test_what_is_unknown_has_no_difference() -> None:
    (told,) = compare([line(1, actual_cost=None)], [line(1, actual_cost=D("80.00"))], ADDING)
    assert (told.before, told.after, told.difference) == (None, D("80.00"), None)
    (told,) = compare([line(1, title="a")], [line(1, title="b")], ADDING)
    assert told.difference is None


def test_a_sum_that_may_hide_an_unknown_has_no_difference() -> None:
    """93 954 € of two files, then 46 128 € of the one still known: nobody saved 47 826 € less."""
    known = Line("landlords", 1, "A", {"abatement": D("93954.00")})
    hiding = Line("landlords", 1, "A", {"abatement": D("46128.00")}, frozenset({"abatement"}))
    for before, after in ((known, hiding), (hiding, known)):
        (told,) = compare([before], [after], ADDING)
        assert (told.before, told.after) == (before.figures["abatement"], after.figures["abatement"])
        assert told.difference is None
    for before, after in (([], [hiding]), ([hiding], [])):
        (told,) = compare(before, after, ADDING)
        assert told.difference is None


def test_a_line_that_came_tells_its_amounts_and_one_that_went_too() -> None:
    one = line(1, actual_cost=D("3.00"), title="Hall", valuation_rate=D("0.5000"), planned_cost=None)
    assert compare([], [one], ADDING) == [
        Change("actions", "added", "Ligne", "actual_cost", None, D("3.00"), D("3.00"))
    ]
    assert compare([one], [], ADDING) == [
        Change("actions", "removed", "Ligne", "actual_cost", D("3.00"), None, D("-3.00"))
    ]
    bare = line("code", "Contrôle", "checks")
    assert compare([], [bare], ADDING) == [Change("checks", "added", "Contrôle", None, None, None, None)]


def test_a_line_that_changes_its_name_stays_the_same_line() -> None:
    (told,) = compare([line(1, "Ancien", name="Ancien")], [line(1, "Nouveau", name="Nouveau")], ADDING)
    assert (told.kind, told.figure, told.before, told.after) == ("changed", "name", "Ancien", "Nouveau")


def test_lines_without_a_number_are_matched_in_their_order() -> None:
    twice = [line("même", planned_cost=D("1.00")), line("même", planned_cost=D("2.00"))]
    assert compare(twice, twice, ADDING) == []
    (told,) = compare(twice[:1], twice, ADDING)
    assert (told.kind, told.after) == ("added", D("2.00"))


def test_sections_come_in_the_order_of_the_sheet_whatever_the_order_given() -> None:
    lines = [line(1, section=section) for section in reversed(SECTIONS)]
    assert [change.section for change in compare([], lines, ADDING)] == list(SECTIONS)


amounts = st.dictionaries(st.integers(0, 6), st.integers(-10_000, 10_000).map(lambda cents: D(cents) / 100))


@given(amounts, amounts)
def test_differences_add_up_and_nothing_is_told_twice(before: dict[int, Decimal], after: dict[int, Decimal]) -> None:
    """Σ differences = Σ after − Σ before; the reverse comparison tells the opposite; equal states tell nothing."""
    old, new = ([line(key, actual_cost=value) for key, value in side.items()] for side in (before, after))
    told = compare(old, new, ADDING)
    assert sum(change.difference or 0 for change in told) == sum(after.values()) - sum(before.values())
    assert sorted(-(change.difference or 0) for change in compare(new, old, ADDING)) == sorted(
        change.difference or 0 for change in told
    )
    assert compare(old, old, ADDING) == []
    assert len(told) == len({key for key in before | after if before.get(key) != after.get(key)})


# -- the sheets ----------------------------------------------------------------------------------------------------


@pytest.fixture
def year(blank: Flask) -> Frozen:
    return Frozen()


def freeze(year: Frozen, of: int = 2026) -> Edition:
    return freeze_edition(SYSTEM, year.contract.code, of, year.meeting.id, "Pour essai")


@pytest.fixture
def edition(year: Frozen) -> Edition:
    # A draft and a programme presented, and one that is not: what a reader sees of today must not look like a change.
    year.late_file("draft")
    signed = make.convention(year.contract, make.landlord(name="Bailleur C"))
    for status, title in (("discussed", "Présentée"), ("proposed", "Brouillon de programme")):
        place = make.neighbourhood(year.contract)
        make.action(make.tfpb_file(signed, place, 2027, programme_status=status), title=title)
    return freeze(year)


def readers(year: Frozen) -> dict[str, dict[str, Any]]:
    city = year.contract.cities[0]
    return {
        COORDINATOR: {},
        FINANCE_OFFICER: {"in_city": city},
        STATE: {},
        COPIL: {},
        LANDLORD: {"of_landlord": year.owner},
    }


@pytest.mark.parametrize("role", [COORDINATOR, FINANCE_OFFICER, STATE, COPIL, LANDLORD])
def test_nothing_changed_right_after_freezing_for_any_reader(
    year: Frozen, edition: Edition, api: Client, browse: Client, role: str
) -> None:
    where = readers(year)[role]
    answer = api(role, year.contract, **where).get(f"{year.address}/comparison?from=1&to=live")
    assert answer.status_code == 200, answer.text
    assert answer.json["lines"] == []
    assert answer.json["scope"] == ("own" if role == LANDLORD else "all")
    page = browse(role, year.contract, **where).get(f"/bilan/{year.contract.code}/2026/comparer")
    assert page.status_code == 200
    assert "Rien n’a changé" in page.text


def change_things(year: Frozen) -> None:
    db.session.expire_all()
    year.action.actual_cost = Decimal("1250.00")
    year.owner.name = "Bailleur A, renommé"
    db.session.commit()
    year.late_file()


def test_what_changed_since_an_edition(year: Frozen, api: Client) -> None:
    freeze(year)
    change_things(year)
    lines = api(COPIL, year.contract).get(f"{year.address}/comparison?from=1").json["lines"]
    told = {(one["section"], one["name"], one["figure"]): one for one in lines}
    assert told["totals", "Ensemble", "files"]["change"] == 1
    # 1 250 − 1 000 on the action, and the late file's 1 000.
    total = told["totals", "Ensemble", "actual_cost"]
    assert (total["before"], total["after"], total["change"]) == ("1000.00", "2250.00", "1250.00")
    assert total["label"] == "Réalisé"
    renamed = told["landlords", "Bailleur A, renommé", "name"]
    assert (renamed["kind"], renamed["before"], renamed["after"]) == (
        "changed",
        "Bailleur A",
        "Bailleur A, renommé",
    )
    came = told["landlords", "Bailleur B", "actual_cost"]
    assert (came["kind"], came["before"], came["after"], came["change"]) == ("added", None, "1000.00", "1000.00")
    place = year.contract.cities[0].name
    action = told["actions", f"Gardiennage renforcé ({place}, Bailleur A, renommé)", "actual_cost"]
    assert action["change"] == "250.00"
    assert lines[0]["section"] == "totals"


def test_what_the_lines_tell_adds_up_to_what_the_totals_tell(year: Frozen, api: Client) -> None:
    freeze(year)
    change_things(year)
    make.grant(year.action, make.funder(name="Région"), awarded=Decimal("70.00"))
    lines = api(COPIL, year.contract).get(f"{year.address}/comparison?from=1").json["lines"]
    for figure in ("files", "actions", "abatement", "actual_cost", "valued_amount", "other_funding"):
        sums = {
            section: sum(
                Decimal(one["change"]) for one in lines if (one["section"], one["figure"]) == (section, figure)
            )
            for section in ("totals", "landlords", "cities", "neighbourhoods")
        }
        assert len(set(sums.values())) == 1, (figure, sums)
    total = next(one for one in lines if (one["section"], one["figure"]) == ("totals", "other_funding"))
    source = [one for one in lines if one["section"] == "sources"]
    assert [one["change"] for one in source] == [total["change"]] == ["70.00"]


def test_two_editions_are_compared_either_way_and_stay_so(year: Frozen, api: Client) -> None:
    freeze(year)
    change_things(year)
    freeze(year)
    reader = api(LANDLORD, year.contract, of_landlord=year.other)
    there = reader.get(f"{year.address}/comparison?from=1&to=2").json
    back = reader.get(f"{year.address}/comparison?from=2&to=1").json
    assert there["scope"] == "all"  # editions are whole for every member
    assert [side["number"] for side in (there["from"], there["to"])] == [1, 2]
    one, other = (
        {line["figure"]: line["change"] for line in side["lines"] if line["section"] == "totals"}
        for side in (there, back)
    )
    assert len(one) > 5
    assert {key: change and -Decimal(change) for key, change in one.items()} == {
        key: change and Decimal(change) for key, change in other.items()
    }
    assert reader.get(f"{year.address}/comparison?from=2&to=2").json["lines"] == []


def test_a_landlord_s_own_lines_alone_are_compared_with_today(
    year: Frozen, edition: Edition, api: Client, browse: Client
) -> None:
    """Today he sees his own lines: the others of the edition must not look as if they had gone."""
    change_things(year)
    answer = api(LANDLORD, year.contract, of_landlord=year.owner).get(f"{year.address}/comparison?from=1").json
    assert {one["section"] for one in answer["lines"]} == {"landlords", "actions"}
    assert {one["kind"] for one in answer["lines"]} == {"changed"}
    assert "totals" in answer["left_out"]
    other = browse(LANDLORD, year.contract, of_landlord=year.other)
    page = other.get(f"/bilan/{year.contract.code}/2026/comparer?de=1").text
    assert "Bailleur B" in page
    assert "Bailleur A" not in page
    assert "Gardiennage" not in page
    assert "vos lignes seulement" in page
    assert AS_FROZEN not in page


def test_a_draft_or_a_programme_not_submitted_is_never_told(
    year: Frozen, edition: Edition, api: Client, browse: Client
) -> None:
    for role in (COPIL, STATE, COORDINATOR):
        text = api(role, year.contract).get(f"{year.address}/comparison?from=1").text
        assert "Brouillon de programme" not in text
        assert "Arrivée après" not in text
    file = db.session.query(TfpbFile).filter_by(programme_status="discussed").one()
    make.action(file, title="Présentée depuis")
    seen = {
        role: api(role, year.contract).get(f"{year.address}/comparison?from=1").json for role in (COPIL, COORDINATOR)
    }
    assert "programme" in seen[COPIL]["left_out"]
    assert seen[COPIL]["lines"] == []
    assert {one["name"].partition(" (")[0] for one in seen[COORDINATOR]["lines"]} == {"Présentée depuis"}
    page = browse(COORDINATOR, year.contract).get(f"/bilan/{year.contract.code}/2026/comparer?de=1").text
    assert AS_FROZEN in page


def test_editions_of_two_years_are_compared_by_group(year: Frozen, api: Client, browse: Client) -> None:
    freeze(year)
    signed = make.convention(year.contract, year.owner, last_year=2029)
    file = make.tfpb_file(signed, year.where, 2025, status="validated", abatement_actual=Decimal(400))
    make.action(file, actual_cost=Decimal("600.00"))
    freeze(year, 2025)
    answer = api(COPIL, year.contract).get(f"{year.address}/comparison?from=2025-1&to=1").json
    assert (answer["from"]["year"], answer["to"]["year"]) == (2025, 2026)
    total = next(one for one in answer["lines"] if (one["section"], one["figure"]) == ("totals", "actual_cost"))
    assert (total["before"], total["after"], total["change"]) == ("600.00", "1000.00", "400.00")
    assert "actions" in answer["left_out"]
    assert not {one["section"] for one in answer["lines"]} & set(answer["left_out"])
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/comparer?de=2025-1&a=1").text
    assert "Édition n° 1 de 2025" in page
    assert "Non comparé" in page


def test_an_old_edition_is_compared_by_what_it_holds(year: Frozen, edition: Edition, api: Client) -> None:
    make.project(year.contract, cost_excl_tax=Decimal("1000.00"))
    older(edition)
    answer = api(COORDINATOR, year.contract).get(f"{year.address}/comparison?from=1").json
    assert answer["lines"] == []
    assert {"investment", "years", "programme"} <= set(answer["left_out"])


def test_a_figure_an_old_edition_lacks_has_not_changed(year: Frozen, edition: Edition, api: Client) -> None:
    """The money per dwelling did not exist when it was frozen: today's is no change, and hides none."""
    older(edition, parts=())
    reader = api(COORDINATOR, year.contract)
    assert reader.get(f"{year.address}/comparison?from=1").json["lines"] == []
    change_things(year)
    for address in ("from=1&to=live", "from=live&to=1"):
        told = {one["figure"] for one in reader.get(f"{year.address}/comparison?{address}").json["lines"]}
        assert {"actual_cost", "files", "valuation_rate"} <= told
        assert not told & {"actual_cost_per_dwelling", "coverage_rate"}


def test_an_altered_edition_is_not_compared(year: Frozen, edition: Edition, api: Client, browse: Client) -> None:
    corrupt(edition, "content")
    answer = api(COPIL, year.contract).get(f"{year.address}/comparison?from=1")
    assert (answer.status_code, answer.json["code"]) == (409, "altered")
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/comparer")
    assert page.status_code == 409
    assert "altérée" in page.text
    assert 'name="de"' in page.text  # another one can be chosen


@pytest.mark.parametrize(
    "query, status",
    [
        *(("", 422), ("from=", 422), ("from=abc", 422), ("from=-1", 422), ("from=1&to=2025-x", 422), ("from=9", 404)),
        *(("from=1&to=2099-1", 404), ("from=1&to=999999999", 404), ("from=1&de=2", 422), ("from=%00", 422)),
    ],
)
def test_what_names_no_state_is_told(year: Frozen, edition: Edition, api: Client, query: str, status: int) -> None:
    answer = api(COPIL, year.contract).get(f"{year.address}/comparison?{query}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("query, status", [("de=abc", 422), ("de=9", 404), ("de=1&a=%C2%B2", 422), ("a=1", 200)])
def test_the_page_too(year: Frozen, edition: Edition, browse: Client, query: str, status: int) -> None:
    assert browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/comparer?{query}").status_code == status


def test_the_page_of_a_year_without_edition_says_what_will_stand_there(year: Frozen, browse: Client) -> None:
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/comparer")
    assert page.status_code == 200
    assert "Rien à comparer" in page.text


def test_the_page_says_the_same_as_the_api(year: Frozen, api: Client, browse: Client) -> None:
    freeze(year)
    change_things(year)
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/comparer?de=1&a=aujourdhui").text
    totals = page_tables(page[: page.index("</table>") + len("</table>")])["Totaux : ce qui a changé"]
    spent = next(row for row in totals if row["Chiffre"] == "Réalisé")
    assert (spent["Avant"], spent["Après"], spent["Évolution"]) == ("1 000,00 €", "2 250,00 €", "+1 250,00 €")
    lines = api(COPIL, year.contract).get(f"{year.address}/comparison?from=1").json["lines"]
    assert page.count('data-label="Évolution"') == len([one for one in lines if one["figure"]])
    text = html.unescape(page)
    assert [one["name"] for one in lines if not one["figure"] and one["name"] not in text] == []
    assert "Ajouté\u00a0: Bailleur B" in page


def test_every_figure_compared_has_a_french_label(edition: Edition) -> None:
    from tracker.balance.compared import _BY_SECTION

    sheet = read_sheet(edition.content)
    for one in lines_of(sheet):
        assert set(one.figures) <= set(_BY_SECTION[one.section]), one.section


def test_a_comparison_costs_the_same_queries_whatever_the_rows(year: Frozen, edition: Edition, api: Client) -> None:
    from tests.counting import count_queries

    reader = api(COPIL, year.contract)
    counts = []
    for _ in range(2):
        reader.get(f"{year.address}/comparison?from=1")
        with count_queries(reader.application) as sent:
            reader.get(f"{year.address}/comparison?from=1")
        counts.append(len(sent))
        for number in range(20):
            make.action(year.file, title=f"Action {number}")
    assert counts[0] == counts[1]
