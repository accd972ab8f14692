"""The document: it says what the JSON says, on numbered and signed pages, and the same page is the same file."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.balance.faces import SPACES, as_read, number
from tests.balance.generated import YEAR, Generated, generate
from tests.balance.paper import facts, inside, pages, structure, tables
from tracker.balance import document
from tracker.balance.columns import FIGURES, SHARE
from tracker.balance.document.tables import ACTIONS, COUNTERPART, EXPENSE, PARTS_EXPENSE, VALUED
from tracker.balance.models import Edition, Meeting
from tracker.balance.queries import records
from tracker.columns import Column
from tracker.extensions import db
from tracker.policy import COORDINATOR, SYSTEM
from tracker.settings import ROOT
from tracker.tfpb.models import Action
from tracker.web import pdf
from tracker.web.formats import money

# What is printed is written from a sheet already read: the engine has no part in it, and printing is slow.
pytestmark = [pytest.mark.usefixtures("real_pdf"), pytest.mark.sqlite]

Tables = dict[str, list[dict[str, str]]]
WHOLE = (
    ("Contrepartie de l’abattement, par {} (le trait noir de la jauge marque 100 %)", COUNTERPART),
    ("Dossiers, logements et dépense, par {}", EXPENSE),
    ("Valorisation de la dépense, par {}", VALUED),
)
SHARED = (("Valorisation, par {}", (*VALUED, SHARE)), ("Dépense, par {}", PARTS_EXPENSE))
GROUPS = {
    "landlord": ("bailleur", WHOLE),
    "city": ("ville", WHOLE),
    "neighbourhood": ("quartier", WHOLE),
    "axis": ("axe", SHARED),
    "priority": ("priorité", SHARED),
}


def assert_row(row: dict[str, str], line: dict[str, Any], columns: Iterable[Column], where: str) -> None:
    """Each column of the printed row says what the JSON's line says."""
    for column in columns:
        if column.key in line and column.type in ("money", "ratio", "integer", "factor"):
            told = number(row[column.label])
            assert told == as_read(column.type, line[column.key]), f"{where}: {column.label}"


def base(found: Generated) -> str:
    return f"/api/v1/contracts/{found.contract.code}/balance-sheets/{YEAR}"


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(1, 8))])
def test_the_pdf_says_what_the_json_says(api: Any, tmp_path: Path, seed: int) -> None:
    found = generate(seed)
    client = api(COORDINATOR, found.contract)
    sheet = client.get(base(found)).get_json()
    answer = client.get(base(found) + ".pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    printed = tables(answer.data, tmp_path)
    for group, (word, captions) in GROUPS.items():
        for caption, listed in captions if sheet[f"by_{group}"] else ():
            *rows, last = printed[caption.format(word)]
            assert len(rows) == len(sheet[f"by_{group}"])
            for row, line in zip(rows, sheet[f"by_{group}"], strict=True):
                ref = line[group]
                called = f"{ref['code']} {ref['name']}" if group == "axis" else ref["name"]
                assert next(iter(row.values())) == called
                assert_row(row, line, listed, called)
            assert_row(last, sheet["totals"], listed, "Total")
    assert_key_figures(printed, sheet)
    assert_sources(printed, sheet)
    assert_actions(printed, sheet)
    # The same totals, as any reader of text finds them.
    text = SPACES.sub(" ", " ".join(pages(answer.data, tmp_path)))
    for key in ("abatement", "planned_cost", "actual_cost", "valued_amount", "gap"):
        amount = sheet["totals"][key]
        assert amount is None or SPACES.sub(" ", money(Decimal(amount))) in text, key


def assert_key_figures(printed: Tables, sheet: dict[str, Any]) -> None:
    [told] = [rows for caption, rows in printed.items() if caption.startswith("Les chiffres de l’ensemble")]
    assert [row["Chiffre"] for row in told] == [column.label for column in FIGURES]
    for row, column in zip(told, FIGURES, strict=True):
        assert number(row[str(YEAR)]) == as_read(column.type, sheet["totals"][column.key]), column.label


def assert_sources(printed: Tables, sheet: dict[str, Any]) -> None:
    rows = printed.get("Montants accordés aux actions, à côté de la part des bailleurs", [])
    told = [(row["Source"], number(row["Accordé"])) for row in rows[:-1]]
    assert told == [(line["name"], as_read("money", line["amount"])) for line in sheet["by_source"]]


def assert_actions(printed: Tables, sheet: dict[str, Any]) -> None:
    rows = printed.get("Les actions des dossiers déposés, par ville et bailleur", [])
    assert bool(rows) is bool(sheet["actions"])
    for line in sheet["actions"]:
        [row] = [row for row in rows if row["Action"].startswith(line["title"] + " ")]
        assert_row(row, line, ACTIONS, line["title"])
    if rows:
        bare = {
            label: text.partition(" inconnu")[0].rpartition(" ")[0] if " inconnu" in text else text
            for label, text in rows[-1].items()
        }
        assert_row(bare, sheet["totals"], ACTIONS, "Total")
        for column in ACTIONS:
            if column.type == "money":
                unknown = sum(line[column.key] is None for line in sheet["actions"])
                told = rows[-1][column.label]
                assert (f" {unknown} inconnu" in told) if unknown else ("inconnu" not in told), column.label


class Year:
    """A contract-year of one file, and the meeting that looks at it."""

    def __init__(self) -> None:
        make.nomenclature()
        self.contract = make.contract(name="Contrat des Tilleuls")
        self.file = make.tfpb_file(
            make.convention(self.contract, make.landlord(name="Bailleur A")),
            make.neighbourhood(self.contract),
            YEAR,
            status="validated",
            dwellings=80,
            abated_dwellings=70,
            abatement_actual=Decimal("5000.00"),
        )
        self.action = make.action(self.file, title="Médiation de nuit", priority="health")
        self.meeting = make.save(Meeting(contract_id=self.contract.id, kind="copil", held_on=make.date(2027, 6, 17)))
        self.base = f"/api/v1/contracts/{self.contract.code}/balance-sheets/{YEAR}"
        self.page = f"/bilan/{self.contract.code}/{YEAR}"


@pytest.fixture
def year(blank: Flask) -> Year:
    return Year()


@pytest.fixture
def coordinator(year: Year, api: Any) -> FlaskClient:
    return api(COORDINATOR, year.contract)


def freeze(client: FlaskClient, year: Year) -> dict[str, Any]:
    answer = client.post(year.base + "/editions", json={"meeting_id": year.meeting.id, "reason": "Essai du motif"})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def test_every_page_is_numbered_and_says_its_state(year: Year, coordinator: FlaskClient, tmp_path: Path) -> None:
    live = coordinator.get(year.base + ".pdf")
    assert f"bilan-tfpb-{year.contract.code}-{YEAR}-PROVISOIRE-2026-11-21.pdf" in live.headers["Content-Disposition"]
    edition = freeze(coordinator, year)
    frozen = coordinator.get(year.base + "/editions/1.pdf")
    assert f"bilan-tfpb-{year.contract.code}-{YEAR}-edition-1.pdf" in frozen.headers["Content-Disposition"]
    for content, mark in (
        (live.data, "PROVISOIRE – état au 21/11/2026"),
        (frozen.data, f"SHA-256 du contenu : {edition['content_sha256']}"),
    ):
        printed = pages(content, tmp_path)
        assert len(printed) >= 8
        for place, page in enumerate(printed, 1):
            assert f"Page {place} / {len(printed)}" in page
            assert mark in SPACES.sub(" ", page)
            assert len(page.split()) > 40, f"page {place} is nearly empty"
            assert place == 1 or "Contrat des Tilleuls" in page
    assert "PROVISOIRE" not in "".join(pages(frozen.data, tmp_path))
    assert "Essai du motif" in "".join(pages(frozen.data, tmp_path))


def test_an_edition_keeps_its_pdf_byte_for_byte(year: Year, coordinator: FlaskClient, browse: Any) -> None:
    line = freeze(coordinator, year)
    kept = coordinator.get(year.base + "/editions/1.pdf").data
    assert hashlib.sha256(kept).hexdigest() == line["pdf_sha256"]
    year.action.title = "Un autre titre"
    db.session.commit()
    assert coordinator.get(year.base + "/editions/1.pdf").data == kept
    assert browse(COORDINATOR, year.contract).get(year.page + "/editions/1/bilan.pdf").data == kept


def test_an_edition_is_printed_again_from_its_json_to_the_byte(year: Year, coordinator: FlaskClient) -> None:
    freeze(coordinator, year)
    db.session.expire_all()
    edition = records.readable_edition(SYSTEM, year.contract.code, YEAR, 1)
    assert document.pdf_of(document.frozen_already(edition)) == edition.pdf


def test_another_process_on_another_day_writes_the_same_bytes(year: Year, tmp_path: Path) -> None:
    printed = document.live(SYSTEM, year.contract.code, YEAR)
    html = document.written(printed, lambda name: pdf.STATIC + name)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    program = (
        "import hashlib, pathlib, sys; from tracker.web.pdf import write_pdf;"
        "print(hashlib.sha256(write_pdf(pathlib.Path(sys.argv[1]).read_text('utf-8'), 'x')).hexdigest())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "page.html")]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=120)
    assert told.stdout.strip() == hashlib.sha256(pdf.write_pdf(html, "x")).hexdigest()


def test_the_pdf_is_tagged_for_those_who_hear_it(year: Year, coordinator: FlaskClient, tmp_path: Path) -> None:
    content = coordinator.get(year.base + ".pdf").data
    told = facts(content, tmp_path)
    assert told["Tagged"] == "yes"
    assert told["Title"].startswith(f"Bilan {YEAR} de l’abattement de TFPB – Contrat des Tilleuls")
    types = Counter(structure(content, tmp_path))
    assert types["H1"] == 1
    assert types["H2"] >= 14
    assert types["Table"] >= 14
    assert min(types[kind] for kind in ("TR", "TH", "TD", "Caption", "L", "Figure")) > 0
    opened = inside(content)
    assert b"/Lang (fr)" in opened
    assert b"pdfuaid:part" in opened
    assert b"/Outlines" in opened
    drawn = "Contrepartie\u00a0: 20,0\u00a0% de l’abattement"
    assert drawn.encode("utf-16-be") in opened or drawn.encode("utf-16-be").hex().encode() in opened.lower()


# -- a machine without Pango ---------------------------------------------------------------------------------------


def _lacks(library: str, monkeypatch: pytest.MonkeyPatch) -> str:
    reason = pdf._lacking(library)
    monkeypatch.setattr(pdf, "missing", lambda: reason)
    return reason


def test_without_pango_the_pdf_says_what_lacks_and_the_rest_goes_on(
    year: Year, coordinator: FlaskClient, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = _lacks("libpango-1.0-0", monkeypatch)
    answer = coordinator.get(year.base + ".pdf")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "pdf_unavailable")
    assert answer.get_json()["detail"] == reason
    reader = browse(COORDINATOR, year.contract)
    refused = reader.get(year.page + "/bilan.pdf")
    assert refused.status_code == 503
    assert "libpango-1.0-0" in refused.get_data(as_text=True)
    for address in ("", "/imprimer", "/arreter"):
        page = reader.get(year.page + address)
        assert page.status_code == 200
        assert reason in page.get_data(as_text=True), address
        assert "/bilan.pdf" not in page.get_data(as_text=True), address
    line = freeze(coordinator, year)
    assert line["pdf_sha256"] is None
    assert db.session.query(Edition.pdf).one() == (None,)
    assert coordinator.get(year.base + "/editions/1.xlsx").status_code == 200
    absent = coordinator.get(year.base + "/editions/1.pdf")
    assert (absent.status_code, "sans PDF" in absent.get_json()["detail"]) == (404, True)
    for address in ("/editions/1", "/editions/1/imprimer"):
        assert "arrêtée sans PDF" in reader.get(year.page + address).get_data(as_text=True)


@pytest.mark.parametrize(
    "module, named",
    [
        ("raise OSError(\"cannot load library 'libpango-1.0-0': error 0x7e\")", "libpango-1.0-0"),
        ("raise ImportError(\"No module named 'tinycss2'\", name='tinycss2')", "tinycss2"),
    ],
)
def test_what_lacks_is_named(tmp_path: Path, module: str, named: str) -> None:
    (tmp_path / "weasyprint.py").write_text(module, encoding="utf-8")
    command = [sys.executable, "-c", "from tracker.web import pdf; print(pdf.missing())"]
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTHONIOENCODING": "utf-8"}
    told = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=60)
    assert f"«\u00a0{named}\u00a0» manque" in told.stdout.decode()


def test_this_machine_lacks_nothing() -> None:
    assert pdf.missing() is None


def test_writing_pdfs_leaves_pictures_as_strict_as_before() -> None:
    """In a process of its own: WeasyPrint's import alone would make Pillow take half pictures everywhere."""
    told = (
        "from tracker.web import pdf; from PIL import ImageFile; pdf.missing(); print(ImageFile.LOAD_TRUNCATED_IMAGES)"
    )
    found = subprocess.run([sys.executable, "-c", told], cwd=ROOT, check=True, capture_output=True, timeout=60)
    assert found.stdout.decode().strip() == "False"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/static/web/base.css",
        "http://tracker.invalid/api/v1/docs",
        "http://tracker.invalid/static/../pyproject.toml",
        "http://tracker.invalid/static/web",
        "http://tracker.invalid/static/absent.css",
        "file:///etc/hostname",
        "data:text/css,",
    ],
)
def test_nothing_but_our_static_files_is_read(address: str) -> None:
    with pytest.raises(ValueError, match="static"):
        pdf.static_file(address)


def test_a_static_file_is_read_whatever_its_version() -> None:
    assert pdf.static_file("http://tracker.invalid/static/web/base.css?v=12") == ROOT / "static/web/base.css"


# -- the time it takes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moves, attempts", [(0, 1), (1, 2), (9, 3)])
def test_what_changes_while_the_files_are_written_is_in_them(
    year: Year, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch, moves: int, attempts: int
) -> None:
    """Somebody writes between the reading and the keeping: the edition holds what was read last, in all its faces."""
    written: list[str] = []

    def slow(printed: document.Printed) -> bytes:
        written.append(printed.sheet.actions[0].title)
        if len(written) <= moves and len(written) < 3:  # the third time nobody else can
            db.session.get(Action, year.action.id).title = f"Titre {len(written)}"
            db.session.commit()
        return written[-1].encode()

    monkeypatch.setattr(document, "pdf_of", slow)
    freeze(coordinator, year)
    edition = records.readable_edition(SYSTEM, year.contract.code, YEAR, 1)
    sheet = document.read_sheet(edition.content)
    assert len(written) == attempts
    assert edition.pdf == sheet.actions[0].title.encode()
    assert edition.content_sha256 == hashlib.sha256(edition.content.encode()).hexdigest()


@pytest.mark.sqlite
def test_others_write_while_the_files_are_written(
    year: Year, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(printed: document.Printed) -> bytes:
        with db.engine.connect() as other:  # a second connection: refused at once while the first holds the lock
            other.exec_driver_sql("PRAGMA busy_timeout=0")
            other.exec_driver_sql("UPDATE contract SET name = name")
            other.rollback()
        return b"%PDF"

    monkeypatch.setattr(document, "pdf_of", slow)
    assert freeze(coordinator, year)["number"] == 1
