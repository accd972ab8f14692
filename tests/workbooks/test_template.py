"""The workbook to fill in: what is in it, what may be typed, what is protected, the same bytes for the same content."""

import io
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from tests.workbooks.sample import ABOUT, ACTIONS, FILE, form, known, written
from tracker.workbooks.forms import Known
from tracker.workbooks.template import template


def book() -> Any:
    return load_workbook(io.BytesIO(written()))


def rows(sheet: Any) -> dict[str, list[Any]]:
    """The records of « Actions » by their key."""
    return {row[-1].value: list(row[:-1]) for row in sheet.iter_rows(min_row=7) if row[-1].value}


def test_known_records_stand_in_it_as_real_numbers_and_days() -> None:
    values = [cell.value for cell in rows(book()["Actions"])["101:4"]]
    assert values[:4] == ["3 · Sur-entretien", "Médiation", "Réalisée", "Les Érables ; Tour du Lac"]
    assert values[4:6] == [1234.56, 0.8]
    assert f"{values[6]:%d/%m/%Y}" == "01/03/2026"
    assert values[7:] == [350, "oui", "12 ateliers", 500]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    title = rows(book()["Actions"])["102:5"][1]
    assert (title.value, title.data_type, title.quotePrefix) == ("=Jardin; partagé", "s", True)
    hostile = form(identity={"landlord": ("Bailleur", "=1+1")})
    with ZipFile(io.BytesIO(template(hostile, known(), ABOUT))) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]


def test_grey_cells_are_protected_white_ones_are_open() -> None:
    sheet = book()["Actions"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    allowed = ("formatCells", "formatColumns", "formatRows", "insertRows", "sort", "autoFilter")
    assert [name for name in allowed if getattr(sheet.protection, name)] == []
    cells = rows(sheet)["101:4"]
    assert [cell.protection.locked for cell in cells] == [False] * 10 + [True]
    assert cells[-1].fill.fgColor.rgb.endswith("E7E7E7")
    spare = list(sheet.iter_rows(min_row=9))
    assert len(spare) == ACTIONS.spare
    assert [cell.protection.locked for cell in spare[-1]] == [False] * 10 + [True, True]


def test_the_key_is_hidden_and_so_are_the_lists_and_the_identity() -> None:
    found = book()
    assert found["Actions"].column_dimensions["L"].hidden
    assert found["Dossier"].column_dimensions["D"].hidden
    states = {sheet.title: sheet.sheet_state for sheet in found}
    assert states == {
        "Lisez-moi": "visible",
        "Dossier": "visible",
        "Actions": "visible",
        "_listes": "hidden",
        "_suivi": "veryHidden",
    }
    assert [row[:2] for row in found["_suivi"].iter_rows(min_row=2, values_only=True)] == [
        ("landlord", "Habitat Premier"),
        ("year", "2026"),
    ]


def test_choices_have_their_drop_down_list() -> None:
    found = book()
    lists = {str(offer.sqref): offer for offer in found["Actions"].data_validations.dataValidation}
    assert list(lists) == ["A7:A13", "C7:C13", "D7:D13", "I7:I13"]
    assert lists["C7:C13"].showErrorMessage
    assert not lists["D7:D13"].showErrorMessage  # several residences stand in one cell
    place = found.defined_names[lists["C7:C13"].formula1].attr_text
    sheet, _, cells = place.replace("$", "").replace("'", "").partition("!")
    assert [row[0].value for row in found[sheet][cells]] == ["Prévue", "Réalisée", "Abandonnée"]


def test_help_stands_under_the_header_and_the_header_stays_in_sight() -> None:
    sheet = book()["Actions"]
    assert [sheet["A5"].value, sheet["B5"].value, sheet["B6"].value] == ["Axe *", "Action *", "Ce qui est fait."]
    # The column that names a record stays in sight too.
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C7", "A6:K13")
    assert sheet.print_title_rows == "$5:$5"
    assert sheet["A3"].value == "PROVISOIRE – état au 21/11/2026"


def test_a_table_too_wide_to_be_read_on_one_page_is_printed_on_several() -> None:
    sheet = book()["Actions"]
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (1, None)
    wide = tuple(replace(one, column=replace(one.column, width=30)) for one in ACTIONS.entries)
    content = template(form(sheets=(FILE, replace(ACTIONS, entries=wide))), known(), ABOUT)
    sheet = load_workbook(io.BytesIO(content))["Actions"]
    # 11 columns of 30 characters; each page repeats the one that names the record.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.print_title_cols) == (2, 0, "$B:$B")
    assert sheet.freeze_panes == "C7"
    wider = (replace(wide[0], column=replace(wide[0].column, width=70)), *wide[1:])
    content = template(form(sheets=(FILE, replace(ACTIONS, entries=wider))), known(), ABOUT)
    assert load_workbook(io.BytesIO(content))["Actions"].freeze_panes == "B7"


def test_a_single_record_is_written_downwards() -> None:
    sheet = book()["Dossier"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert lines == [
        ["Rubrique", "Valeur", "Aide", "Clé (ne pas modifier)"],
        ["Bailleur", "Habitat Premier", None, "7:9"],
        ["Logements", 420, "Tous ceux du quartier.", "7:9"],
        ["Abattement *", 58000, None, "7:9"],
        ["Bilan qualitatif", "Bonne année.\nÀ poursuivre.", None, "7:9"],
    ]
    assert [sheet.cell(row, 2).protection.locked for row in range(6, 10)] == [True, False, False, False]
    borders = {sheet.cell(row, column).border.bottom.color.rgb for row in range(6, 10) for column in (1, 2, 3)}
    assert borders == {"00DCD7CB"}


def test_equal_contents_give_equal_bytes() -> None:
    assert written() == written()
    changed = known()
    changed["file"] = [Known(7, 10, changed["file"][0].values)]
    assert template(form(), changed, ABOUT) != written()


def test_no_known_record_leaves_a_sheet_to_fill_in() -> None:
    found = load_workbook(io.BytesIO(template(form(sheets=(FILE, ACTIONS)), {}, ABOUT)))
    assert rows(found["Actions"]) == {"aide": []} or not rows(found["Actions"])
    assert found["Dossier"]["D6"].value is None
