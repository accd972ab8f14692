"""The export towards the State's tool: stable columns, exact figures, nothing that runs."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from tests import builders as build
from tests.tfpb.conftest import API, World
from tracker.extensions import db
from tracker.territory.models import Objective
from tracker.tfpb.state_export import COLUMNS, VERSION

LABELS = [column.label for column in COLUMNS]


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")  # no value of these tests holds a line end
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[0] == LABELS
    return [dict(zip(LABELS, row, strict=True)) for row in rows[1:]]


def read_workbook(content: bytes) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == LABELS
    return [dict(zip(LABELS, row, strict=True)) for row in rows[1:]]


@pytest.fixture
def declared(world: World) -> tuple[int, int]:
    """A file with an action told whole, and a second one that knows nothing."""
    file_id = world.file(
        2026, abatement_actual=Decimal("31234.50"), notice_on=date(2026, 10, 15), actual_source="Avis 2026"
    )
    with world.app.app_context():
        contract = db.session.get(build.Contract, world.contract)
        owner = db.session.get(build.Landlord, world.landlord)
        where = db.session.get(build.Neighbourhood, world.neighbourhood)
        aim = build.save(Objective(contract_id=contract.id, code="CV-1", label="Un cadre de vie entretenu"))
        homes = [build.residence(owner, where, name=name) for name in ("Les Iris", "Les Lilas")]
        file = db.session.get(build.TfpbFile, file_id)
        action = build.action(
            file,
            axis=3,
            title="=SOMME(A1)",
            sub_action="Nettoyage",
            objective_id=aim.id,
            planned_cost=Decimal("1500.00"),
            actual_cost=Decimal("2000.00"),
            landlord_share=Decimal("1800.10"),
            valued_amount=Decimal("1686.40"),
            priority="living_environment",
            status="done",
            indicator_actual="-3",
            result="Plus propre",
        )
        action.residences = homes
        caf = build.funder(name="CAF")
        build.grant(action, caf, awarded=Decimal("199.90"))
        build.grant(action, caf, requested=Decimal("50.00"))
        nothing = dict.fromkeys(("planned_cost", "planned_valued", "actual_cost", "landlord_share", "valued_amount"))
        build.action(file, axis=5, title="Médiation", **nothing)
        build.participation(file, "diagnosis", held_on=date(2026, 3, 12), participants=25)
        return file_id, action.id


def test_one_line_for_each_action_under_its_files_header(world: World, declared: tuple[int, int]) -> None:
    answer = world.api("landlord").get(f"{API}/tfpb-files/{declared[0]}/declaration.csv")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    first, second = read_csv(answer.data)
    assert first["Version du format"] == str(VERSION) == "1"
    assert first["N° d’action"] == str(declared[1])
    assert first["Année"] == second["Année"] == "2026"
    assert first["Abattement réel"] == "31234,50"
    assert first["Abattement estimé"] == "30000,00"
    assert first["Avis d’imposition du"] == "15/10/2026"
    assert first["Convention signée le"] == "01/12/2024"
    assert (first["N° d’axe"], first["Axe"]) == ("3", "Axe 3")
    assert first["Action"] == "'=SOMME(A1)"
    assert first["Résidences"] == "Les Iris ; Les Lilas"
    assert first["Objectif"] == "CV-1 Un cadre de vie entretenu"
    assert first["Autre financement"] == "199,90"
    assert first["Sources de l’autre financement"] == "CAF : 199,90 €"  # what is only asked for is no funding
    assert first["Taux de valorisation TFPB"] == "0,8432"  # 1686.40 ÷ 2000.00
    assert first["Indicateur réalisé"] == "-3"  # a number keeps its writing
    assert first["Priorité"] == "Cadre de vie"
    assert first["État de l’action"] == "Réalisée"
    assert first["Participation des habitants"] == "Diagnostic le 12/03/2026 (participants : 25)"
    assert second["Dépense réalisée"] == "" == second["Taux de valorisation TFPB"]  # unknown is not zero
    assert second["Autre financement"] == "0,00"


def test_the_workbook_says_the_same_with_real_numbers_and_dates(world: World, declared: tuple[int, int]) -> None:
    api = world.api("landlord")
    table = read_csv(api.get(f"{API}/tfpb-files/{declared[0]}/declaration.csv").data)
    book = read_workbook(api.get(f"{API}/tfpb-files/{declared[0]}/declaration.xlsx").data)
    for column in COLUMNS:
        for written, cell in zip(table, book, strict=True):
            text, value = written[column.label], cell[column.label]
            if value is None:
                assert text == "", column.label
            elif column.type in ("money", "ratio"):
                assert Decimal(text.replace(",", ".")) == Decimal(str(value)).quantize(Decimal("0.0001")), column.label
            elif column.type == "date":
                assert text == f"{value:%d/%m/%Y}", column.label
            else:
                assert text.removeprefix("'") == str(value), column.label


def test_a_file_without_actions_gives_one_line(world: World) -> None:
    file_id = world.file(2026)
    (only,) = read_csv(world.api("landlord").get(f"{API}/tfpb-files/{file_id}/declaration.csv").data)
    assert (only["Logements"], only["Action"], only["N° d’axe"]) == ("200", "", "")


def test_the_filters_of_the_list_are_those_of_the_export(world: World) -> None:
    for year in (2025, 2026):
        world.action(world.file(year), title=f"Action {year}")
    world.action(world.file(2026, convention=world.other_convention), title="Action d’un autre")
    api = world.api("coordinator")

    def titles(query: str) -> list[str]:
        return sorted(line["Action"] for line in read_csv(api.get(f"{API}/tfpb-files/export.csv{query}").data))

    assert titles("") == ["Action 2025", "Action 2026", "Action d’un autre"]
    assert titles("?year=2026") == ["Action 2026", "Action d’un autre"]
    assert titles(f"?year=2026&landlord_id={world.landlord}") == ["Action 2026"]
    assert titles(f"?city_id={world.other_city}") == []
    assert api.get(f"{API}/tfpb-files/export.csv?page=2").status_code == 422  # an export has no pages
    own = read_csv(world.api("landlord").get(f"{API}/tfpb-files/export.csv").data)
    assert sorted(line["Action"] for line in own) == ["Action 2025", "Action 2026"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_leaves_the_live_state_says_so(world: World, today: Any, kind: str) -> None:
    today(date(2026, 11, 21))
    file_id = world.file(2026)
    answer = world.api("landlord").get(f"{API}/tfpb-files/{file_id}/declaration.{kind}")
    name = unquote(answer.headers["Content-Disposition"])
    assert re.search(rf"export-etat-tfpb-.*-2026-PROVISOIRE-2026-11-21\.{kind}", name)
    (line,) = (read_csv if kind == "csv" else read_workbook)(answer.data)
    assert line["État des données"] == "PROVISOIRE – état au 21/11/2026"


def test_the_workbook_is_a_bare_table_and_says_what_it_is_beside_it(world: World, today: Any) -> None:
    today(date(2026, 11, 21))
    file_id = world.file(2026)
    world.action(file_id, result="Une longue phrase. " * 40)
    world.action(file_id)
    for path in (f"{file_id}/declaration.xlsx", "export.xlsx"):
        book = load_workbook(io.BytesIO(world.api("landlord").get(f"{API}/tfpb-files/{path}").data))
        table, about = book.worksheets
        assert (table.max_row, table.max_column, table.freeze_panes) == (3, len(LABELS), "B2")
        assert (table.merged_cells.ranges, table.tables, table.print_title_rows) == (set(), {}, "$1:$1")
        assert table.auto_filter.ref.endswith("3")
        assert "PROVISOIRE – état au 21/11/2026" in table.oddHeader.right.text
        assert about.title == "À propos"
        assert ("État", "PROVISOIRE – état au 21/11/2026") in list(about.iter_rows(max_col=2, values_only=True))


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_pages_give_the_same_bytes_of_one_list(world: World, kind: str) -> None:
    world.action(world.file(2026))
    page = world.page("landlord")
    read = read_csv if kind == "csv" else read_workbook
    from_page = read(page.get(f"/tfpb/declarations.{kind}?year=2026").data)
    assert from_page == read(world.api("landlord").get(f"{API}/tfpb-files/export.{kind}?year=2026").data)
    assert f"/tfpb/declarations.{kind}?year=2026" in page.get("/tfpb?year=2026").text


def test_the_documentation_names_every_column_in_order() -> None:
    lines = Path("docs/state-export.md").read_text(encoding="utf-8").splitlines()
    told = [line.split("|")[2].strip() for line in lines if re.match(r"\| \d+ \|", line)]
    assert told == LABELS
    assert len(set(LABELS)) == len(LABELS)
    assert f"Version of the format: **{VERSION}**" in "\n".join(lines)
