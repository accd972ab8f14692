"""A city's projects in Excel: downloaded, filled in, dropped back; what is written, refused, undone."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from tests import builders as build
from tracker.extensions import db
from tracker.funding.models import Grant
from tracker.history.models import HistoryEntry
from tracker.investment.models import BudgetYear, CostItem, Project

API = "/api/v1"
FIRST = 7  # the first record's row on every sheet
EUROS = Decimal


@dataclass
class Office:
    """A city of one contract with two projects, and who works on them."""

    app: Flask
    officer: FlaskClient
    coordinator: FlaskClient
    reader: FlaskClient
    stranger: FlaskClient
    contract: int
    city: int
    other_city: int
    school: int
    square: int
    grant: int
    budget: int
    fund: int
    address: str

    def book(self) -> Workbook:
        answer = self.officer.get(f"{API}/projects/workbook.xlsx?city_id={self.city}")
        assert answer.status_code == 200, answer.text
        return load_workbook(io.BytesIO(answer.data))

    def send(self, book: Workbook, client: FlaskClient | None = None, city: int | None = None) -> Any:
        content = io.BytesIO()
        book.save(content)
        content.seek(0)
        return (client or self.officer).post(
            f"{API}/projects/workbook?city_id={city or self.city}", data={"file": (content, "projets.xlsx")}
        )

    def batch(self, fill: Callable[[Workbook], None]) -> dict[str, Any]:
        book = self.book()
        fill(book)
        answer = self.send(book)
        assert answer.status_code == 201, answer.text
        assert answer.headers["Location"] == f"{API}/import-batches/{answer.json['id']}"
        return dict(answer.json)

    def apply(self, batch: dict[str, Any], **choices: Any) -> Any:
        return self.officer.post(f"{API}/import-batches/{batch['id']}/apply", json=choices)

    def undo(self, batch: dict[str, Any]) -> Any:
        return self.officer.post(f"{API}/import-batches/{batch['id']}/undo")

    def rows(self, model: Any) -> list[Any]:
        db.session.expire_all()
        return list(db.session.scalars(db.select(model).order_by(model.id)))


@pytest.fixture
def office(app: Flask, today: Callable[[date], None]) -> Iterator[Office]:
    today(date(2026, 11, 21))
    with app.app_context():
        contract = build.contract()
        here, there = contract.cities
        fund = build.scheme(build.funder(name="État", code="etat"), name="Fonds vert", code="fonds-vert")
        school = build.project(
            contract,
            title="École Marcel Cachin",
            kind="renovation",
            site="inside",
            cost_excl_tax=EUROS("500000.00"),
            cost_incl_tax=EUROS("600000.00"),
            self_funding=EUROS("150000.00"),
            starts_on=date(2026, 3, 1),
            position=1,
        )
        square = build.project(contract, title="Square des Charmes", position=2)
        build.project(contract, there, title="Gymnase d’à côté")
        grant = build.grant(
            school, fund, requested=EUROS("300000.00"), awarded=EUROS("200000.00"), rate=EUROS("0.404040")
        )
        budget = build.save(BudgetYear(project_id=school.id, year=2026, planned=EUROS("1000.00")))
        yield Office(
            app,
            build.api_client(app, build.user("finance_officer", contract, in_city=here)),
            build.api_client(app, build.user("coordinator", contract)),
            build.api_client(app, build.user("copil", contract)),
            build.api_client(app, build.user("coordinator", build.contract([build.city()]))),
            contract.id,
            here.id,
            there.id,
            school.id,
            square.id,
            grant.id,
            budget.id,
            fund.id,
            f"{API}/projects/workbook.xlsx?city_id={here.id}",
        )
        db.session.remove()


def put(sheet: Any, row: int, **values: Any) -> None:
    """Write values under the headers of these names; None empties the cell."""
    headers = {str(cell.value).rstrip(" *"): cell.column for cell in sheet[5] if cell.value}
    for label, value in values.items():
        sheet.cell(row, headers[label.replace("_", " ")]).value = value


def cells(book: Workbook) -> list[list[Any]]:
    """Everything in the three sheets but the versions in the hidden keys."""
    rows = [row for name in ("Projets", "Financements", "Budgets") for row in book[name].iter_rows(values_only=True)]
    return [[str(value).partition(":")[0] for value in row] for row in rows]


def nothing(book: Workbook) -> None:
    """Send it back as it came."""


def three_rows(book: Workbook) -> None:
    """One project, one grant of it, one budget of it; and three cells of what stands."""
    put(book["Projets"], FIRST + 2, Projet="Crèche des Tilleuls", Coût_HT="1 234 567,89 €", Avancement="Programmé")
    put(book["Projets"], FIRST + 1, Coût_HT=80000, Autofinancement=20000)
    put(book["Financements"], FIRST + 1, Projet="crèche des  tilleuls", Dispositif_ou_financeur="Fonds vert")
    put(book["Financements"], FIRST + 1, Demandé=100000, Taux="40 %", Statut="Déposée", Déposée_le=date(2026, 10, 1))
    put(book["Budgets"], FIRST, Voté=900)
    put(book["Budgets"], FIRST + 1, Projet="Crèche des Tilleuls", Année=2027, Prévu=50000)


def test_the_workbook_holds_the_live_projects_of_the_city(office: Office) -> None:
    book = office.book()
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [
        "Lisez-moi",
        "Projets",
        "Financements",
        "Budgets",
    ]
    shown = [[cell.value for cell in row] for row in book["Projets"].iter_rows(min_row=FIRST, max_row=FIRST + 2)]
    assert [row[0] for row in shown] == ["École Marcel Cachin", "Square des Charmes", None]
    # awarded 200 000; left 500 − 200 = 300 000; unfunded 300 − 150 = 150 000; owner's share 300 ÷ 500 = 60 %
    assert shown[0][1:3] == ["Rénovation", "Dans le quartier"]
    assert shown[0][12:16] == [200000, 300000, 150000, 0.6]
    assert shown[0][16] == f"{office.school}:1"
    financing = [cell.value for cell in book["Financements"][FIRST]]
    assert financing[:8] == [
        "École Marcel Cachin", "Fonds vert (État)", "Investissement", "Accordée", None, 0.40404, 300000, 200000,
    ]  # fmt: skip
    assert [cell.value for cell in book["Budgets"][FIRST]][:3] == ["École Marcel Cachin", 2026, 1000]


def test_a_workbook_sent_back_as_it_came_changes_nothing(office: Office) -> None:
    batch = office.batch(nothing)
    assert batch["issues"] == []
    assert [change["kind"] for change in batch["changes"]] == ["unchanged"] * 4
    assert office.apply(batch).status_code == 200
    assert [entry for entry in office.rows(HistoryEntry) if entry.item_type != "import_batch"] == []


def test_three_rows_and_three_cells_are_written(office: Office) -> None:
    batch = office.batch(three_rows)
    assert batch["issues"] == []
    assert [(one["kind"], one["sheet"], one["row"]) for one in batch["changes"]] == [
        ("unchanged", "projects", 7),
        ("changed", "projects", 8),
        ("created", "projects", 9),
        ("unchanged", "grants", 7),
        ("created", "grants", 8),
        ("changed", "budgets", 7),
        ("created", "budgets", 8),
    ]
    assert office.rows(Project)[1].cost_excl_tax is None  # nothing yet
    assert office.apply(batch).status_code == 200
    projects = office.rows(Project)
    assert (projects[1].cost_excl_tax, projects[1].self_funding) == (EUROS("80000.00"), EUROS("20000.00"))
    nursery = projects[-1]
    assert (nursery.title, nursery.cost_excl_tax, nursery.status) == (
        "Crèche des Tilleuls",
        EUROS("1234567.89"),
        "planned",
    )
    assert (nursery.contract_id, nursery.city_id, nursery.owner_share_regime) == (
        office.contract,
        office.city,
        "standard",
    )
    grant = office.rows(Grant)[-1]
    assert (grant.financing_id, grant.scheme_id, grant.nature, grant.status, grant.rate) == (
        nursery.financing_id,
        office.fund,
        "investment",
        "filed",
        EUROS("0.4"),
    )
    assert (grant.requested, grant.filed_on) == (EUROS("100000.00"), date(2026, 10, 1))
    assert [(one.project_id, one.year, one.planned, one.voted) for one in office.rows(BudgetYear)] == [
        (office.school, 2026, EUROS("1000.00"), EUROS("900.00")),
        (nursery.id, 2027, EUROS("50000.00"), None),
    ]
    told = [(entry.item_type, entry.verb, entry.source) for entry in office.rows(HistoryEntry)]
    assert told[1:-1] == [
        ("project", "update", "workbook"),
        ("project", "create", "workbook"),
        ("financing_grant", "create", "workbook"),
        ("budget_year", "update", "workbook"),
        ("budget_year", "create", "workbook"),
    ]
    assert office.batch(nothing)["issues"] == []


def test_what_was_written_is_undone_and_may_be_written_again(office: Office) -> None:
    book = office.book()
    batch = office.batch(three_rows)
    assert office.apply(batch).status_code == 200
    assert office.undo(batch).json["status"] == "undone"
    projects = office.rows(Project)
    assert (projects[1].cost_excl_tax, projects[1].self_funding) == (None, None)
    assert [one.archived_at is None for one in projects] == [True, True, True, False]
    assert office.rows(Grant)[-1].archived_at is not None
    assert [(one.planned, one.voted) for one in office.rows(BudgetYear)] == [(EUROS("1000.00"), None), (None, None)]
    # The same workbook, filled in again from its first download: the tracker stands where it stood.
    three_rows(book)
    again = office.send(book).json
    assert [one["kind"] for one in again["changes"]].count("conflict") == 2
    assert office.apply(again, conflicts="overwrite").status_code == 200


def test_a_project_that_others_have_used_since_keeps_the_batch(office: Office) -> None:
    batch = office.batch(three_rows)
    assert office.apply(batch).status_code == 200
    nursery = office.rows(Project)[-1].id
    body = {"scheme_id": office.fund, "requested": "1.00"}
    assert office.coordinator.post(f"{API}/projects/{nursery}/grants", json=body).status_code == 201
    refused = office.undo(batch)
    assert (refused.status_code, refused.json["code"]) == (409, "changed_since")
    assert "Crèche des Tilleuls" in refused.json["detail"]
    assert office.rows(Project)[1].cost_excl_tax == EUROS("80000.00")


def test_an_emptied_budget_year_is_filled_again_by_a_new_row(office: Office) -> None:
    def year(book: Workbook) -> None:
        put(book["Budgets"], FIRST + 1, Projet="Square des Charmes", Année=2027, Prévu=10)

    batch = office.batch(year)
    office.apply(batch)
    office.undo(batch)
    book = office.book()
    sheet = book["Budgets"]
    for cell in sheet[FIRST + 1]:  # the row of the emptied year, taken out as somebody would who never saw it
        cell.value = None
    year(book)
    again = office.send(book).json
    assert [issue["code"] for issue in again["issues"]] == ["missing_row"]
    assert office.apply(again).status_code == 200
    assert [(one.year, one.planned) for one in office.rows(BudgetYear)] == [
        (2026, EUROS("1000.00")),
        (2027, EUROS("10.00")),
    ]


def test_every_kind_of_cell_is_changed_and_given_back(office: Office) -> None:
    before = cells(office.book())

    def fill(book: Workbook) -> None:
        put(book["Projets"], FIRST, Projet="École Cachin", Situation=None, Fin=date(2028, 6, 30), Coût_TTC=None)
        put(book["Projets"], FIRST, Régime_de_participation="Dégâts de l’été 2023")
        put(book["Financements"], FIRST, Projet="École Cachin", Dispositif_ou_financeur="État", Statut="Conventionnée")
        put(book["Financements"], FIRST, Accordé=210000, Taux=None, Accordée_le=date(2026, 5, 2))
        put(book["Budgets"], FIRST, Prévu=None, Mandaté=12.34)

    batch = office.batch(fill)
    assert batch["issues"] == []
    assert office.apply(batch).status_code == 200
    grant = office.rows(Grant)[0]
    assert (grant.scheme_id, grant.status, grant.awarded, grant.rate) == (None, "agreed", EUROS("210000.00"), None)
    school, budget = office.rows(Project)[0], office.rows(BudgetYear)[0]
    assert (school.title, school.site, school.ends_on, school.cost_incl_tax) == (
        "École Cachin",
        None,
        date(2028, 6, 30),
        None,
    )
    assert (budget.planned, budget.paid) == (None, EUROS("12.34"))
    assert office.undo(batch).status_code == 200
    assert cells(office.book()) == before


BAD_CELLS: dict[str, tuple[str, dict[str, Any], str, str, str]] = {
    # what is wrong: sheet, what is typed in its first record, cell, code, a part of the sentence
    "a cost that is none": ("Projets", {"Coût_HT": "beaucoup"}, "H7", "invalid", "un montant en euros est attendu"),
    "a cost in thousands": ("Projets", {"Coût_HT": "500 k€"}, "H7", "ambiguous", "non en milliers"),
    "a negative cost": ("Projets", {"Coût_HT": -1}, "H7", "out_of_range", "Coût HT"),
    "no title": ("Projets", {"Projet": None}, "A7", "required", "Projet"),
    "an unknown status": ("Projets", {"Avancement": "Presque"}, "F7", "unknown_value", "« Programmé »"),
    "an end before the start": ("Projets", {"Fin": date(2025, 1, 1)}, "L7", "invalid", "à partir du début"),
    "more without tax than with": ("Projets", {"Coût_TTC": 10}, "I7", "invalid", "au moins le coût HT"),
    "an unknown project": ("Financements", {"Projet": "Piscine"}, "A7", "unknown_reference", "« Piscine »"),
    "another project's grant": ("Financements", {"Projet": "Square des Charmes"}, "A7", "locked", "d’un autre projet"),
    "an unknown source": ("Financements", {"Dispositif_ou_financeur": "Loto"}, "B7", "unknown_value", "« Loto »"),
    "a step back": ("Financements", {"Statut": "Déposée"}, "D7", "transition_not_allowed", "demande un motif"),
    "a forbidden step": ("Financements", {"Statut": "Refusée"}, "D7", "transition_not_allowed", "ne peut pas devenir"),
    "a rate above one": ("Financements", {"Taux": "140 %"}, "F7", "out_of_range", "Taux"),
    "dates out of order": (
        "Financements",
        {"Déposée_le": date(2026, 5, 2), "Accordée_le": date(2026, 5, 1)},
        "L7",
        "invalid",
        "à partir du 02/05/2026",
    ),
    "another year": ("Budgets", {"Année": 2030}, "B7", "locked", "celui de 2026"),
    "no year": ("Budgets", {"Année": "bientôt"}, "B7", "invalid", "un nombre entier est attendu"),
    "another project's budget": ("Budgets", {"Projet": "Square des Charmes"}, "A7", "locked", "d’un autre projet"),
}


@pytest.mark.parametrize("fault", BAD_CELLS)
def test_a_bad_cell_is_told_at_its_place_and_nothing_is_written(office: Office, fault: str) -> None:
    sheet, typed, cell, code, sentence = BAD_CELLS[fault]
    batch = office.batch(lambda book: put(book[sheet], FIRST, **typed))
    errors = [issue for issue in batch["issues"] if issue["severity"] == "error"]
    assert [(issue["sheet"], issue["cell"], issue["code"]) for issue in errors] == [(sheet, cell, code)]
    assert sentence in errors[0]["message"].replace("\u00a0", " ")
    refused = office.apply(batch)
    assert (refused.status_code, refused.json["code"]) == (409, "open_errors")
    assert {entry.item_type for entry in office.rows(HistoryEntry)} == {"import_batch"}


def new_row(sheet: str, **typed: Any) -> Callable[[Workbook], None]:
    row = FIRST + {"Projets": 2, "Financements": 1, "Budgets": 1}[sheet]
    return lambda book: put(book[sheet], row, **typed)


@pytest.mark.parametrize(
    "fill,cell,code",
    [
        (new_row("Projets", Projet="école marcel CACHIN"), "A9", "duplicate"),
        (new_row("Budgets", Projet="École Marcel Cachin", Année=2026, Prévu=1), "B8", "duplicate"),
        (new_row("Financements", Projet="Piscine", Dispositif_ou_financeur="État"), "A8", "unknown_reference"),
        (new_row("Financements", Projet="École Marcel Cachin"), "B8", "required"),
        (
            new_row(
                "Financements",
                Projet="Square des Charmes",
                Dispositif_ou_financeur="État",
                Statut="Déposée",
                Accordé=10,
            ),
            "H8",
            "invalid",
        ),
    ],
)
def test_a_bad_new_row(office: Office, fill: Callable[[Workbook], None], cell: str, code: str) -> None:
    errors = [issue for issue in office.batch(fill)["issues"] if issue["severity"] == "error"]
    assert [(issue["cell"], issue["code"]) for issue in errors] == [(cell, code)]


def test_two_projects_of_one_name_are_asked_back_for_a_new_grant_alone(office: Office) -> None:
    build.project(db.session.get(build.Contract, office.contract), title="École Marcel Cachin", position=3)
    assert office.batch(nothing)["issues"] == []
    book = office.book()
    put(book["Financements"], FIRST + 1, Projet="École Marcel Cachin", Dispositif_ou_financeur="État")
    issues = office.send(book).json["issues"]
    assert [(issue["cell"], issue["code"]) for issue in issues] == [("A8", "ambiguous")]


def test_costs_made_of_cost_items_are_grey_and_stay(office: Office) -> None:
    build.save(CostItem(project_id=office.school, label="Travaux", amount_excl_tax=EUROS("500000.00")))
    sheet = office.book()["Projets"]
    assert [sheet.cell(FIRST, column).protection.locked for column in (8, 9, 10)] == [True, True, False]
    assert not sheet.cell(FIRST + 1, 8).protection.locked
    batch = office.batch(lambda book: put(book["Projets"], FIRST, Coût_HT=1, Autofinancement=5))
    assert [(one["cell"], one["code"], one["severity"]) for one in batch["issues"]] == [("H7", "derived", "warning")]
    assert office.apply(batch).status_code == 200
    school = office.rows(Project)[0]
    assert (school.cost_excl_tax, school.self_funding) == (EUROS("500000.00"), EUROS("5.00"))


def test_a_cost_that_looks_like_thousands_is_asked_about(office: Office) -> None:
    batch = office.batch(lambda book: put(book["Projets"], FIRST, Coût_HT=500, Coût_TTC=600))
    assert [(one["cell"], one["code"], one["severity"]) for one in batch["issues"]][:1] == [
        ("H7", "thousands", "warning")
    ]


def test_a_plan_that_the_workbook_breaks_is_told_once(office: Office) -> None:
    # cost 500 000, own 150 000: with 360 000 awarded 10 000 too much
    def fill(book: Workbook) -> None:
        put(book["Financements"], FIRST, Accordé=360000, Demandé=360000)

    batch = office.batch(fill)
    assert [(one["cell"], one["code"], one["severity"]) for one in batch["issues"]] == [
        ("H7", "over_funded", "warning")
    ]
    assert office.apply(batch).status_code == 200
    assert office.batch(nothing)["issues"] == []
    assert office.batch(lambda book: put(book["Projets"], FIRST, Fin=date(2029, 1, 1)))["issues"] == []


def test_a_row_changed_meanwhile_is_a_conflict(office: Office) -> None:
    book = office.book()
    path = f"{API}/projects/{office.square}"
    etag = office.coordinator.get(path).headers["ETag"]
    assert office.coordinator.patch(path, json={"self_funding": "7.00"}, headers={"If-Match": etag}).status_code == 200
    put(book["Projets"], FIRST + 1, Autofinancement=20)
    batch = office.send(book).json
    assert batch["changes"][1]["kind"] == "conflict"
    assert office.apply(batch).json["code"] == "conflict"
    assert office.apply(batch, conflicts="keep").status_code == 200
    assert office.rows(Project)[1].self_funding == EUROS("7.00")


def test_the_file_of_another_city_is_refused(office: Office) -> None:
    book = office.book()
    answer = office.send(book, office.coordinator, office.other_city)
    assert answer.status_code == 201
    (issue,) = answer.json["issues"]
    assert (issue["code"], issue["column"]) == ("identity", "Ville")
    assert answer.json["changes"] == []


def test_who_may(office: Office) -> None:
    clients = (office.officer, office.coordinator, office.reader, office.stranger)
    assert [client.get(office.address).status_code for client in clients] == [200, 200, 403, 404]
    elsewhere = f"{API}/projects/workbook.xlsx?city_id={office.other_city}"
    assert office.officer.get(elsewhere).status_code == 403
    assert "Finances de la ville" in office.officer.get(elsewhere).json["detail"]
    book = office.book()
    for client, status in ((office.reader, 403), (office.stranger, 404), (office.coordinator, 201)):
        assert office.send(book, client).status_code == status
    assert office.officer.get(f"{API}/projects/workbook.xlsx").status_code == 422
    assert office.officer.get(f"{API}/projects/workbook.xlsx?city_id=999999999").status_code == 404


def test_a_city_of_two_contracts_has_two_workbooks(app: Flask, office: Office) -> None:
    city = db.session.get(build.City, office.city)
    second = build.contract([city], name="Contrat suivant", code="suivant")
    build.project(second, city, title="Halle du marché")
    # Each coordinator has their own without having to say which.
    answer = build.api_client(app, build.user("coordinator", second)).get(office.address)
    sheet = load_workbook(io.BytesIO(answer.data))["Projets"]
    assert [sheet.cell(row, 1).value for row in (FIRST, FIRST + 1)] == ["Halle du marché", None]
    assert office.officer.get(office.address).status_code == 200
    both = build.user("finance_officer", second, in_city=city)
    build.save(
        build.Membership(
            user_id=both.id, role="finance_officer", contract_id=office.contract, city_id=city.id, landlord_id=None
        )
    )
    client = build.api_client(app, both)
    asked = client.get(office.address)
    assert (asked.status_code, asked.json["errors"][0]["field"]) == (422, "contract_id")
    assert client.get(f"{office.address}&contract_id={second.id}").status_code == 200
    # A workbook of the first contract is none of the second.
    content = io.BytesIO()
    office.book().save(content)
    content.seek(0)
    sent = client.post(
        f"{API}/projects/workbook?city_id={city.id}&contract_id={second.id}", data={"file": (content, "a.xlsx")}
    )
    assert [issue["column"] for issue in sent.json["issues"]] == ["Contrat"]


def test_what_a_colleague_wrote_meanwhile_stays_on_every_sheet(office: Office) -> None:
    book = office.book()
    client = office.coordinator
    funder = build.funder().id
    db.session.rollback()

    def meanwhile(path: str, method: str = "patch", **body: Any) -> None:
        etag = client.get(path).headers["ETag"]
        answer = getattr(client, method)(path, json=body, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.json

    meanwhile(f"{API}/projects/{office.school}", title="École refaite", self_funding="7.00")
    meanwhile(f"{API}/grants/{office.grant}", scheme_id=None, funder_id=funder)
    meanwhile(f"{API}/projects/{office.school}/budget-years/2026", "put", planned="1000.00", voted="5.00")
    put(book["Projets"], FIRST, Fin=date(2029, 1, 1))
    put(book["Financements"], FIRST, Référence="R-1")
    put(book["Budgets"], FIRST, Mandaté=3)
    batch = office.send(book).json
    told = [(one["sheet"], one["kind"], sorted(one["fields"])) for one in batch["changes"] if one["fields"]]
    assert told == [
        ("projects", "conflict", ["ends_on"]),
        ("grants", "conflict", ["reference"]),
        ("budgets", "conflict", ["paid"]),
    ]
    assert office.apply(batch, conflicts="overwrite").status_code == 200
    (school, *_), (grant,), (budget,) = office.rows(Project), office.rows(Grant), office.rows(BudgetYear)
    assert (school.title, school.self_funding, school.ends_on) == ("École refaite", EUROS("7.00"), date(2029, 1, 1))
    assert (grant.scheme_id, grant.funder_id, grant.reference) == (None, funder, "R-1")
    assert (budget.voted, budget.paid) == (EUROS("5.00"), EUROS("3.00"))
