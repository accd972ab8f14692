"""Every workbook that leaves the house: PROVISOIRE unless frozen, numbers as numbers, and never a formula."""

import io
import re
import zipfile
from html import unescape
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.house.conftest import House
from tests.house.walk import read_table, version_of
from tracker.extensions import db
from tracker.investment.models import Project
from tracker.territory.models import City, Landlord
from tracker.tfpb.models import Action, Participation

EXPORTS = sorted(
    {
        row.path
        for row in read_table()
        # What somebody sent is given back to them as it was, marked: it is no export.
        if row.method == "GET" and ".xlsx" in row.path and "_batch}" not in row.path
    }
)
MAKERS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1")

_CELL = r"\$?[A-Z]{1,2}\$?\d+"
_SHEET = r"'[A-Z][\w +]{3,29}'!"
OURS = re.compile(
    rf"(?:(?:ROUND|SUM|ABS|IF|COUNTIF|ROWS)\(|(?:{_SHEET})?{_CELL}(?::{_CELL})?"
    r'|"(?:OK|ÉCART)?"|\d+|[-+/=,)])+'
)


def exported(house: House, path: str) -> TestResponse:
    address = path.format_map(house.world.ids)
    answer = house.client("coordinator", address).get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return answer


@pytest.mark.sqlite
@pytest.mark.parametrize("path", EXPORTS)
def test_what_is_live_says_so_in_its_name_and_its_head(house: House, path: str) -> None:
    answer = exported(house, path)
    name = unquote(answer.headers["Content-Disposition"])
    assert name.startswith("attachment")
    book = load_workbook(io.BytesIO(answer.data))
    heads = " ".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows(max_row=5) for cell in row if cell.value
    )
    frozen = "/editions/" in path
    assert ("PROVISOIRE" in name) is not frozen
    assert ("PROVISOIRE – état au 21/11/2026" in heads) is not frozen


@pytest.mark.sqlite
@pytest.mark.parametrize("path", EXPORTS)
def test_a_text_never_becomes_a_formula(house: House, path: str) -> None:
    with house.app.app_context():
        for place, model in enumerate((Project, Action, Landlord, City, Participation)):
            for row in db.session.scalars(db.select(model)):
                for column in ("title", "name", "owner_name", "location", "result", "audience", "summary"):
                    if hasattr(row, column):
                        setattr(row, column, f"{MAKERS[place % len(MAKERS)]} {row.id}")
        db.session.commit()
    with zipfile.ZipFile(io.BytesIO(exported(house, path).data)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    formulas = [unescape(text) for sheet in sheets for text in re.findall(r"<f(?: [^>]*)?>(.*?)</f>", sheet)]
    # The balance sheet's own formulas verify its totals: sums of cells of its sheets, and nothing else.
    assert bool(formulas) is ("balance-sheets" in path or path.startswith("/bilan/"))
    assert [text for text in formulas if not OURS.fullmatch(text)] == []
    frozen = "/editions/" in path
    shown = any(sign in sheet for sign in ("1+1", "/C calc", "2+3", "SUM(A1)") for sheet in sheets)
    assert shown is not frozen  # what was frozen knows nothing of it


@pytest.mark.sqlite
def test_a_frozen_workbook_is_the_same_to_the_byte_whatever_happens_after(house: House) -> None:
    api = "/api/v1/contracts/ici/balance-sheets/2025/editions"
    client = house.client("coordinator", api)
    kept = client.get(f"{api}/1.xlsx").data
    content = client.get(f"{api}/1").data
    path = f"/api/v1/landlords/{house.world['own_landlord']}"
    tag = f'"{version_of(house, "own_landlord")}"'
    changed = house.client("administrator", path).patch(path, json={"name": "Autre nom"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert client.get(f"{api}/1.xlsx").data == kept
    assert client.get(f"{api}/1").data == content
    assert "Autre nom" not in content.decode()
