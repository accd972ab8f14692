"""In Chromium: editions compared, verified, opened to everybody and closed; with and without JavaScript."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from tests import builders as make
from tests.balance.test_screens import Filled, filled
from tests.ground.browser import OpenPage, assert_accessible
from tracker.balance.commands import freeze_edition, open_edition
from tracker.balance.models import Edition, Meeting
from tracker.policy import COORDINATOR, COPIL, LANDLORD, SYSTEM
from tracker.tfpb.models import Action

pytestmark = pytest.mark.browser

__all__ = ["filled"]

EDITION = "/bilan/ici/2025/editions"
SCREENS = {
    COORDINATOR: (
        "/bilan/ici/2025/comparer?de=1",
        "/bilan/ici/2025/comparer?de=2&a=2",
        "/bilan/ici/2026/comparer",
        f"{EDITION}",
        f"{EDITION}/1",
        f"{EDITION}/2",
        f"{EDITION}/3",
        f"{EDITION}/1/publication",
        f"{EDITION}/2/publication",
        "/donnees-ouvertes",
    ),
    COPIL: ("/bilan/ici/2025/comparer?de=1&a=2", f"{EDITION}/1/publication"),
    LANDLORD: ("/bilan/ici/2025/comparer?de=1", f"{EDITION}/1"),
}


@pytest.fixture
def editions(filled: Filled) -> Filled:
    """Three more editions: one of what changed since, one whose workbook was altered, one whose content was."""
    with filled.app.app_context():
        action = make.db.session.query(Action).first()
        assert action is not None
        action.actual_cost, action.location = Decimal("4321.00"), "Résidence aux très longs couloirs " * 6
        make.db.session.commit()
        meeting = make.db.session.query(Meeting).one().id
        for _ in range(3):
            freeze_edition(SYSTEM, "ici", 2025, meeting, "Rectifié")
        open_edition(SYSTEM, "ici", 2025, 1)
        for number, change in ((3, {"workbook": b"autre"}), (4, {"content": "{}"})):
            make.db.session.execute(update(Edition).where(Edition.number == number).values(change))
        make.db.session.commit()
    return filled


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.proof), 1440])
@pytest.mark.parametrize("role", SCREENS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    editions: Filled, open_page: OpenPage, site: str, role: str, width: int
) -> None:
    page = editions.sign_in(open_page(width=width), site, role)
    for screen in (*SCREENS[role], *((f"{EDITION}/4",) if role == COORDINATOR else ())):
        answer = page.goto(screen)
        assert answer is not None
        assert answer.status == 200, screen
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{screen} at {width}"


@pytest.mark.parametrize("javascript", [True, False])
def test_an_edition_is_compared_opened_read_by_anybody_and_closed(
    editions: Filled, open_page: OpenPage, site: str, javascript: bool
) -> None:
    page = editions.sign_in(open_page(javascript=javascript), site, COORDINATOR)
    page.goto(f"{EDITION}/2")
    page.get_by_role("link", name="Comparer…").click()
    page.get_by_label("De", exact=True).select_option("2025-1")
    page.get_by_label("à", exact=True).select_option("2025-2")
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator(".state-line")).to_contain_text("Édition n° 2")
    expect(page.get_by_role("table", name="Totaux")).to_contain_text("+3 321,00 €")
    page.goto(f"{EDITION}/2")
    page.get_by_role("link", name="Ce qui deviendrait public").click()
    page.get_by_role("button", name="Ouvrir au public").click()
    expect(page.locator(".state-line")).to_contain_text("Ouverte au public")
    visitor = open_page(javascript=javascript)
    visitor.goto("/donnees-ouvertes")
    expect(visitor.get_by_role("table", name="Éditions publiées")).to_contain_text("Bilan 2025, édition n° 2")
    page.get_by_role("button", name="Fermer au public").click()
    expect(page.locator(".field-error")).to_be_visible()
    page.get_by_label("Motif").fill("Une facture était comptée deux fois")
    page.get_by_role("button", name="Fermer au public").click()
    expect(page.get_by_role("button", name="Ouvrir au public")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("table", name="Éditions publiées")).not_to_contain_text("édition n° 2")
