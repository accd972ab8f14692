"""The annotated workbook: the very file that was sent, its faults coloured, told in comments and listed first."""

import io
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment

from tests.workbooks.sample import form, known
from tests.workbooks.test_reading import edited
from tracker.workbooks.difference import compare
from tracker.workbooks.marking import annotated
from tracker.workbooks.reading import read

AT = datetime.fromisoformat("2026-11-21 18:00")
RED, AMBER = "00F4B8A8", "00FBE2A0"


def faulty(book: Any) -> None:
    sheet = book["Actions"]
    sheet["E7"] = "12 k€"
    sheet["K7"] = 750
    sheet["C8"] = "=1+1"
    sheet["N3"] = "mon brouillon"
    sheet["C8"].comment = Comment("à revoir", "Moi")


def marked(edit: Callable[[Any], None], content: bytes | None = None) -> tuple[bytes, Any]:
    sent = edited(edit, content)
    found = read(form(), sent)
    _, compared = compare(form().sheets, found.records, known())
    given_back = annotated(sent, [asdict(issue) for issue in (*found.issues, *compared)], "déclaration.xlsx", AT)
    return given_back, load_workbook(io.BytesIO(given_back))


def test_bad_cells_are_coloured_and_commented() -> None:
    _, book = marked(faulty)
    sheet = book["Actions"]
    assert sheet["E7"].fill.fgColor.rgb == RED
    assert "12\u00a0k€" in sheet["E7"].comment.text.replace("12 k€", "12\u00a0k€")
    assert sheet["E7"].comment.text.startswith("Erreur")
    assert sheet["K7"].fill.fgColor.rgb == AMBER
    assert sheet["K7"].comment.text.startswith("À vérifier")
    assert sheet["E8"].comment is None


def test_everything_else_stays_as_it_was_sent() -> None:
    _, book = marked(faulty)
    sheet = book["Actions"]
    assert (sheet["E7"].value, sheet["N3"].value, sheet["C8"].value) == ("12 k€", "mon brouillon", "=1+1")
    assert sheet["C8"].comment.text.startswith("à revoir\nErreur")
    assert len(sheet.data_validations.dataValidation) == 4
    assert sheet.protection.sheet
    assert sheet.column_dimensions["L"].hidden
    assert book["_suivi"].sheet_state == "veryHidden"
    assert "liste_actions_status" in book.defined_names


def test_the_first_sheet_lists_and_links_every_issue() -> None:
    _, book = marked(faulty)
    sheet = book.worksheets[0]
    assert sheet.title == "Contrôles"
    assert book.active is sheet
    lines = {row[2].value: row for row in sheet.iter_rows(min_row=5) if row[2].value}
    assert set(lines) == {"E7", "C8", "K7"}
    assert [cell.value for cell in lines["E7"]][:5] == ["Erreur", "Actions", "E7", "Dépense prévisionnelle", "12 k€"]
    assert lines["E7"][2].hyperlink.location == "'Actions'!E7"
    assert sheet["A3"].value.startswith("2 à corriger, 1 à vérifier")
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.row_dimensions[1].height > sheet["A1"].font.sz


def test_a_value_that_looks_like_a_formula_is_listed_as_text() -> None:
    _, book = marked(lambda book: book["Dossier"].__setitem__("B7", "-2+3"))
    (line,) = [row for row in book["Contrôles"].iter_rows(min_row=5) if row[2].value == "B7"]
    assert (line[4].value, line[4].data_type) == ("-2+3", "s")


def test_the_annotated_workbook_comes_back_and_corrected_cells_are_no_longer_red() -> None:
    given_back, _ = marked(faulty)

    def corrected(book: Any) -> None:
        book["Actions"]["E7"], book["Actions"]["C8"] = 12000, "Prévue"

    again, book = marked(corrected, given_back)
    assert [issue.code for issue in read(form(), again).issues] == []
    sheet = book["Actions"]
    assert sheet["E7"].fill.fill_type is None
    assert sheet["E7"].comment is None
    assert sheet["K7"].fill.fgColor.rgb == AMBER
    assert [name for name in book.sheetnames if name.startswith("Contrôles")] == ["Contrôles"]


def test_merged_cells_are_marked_at_their_corner() -> None:
    _, book = marked(lambda book: book["Actions"].merge_cells("D7:E8"))
    assert book["Actions"]["D7"].comment is not None
