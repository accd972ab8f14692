"""The three jobs the tracker exists for, end to end on the demo, in a real browser, with JavaScript and without."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.ground.browser import OpenPage, assert_accessible

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
NARROW = "\u202f"


@pytest.fixture(autouse=True)
def _demo(app: Flask, today: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application in demo mode, with the demo's figures."""
    today(date(2026, 11, 21))
    monkeypatch.setitem(app.config, "DEMO", True)
    loaded = app.test_cli_runner().invoke(args=["seed", "--demo"])
    assert loaded.exit_code == 0, loaded.output


def enter(page: Page, role: str) -> None:
    """One click on the sign-in page, as the role's fictitious account."""
    page.goto("/connexion")
    page.get_by_role("button", name=role, exact=True).click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def menu(page: Page, entry: str) -> None:
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name=entry, exact=True).click()


@BOTH
def test_a_finance_officer_updates_a_budget_and_a_grant(open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    enter(page, "Finances de la ville, Bagneux")
    assert_shown(page, javascript)
    menu(page, "Projets")
    page.get_by_role("link", name="Ecole Paul Eluard", exact=True).click()
    # The year's budget, in its row.
    page.locator("#budget-" + budget_id(page, "2026")).get_by_role("link", name="Modifier").click()
    page.get_by_label("Voté").fill("300 000,50 €")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Budget 2026 enregistré.").first).to_be_visible()
    expect(page.locator("td[data-label='Voté']", has_text=f"300{NARROW}000,50").first).to_be_visible()
    # A wrong amount is quoted under its field; the row stays open.
    page.locator("#budget-" + budget_id(page, "2026")).get_by_role("link", name="Modifier").click()
    page.get_by_label("Voté").fill("12,345")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".field-error")).to_contain_text("12,345")
    page.get_by_role("link", name="Annuler").first.click()
    # A grant goes on: from filed to awarded, with its amount.
    page.get_by_role("link", name="Dotation politique de la ville (DPV)", exact=True).click()
    page.get_by_role("link", name="Changer le statut").click()
    page.get_by_label("Nouveau statut").select_option(label="Accordée")
    page.get_by_label("Accordé", exact=True).fill("100 000")
    page.get_by_role("button", name="Enregistrer le statut").click()
    expect(page.get_by_text("Statut enregistré.").first).to_be_visible()
    expect(page.locator(".badge", has_text="Accordée").first).to_be_visible()
    page.get_by_role("link", name="Ecole Paul Eluard").first.click()
    expect(page.locator("td[data-label='Accordé']", has_text=f"100{NARROW}000,00").first).to_be_visible()


def budget_id(page: Page, year: str) -> str:
    """The number of a year's row, read from its id."""
    row = page.locator("tr[id^='budget-']", has=page.get_by_role("rowheader", name=year, exact=True))
    found = row.get_attribute("id")
    assert found is not None
    return found.removeprefix("budget-")


def assert_shown(page: Page, javascript: bool) -> None:
    """axe needs scripts; without them the page only has to have its heading."""
    if javascript:
        assert_accessible(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@BOTH
def test_a_landlord_declares_the_years_actions_and_submits(open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    enter(page, "Bailleur, Bailleur A (fictif)")
    assert_shown(page, javascript)
    menu(page, "TFPB")
    page.locator("tbody tr", has_text="Bourg-la-Reine").get_by_role("link").first.click()
    page.get_by_role("link", name="Ajouter une action").first.click()
    page.get_by_role("textbox", name="Action").fill("Nettoyage des caves")
    page.get_by_label("Axe").select_option("3")
    for label, amount in (("Dépense réalisée", "1 100,50"), ("Financement bailleur", "1 100,50")):
        page.get_by_label(label).fill(amount)
    page.get_by_label("Dépense valorisée TFPB").fill("800")
    page.get_by_role("button", name="Enregistrer l’action").click()
    expect(page.get_by_role("link", name="Nettoyage des caves", exact=True)).to_be_visible()
    # What is missing leads to what mends it, one line after the other, until nothing is.
    missing = page.locator(".todo").get_by_role("link", name="Compléter")
    while missing.count():
        before = missing.count()
        missing.first.click()
        for label, amount in (
            ("Dépense réalisée", "1 000"),
            ("Financement bailleur", "1 000"),
            ("Dépense valorisée TFPB", "600"),
        ):
            if not page.get_by_label(label).input_value():
                page.get_by_label(label).fill(amount)
        page.get_by_role("button", name="Enregistrer l’action").click()
        expect(missing).to_have_count(before - 1)
    page.get_by_role("button", name="Déposer le bilan").click()
    expect(page.locator(".badge", has_text="Bilan déposé").first).to_be_visible()
    expect(page.get_by_role("link", name="Ajouter une action")).to_have_count(0)
    assert_shown(page, javascript)


@BOTH
def test_the_copil_downloads_the_balance_sheet_it_reads(open_page: OpenPage, javascript: bool, tmp_path: Path) -> None:
    page = open_page(javascript=javascript)
    enter(page, "Comité de pilotage")
    menu(page, "Bilan")
    page.goto("/bilan/blagis/2025")
    assert_shown(page, javascript)
    expect(page.get_by_role("link", name="Arrêter l’édition…")).to_have_count(0)
    shown = page.locator("main").inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger le classeur").click()
    assert "PROVISOIRE" in waiting.value.suggested_filename
    waiting.value.save_as(tmp_path / "bilan.xlsx")
    book = load_workbook(BytesIO((tmp_path / "bilan.xlsx").read_bytes()))
    figures = {row[0].value: row[1].value for row in book["Synthèse"].iter_rows(max_col=2)}
    # The five figures of the strip are the workbook's, to the cent.
    for label in ("Abattement", "Réalisé", "Valorisé TFPB"):
        amount = f"{figures[label]:,.2f}".replace(",", NARROW).replace(".", ",")
        assert f"{amount}\u00a0€" in shown, label


def test_a_row_is_changed_by_the_keyboard_alone_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page()
    enter(page, "Finances de la ville, Bagneux")
    page.goto("/projets")
    link = page.locator("a[id^='edit-']").first
    opener = link.get_attribute("id")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Autofinancement")).to_be_visible()
    page.get_by_label("Autofinancement").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("123 456,78")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"123{NARROW}456,78").first).to_be_visible()
    expect(page.locator(f"#{opener}")).to_be_focused()
    expect(page.locator("#announcer")).not_to_be_empty()
