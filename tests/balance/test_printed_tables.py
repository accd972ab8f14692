"""The document's tables, from sheets made by hand: each carries its total, and the columns that the workbook has."""

from datetime import date

import pytest

from tests.balance import made
from tests.balance.faces import number, page_tables
from tracker.balance import document
from tracker.balance.queries.content import BalanceSheet
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
