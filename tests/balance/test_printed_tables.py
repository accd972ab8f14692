"""The document's tables, from sheets made by hand: each carries its total, and the columns that the workbook has."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.balance import made
from tests.balance.faces import number, page_tables, workbook_tables
from tracker.balance import document
from tracker.balance.columns import FIGURES
from tracker.balance.document import tables
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.rules import Check
from tracker.balance.workbook import balance_workbook
from tracker.workbooks.about import About

pytestmark = [pytest.mark.usefixtures("blank"), pytest.mark.sqlite]

ABOUT = About(date(2026, 11, 21), "Claire Martin", source="Contrat des Tilleuls")
PROJECTS = "Les projets d’équipement"


def written(sheet: BalanceSheet) -> str:
    return document.written(document.Printed(sheet, ABOUT), lambda name: f"/static/{name}")


def test_what_finances_the_projects_ends_with_the_plans_own_totals() -> None:
    found = page_tables(written(made.whole()))
    total = found["Les financements des projets, par source"][-1]
    assert total["Source"] == "Total"
    assert [number(total[name]) for name in ("Demandé", "Accordé", "Emprunts", "Versé")] == [400000, 350000, 0, 100000]
    assert total["Projets"] == ""  # a project of two sources would count twice


def test_the_projects_end_with_the_plans_own_totals() -> None:
    """One cost of two is unknown: what is left is not made up, and the total says what it skipped."""
    html = written(made.whole())
    *_, total = page_tables(html)[PROJECTS]
    assert [number(total[name]) for name in ("Coût HT", "Accordé", "Versé")] == [500000, 350000, 100000]
    assert total["Reste à financer"] == "—"
    assert "1\u00a0inconnu" in html[html.index(PROJECTS) :]


# -- the same columns as the workbook ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "caption, name",
    [
        ("Les projets, par ville", "Investissement"),
        ("Les financements des projets, par source", "Investissement par source"),
        (PROJECTS, "Investissement par projet"),
    ],
)
def test_the_plan_has_the_workbooks_columns(caption: str, name: str) -> None:
    sheet = made.whole()
    book = workbook_tables(balance_workbook(sheet, ABOUT))
    assert list(page_tables(written(sheet))[caption][0]) == list(book[name][0])


def test_the_years_have_every_figure_once_cumulated() -> None:
    found = page_tables(written(made.whole()))
    owed, spent, valued = (found[f"{name}, chaque année du contrat et toutes ensemble"] for name in tables.YEARS)
    assert {column.label for column in FIGURES} == {*owed[0], *spent[0], *valued[0]} - {"Année"}
    for table in (owed, spent, valued):
        assert [row["Année"] for row in table] == ["2025", "2026", "Cumul"]
    assert owed[-1]["Logements"] == "—"  # the same ones come back each year


def test_a_year_beside_the_last_by_landlord_city_and_axis_on_paper_and_in_the_workbook() -> None:
    """Bailleur A: 43 000 − 250 − 40 000 = 2 750 more valued; 42 750 ÷ 58 000 = 73,7 %, 40 000 ÷ 58 000 = 69,0 %."""
    sheet = made.whole()
    found = page_tables(written(sheet))
    book = load_workbook(io.BytesIO(balance_workbook(sheet, ABOUT)))["Année précédente"]
    rows = [row for row in book.iter_rows(values_only=True) if row[0]]
    for heading, word, called in (("Bailleur", "bailleur", "Bailleur A"), ("Ville", "ville", "Ville 1")):
        spent = found[f"D’une année sur l’autre, par {word}"][0]
        owed = found[f"Abattement et part justifiée d’une année sur l’autre, par {word}"][0]
        assert spent[heading] == owed[heading] == called
        assert spent["Évolution du valorisé"] == "+2 750,00 €"
        assert (owed["Justifié 2025"], owed["Justifié 2026"]) == ("69,0 %", "73,7 %")
        assert owed["Évolution du taux"] == "+4,7 points"
        headers, line = next((rows[at], rows[at + 1]) for at, row in enumerate(rows) if row[0] == heading)
        told = dict(zip(headers, line, strict=True))
        assert (told["Évolution du valorisé"], told["Évolution du taux"]) == (2750, 0.0474)
    assert [row["Axe"] for row in found["D’une année sur l’autre, par axe"]] == ["3 Axe 3", "5 Axe 5"]
    at = next(at for at, row in enumerate(rows) if row[0] == "Axe")
    assert [row[0] for row in rows[at + 1 : at + 3]] == ["3 Axe 3", "5 Axe 5"]
    assert "Justifié 2026" not in rows[at]  # an abatement belongs to whole files


def test_the_leverage_is_read_with_two_decimals_everywhere() -> None:
    """60 000 × 2 + nothing known of the third: 120 000 ÷ 42 750 = 2,8070."""
    sheet = made.whole()
    assert sheet.by_landlord[0].leverage == Decimal("2.8070")
    html = written(sheet)
    assert page_tables(html)["Valorisation de la dépense, par bailleur"][0]["Effet de levier"] == "2,81"
    assert "2,8070" not in html
    assert "2,807" not in html


def test_every_figure_leads_to_its_definition() -> None:
    html = written(made.whole())
    named = set(re.findall(r'href="#(def-[a-z_]+)"', html))
    assert {"def-abatement", "def-left_to_fund", "def-budget_voted", "def-planned_actions", "def-share"} <= named
    for anchor in named:
        assert html.count(f'id="{anchor}"') == 1, anchor
    alone = written(made.worked())  # without the plan, nothing leads where nothing is
    assert not set(re.findall(r'href="#(def-[a-z_]+)"', alone)) - set(re.findall(r'id="(def-[a-z_]+)"', alone))


# -- where it is mended --------------------------------------------------------------------------------------------

OPEN = replace(
    made.worked(), checks=(Check("no_evaluation", "warning", False, "À écrire.", "/bilan/x/2026/evaluation"),)
)
MENDED = "https://suivi.example.fr/bilan/x/2026/evaluation"


def test_what_must_be_mended_is_one_click_away() -> None:
    printed = document.Printed(OPEN, ABOUT)
    assert f'<a href="{MENDED}">Corriger</a>' in document.written(printed, str, "https://suivi.example.fr")
    assert '<a href="/bilan/x/2026/evaluation">Corriger</a>' in document.written(printed, str, "")
    edition = document.frozen(made.frozen(OPEN))
    assert "Corriger" not in document.written(edition, str, "https://suivi.example.fr")


def test_the_workbook_leads_to_it_and_keeps_its_text() -> None:
    with_home, without = (
        load_workbook(io.BytesIO(balance_workbook(OPEN, ABOUT, home)))["Contrôles"]
        for home in ("https://suivi.example.fr", None)
    )
    cells = [[cell.value for cell in row] for row in without.iter_rows()]
    assert [[cell.value for cell in row] for row in with_home.iter_rows()] == cells
    [linked] = [cell for row in with_home.iter_rows() for cell in row if cell.hyperlink]
    assert (linked.value, linked.hyperlink.target) == ("/bilan/x/2026/evaluation", MENDED)
    assert not [cell for row in without.iter_rows() for cell in row if cell.hyperlink]
