"""``flask balance export``."""

from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import builders as make
from tracker.web import pdf


@pytest.fixture
def contract(blank: Flask):
    make.nomenclature()
    found = make.contract()
    signed = make.convention(found, make.landlord())
    make.action(make.tfpb_file(signed, make.neighbourhood(found), 2026, status="validated"), title="=1+1")
    return found


def export(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["balance", "export", *arguments])


def test_the_workbook_is_written(blank: Flask, contract, tmp_path: Path) -> None:
    target = tmp_path / "bilan.xlsx"
    result = export(blank, "--contract", contract.code, "--year", "2026", "--output", str(target))
    assert result.exit_code == 0, result.output
    book = load_workbook(target)
    assert book.sheetnames == [
        "Essentiel",
        "Synthèse",
        "Par bailleur",
        "Par ville",
        "Par axe",
        "Par priorité",
        "Par source",
        "Actions",
        "Participation",
        "Année précédente",
        "Pluriannuel",
        "Programme N+1",
        "Investissement",
        "Évaluation",
        "Dossiers attendus",
        "Contrôles",
        "À propos",
    ]
    titles = [cell for cell in book["Actions"][5] if cell.value == "=1+1"]
    assert [cell.data_type for cell in titles] == ["s"]


@pytest.mark.parametrize("code, year", [("nulle-part", "2026"), ("ici", "1999")])
def test_an_unknown_contract_or_year_writes_nothing(
    blank: Flask, contract, tmp_path: Path, code: str, year: str
) -> None:
    contract.code = "ici"
    make.db.session.commit()
    target = tmp_path / "bilan.xlsx"
    result = export(blank, "--contract", code, "--year", year, "--output", str(target))
    assert result.exit_code == 1
    assert code in result.output
    assert not target.exists()


def test_an_unwritable_file_is_said(blank: Flask, contract, tmp_path: Path) -> None:
    target = tmp_path / "absent" / "bilan.xlsx"
    result = export(blank, "--contract", contract.code, "--year", "2026", "--output", str(target))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("real_pdf")
def test_the_pdf_is_written(blank: Flask, contract, tmp_path: Path) -> None:
    target = tmp_path / "bilan.PDF"
    result = export(blank, "--contract", contract.code, "--year", "2026", "--output", str(target))
    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(b"%PDF-1.7")


def test_another_extension_is_refused(blank: Flask, contract, tmp_path: Path) -> None:
    target = tmp_path / "bilan.docx"
    result = export(blank, "--contract", contract.code, "--year", "2026", "--output", str(target))
    assert result.exit_code == 1
    assert ".xlsx ou .pdf" in result.output
    assert not target.exists()


def test_without_pango_nothing_is_written(blank: Flask, contract, tmp_path: Path, monkeypatch) -> None:
    def refuse(html: str, identifier: str) -> bytes:
        raise pdf.PdfUnavailable("« libpango-1.0-0 » manque.")

    monkeypatch.setattr(pdf, "write_pdf", refuse)
    target = tmp_path / "bilan.pdf"
    result = export(blank, "--contract", contract.code, "--year", "2026", "--output", str(target))
    assert result.exit_code == 1
    assert "libpango-1.0-0" in result.output
    assert not target.exists()
