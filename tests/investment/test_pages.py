"""The finance officer's job in the pages, without JavaScript."""

from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders as build
from tracker.investment.queries import project_line


@dataclass
class Desk:
    """A finance officer's signed-in client, a project of the own city, one of another."""

    client: FlaskClient
    project: int
    elsewhere: int
    scheme_id: int


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        contract = build.contract()
        officer = build.user("finance_officer", contract, in_city=contract.cities[0])
        project = build.project(
            contract, title="École", cost_excl_tax=Decimal("1000.00"), self_funding=Decimal("200.00")
        )
        elsewhere = build.project(contract, contract.cities[1], title="Ailleurs")
        return Desk(build.page_client(app, officer), project.id, elsewhere.id, build.scheme(name="Fonds A").id)


def test_the_list_shows_both_cities_and_offers_to_change_its_own(desk: Desk) -> None:
    page = desk.client.get("/projets").text
    assert "École" in page
    assert "Ailleurs" in page
    assert f"edit={desk.project}" in page
    assert f"edit={desk.elsewhere}" not in page


def test_french_amounts_are_typed_and_shown(app: Flask, desk: Desk) -> None:
    form = {"version": "1", "cost_excl_tax": "1 234,56 €", "self_funding": "234.56"}
    answer = desk.client.post(f"/projets/{desk.project}", data=form)
    assert answer.status_code == 303
    page = desk.client.get(answer.headers["Location"]).text
    assert "1\u202f234,56\u00a0€" in page
    with app.app_context():
        line = project_line(desk.project)
        assert line.unfunded == Decimal("1000.00")


def test_a_wrong_amount_is_quoted_under_its_field_and_nothing_is_written(app: Flask, desk: Desk) -> None:
    form = {"version": "1", "cost_excl_tax": "12,345 €", "title": "Changé"}
    answer = desk.client.post(f"/projets/{desk.project}", data=form)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "12,345 €" in answer.text
    assert "deux décimales au plus" in answer.text
    with app.app_context():
        assert project_line(desk.project).title == "École"


def test_a_stale_form_shows_the_three_voices_and_keeps_the_typing(desk: Desk) -> None:
    first = desk.client.post(f"/projets/{desk.project}", data={"version": "1", "cost_excl_tax": "2000"})
    assert first.status_code == 303
    stale = desk.client.post(f"/projets/{desk.project}", data={"version": "1", "cost_excl_tax": "3000"})
    assert stale.status_code == 409
    assert "Vous" in stale.text
    assert "Entre-temps" in stale.text
    assert "Maintenant" in stale.text
    assert 'value="3000"' in stale.text
    again = desk.client.post(f"/projets/{desk.project}", data={"version": "2", "cost_excl_tax": "3000"})
    assert again.status_code == 303


def test_a_row_changed_from_the_list_keeps_the_filters(desk: Desk) -> None:
    answer = desk.client.post(
        f"/projets/{desk.project}/ligne?sort=-awarded&q=col", data={"version": "1", "self_funding": "300"}
    )
    assert answer.status_code == 303
    assert "sort=-awarded" in answer.headers["Location"]
    assert "q=col" in answer.headers["Location"]
    refused = desk.client.post(f"/projets/{desk.project}/ligne?sort=-awarded", data={"version": "2", "status": "x"})
    assert refused.status_code == 422


def test_grants_costs_and_budgets_are_added_in_place(app: Flask, desk: Desk) -> None:
    base = f"/projets/{desk.project}"
    posts = [
        ("/subventions", {"scheme_id": str(desk.scheme_id), "status": "awarded", "awarded": "500"}),
        ("/postes", {"label": "Travaux", "amount_excl_tax": "1 000,50", "vat_rate": "20 %"}),
        ("/budgets/2026", {"voted": "1 000"}),
    ]
    for path, form in posts:
        assert desk.client.post(base + path, data=form).status_code == 303, path
    with app.app_context():
        line = project_line(desk.project)
        assert line.awarded == Decimal("500.00")
        assert line.cost_excl_tax == Decimal("1000.50")
        assert line.cost_incl_tax == Decimal("1200.60")
    page = desk.client.get(base).text
    assert "Fonds A" in page
    assert "1\u202f200,60\u00a0€" in page


def test_another_citys_project_is_read_only_and_says_why(desk: Desk) -> None:
    page = desk.client.get(f"/projets/{desk.elsewhere}")
    assert page.status_code == 200
    assert "Ce geste revient à" in page.text
    answer = desk.client.post(f"/projets/{desk.elsewhere}", data={"version": "1", "title": "À moi"})
    assert answer.status_code == 403
    assert "Ce geste revient à" in answer.text


def test_a_project_is_added_in_a_city_of_ones_own(app: Flask, desk: Desk) -> None:
    with app.app_context():
        project = project_line(desk.project)
        place = f"{project.contract_id}-{project.city_id}"
    assert place in desk.client.get("/projets/nouveau").text
    answer = desk.client.post("/projets", data={"place": place, "title": "Crèche", "status": "idea"})
    assert answer.status_code == 303
    assert "Crèche" in desk.client.get(answer.headers["Location"]).text
    refused = desk.client.post("/projets", data={"place": place, "title": ""})
    assert refused.status_code == 422


def test_archiving_asks_for_a_reason_and_leaves_the_list(desk: Desk) -> None:
    base = f"/projets/{desk.project}"
    assert desk.client.post(f"{base}/archiver", data={"version": "1", "reason": ""}).status_code == 422
    assert desk.client.post(f"{base}/archiver", data={"version": "1", "reason": "Doublon"}).status_code == 303
    assert "École" not in desk.client.get("/projets").text
    assert "Doublon" in desk.client.get(base).text


def test_the_export_holds_what_the_screen_shows(desk: Desk) -> None:
    answer = desk.client.get("/projets/export.xlsx?q=col")
    assert answer.status_code == 200
    assert "PROVISOIRE" in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(answer.data))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert "École" in cells
    assert "Ailleurs" not in cells
    assert 1000 in cells  # the cost, and the total of the cost, are numbers
    assert "À propos" in book.sheetnames


def test_an_htmx_request_gets_the_fragment_and_history_the_page(desk: Desk) -> None:
    whole = desk.client.get("/projets")
    part = desk.client.get("/projets", headers={"HX-Request": "true"})
    restored = desk.client.get("/projets", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert "<html" in restored.text
    assert "HX-Request" in whole.headers["Vary"]


def test_a_budget_is_opened_by_its_year_and_changed_in_place(desk: Desk) -> None:
    base = f"/projets/{desk.project}"
    assert desk.client.post(f"{base}/budgets/2026", data={"voted": "1 000"}).status_code == 303
    opened = desk.client.get(f"{base}?budget=2026").text
    assert f'action="{base}/budgets/2026"' in opened
    assert 'value="1\u202f000,00"' in opened
    changed = desk.client.post(f"{base}/budgets/2026", data={"version": "1", "voted": "1 500"})
    assert changed.status_code == 303
    stale = desk.client.post(f"{base}/budgets/2026", data={"version": "1", "voted": "2 000"})
    assert stale.status_code == 409
    assert 'value="2 000"' in stale.text
    refused = desk.client.post(f"{base}/budgets/2026", data={"version": "2", "voted": "x"})
    assert refused.status_code == 422
    assert f'action="{base}/budgets/2026"' in refused.text


def test_the_next_page_is_as_long_as_this_one(desk: Desk) -> None:
    page = desk.client.get("/projets?page_size=1").text
    assert "page=2&amp;page_size=1" in page


def test_a_source_that_is_both_scheme_and_funder_is_offered_once(app: Flask, desk: Desk) -> None:
    with app.app_context():
        funder = build.funder(code="agence", name="Agence nationale")
        build.scheme(funder, code="agence", name="Agence – dispositif")
    page = desk.client.get("/projets").text
    assert page.count('value="agence"') == 1
    assert ">Agence nationale</option>" in page
