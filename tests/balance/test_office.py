"""The workbook opened, computed anew and printed by LibreOffice: what a préfet is handed and a controller audits."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from tests.balance import made
from tests.balance.faces import exact
from tests.balance.generated import YEAR, generate
from tests.balance.test_workbook import WICKED, written
from tests.ground.tools import program
from tracker.policy import COORDINATOR

pytestmark = pytest.mark.proof

# LibreOffice trusts the results a file carries unless it is told to compute every formula again.
COMPUTE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop>
</item>
</oor:items>
"""


def converted(content: bytes, to: str, directory: Path) -> Path:
    """The workbook as LibreOffice saves it, every formula computed again."""
    office = program("soffice", package="libreoffice-calc")
    profile = directory / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(COMPUTE, encoding="utf-8")
    (directory / "bilan.xlsx").write_bytes(content)
    target = directory / "out"
    command = [str(office), "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", to]
    subprocess.run(
        [*command, "--outdir", str(target), str(directory / "bilan.xlsx")], check=True, capture_output=True, timeout=300
    )
    return target / f"bilan.{to.split(':')[0]}"


def computed(content: bytes, directory: Path) -> CalamineWorkbook:
    path = converted(content, "xlsx:Calc MS Excel 2007 XML", directory)
    return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))


def verdicts(book: CalamineWorkbook) -> list[list[object]]:
    rows = book.get_sheet_by_name("Contrôles").to_python()
    return [row for row in rows if row[0] in ("OK", "ÉCART")]


def printed(content: bytes, directory: Path) -> list[str]:
    reader = program("pdftotext", package="poppler-utils")
    path = converted(content, "pdf", directory)
    text = subprocess.run([str(reader), "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


def test_libreoffice_prints_every_sheet(blank: Flask, api: Callable[..., FlaskClient], tmp_path: Path) -> None:
    found = generate(1, scale=3)
    answer = api(COORDINATOR, found.contract).get(f"/api/v1/contracts/{found.contract.code}/balance-sheets/{YEAR}.xlsx")
    pages = printed(answer.data, tmp_path)
    assert len(pages) >= 10
    for page in pages:
        assert "PROVISOIRE – état au 21/11/2026" in page
        assert "###" not in page  # an amount wider than its column
        assert f"/ {len(pages)}" in page


@pytest.mark.parametrize("seed", [1, 4])
def test_libreoffice_finds_the_same_totals(
    blank: Flask, api: Callable[..., FlaskClient], tmp_path: Path, seed: int
) -> None:
    """Unknown amounts, negative ones, files without any action: each control still comes to zero."""
    found = generate(seed, scale=2)
    address = f"/api/v1/contracts/{found.contract.code}/balance-sheets/{YEAR}"
    client = api(COORDINATOR, found.contract)
    sheet = client.get(address).get_json()
    book = computed(client.get(address + ".xlsx").data, tmp_path)
    rows = verdicts(book)
    assert len(rows) > 20
    assert {row[0] for row in rows} == {"OK"}
    assert {row[5] for row in rows[:-1]} == {0.0}
    values = {row[0]: row[1] for row in book.get_sheet_by_name("Synthèse").to_python()}
    totals = sheet["totals"]
    for label, key in (("Abattement", "abatement"), ("Réalisé", "actual_cost"), ("Valorisé TFPB", "valued_amount")):
        assert (None if values[label] == "" else exact(values[label])) == totals[key]


def test_libreoffice_sees_a_figure_that_was_changed(tmp_path: Path) -> None:
    """60 000 typed over by hand in the only action: the sums that hold it no longer make the totals."""
    content = written(made.frozen(made.worked()))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet8.xml":
                assert b"Action 1" in part
                part = re.sub(rb"(<c r=\"J5\"[^>]*><v>)60000(\.00)?", rb"\g<1>61000", part)
                assert b"61000" in part
            new.writestr(name, part)
    wrong = [row[2] for row in verdicts(computed(changed.getvalue(), tmp_path)) if row[0] == "ÉCART"]
    assert wrong[0] == "Réalisé : somme des lignes − total (J6)"
    assert wrong[1].startswith("Réalisé : le même partout")
    assert wrong[2].startswith("Chaque écart recalculé doit être nul")
    assert len(wrong) == 3


def test_libreoffice_opens_what_bad_input_makes(tmp_path: Path) -> None:
    file = made.File(1, made.landlord(1, "=1+1"), made.city(1, "🏘️ مرحبا"), 0, 0, None)
    actions = [made.action(number, file, title=text, result=text) for number, text in enumerate(WICKED)]
    sheet = made.frozen(made.sheet([file], actions, evaluation="mot " * 2_500), "@SUM(A1)")
    book = computed(written(sheet), tmp_path)
    assert {row[0] for row in verdicts(book)} == {"OK"}
    rows = book.get_sheet_by_name("Actions").to_python()[4:]
    assert [row[3] for row in rows[:5]] == WICKED[:5]
    shown = {row[0]: row[1] for row in book.get_sheet_by_name("Synthèse").to_python()}
    assert (shown["Abattement justifié"], shown["Valorisé par logement"]) == ("", "")


def test_ten_thousand_actions_are_computed_and_nothing_is_lost(tmp_path: Path) -> None:
    file = made.File(1, made.landlord(1), made.city(1))
    sheet = made.sheet([file], [made.action(number, file) for number in range(10_000)])
    rows = verdicts(computed(written(sheet), tmp_path))
    assert {row[0] for row in rows} == {"OK"}
    assert ("Par bailleur", 600_000_000.0) in {(row[1], row[4]) for row in rows}


def test_every_printed_page_of_an_edition_carries_its_fingerprint(tmp_path: Path) -> None:
    sheet = made.frozen(replace(made.whole(), evaluation="mot " * 2_500), "Bilan B attendu")
    about = [page for page in printed(written(sheet), tmp_path) if page.strip()]
    digest = re.search(r"[0-9a-f]{64}", about[0])
    assert digest is not None
    for page in about:
        assert digest.group() in page
        assert "PROVISOIRE" not in page
        assert "###" not in page
    assert sum(page.count("mot ") for page in about) >= 2_400  # a long text is printed whole
