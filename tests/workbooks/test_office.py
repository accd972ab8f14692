"""The workbook opened and saved anew by another program than the one that wrote it: nothing is lost on the way."""

import io
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.ground.tools import program
from tests.workbooks.sample import form, known, written
from tracker.workbooks.difference import compare
from tracker.workbooks.reading import read


@pytest.mark.proof
def test_libreoffice_saves_a_workbook_that_still_changes_nothing(tmp_path: Path) -> None:
    office = program("soffice", package="libreoffice-calc")
    (tmp_path / "declaration.xlsx").write_bytes(written())
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            tmp_path / "saved",
            tmp_path / "declaration.xlsx",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    saved = (tmp_path / "saved" / "declaration.xlsx").read_bytes()
    found = read(form(), saved)
    changes, compared = compare(form().sheets, found.records, known())
    assert (found.issues, compared) == ([], [])
    assert [change.kind for change in changes] == ["unchanged"] * 3
    book = load_workbook(io.BytesIO(saved))
    offers = book["Actions"].data_validations.dataValidation
    assert [offer.formula1 for offer in offers] == [
        "liste_actions_axis",
        "liste_actions_status",
        "liste_actions_residence_ids",
        "liste_actions_seen",
    ]
    assert book["Actions"].protection.sheet
    assert book["_suivi"].sheet_state != "visible"
