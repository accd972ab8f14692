"""The shell in Chromium: legible, reachable, announced, at every width, with and without JavaScript."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.ground.browser import OpenPage, assert_accessible
from tests.web import gallery as screens

pytestmark = pytest.mark.browser

SCREENS = (
    "liste",
    "liste?city=Sceaux&sort=-cost",
    "fiche",
    "fiche?edit=2",
    "fiche?edit=new",
    "pieces",
    "pieces?refused=1",
)


@pytest.fixture
def site(build_app: Callable[..., Flask]) -> Iterator[str]:
    """The gallery served for real, in place of the application's own screens."""
    app = build_app(demo=True)
    app.register_blueprint(screens.gallery)
    screens.reset()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def focused(page: Page) -> str:
    """The id of what has the focus."""
    found: str = page.evaluate("document.activeElement.id")
    return found


@pytest.mark.parametrize("width", [360, 800, 1440])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    for screen in (*SCREENS, "erreur/404", "erreur/429"):
        page.goto(f"/galerie/{screen}")
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{screen} at {width}"


def test_twelve_rows_are_visible_on_an_ordinary_screen(page: Page) -> None:
    page.goto("/galerie/liste")
    bottoms = page.evaluate(
        "[...document.querySelectorAll('.data tbody tr')].map(row => row.getBoundingClientRect().bottom)"
    )
    assert sum(bottom <= 900 for bottom in bottoms) >= 12


def test_thousands_are_told_apart_by_a_space_one_can_see(page: Page) -> None:
    page.goto("/galerie/liste")
    page.evaluate("document.fonts.ready")
    width = page.evaluate(
        """() => {
            const measure = text => {
                const span = document.createElement("span");
                span.textContent = text;
                document.body.append(span);
                return span.getBoundingClientRect().width;
            };
            return (measure("1\\u202f000") - measure("1000")) / parseFloat(getComputedStyle(document.body).fontSize);
        }"""
    )
    assert 0.15 <= width <= 0.25


def test_on_a_phone_a_row_is_a_card_that_names_its_values(open_page: OpenPage) -> None:
    page = open_page(width=360)
    page.goto("/galerie/liste")
    cell = page.locator(".data tbody tr").first.locator("td").nth(1)
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Coût HT"'
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "block"


def test_a_filter_refreshes_the_page_keeps_the_focus_and_is_announced(page: Page) -> None:
    page.goto("/galerie/liste")
    page.locator("#filtre-city").focus()
    page.locator("#filtre-city").select_option("Sceaux")
    expect(page.locator(".state-line")).to_have_text("4\u00a0projets à Sceaux")
    expect(page.locator("#announcer")).to_have_text("4\u00a0projets")
    assert page.url.endswith("/galerie/liste?sort=title&city=Sceaux")
    assert focused(page) == "filtre-city"
    expect(page.get_by_role("link", name="Excel")).to_have_attribute("href", "/galerie/liste?city=Sceaux")


def test_back_shows_a_page_and_not_a_fragment(page: Page) -> None:
    page.goto("/galerie/liste")
    page.locator("#filtre-city").select_option("Sceaux")
    expect(page.locator(".state-line")).to_have_text("4\u00a0projets à Sceaux")
    page.go_back()
    expect(page.locator(".state-line")).to_have_text("18\u00a0projets")
    expect(page.locator(".top-bar")).to_have_count(1)
    expect(page).to_have_title("Projets d’équipement")


def test_an_order_is_told_to_those_who_do_not_see_the_arrow(page: Page) -> None:
    page.goto("/galerie/liste")
    page.locator("#tri-cost").press("Enter")
    header = page.locator("th", has=page.locator("#tri-cost"))
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert focused(page) == "tri-cost"
    page.locator("#tri-cost").press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")


def test_a_row_opens_takes_the_focus_is_refused_then_saved_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/galerie/fiche")
    page.locator("#edit-2").press("Enter")
    field = page.get_by_label("Voté")
    expect(field).to_be_focused()
    field.fill("6OO 000")
    field.press("Enter")
    expect(page.locator(".field-error")).to_contain_text("« 6OO 000 » n’est pas un montant")
    expect(field).to_have_value("6OO 000")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    field.fill("600 000,50")
    field.press("Enter")
    expect(page.locator("#exercice-2")).to_contain_text("600\u202f000,50\u00a0€")
    expect(page.locator("#messages")).to_have_text("Exercice 2027 enregistré.")
    expect(page.locator("#announcer")).to_contain_text("Exercice 2027 enregistré.")
    expect(page.locator("#edit-2")).to_be_focused()


def test_closing_a_row_gives_the_focus_back(page: Page) -> None:
    page.goto("/galerie/fiche")
    page.locator("#edit-new").click()
    expect(page.get_by_label("Voté")).to_be_focused()
    page.get_by_role("link", name="Annuler").click()
    expect(page.locator("#edit-new")).to_be_focused()


def test_a_stale_row_shows_both_voices_and_keeps_the_typing(page: Page) -> None:
    page.goto("/galerie/fiche")
    page.locator("#edit-2").click()
    expect(page.get_by_label("Voté")).to_be_focused()  # opened with the first version
    screens.rows[2] = replace(screens.rows[2], awarded=Decimal("7.00"), version=2)
    page.get_by_label("Voté").fill("9,00")
    page.get_by_label("Voté").press("Enter")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text(
        "Paul Legrand a modifié cette fiche entre-temps, le 21/11/2026 à 14\u00a0h\u00a005"
    )
    expect(conflict.locator("td")).to_have_text(["9,00", "modifié par Paul Legrand", "7,00\u00a0€"])
    expect(conflict).to_be_focused()
    assert_accessible(page)
    expect(page.get_by_label("Voté")).to_have_value("9,00")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#exercice-2")).to_contain_text("9,00\u00a0€")


@pytest.mark.parametrize(
    "typed, told",
    [
        ("interdit", "Seule la ville de Bagneux peut modifier ce projet."),
        ("verrou", "Ce dossier est verrouillé : il figure dans une édition arrêtée."),
    ],
)
def test_a_refusal_is_told_without_losing_the_typing(page: Page, typed: str, told: str) -> None:
    page.goto("/galerie/fiche?edit=2")
    page.get_by_label("Voté").fill(typed)
    page.get_by_label("Voté").press("Enter")
    expect(page.locator("#messages .failure")).to_contain_text(told)
    expect(page.locator("#messages .failure")).to_be_focused()
    expect(page.get_by_label("Voté")).to_have_value(typed)
    expect(page).to_have_title("École Marcel Cachin")
    assert_accessible(page)


def test_a_server_that_is_out_of_reach_is_told_without_losing_the_typing(page: Page) -> None:
    page.goto("/galerie/fiche?edit=2")
    page.get_by_label("Voté").fill("12")
    page.route("**/fiche/2", lambda route: route.fulfill(status=404, body="<h1>no such backend</h1>"))
    page.get_by_label("Voté").press("Enter")
    expect(page.locator("#messages .failure")).to_contain_text("Le serveur ne répond pas")
    expect(page.get_by_label("Voté")).to_have_value("12")


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(page: Page) -> None:
    page.goto("/galerie/liste")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_everything_happens_without_javascript(open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    page.goto("/galerie/liste")
    page.get_by_label("Ville").select_option("Sceaux")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator(".state-line")).to_have_text("4\u00a0projets à Sceaux")
    page.get_by_role("link", name="Coût HT").click()
    expect(page.locator(".data tbody tr")).to_have_count(4)
    page.goto("/galerie/fiche")
    page.get_by_role("link", name="Modifier : 2027").click()
    page.get_by_label("Voté").fill("six cents")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".field-error")).to_contain_text("« six cents » n’est pas un montant")
    page.get_by_label("Voté").fill("600")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#messages")).to_have_text("Exercice 2027 enregistré.")
    expect(page.locator("#exercice-2")).to_contain_text("600,00\u00a0€")


def test_a_second_click_does_not_send_a_form_twice(page: Page) -> None:
    page.goto("/galerie/pieces")
    # A page that leaves would send one form whatever it does: the two events are looked at, not what was sent.
    held = page.evaluate(
        """() => [1, 2].map(() => {
            const event = new SubmitEvent("submit", {bubbles: true, cancelable: true});
            document.querySelector(".page-actions form[method=post]").dispatchEvent(event);
            return event.defaultPrevented;
        })"""
    )
    assert held == [False, True]


def test_printed_a_page_is_a_document(page: Page) -> None:
    page.goto("/galerie/liste")
    page.emulate_media(media="print")
    for selector in (".top-bar", ".filters", ".page-actions", ".pager ul"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator(".data thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"
