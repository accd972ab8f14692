"""The workbook opened and printed by LibreOffice: what a préfet is handed."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.balance.generated import YEAR, generate
from tests.ground.tools import program
from tracker.policy import COORDINATOR

pytestmark = pytest.mark.proof


def test_libreoffice_prints_every_sheet(blank: Flask, api: Callable[..., FlaskClient], tmp_path: Path) -> None:
    office, reader = program("soffice", package="libreoffice-calc"), program("pdftotext", package="poppler-utils")
    found = generate(1, scale=3)
    answer = api(COORDINATOR, found.contract).get(f"/api/v1/contracts/{found.contract.code}/balance-sheets/{YEAR}.xlsx")
    (tmp_path / "bilan.xlsx").write_bytes(answer.data)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    convert = [str(office), "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "bilan.xlsx")], check=True, capture_output=True, timeout=180)
    printed = subprocess.run(
        [str(reader), "-layout", str(tmp_path / "bilan.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = printed.split("\f")[:-1]
    assert len(pages) >= 10
    for page in pages:
        assert "PROVISOIRE – état au 21/11/2026" in page
        assert "###" not in page  # an amount wider than its column
        assert f"/ {len(pages)}" in page
