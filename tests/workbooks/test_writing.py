"""Workbooks: real values with formats, text that stays text, the same bytes for the same content."""

import io
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tracker.columns import Column, Totals
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.writing import MAX_TEXT, Book, clean, list_workbook

# What a workbook and the database keep: no time zone.
moment = datetime.fromisoformat
MORNING = moment("2026-07-01 10:30")


@dataclass
class Line:
    title: str | None = "Médiation"
    amount: Decimal | None = Decimal("1234.56")
    rate: Decimal | None = Decimal("0.7167")
    dwellings: int | None = 350
    held_on: date | None = date(2026, 11, 21)
    at: datetime | None = MORNING
    status: str | None = "done"
    known: bool | None = True


COLUMNS = (
    Column("title", "Action", hint="Ce que le bailleur a fait."),
    Column("amount", "Dépense réalisée", "money", total=True),
    Column("rate", "Taux", "ratio"),
    Column("dwellings", "Logements", "integer", total=True),
    Column("held_on", "Date", "date"),
    Column("at", "Moment", "moment"),
    Column("status", "Statut", "status", words={"done": "Réalisée"}, tone=lambda line: "good"),
    Column("known", "Connu", "boolean"),
)
ABOUT = About(date(2026, 11, 21), "Claire Martin", source="Contrat des Tilleuls & Cie", filters=[("Ville", "Sceaux")])


def written(lines: list[Line], totals: Totals | None = None, about: About = ABOUT) -> Any:
    return load_workbook(io.BytesIO(list_workbook("Actions", COLUMNS, lines, totals, about)))


def first(book: Any) -> Worksheet:
    sheet: Worksheet = book["Actions"]
    return sheet


def values(sheet: Worksheet, row: int) -> list[Any]:
    return [cell.value for cell in sheet[row]]


# -- values --------------------------------------------------------------------------------------------------------


def test_values_are_real_and_formatted() -> None:
    sheet = first(written([Line()]))
    expected = [
        "Médiation",
        1234.56,
        0.7167,
        350,
        moment("2026-11-21"),
        moment("2026-07-01 12:30"),
        "Réalisée",
        "oui",
    ]
    assert values(sheet, 5) == expected
    formats = [cell.number_format for cell in sheet[5]]
    assert formats[1:6] == ['#,##0.00 "€"', "0.0%", "#,##0", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"]
    assert [cell.data_type for cell in sheet[5]] == ["s", "n", "n", "n", "d", "d", "s", "s"]


def test_the_unknown_is_an_empty_cell_not_zero() -> None:
    unknown = Line(title=None, amount=None, rate=None, dwellings=None, held_on=None, at=None, status=None, known=None)
    sheet = first(written([unknown, Line(amount=Decimal("0.00"))]))
    assert set(values(sheet, 5)) == {None}
    assert values(sheet, 6)[1] == 0


@pytest.mark.parametrize("amount", ["0.01", "-0.01", "9999999999.99", "-1234567.89", "0.10", "58000.10"])
def test_amounts_come_back_to_the_cent(amount: str) -> None:
    found = values(first(written([Line(amount=Decimal(amount))])), 5)[1]
    assert Decimal(repr(found)).quantize(Decimal("0.01")) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 1 46", "-12 %", "@nom", '=HYPERLINK("http://x")', "#REF!", "1234", "TRUE"]
)
def test_user_text_is_never_anything_but_text(text: str) -> None:
    cell = first(written([Line(title=text)]))["A5"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize("text", ["=1+1", "@nom"])
def test_text_like_a_formula_stays_text_when_typed_again(text: str) -> None:
    """Excel's own mark of text: without it, opening the cell and pressing Enter would make a formula."""
    assert first(written([Line(title=text)]))["A5"].quotePrefix
    assert not first(written([Line(title="nom")]))["A5"].quotePrefix


def test_control_characters_and_endless_text_are_cut() -> None:
    sheet = first(written([Line(title="a\x00b\x1fc\ud800d\ufffee"), Line(title="x" * 40_000)]))
    assert sheet["A5"].value == "abcde"
    assert len(sheet["A6"].value) == MAX_TEXT


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_comes_back(text: str) -> None:
    found = first(written([Line(title=text)]))["A5"].value
    # XML's own rule: a carriage return is read back as a line feed.
    expected = clean(text).replace("\r\n", "\n").replace("\r", "\n")
    assert (found or "") == expected


# -- layout --------------------------------------------------------------------------------------------------------


def test_header_filter_and_frozen_panes() -> None:
    sheet = first(written([Line(), Line()], Totals({"amount": Decimal("2469.12")})))
    assert values(sheet, 4) == [column.label for column in COLUMNS]
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:H6"  # the rows, not the total
    assert sheet["A4"].comment.text == "Ce que le bailleur a fait."


def test_print_setup() -> None:
    sheet = first(written([Line()]))
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.oddHeader.left.text == "Contrat des Tilleuls && Cie – Actions"  # « & » begins a code there
    assert sheet.oddHeader.right.text == "PROVISOIRE – état au 21/11/2026"
    assert sheet.oddFooter.left.text == "&A"
    assert sheet.oddFooter.right.text == "Page &P / &N"


def test_totals_are_the_values_given_and_tell_what_they_skipped() -> None:
    totals = Totals({"amount": Decimal("1234.56"), "dwellings": 350}, {"amount": 1})
    sheet = first(written([Line(), Line(amount=None)], totals))
    assert values(sheet, 7)[:4] == ["Total", 1234.56, None, 350]
    assert sheet["A8"].value == "Valeurs inconnues, hors des totaux – Dépense réalisée : 1"


def test_a_long_text_gets_a_row_that_holds_it() -> None:
    sheet = first(written([Line(), Line(title="mot " * 100)]))
    assert (sheet.row_dimensions[5].height, sheet.row_dimensions[6].height > 60) == (None, True)


def test_amounts_never_need_more_room_than_their_column() -> None:
    columns = (Column("title", "T"), Column("amount", "M", "money"))
    book = load_workbook(io.BytesIO(list_workbook("A", columns, [Line(amount=Decimal("-9999999999.99"))], None, ABOUT)))
    assert book["A"].column_dimensions["B"].width >= len("-9 999 999 999,99 €")


def test_about_says_where_the_figures_come_from() -> None:
    totals = Totals({"amount": Decimal("1234.56")})
    sheet = written([Line()], totals)["À propos"]
    facts = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=5, max_col=2)}
    assert facts["État"] == "PROVISOIRE – état au 21/11/2026"
    assert facts["Établi le"] == moment("2026-11-21")
    assert facts["Établi par"] == "Claire Martin"
    assert facts["Filtre – Ville"] == "Sceaux"
    assert facts["Nombre de lignes"] == 1
    assert facts["Total de contrôle – Dépense réalisée"] == 1234.56
    assert facts["Version du logiciel"]
    assert facts["Action"] == "Ce que le bailleur a fait."


def test_a_title_no_sheet_can_bear_is_made_bearable() -> None:
    book = Book("Titre", ABOUT)
    book.sheet("Villes/quartiers [tous] : la liste entière", (20,))
    assert load_workbook(io.BytesIO(book.save())).sheetnames == ["Villes quartiers  tous    la li"]


# -- bytes ---------------------------------------------------------------------------------------------------------


def test_the_same_content_has_the_same_bytes_whatever_the_clock() -> None:
    with time_machine.travel(moment("2026-01-01"), tick=False):
        early = list_workbook("Actions", COLUMNS, [Line()], None, ABOUT)
    with time_machine.travel(moment("2031-07-01"), tick=False):
        late = list_workbook("Actions", COLUMNS, [Line()], None, ABOUT)
    assert early == late
    assert list_workbook("Actions", COLUMNS, [Line(amount=Decimal("1234.57"))], None, ABOUT) != early


SCRIPT = """
import hashlib
from datetime import date
from tracker.columns import Column
from tracker.workbooks.about import About
from tracker.workbooks.writing import list_workbook
columns = (Column("title", "A", hint="b"), Column("amount", "M", "money"))
class Row: title, amount = "x", 3
print(hashlib.sha256(list_workbook("T", columns, [Row()], None, About(date(2026, 1, 1), "C"))).hexdigest())
"""


def test_the_same_content_has_the_same_bytes_in_another_process() -> None:
    """The order of sets and dictionaries must not show."""
    hashes = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


def test_the_archive_carries_no_clock() -> None:
    archive = ZipFile(io.BytesIO(list_workbook("Actions", COLUMNS, [Line()], None, ABOUT)))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = load_workbook(io.BytesIO(list_workbook("Actions", COLUMNS, [Line()], None, ABOUT))).properties
    assert (properties.created, properties.modified) == (moment("2026-11-21"), moment("2026-11-21"))


# -- names ---------------------------------------------------------------------------------------------------------


def test_a_live_export_is_provisional_in_its_name() -> None:
    assert file_name("Projets", "Été", about=ABOUT) == "Projets-Ete-PROVISOIRE-2026-11-21.xlsx"
    frozen = About(date(2026, 11, 21), "C", frozen="Édition n° 1")
    assert file_name("bilan", about=frozen) == "bilan.xlsx"


def test_the_name_travels_in_both_writings() -> None:
    header = attachment('été "2026".xlsx')["Content-Disposition"]
    assert header == "attachment; filename=\"?t? '2026'.xlsx\"; filename*=UTF-8''%C3%A9t%C3%A9%20%222026%22.xlsx"
