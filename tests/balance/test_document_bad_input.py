"""What people type and what rows lack: the PDF stays a PDF, and what is unknown stays unknown."""

import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import builders as make
from tests.balance.faces import SPACES, number
from tests.balance.paper import facts, pages, tables
from tracker.balance import document
from tracker.balance.document.tables import PRINTED
from tracker.policy import SYSTEM

# What is printed is written from a sheet already read: the engine has no part in it, and printing is slow.
pytestmark = [pytest.mark.usefixtures("real_pdf"), pytest.mark.sqlite]

ODD = {
    "formula": "=SOMME(A1:A9)",
    "markup": "<script>alert(1)</script><b>gras</b>&amp;",
    "control": "avant\x01\x0b\x1faprès",
    "hebrew": "שלום עולם 12",
    "arabic": "مرحبا بالعالم",
    "emoji": "Fête des voisins 🎉",
    "template": "{{ 7 * 7 }} {% raw %}",
    "unbroken": "x" * 290,
    "polish": "Święto sąsiadów, Žižkov",
}
ACTIONS = "Les actions des dossiers déposés, par ville et bailleur"


@pytest.fixture
def contract(blank: Flask) -> Any:
    make.nomenclature()
    return make.contract(name="<i>Contrat</i> & Cie")


def printed(contract: Any, folder: Path) -> tuple[bytes, dict[str, list[dict[str, str]]]]:
    content = document.pdf_of(document.live(SYSTEM, contract.code, 2026))
    return content, tables(content, folder)


def test_a_year_without_a_file(contract: Any, tmp_path: Path) -> None:
    content, found = printed(contract, tmp_path)
    assert ACTIONS not in found
    assert facts(content, tmp_path)["Tagged"] == "yes"
    [rows] = [rows for caption, rows in found.items() if caption.startswith("Les chiffres de l’ensemble")]
    told = {row["Chiffre"]: number(row["2026"]) for row in rows}
    assert told["Réalisé"] == 0
    assert told["Abattement justifié"] is told["Effet de levier"] is None
    assert all(len(page.split()) > 15 for page in pages(content, tmp_path))


@pytest.mark.proof
def test_odd_rows_and_odd_texts(contract: Any, tmp_path: Path) -> None:
    """No dwelling, no known abatement, a negative correction; and in texts whatever a keyboard can type."""
    signed = make.convention(contract, make.landlord(name="Bailleur <A> & fils"))
    file = make.tfpb_file(
        signed,
        make.neighbourhood(contract),
        2026,
        status="submitted",
        dwellings=0,
        abated_dwellings=0,
        abatement_estimated=None,
        abatement_actual=None,
    )
    for text in ODD.values():
        make.action(file, title=text, result=text * 30, location=text[:100])
    make.action(file, title="Correction", actual_cost=Decimal("-250.00"), landlord_share=None, result="mot " * 2500)
    make.action(file, title="Grand", actual_cost=Decimal("9999999999.99"))
    make.participation(file, "report", participants=None, summary=ODD["markup"] * 200, outcome="mot " * 2500)
    content, found = printed(contract, tmp_path)
    rows = found[ACTIONS]
    said = " ".join(row["Action"] for row in rows)
    for name in ("formula", "markup", "template", "emoji", "polish"):
        assert ODD[name] in said, name
    assert "(suite dans le classeur)" in said
    [correction] = [row for row in rows if row["Action"].startswith("Correction")]
    assert number(correction["Réalisé"]) == Decimal("-250.00")
    assert number(correction["Financement bailleur"]) is None
    [grand] = [row for row in rows if row["Action"].startswith("Grand")]
    assert number(grand["Réalisé"]) == Decimal("9999999999.99")
    [line, _] = found["Contrepartie de l’abattement, par bailleur (le trait noir de la jauge marque 100 %)"]
    assert line["Bailleur"] == "Bailleur <A> & fils"
    assert number(line["Logements abattus"]) == 0
    assert [number(line[name]) for name in ("Abattement justifié", "Écart", "Valorisé par logement")] == [None] * 3
    [moment] = found["Chaque temps de participation"]
    assert ODD["markup"] in moment["Date"]
    assert number(moment["Participants"]) is None
    text = SPACES.sub(" ", " ".join(pages(content, tmp_path)))
    assert "<i>Contrat</i> & Cie" in text


@pytest.mark.proof
def test_ten_thousand_actions(contract: Any, tmp_path: Path, record_property: Any) -> None:
    """The list is printed up to its limit and says so; what is left out is added up, so that the total holds."""
    file = make.tfpb_file(
        make.convention(contract, make.landlord()), make.neighbourhood(contract), 2026, status="submitted"
    )
    make.action(file, title="Action type")
    live = document.live(SYSTEM, contract.code, 2026)
    one = live.sheet.actions[0]
    many = tuple(replace(one, id=n, title=f"Action {n}", actual_cost=Decimal(n)) for n in range(1, 10_001))
    totals = replace(live.sheet.totals, actions=10_000, actual_cost=sum((line.actual_cost for line in many), Decimal()))
    began = time.process_time()
    content = document.pdf_of(replace(live, sheet=replace(live.sheet, actions=many, totals=totals)))
    record_property("seconds", round(time.process_time() - began, 1))
    found = tables(content, tmp_path)
    listed = [row for row in found[ACTIONS] if row["Action"].startswith("Action ")]
    assert len(listed) == PRINTED
    [rest] = [row for row in found[ACTIONS] if "autres actions, dans le classeur" in row["Action"]]
    added = sum(number(row["Réalisé"]) or 0 for row in listed) + (number(rest["Réalisé"]) or 0)
    assert added == number(found[ACTIONS][-1]["Réalisé"]) == totals.actual_cost
    assert "500 premières actions sur 10 000" in SPACES.sub(" ", " ".join(pages(content, tmp_path)))
    assert time.process_time() - began < 120
