"""The room's screens in Chromium: accessible and within their width, live, frozen, empty, open and refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests import builders as make
from tests.ground.browser import OpenPage, assert_accessible
from tracker.balance.commands import freeze_edition, record_decision
from tracker.balance.models import Evaluation, Meeting, ReferenceValue
from tracker.policy import ADMINISTRATOR, COORDINATOR, COPIL, LANDLORD, SYSTEM
from tracker.territory.models import Contract, Landlord

pytestmark = pytest.mark.browser


@dataclass
class Filled:
    """A contract-year with files in several states; no session stays open, the server writes from its own thread."""

    app: Flask

    def __post_init__(self) -> None:
        with self.app.app_context():
            self.owner = _fill().id

    def sign_in(self, page: Page, site: str, role: str) -> Page:
        """The page of a context that carries the session of a new user of this role."""
        with self.app.app_context():
            contract = make.db.session.query(Contract).filter_by(code="ici").one()
            where = {"of_landlord": make.db.session.get(Landlord, self.owner)} if role == LANDLORD else {}
            cookie = make.page_client(self.app, make.user(role, contract, **where)).get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": site}])
        return page


@pytest.fixture
def filled(app: Flask, today: Callable[[date], None]) -> Filled:
    today(date(2026, 11, 21))
    return Filled(app)


def _fill() -> Any:
    """Two neighbourhoods, grants, a meeting and a frozen edition; answers the first landlord."""
    make.nomenclature()
    contract = make.contract(code="ici", name="Contrat des Tilleuls")
    places = [make.neighbourhood(contract), make.neighbourhood(contract)]
    owners = [make.landlord(name="Bailleur des Tilleuls"), make.landlord(name="Logement social du Val")]
    for owner, status in zip(owners, ("verified", "submitted"), strict=True):
        signed = make.convention(contract, owner)
        file = make.tfpb_file(signed, places[0], 2025, status=status, abatement_actual=Decimal("5000.00"))
        for axis in (1, 3, 7):
            action = make.action(
                file, axis=axis, priority="health", landlord_share=Decimal("800.00"), valued_amount=None
            )
            make.grant(action, awarded=Decimal("200.00"))
        make.participation(
            file, "diagnosis", participants=12, summary="Un diagnostic en marchant, de hall en hall. " * 3
        )
    make.tfpb_file(make.convention(contract, owners[0], contract.cities[1]), places[1], 2025, status="to_correct")
    meeting = make.save(Meeting(contract_id=contract.id, kind="copil", held_on=date(2026, 6, 18), notes="Bilan 2025"))
    text = "Une année de consolidation.\n\nLes habitants ont été entendus."
    make.save(Evaluation(contract_id=contract.id, year=2025, content=text))
    value = {"figure": "leverage", "low": Decimal("1.3"), "high": Decimal("1.4"), "period": "2019", "source": "Bilan"}
    make.save(ReferenceValue(label="Bilan national", **value))
    make.project(contract, title="École", cost_excl_tax=Decimal("120000.00"))
    edition = freeze_edition(SYSTEM, "ici", 2025, meeting.id, "Bilans attendus")
    for kind, named in (
        ("complement", {"landlord_id": owners[0].id, "due_on": date(2026, 9, 30)}),
        ("validated", {"edition_id": edition.id}),
    ):
        record_decision(SYSTEM, meeting.id, {"kind": kind, "subject": "Ce que la réunion a décidé", **named})
    return owners[0]


SCREENS = {
    COORDINATOR: (
        "/bilan/ici/2025",
        "/bilan/ici/2030",
        "/bilan/ici/annees",
        "/bilan/ici/annees?city_id=1",
        "/bilan/ici/2026/evaluation",
        "/bilan/ici/2025/arreter",
        "/bilan/ici/2025/editions",
        "/bilan/ici/2025/editions/1",
        "/bilan/ici/2025/imprimer",
        "/bilan/ici/2030/imprimer",
        "/bilan/ici/2025/editions/1/imprimer",
        "/bilan/reunions",
        "/bilan/reunions?edit=new",
        "/bilan/reunions?edit=1",
        "/bilan/reunions/1",
        "/bilan/reunions/1?edit=new",
        "/bilan/decisions/1",
        "/bilan/decisions/2",
    ),
    COPIL: ("/bilan/ici/2025", "/bilan/ici/2026/editions", "/bilan/reunions"),
    LANDLORD: ("/bilan/ici/2025", "/bilan/ici/annees", "/bilan/reunions/1", "/bilan/decisions/1", "/"),
    ADMINISTRATOR: ("/referentiels/reperes", "/referentiels/reperes?edit=new", "/referentiels/reperes?edit=1"),
}


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.proof), 1440])
@pytest.mark.parametrize("role", SCREENS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    filled: Filled, open_page: OpenPage, site: str, role: str, width: int
) -> None:
    page = filled.sign_in(open_page(width=width), site, role)
    for screen in SCREENS[role]:
        answer = page.goto(screen)
        assert answer is not None
        assert answer.status == 200, screen
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{screen} at {width}"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_coordinator_downloads_then_freezes(filled: Filled, open_page: OpenPage, site: str, javascript: bool) -> None:
    page = filled.sign_in(open_page(javascript=javascript), site, COORDINATOR)
    page.goto("/bilan/ici/2026")
    page.get_by_label("Année").select_option("2025")
    page.get_by_role("button", name="Afficher").click()
    expect(page).to_have_url(f"{site}/bilan/ici/2025")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le classeur").click()
    assert download.value.suggested_filename == "bilan-tfpb-ici-2025-PROVISOIRE-2026-11-21.xlsx"
    page.get_by_role("link", name="Arrêter l’édition…").click()
    page.get_by_role("button", name="Arrêter l’édition").click()
    expect(page.get_by_role("heading", name="Arrêter une édition du bilan 2025")).to_be_visible()
    if javascript:  # axe needs the page's timers
        assert_accessible(page)  # the refused form, with its messages
    page.get_by_label("Motif").fill("Un bilan reste à corriger")
    page.get_by_role("button", name="Arrêter l’édition").click()
    expect(page).to_have_url(f"{site}/bilan/ici/2025/editions/2")
    expect(page.locator("h1")).to_have_text("Bilan 2025 de l’abattement de TFPB, édition n° 2")


def test_a_meeting_is_changed_in_its_row_and_gives_the_focus_back(
    filled: Filled, open_page: OpenPage, site: str
) -> None:
    with filled.app.app_context():  # the other one keeps its day: an edition is frozen for it
        contract = make.db.session.query(Contract).filter_by(code="ici").one()
        number = make.save(Meeting(contract_id=contract.id, kind="cotech", held_on=date(2026, 11, 12))).id
    page = filled.sign_in(open_page(), site, COORDINATOR)
    page.goto("/bilan/reunions")
    page.locator(f"#edit-{number}").click()
    page.get_by_label("Date").fill("31/02/2026")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".field-error")).to_contain_text("n’existe pas dans le calendrier")
    page.get_by_label("Date").fill("13/11/2026")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(f"#reunion-{number}")).to_contain_text("13/11/2026")
    expect(page.locator(f"#edit-{number}")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_decision_is_recorded_then_marked_done(
    filled: Filled, open_page: OpenPage, site: str, javascript: bool
) -> None:
    page = filled.sign_in(open_page(javascript=javascript), site, COORDINATOR)
    page.goto("/bilan/reunions/1")
    page.get_by_role("link", name="Ajouter une décision").click()
    page.get_by_label("Nature").select_option("orientation")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.locator(".field-error")).to_contain_text("une valeur est attendue")
    if javascript:
        assert_accessible(page)
    page.get_by_role("textbox", name="Décision").fill("Prévoir des bancs")
    page.get_by_role("button", name="Enregistrer la décision").click()
    page.get_by_role("link", name="Prévoir des bancs").click()
    page.get_by_role("button", name="Marquer comme faite").click()
    expect(page.locator(".state-line")).to_contain_text("Faite")
    page.goto("/bilan/reunions/1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le dossier").click()
    assert download.value.suggested_filename == "dossier-ici-copil-2026-06-18.zip"
