"""A landlord declares with Excel by keyboard alone: download, fill, upload, read the difference, write, submit."""

import os
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.ground.browser import OpenPage, assert_accessible

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
HEADER, FIRST = 5, 7
MOST = 150  # presses of Tab before giving up


@pytest.fixture(autouse=True)
def _demo(app: Flask, today: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application in demo mode, with the demo's figures."""
    today(date(2026, 11, 21))
    monkeypatch.setitem(app.config, "DEMO", True)
    loaded = app.test_cli_runner().invoke(args=["seed", "--demo"])
    assert loaded.exit_code == 0, loaded.output


def reach(page: Page, control: Locator) -> None:
    """Press Tab until this control has the focus: a mouse is never used."""
    for _ in range(MOST):
        if control.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {control}")


def press(page: Page, control: Locator, key: str = "Enter") -> None:
    reach(page, control)
    page.keyboard.press(key)


def filled(content: bytes, *, wrong: bool) -> bytes:
    """The workbook as the landlord saves it: what the first action cost, and one action more."""
    book = load_workbook(BytesIO(content))
    sheet = book["Actions"]
    places = {str(cell.value).removesuffix(" *"): cell.column for cell in sheet[HEADER] if cell.value}
    free = next(row for row in range(FIRST, sheet.max_row) if sheet.cell(row, places["Action"]).value is None)
    told = {
        "Axe": 6,
        "Action": "Ateliers d’éco-gestes",
        "Dépense prévisionnelle": 0,
        "Dépense réalisée": "1 200,50 €",
        "Financement bailleur": "douze cents" if wrong else 1200.5,
        "Dépense valorisée TFPB": 1000,
        "État": "Réalisée",
        "Résultat et observations": "Douze ateliers tenus",
    }
    for label, value in told.items():
        sheet.cell(free, places[label]).value = value
    for row in range(FIRST, free):
        for label in ("Dépense réalisée", "Financement bailleur", "Dépense valorisée TFPB"):
            cell = sheet.cell(row, places[label])
            if cell.value is None:
                cell.value = 0
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def send(page: Page, path: Path) -> None:
    """Choose the file with the keyboard and send it."""
    with page.expect_file_chooser() as chooser:
        press(page, page.get_by_label("Classeur rempli (.xlsx)"), "Enter")
    chooser.value.set_files(path)
    press(page, page.get_by_role("button", name="Déposer le classeur rempli"))


@BOTH
def test_a_landlord_declares_with_excel_by_keyboard(
    open_page: OpenPage, tmp_path: Path, pictures: Any, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    page.goto("/connexion")
    press(page, page.get_by_role("button", name="Bailleur A", exact=False).first)
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.goto("/tfpb?year=2026")
    press(page, page.locator("#content table.data tbody a").first)
    expect(page.get_by_role("heading", name="Déclarer avec Excel")).to_be_visible()
    pictures(page, "dossier")
    if javascript:
        assert_accessible(page)
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="Télécharger le classeur", exact=True))
    content = Path(download.value.path()).read_bytes()

    # One cell is wrong: it is told, nothing can be written, the marked workbook is offered.
    wrong = tmp_path / "declaration-2026.xlsx"
    wrong.write_bytes(filled(content, wrong=True))
    send(page, wrong)
    expect(page.get_by_text("1 erreur à corriger").first).to_be_visible()
    expect(page.get_by_role("button", name="Écrire ces changements")).to_have_count(0)
    pictures(page, "erreurs")
    with page.expect_download() as marked:
        press(page, page.get_by_role("link", name="Télécharger le classeur annoté"))
    assert load_workbook(BytesIO(Path(marked.value.path()).read_bytes())).sheetnames[0] == "Contrôles"

    # Put right, it shows what changes before anything is written.
    press(page, page.get_by_role("link", name="Déposer un autre classeur"))
    right = tmp_path / "declaration-2026-bis.xlsx"
    right.write_bytes(filled(content, wrong=False))
    send(page, right)
    expect(page.get_by_text("Rien n’est encore écrit.")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Ateliers d’éco-gestes")).to_be_visible()
    pictures(page, "difference")
    if javascript:
        assert_accessible(page)
    press(page, page.get_by_role("button", name="Écrire ces changements"))

    # Back on the file, which says what was written and how to go on.
    expect(page.get_by_text("Classeur enregistré", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="Ateliers d’éco-gestes", exact=True).first).to_be_visible()
    pictures(page, "applique")
    press(page, page.get_by_role("button", name="Déposer le bilan", exact=True))
    expect(page.get_by_text("Bilan : « déposé ».").first).to_be_visible()
    # Handed in: it is read, no longer written.
    expect(page.get_by_role("button", name="Déposer le classeur rempli")).to_have_count(0)


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Any:
    """``pictures(page, name)`` at a phone's and a desk's width, into the folder ``TRACKER_PICTURES`` names, if any."""
    folder = os.environ.get("TRACKER_PICTURES")

    def take(page: Page, name: str) -> None:
        if folder is None:
            return
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{request.node.callspec.id}-{name}-{width}.png", full_page=True)

    return take
