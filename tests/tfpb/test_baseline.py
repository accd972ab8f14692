"""The baseline, the carry-overs, the abatement worked out, what an action points to, last year's amounts proposed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World, codes
from tracker.extensions import db
from tracker.money import in_french
from tracker.tfpb import rules
from tracker.tfpb.models import Action, Axis, Baseline, CarryOver
from tracker.web import formats

FILES = f"{API}/tfpb-files"


@pytest.fixture(autouse=True)
def _in_november(today: Callable[[date], None]) -> None:
    today(date(2026, 11, 21))


# -- how much the abatement is -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "paid, abatement",
    [
        ("79800.00", "34200.00"),  # 79 800 is 70 % of 114 000, of which 30 % = 34 200
        ("100.00", "42.86"),  # 42.857… half up
        ("0.07", "0.03"),
        ("0.00", "0.00"),
    ],
)
def test_the_abatement_behind_a_tax_already_reduced(paid: str, abatement: str):
    assert rules.abatement_from_tax_paid(Decimal(paid)) == Decimal(abatement)


def test_the_abatement_of_a_base_under_its_rates():
    # 300 000 × 38 % = 114 000, of which 30 % = 34 200
    assert rules.abatement_from_base(Decimal("300000.00"), Decimal("0.38")) == Decimal("34200.00")
    # 1 234.56 × 0.3825 × 0.3 = 141.66576
    assert rules.abatement_from_base(Decimal("1234.56"), Decimal("0.3825")) == Decimal("141.67")


def test_the_page_proposes_the_abatement_and_writes_nothing(world: World):
    file = world.file(2026)
    client, path = world.page("landlord"), f"/tfpb/dossiers/{file}?edit=fiche"
    page = client.get(f"{path}&tax_paid=79 800,00 €").text
    assert 'name="abatement_actual" value="34\u202f200,00"' in page
    assert "× 30/70 = 34\u202f200,00\u00a0€" in page
    page = client.get(f"{path}&tax_base=300 000&rates=38 %").text
    assert 'name="abatement_estimated" value="34\u202f200,00"' in page
    wrong = client.get(f"{path}&tax_paid=beaucoup")
    assert wrong.status_code == 200
    assert "« beaucoup » trouvé" in wrong.text.replace("\u00a0", " ")
    assert world.history("tfpb_file") == []
    # Who may not write is proposed nothing.
    assert "30/70" not in world.page("coordinator").get(f"{path}&tax_paid=79800").text


# -- the baseline --------------------------------------------------------------------------------------------------


def test_a_line_of_the_baseline(world: World):
    file = world.file(2026)
    client = world.api("landlord")
    body = {"axis": 3, "item": "Nettoyage", "unit": "€ par logement", "outside": "41.00", "inside": "58.50"}
    answer = client.post(f"{FILES}/{file}/baseline", json=body)
    assert (answer.status_code, answer.json["gap"]) == (201, "17.50")  # 58.50 − 41.00
    path = answer.headers["Location"]
    changed = client.patch(path, json={"inside": None}, headers={"If-Match": '"1"'})
    assert (changed.json["inside"], changed.json["gap"]) == (None, None)
    assert client.get(f"{FILES}/{file}/baseline?axis=1").json == []
    assert [entry.verb for entry in world.history("baseline")] == ["create", "update"]


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"axis": 9}, [("axis", "unknown_value")]),
        ({"item": " "}, [("item", "required")]),
        ({"unit": None}, [("unit", "required")]),
        ({"outside": 41.5}, [("outside", "invalid")]),
        ({"outside": "41.555"}, [("outside", "too_many_decimals")]),
        ({"outside": "-1"}, [("outside", "out_of_range")]),
        ({"inside": "99999999999.99"}, [("inside", "out_of_range")]),
        ({"inside": "41,5"}, [("inside", "invalid")]),
        ({"gap": "1.00"}, [("gap", "unknown_field")]),
    ],
)
def test_a_bad_line_of_the_baseline(world: World, change: dict[str, Any], expected: Any):
    body = {"axis": 3, "item": "Nettoyage", "unit": "jours"} | change
    answer = world.api("landlord").post(f"{FILES}/{world.file()}/baseline", json=body)
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert "€" not in str(answer.json["errors"])
    with world.app.app_context():
        assert db.session.query(Baseline).count() == 0


def test_a_quantity_is_typed_as_the_french_write_it(world: World):
    file = world.file(2026)
    client, path = world.page("landlord"), f"/tfpb/dossiers/{file}"
    body = {"axis": "1", "item": "Gardiens", "unit": "logements par agent", "outside": "1 120,5", "inside": "98"}
    assert client.post(f"{path}/references", data=body).status_code == 303
    with world.app.app_context():
        line = db.session.scalars(db.select(Baseline)).one()
        number, kept = line.id, (line.outside, line.inside)
    assert kept == (Decimal("1120.50"), Decimal("98.00"))
    page = client.get(f"{path}?edit=baseline-{number}").text
    assert 'value="1\u202f120,50"' in page
    stale = client.post(f"{path}/references/{number}", data={"version": "7", "inside": "99"})
    assert stale.status_code == 409
    wrong = client.post(f"{path}/references/{number}", data={"version": "1", "inside": "beaucoup"})
    assert wrong.status_code == 422
    assert client.post(f"{path}/references/{number}", data={"version": "1", "inside": "99"}).status_code == 303
    assert client.post(f"{path}/references/{number}/archiver", data={"version": "2"}).status_code == 422
    reason = {"version": "2", "reason": "Doublon"}
    assert client.post(f"{path}/references/{number}/archiver", data=reason).status_code == 303
    assert "Aucune référence de gestion." in client.get(path).text
    assert "1\u202f120,5" in client.get(path).text.split('id="historique"')[1]


def test_an_axis_that_needs_a_baseline_and_one_that_a_renewal_quarter_closes(world: World):
    file = world.file(2026)
    cleaning, works = world.action(file, axis=3), world.action(file, axis=8)
    client = world.api("landlord")

    def told(action: int) -> set[str]:
        return {alert["code"] for alert in client.get(f"{API}/tfpb-actions/{action}").json["alerts"]}

    assert told(cleaning) == told(works) == {"evidence_missing"}
    with world.app.app_context():
        db.session.scalars(db.select(Axis).where(Axis.number == 3)).one().needs_baseline = True
        db.session.scalars(db.select(Axis).where(Axis.number == 8)).one().outside_renewal = True
        db.session.commit()
    assert told(cleaning) == {"no_baseline", "evidence_missing"}
    assert told(works) == {"evidence_missing"}  # no renewal quarter
    with world.app.app_context():
        db.session.get(build.Neighbourhood, world.neighbourhood).urban_renewal = True
        build.baseline(db.session.get(build.TfpbFile, file), axis=3)
        build.document(db.session.get(Action, works))
        db.session.commit()
    assert told(cleaning) == {"evidence_missing"}
    assert told(works) == {"axis_closed"}


# -- carry-overs ---------------------------------------------------------------------------------------------------


def counted(world: World, **fields: Any) -> int:
    """A file that lacks 15 000: abatement 58 000, valued 43 000."""
    file = world.file(2025, status="validated", abatement_actual=Decimal("58000.00"), **fields)
    world.action(file, valued_amount=Decimal("43000.00"))
    return file


DECISION = {"amount": "10000.00", "decided_on": "2026-06-18", "reason": "Travaux décalés à 2026"}


def test_a_carry_over_is_a_decision_that_changes_no_figure(world: World):
    file, client = counted(world), world.api("coordinator")
    sheet = f"{API}/contracts/{_code(world)}/balance-sheets/2025"
    before = client.get(sheet).json
    answer = client.post(f"{FILES}/{file}/carry-overs", json=DECISION)
    assert answer.status_code == 201, answer.json
    assert client.get(sheet).json == before
    # 15 000 − 10 000 = 5 000 left
    more = client.post(f"{FILES}/{file}/carry-overs", json=DECISION | {"amount": "5000.01"})
    assert codes(more) == [("amount", "out_of_range")]
    assert in_french(Decimal("5000.00")) in more.json["errors"][0]["message"]
    assert client.post(f"{FILES}/{file}/carry-overs", json=DECISION | {"amount": "5000.00"}).status_code == 201
    more = client.post(f"{FILES}/{file}/carry-overs", json=DECISION | {"amount": "0.01"})
    assert rules.NOTHING_TO_CARRY in more.json["errors"][0]["message"]
    page = world.page("coordinator").get(f"/tfpb/dossiers/{file}").text
    assert rules.NOTHING_TO_CARRY.capitalize() in page
    assert "edit=report-new" not in page
    next_year = world.file(2026)
    page = world.page("landlord").get(f"/tfpb/dossiers/{next_year}").text.replace("\u00a0", " ")
    assert f"Report décidé par le COPIL le 18/06/2026 : {formats.money(Decimal(10000))}".replace("\u00a0", " ") in page
    assert "Travaux décalés à 2026" in page


def _code(world: World) -> str:
    with world.app.app_context():
        return str(db.session.get(build.Contract, world.contract).code)


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"amount": "15000.01"}, [("amount", "out_of_range")]),
        ({"amount": "0.00"}, [("amount", "out_of_range")]),
        ({"amount": "-5.00"}, [("amount", "out_of_range")]),
        ({"decided_on": "2026-11-22"}, [("decided_on", "out_of_range")]),  # tomorrow
        ({"decided_on": "2024-12-31"}, [("decided_on", "out_of_range")]),  # before the year itself
        ({"reason": None}, [("reason", "required")]),
    ],
)
def test_a_carry_over_that_no_copil_decided(world: World, change: dict[str, Any], expected: Any):
    answer = world.api("coordinator").post(f"{FILES}/{counted(world)}/carry-overs", json=DECISION | change)
    assert (answer.status_code, codes(answer)) == (422, expected)
    with world.app.app_context():
        assert db.session.query(CarryOver).count() == 0


def test_no_carry_over_before_the_report_nor_by_the_landlord(world: World):
    draft = world.api("coordinator").post(f"{FILES}/{world.file(2026)}/carry-overs", json=DECISION)
    assert (draft.status_code, draft.json["code"]) == (409, "transition_not_allowed")
    assert world.api("landlord").post(f"{FILES}/{counted(world)}/carry-overs", json=DECISION).status_code == 403


def test_what_a_file_lacks_may_be_unknown(world: World):
    file = world.file(2025, status="validated", abatement_estimated=None)
    world.action(file)
    assert world.api("coordinator").post(f"{FILES}/{file}/carry-overs", json=DECISION).status_code == 201


def test_a_carry_over_is_recorded_and_taken_back_on_the_page(world: World):
    file, client = counted(world), world.page("coordinator")
    path = f"/tfpb/dossiers/{file}"
    assert "Au plus 15\u202f000,00" in client.get(f"{path}?edit=report-new").text.replace("\u00a0", " ")
    refused = client.post(f"{path}/reports", data={"amount": "20 000", "decided_on": "18/06/2026", "reason": "x"})
    assert refused.status_code == 422
    body = {"amount": "4 000,00 €", "decided_on": "18/06/2026", "reason": "Décision"}
    assert client.post(f"{path}/reports", data=body).status_code == 303
    number = world.history("carry_over")[0].item_id
    assert "Archiver le report" in client.get(f"{path}?edit=report-{number}").text
    gone = {"version": "1", "reason": "Saisi deux fois"}
    assert client.post(f"{path}/reports/{number}/archiver", data=gone).status_code == 303
    assert "Aucun report n’a été décidé." in client.get(path).text


# -- what an action points to --------------------------------------------------------------------------------------


def places(world: World) -> dict[str, int]:
    """Residences of the file's landlord here, of another landlord, of the same one elsewhere; objectives."""
    with world.app.app_context():
        here = db.session.get(build.Neighbourhood, world.neighbourhood)
        own, other = (db.session.get(build.Landlord, number) for number in (world.landlord, world.other_landlord))
        contract = db.session.get(build.Contract, world.contract)
        return {
            "first": build.residence(own, here, name="Les Acacias").id,
            "second": build.residence(own, here, name="Les Tilleuls").id,
            "rival": build.residence(other, here).id,
            "elsewhere": build.residence(own, build.neighbourhood(contract)).id,
            "objective": build.objective(contract).id,
            "far_objective": build.objective(build.contract([build.city()])).id,
        }


def test_an_action_takes_place_in_residences_and_serves_an_objective(world: World):
    found, file = places(world), world.file(2026)
    client = world.api("landlord")
    body = {"axis": 3, "title": "Nettoyage", "residence_ids": [found["second"], found["first"]]}
    answer = client.post(f"{FILES}/{file}/actions", json=body | {"objective_id": found["objective"]})
    assert answer.status_code == 201, answer.json
    assert answer.json["residence_ids"] == [found["first"], found["second"]]  # by name
    path = answer.headers["Location"]
    fewer = client.patch(path, json={"residence_ids": [found["second"]]}, headers={"If-Match": '"1"'})
    assert (fewer.json["residence_ids"], fewer.json["version"]) == ([found["second"]], 2)
    same = client.patch(path, json={"residence_ids": [found["second"]]}, headers={"If-Match": '"2"'})
    assert same.json["version"] == 2
    told = world.history("tfpb_action")
    assert [entry.changes.get("residences") for entry in told] == [
        [None, "Les Acacias, Les Tilleuls"],
        ["Les Acacias, Les Tilleuls", "Les Tilleuls"],
    ]
    # On the page a box unticked is said too.
    number = answer.json["id"]
    form = {"version": "2", "residence_ids": "", "title": "Nettoyage"}
    assert world.page("landlord").post(f"/tfpb/actions/{number}", data=form).status_code == 303
    assert client.get(path).json["residence_ids"] == []


@pytest.mark.parametrize("name", ["rival", "elsewhere"])
def test_a_residence_of_somebody_else_or_elsewhere(world: World, name: str):
    body = {"axis": 3, "title": "Nettoyage", "residence_ids": [places(world)[name]]}
    answer = world.api("landlord").post(f"{FILES}/{world.file()}/actions", json=body)
    assert (answer.status_code, codes(answer)) == (422, [("residence_ids", "unknown_reference")])


def test_an_objective_of_another_contract(world: World):
    body = {"axis": 3, "title": "Nettoyage", "objective_id": places(world)["far_objective"]}
    answer = world.api("landlord").post(f"{FILES}/{world.file()}/actions", json=body)
    assert (answer.status_code, codes(answer)) == (422, [("objective_id", "unknown_reference")])


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"observed_by": "walk"}, [("observed_by", "invalid")]),
        ({"observed_on": "2026-10-01"}, [("observed_on", "invalid")]),
        ({"observation": "seen", "observed_on": "2026-11-22"}, [("observed_on", "out_of_range")]),
        ({"observation": "seen", "observed_on": "2024-12-31"}, [("observed_on", "out_of_range")]),
        ({"observation": "perhaps"}, [("observation", "unknown_value")]),
    ],
)
def test_an_observation_that_does_not_hold(world: World, change: dict[str, Any], expected: Any):
    action = world.action(world.file(2026))
    answer = world.api("landlord").patch(f"{API}/tfpb-actions/{action}", json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, codes(answer)) == (422, expected)


# -- from one year to the next -------------------------------------------------------------------------------------


PLANNED = ("12000", "6000")


@pytest.mark.parametrize(
    "status, actual, planned, proposed",
    [
        ("done", ("11500", "5750"), PLANNED, ("11500", "5750")),
        ("done", ("0", "0"), PLANNED, ("0", "0")),
        ("done", ("11500", None), PLANNED, ("11500", None)),  # never a half of each
        ("done", (None, "5750"), PLANNED, PLANNED),
        ("done", ("-300", "0"), PLANNED, PLANNED),  # a correction is not planned again
        ("done", (None, None), ("-1", "-1"), (None, None)),
        ("ongoing", ("222", None), ("5000", "3000"), ("5000", "3000")),
        ("partial", ("222", "100"), PLANNED, PLANNED),
        ("planned", (None, None), PLANNED, PLANNED),
        ("postponed", ("0", "0"), PLANNED, PLANNED),
        ("postponed", ("500", "200"), (None, None), (None, None)),
    ],
)
def test_what_is_proposed_for_next_year_comes_from_one_side(status: str, actual: Any, planned: Any, proposed: Any):
    def euros(pair: Any) -> rules.Pair:
        cost, valued = (None if amount is None else Decimal(amount) for amount in pair)
        return cost, valued

    assert rules.proposed(status, euros(actual), euros(planned)) == euros(proposed)


def test_what_was_abandoned_is_not_proposed_and_what_goes_on_keeps_its_plan(world: World):
    before, now = world.file(2026), world.file(2027)
    plan = {"planned_cost": Decimal("5000.00"), "planned_valued": Decimal("3000.00")}
    world.action(before, title="En cours", status="ongoing", actual_cost=Decimal("222.00"), valued_amount=None, **plan)
    world.action(before, title="Abandonnée", status="abandoned", **plan)
    (copied,) = world.api("landlord").post(f"{FILES}/{now}/copy-actions", json={"from_file_id": before}).json
    assert (copied["title"], copied["planned_cost"], copied["planned_valued"]) == ("En cours", "5000.00", "3000.00")


def test_a_programme_plans_again_what_was_postponed(world: World):
    before, now = world.file(2025), world.file(2026)
    amounts = {"planned_cost": Decimal("9000.00"), "planned_valued": Decimal("7000.00")}
    nothing = {"actual_cost": Decimal(0), "landlord_share": Decimal(0), "valued_amount": Decimal(0)}
    for position, status in enumerate(("postponed", "done")):
        world.action(before, axis=1 + position, title=status, status=status, **amounts, **nothing)
    copied = world.api("landlord").post(f"{FILES}/{now}/copy-actions", json={"from_file_id": before}).json
    assert [(one["planned_cost"], one["planned_valued"]) for one in copied] == [
        ("9000.00", "7000.00"),
        ("0.00", "0.00"),
    ]


def test_a_programme_starts_with_last_year_s_places_and_baseline(world: World):
    found, before, now = places(world), world.file(2025), world.file(2026)
    source = world.action(before, sub_action="Nettoyage", objective_id=found["objective"], observation="seen")
    with world.app.app_context():
        action = db.session.get(Action, source)
        action.residences = [db.session.get(build.Residence, found["first"])]
        build.baseline(action.file, item="Halls")
        build.baseline(action.file, item="Caves")
        build.baseline(db.session.get(build.TfpbFile, now), item="Halls")
        db.session.commit()
    client = world.api("landlord")
    (copied,) = client.post(f"{FILES}/{now}/copy-actions", json={"from_file_id": before}).json
    kept = (copied["sub_action"], copied["objective_id"], copied["residence_ids"], copied["observation"])
    assert kept == ("Nettoyage", found["objective"], [found["first"]], None)
    assert [line["item"] for line in client.get(f"{FILES}/{now}/baseline").json] == ["Halls", "Caves"]
