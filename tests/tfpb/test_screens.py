"""The room's screens in Chromium: accessible and within their width, with data, empty, open and refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import builders as build
from tests.ground.browser import OpenPage, assert_accessible
from tests.tfpb.conftest import World

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


@pytest.fixture
def filled(world: World) -> World:
    """A report being filled in, a programme, a file sent back, an empty one."""
    draft = world.file(2026, id=101, programme_status="validated", abatement_actual=Decimal("34650.00"))
    for axis, title in ((1, "Renfort de gardiennage"), (1, "Médiation sociale en soirée"), (5, "Tranquillité")):
        world.action(draft, axis=axis, title=title, location="Résidence Les Acacias", priority="residential_peace")
    first = world.action(draft, id=501, title="Jardin partagé", actual_cost=None, valued_amount=None)
    world.grant(first, awarded=Decimal("300.00"))
    world.action(world.file(2027, id=102, programme_status="proposed"), planned_valued=None, priority="employment")
    world.file(2025, id=103, status="to_correct", returned_reason="Part du bailleur à revoir")
    world.file(2028, id=104)
    submitted = world.file(2025, id=105, convention=world.other_convention, status="submitted")
    world.action(submitted, valued_amount=Decimal("1200.00"))
    with world.app.app_context():
        row = build.db.session.get(build.TfpbFile, draft)
        build.participation(row, "diagnosis", audience="Locataires", participants=18, summary="Diagnostic en marchant")
        build.baseline(row, id=601)
        build.document(build.db.session.get(build.Action, first), id=801, title="Facture_202603_" * 9)
        build.carry_over(build.db.session.get(build.TfpbFile, submitted), id=701)
        build.residence(row.convention.landlord, row.neighbourhood, name="Résidence Les Acacias")
        build.objective(row.convention.contract)
    return world


def sign_in(world: World, page: Page, site: str, role: str) -> Page:
    """The page of a context that carries the user's session."""
    cookie = world.page(role).get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": site}])
    return page


SCREENS = {
    "landlord": (
        "/tfpb",
        "/tfpb?year=2030",
        "/tfpb?edit=new",
        "/tfpb/dossiers/101",
        "/tfpb/dossiers/101?edit=501",
        "/tfpb/dossiers/101?edit=new",
        "/tfpb/dossiers/101?edit=fiche",
        "/tfpb/dossiers/101?edit=fiche&tax_paid=80850&tax_base=trop",
        "/tfpb/dossiers/101?edit=participation-diagnosis",
        "/tfpb/dossiers/101?edit=baseline-new",
        "/tfpb/dossiers/101?edit=baseline-601",
        "/tfpb/dossiers/102",
        "/tfpb/dossiers/103?sort=-planned_cost",
        "/tfpb/dossiers/104",
        "/tfpb/actions/501?edit=revision",
        "/tfpb/actions/501?edit=new",
        "/documents/action/501",
        "/documents/801",
        "/tfpb/conventions",
    ),
    "coordinator": (
        "/tfpb?year=toutes",
        "/tfpb/dossiers/105?edit=vers-to_correct",
        "/tfpb/dossiers/105?edit=report-new",
        "/tfpb/dossiers/105?edit=report-701",
        "/tfpb/conventions?edit=new",
        "/tfpb/conventions/1",
        "/tfpb/conventions/1?edit=fiche",
        "/tfpb/conventions/1?edit=signatures",
        "/tfpb/conventions/1?edit=avenant-new",
        "/tfpb/completude?year=2024",
        "/tfpb/completude?year=2025&sort=landlord",
        "/tfpb/completude?year=2026&lacking=evidence",
        "/tfpb/completude?year=2029&city_id=1",
        "/referentiels/axes?edit=3",
        "/referentiels/axes",
    ),
}


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.proof), 1440])
@pytest.mark.parametrize("role", SCREENS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    filled: World, open_page: OpenPage, site: str, role: str, width: int
):
    page = sign_in(filled, open_page(width=width), site, role)
    for screen in SCREENS[role]:
        answer = page.goto(screen)
        assert answer is not None
        assert answer.status == 200, screen
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{screen} at {width}"


def test_a_row_is_refused_then_saved_and_gives_the_focus_back(filled: World, open_page: OpenPage, site: str):
    page = sign_in(filled, open_page(), site, "landlord")
    page.goto("/tfpb/dossiers/101")
    page.get_by_role("link", name="Modifier : Jardin partagé").click()
    expect(page.locator("#f-title")).to_be_focused()
    page.locator("#f-actual_cost").fill("mille")
    page.get_by_role("button", name="Enregistrer l’action").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_accessible(page)
    page.locator("#f-actual_cost").fill("1 300,00 €")
    page.locator("#f-valued_amount").fill("900")
    page.get_by_role("button", name="Enregistrer l’action").click()
    expect(page.locator("#edit-501")).to_be_focused()
    expect(page.locator("#action-501")).to_contain_text("1\u202f300,00")
    expect(page.locator("#announcer")).to_contain_text("Action enregistrée.")


def test_the_year_filter_knows_all_years(filled: World, open_page: OpenPage, site: str):
    page = sign_in(filled, open_page(), site, "landlord")
    page.goto("/tfpb")
    page.get_by_label("Année").select_option("toutes")
    expect(page.locator(".pager")).to_contain_text("4\u00a0dossiers")
    assert "year=toutes" in page.url


def test_the_report_is_submitted_without_javascript(filled: World, open_page: OpenPage, site: str):
    page = sign_in(filled, open_page(javascript=False), site, "landlord")
    page.goto("/tfpb/dossiers/103")
    page.get_by_role("button", name="Déposer le bilan corrigé").click()
    expect(page.locator("#messages")).to_contain_text("déposé")
    expect(page.locator(".steps")).to_contain_text("Bilan déposé")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_landlord_is_called_from_the_board_by_keyboard(
    filled: World, open_page: OpenPage, site: str, javascript: bool
):
    page = sign_in(filled, open_page(javascript=javascript), site, "officer")
    page.goto("/tfpb/completude?year=2025")
    page.get_by_role("button", name="Relancer Bailleur").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("par 1 courriel")
    expect(page.locator("table")).to_contain_text("relancé le 21/11/2026")
    expect(page.get_by_role("button", name="Relancer")).to_have_count(0)
    assert "year=2025" in page.url
    if javascript:
        assert_accessible(page)
