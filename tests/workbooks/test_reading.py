"""A filled-in workbook read: what people type, what goes wrong, cell by cell. One worked example for each fault."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.workbooks.sample import ABOUT, ACTIONS, FILE, form, known, written
from tracker.workbooks.difference import compare
from tracker.workbooks.forms import Issue, WorkbookForm
from tracker.workbooks.issues import MOST, Issues, has_errors
from tracker.workbooks.reading import Reading, read
from tracker.workbooks.template import template

Edit = Callable[[Any], None]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edited(edit: Edit, content: bytes | None = None) -> bytes:
    book = load_workbook(io.BytesIO(content or written()))
    edit(book)
    return saved(book)


def read_edited(edit: Edit, against: WorkbookForm | None = None) -> Reading:
    return read(against or form(), edited(edit))


def told(issues: Any) -> list[tuple[str | None, str, str]]:
    return [(issue.cell, issue.code, issue.severity) for issue in issues]


def new_row(**cells: Any) -> Edit:
    """A row somebody added under the others: column letter → what was typed."""

    def edit(book: Any) -> None:
        for letter, value in ({"A": 3, "B": "Neuve"} | cells).items():
            book["Actions"][f"{letter}9"] = value

    return edit


def value_of(key: str, letter: str, typed: Any) -> Any:
    """What one typed cell of an added row becomes; a fault fails the test."""
    found = read_edited(new_row(**{letter: typed}))
    assert told(found.issues) == []
    return found.records[-1].values[key]


def fault_of(letter: str, typed: Any) -> Issue:
    """The one fault of one typed cell of an added row."""
    found = read_edited(new_row(**{letter: typed}))
    (issue,) = found.issues
    assert issue.cell == f"{letter}9"
    assert issue.severity == "error"
    return issue


def test_an_untouched_workbook_gives_back_what_stands() -> None:
    found = read(form(), written())
    assert found.issues == []
    assert [(record.sheet, record.id, record.version) for record in found.records] == [
        ("file", 7, 9),
        ("actions", 101, 4),
        ("actions", 102, 5),
    ]
    mediation = found.records[1]
    assert mediation.values == {
        "axis": 3,
        "title": "Médiation",
        "status": "done",
        "residence_ids": [11, 12],
        "planned_cost": Decimal("1234.56"),
        "rate": Decimal("0.8"),
        "starts_on": date(2026, 3, 1),
        "dwellings": 350,
        "seen": True,
        "target": "12 ateliers",
    }
    assert (mediation.row, mediation.cells["planned_cost"], mediation.locked) == (7, "E7", {"other": "500"})


@pytest.mark.parametrize(
    "key, letter, typed, meant",
    [
        ("planned_cost", "E", 1234.56, "1234.56"),
        ("planned_cost", "E", "1 234,56 €", "1234.56"),
        ("planned_cost", "E", "1\u202f234,56\u00a0€", "1234.56"),
        ("planned_cost", "E", "1234.56", "1234.56"),
        ("planned_cost", "E", "-50", "-50.00"),
        ("planned_cost", "E", 0.1 + 0.2, "0.30"),  # a double's noise is no third decimal
        ("planned_cost", "E", 0, "0.00"),
        ("planned_cost", "E", 9999999999.99, "9999999999.99"),
        ("rate", "F", 80, "0.8"),
        ("rate", "F", "80", "0.8"),
        ("rate", "F", "0,8", "0.8"),
        ("rate", "F", "80 %", "0.8"),
        ("rate", "F", 0.8, "0.8"),
        ("rate", "F", 1, "1"),
    ],
)
def test_amounts_and_rates_as_people_type_them(key: str, letter: str, typed: Any, meant: str) -> None:
    assert value_of(key, letter, typed) == Decimal(meant)


@pytest.mark.parametrize(
    "key, letter, typed, meant",
    [
        ("starts_on", "G", "21/11/2026", date(2026, 11, 21)),
        ("starts_on", "G", "1.3.2026", date(2026, 3, 1)),
        ("starts_on", "G", "2026-11-21", date(2026, 11, 21)),
        ("starts_on", "G", datetime(2026, 11, 21, 14, 30), date(2026, 11, 21)),  # noqa: DTZ001 - a cell has no zone
        ("dwellings", "H", "1 200", 1200),
        ("dwellings", "H", 12.0, 12),
        ("dwellings", "H", "12", 12),
        ("seen", "I", "OUI", True),
        ("seen", "I", False, False),
        ("seen", "I", "x", True),
        ("axis", "A", "3", 3),
        ("axis", "A", 3.0, 3),
        ("axis", "A", "  sur-ENTRETIEN ", 3),
        ("axis", "A", "Entretien renforcé", 3),  # a former label
        ("status", "C", "realisee", "done"),
        ("status", "C", "done", "done"),
        ("residence_ids", "D", "tour du lac;Les  Erables", [12, 11]),
        ("residence_ids", "D", "Les Charmes\nTour du Lac", [13, 12]),
        ("target", "J", 12, "12"),
        ("target", "J", 12.5, "12,5"),
        ("target", "J", "  bord à bord\u00a0 ", "bord à bord"),
        ("target", "J", "lu_x000D_\nvu", "lu\nvu"),
        ("target", "J", None, None),
        ("target", "J", "   ", None),
    ],
)
def test_days_numbers_choices_and_text_as_people_type_them(key: str, letter: str, typed: Any, meant: Any) -> None:
    assert value_of(key, letter, typed) == meant


@pytest.mark.parametrize(
    "letter, typed, code, said",
    [
        ("E", "12 k€", "ambiguous", "et non en milliers"),
        ("E", "12k", "ambiguous", "et non en milliers"),
        ("E", "1,2 M€", "ambiguous", "et non en milliers"),
        ("E", "3 milliers d’euros", "ambiguous", "et non en milliers"),
        ("E", "beaucoup", "invalid", "un montant en euros est attendu, par exemple 1 234,56"),
        ("E", "1.234,56", "invalid", "un montant en euros est attendu"),
        ("E", 33.3333, "too_many_decimals", "deux décimales au plus"),
        ("E", 1e12, "out_of_range", "9 999 999 999,99"),
        ("E", True, "invalid", "un montant en euros"),
        ("F", 250, "out_of_range", "au plus 1"),
        ("F", "beaucoup", "invalid", "un pourcentage est attendu"),
        ("G", "21/11/26", "invalid", "une date est attendue, par exemple 21/11/2026"),
        ("G", "31/02/2026", "invalid", "n’existe pas dans le calendrier"),
        ("H", 12.5, "invalid", "un nombre entier"),
        ("H", -1, "out_of_range", "entre 0 et"),
        ("H", datetime(2026, 1, 2), "invalid", "un nombre entier"),  # noqa: DTZ001
        ("I", "peut-être", "unknown_value", "« oui », « non »"),
        ("A", 9, "unknown_value", "« 2 · Formation », « 3 · Sur-entretien »"),
        ("C", "Réalisé", "unknown_value", "peut-être « Réalisée »"),
        ("D", "Tour du Lac ; Nulle part", "unknown_value", "plusieurs valeurs se séparent par « ; »"),
        ("J", "a_x0001_b", "invalid", "caractère de contrôle"),
        ("B", "x" * 81, "out_of_range", "80 caractères au plus"),
        ("B", "#REF!", "error_value", "erreur de calcul"),
        ("J", "#DIV/0!", "error_value", "erreur de calcul"),
        ("J", "Err:502", "error_value", "erreur de calcul"),
        ("J", "=A1+1", "formula", "une formule sans résultat"),
    ],
)
def test_each_fault_of_a_cell_has_its_code_and_its_sentence(letter: str, typed: Any, code: str, said: str) -> None:
    issue = fault_of(letter, typed)
    assert issue.code == code
    assert said in issue.message.replace("\u00a0", " ")
    assert issue.sheet == "Actions"
    assert issue.message.startswith(str(issue.column))


def test_a_bare_number_is_no_day() -> None:
    def edit(book: Any) -> None:
        new_row(G=46347)(book)
        book["Actions"]["G9"].number_format = "General"

    assert told(read_edited(edit).issues) == [("G9", "invalid", "error")]


def test_what_was_found_is_quoted() -> None:
    issue = fault_of("E", "12 k€")
    assert issue.value == "12 k€"
    assert "« 12 k€ » trouvé" in issue.message.replace("\u00a0", " ")
    assert issue.column == "Dépense prévisionnelle"


def test_a_way_of_writing_that_fits_two_codes_is_asked_back() -> None:
    words = {1: "Les Érables", 2: "les erables"}
    entry = ACTIONS.entries[3]
    two = replace(entry, column=replace(entry.column, words=words))
    sheet = replace(ACTIONS, entries=(*ACTIONS.entries[:3], two, *ACTIONS.entries[4:]))
    against = form(sheets=(FILE, sheet))
    content = template(against, {}, ABOUT)

    def edit(book: Any) -> None:
        book["Actions"]["A7"], book["Actions"]["B7"], book["Actions"]["D7"] = 3, "Neuve", "LES ERABLES"

    (issue,) = read(against, edited(edit, content)).issues
    assert (issue.cell, issue.code) == ("D7", "ambiguous")


def test_required_cells_are_named() -> None:
    def edit(book: Any) -> None:
        book["Actions"]["B8"] = None
        book["Dossier"]["B8"] = None

    assert told(read_edited(edit).issues) == [("B8", "required", "error")]  # the abatement may be unknown


def test_a_blanked_cell_clears_its_value() -> None:
    found = read_edited(lambda book: book["Actions"].__setitem__("E7", None))
    assert found.records[1].values["planned_cost"] is None
    changes, _ = compare(form().sheets, found.records, known())
    assert changes[1].fields == {"planned_cost": ["1234.56", None]}


def test_rows_of_blanks_are_no_records() -> None:
    def edit(book: Any) -> None:
        book["Actions"]["B9"] = "   "
        book["Actions"]["J11"] = "\u00a0"

    assert len(read_edited(edit).records) == 3


def test_an_emptied_row_is_one_taken_out() -> None:
    """Its key stays: nobody sees that column, and on a protected sheet nobody can clear it."""

    def edit(book: Any) -> None:
        for letter in "ABCDEFGHIJ":
            book["Actions"][f"{letter}7"] = book["Actions"][f"{letter}8"] = None
        book["Actions"]["L8"] = "999:1"  # of an action archived since

    found = read_edited(edit)
    assert found.issues == []
    changes, issues = compare(form().sheets, found.records, known())
    assert [change.sheet for change in changes] == ["file"]
    assert told(issues) == [(None, "missing_row", "info")] * 2


@pytest.mark.parametrize(
    "letter, typed, key, meant",
    [
        ("E", "1\u00a0234,56\u200b", "planned_cost", Decimal("1234.56")),
        ("E", "\ufeff1234", "planned_cost", Decimal("1234.00")),
        ("F", "80\u200e %", "rate", Decimal("0.8")),
        ("G", "\u200e01/03/2026", "starts_on", date(2026, 3, 1)),
        ("H", " 94\u200b", "dwellings", 94),
        ("A", "3\u200b", "axis", 3),
        ("A", "Sur\u2011entretien", "axis", 3),
        ("A", "Sur\u00ad-entretien", "axis", 3),
    ],
)
def test_what_nobody_can_see_in_a_cell_does_not_count(letter: str, typed: str, key: str, meant: Any) -> None:
    assert value_of(key, letter, typed) == meant


def test_a_cell_that_shows_nothing_is_empty() -> None:
    assert fault_of("B", "\u200b").code == "required"
    assert len(read_edited(lambda book: book["Actions"].__setitem__("B9", "\u200b\u00a0")).records) == 3


def test_a_header_with_a_mark_nobody_sees_is_its_header() -> None:
    assert read_edited(lambda book: book["Actions"].__setitem__("E5", "Dépense\u200b prévisionnelle")).issues == []


# -- sheets and headers --------------------------------------------------------------------------------------------


def test_sheets_and_headers_are_found_by_their_names_not_their_places() -> None:
    def edit(book: Any) -> None:
        book["Actions"].title = "ACTIONS "
        book["ACTIONS "].insert_rows(1, 3)
        book["ACTIONS "]["E8"] = "dépense  PREVISIONNELLE"
        book.move_sheet("Dossier", 3)

    found = read_edited(edit)
    assert found.issues == []
    assert found.records[1].cells["planned_cost"] == "E10"


def test_a_moved_column_is_read_where_it_is_and_told() -> None:
    def edit(book: Any) -> None:
        sheet = book["Actions"]
        for row in range(5, 9):
            first, second = sheet.cell(row, 5), sheet.cell(row, 8)
            first.value, second.value = second.value, first.value

    found = read_edited(edit)
    assert told(found.issues) == [("A5", "header", "info")]
    assert (found.records[1].values["planned_cost"], found.records[1].values["dwellings"]) == (Decimal("1234.56"), 350)
    assert found.records[1].cells["planned_cost"] == "H7"


@pytest.mark.parametrize(
    "typed, cell, said",
    [
        (
            "Dépense prévue",
            "E5",
            "« Dépense prévue » trouvé en tête de colonne ; « Dépense prévisionnelle » est attendu",
        ),
        ("Coût", "E5", "« Coût » trouvé en tête de colonne ; « Dépense prévisionnelle » est attendu"),
        (None, None, "La colonne « Dépense prévisionnelle » manque dans la feuille « Actions »"),
    ],
)
def test_a_renamed_or_missing_column_is_told(typed: str | None, cell: str | None, said: str) -> None:
    found = read_edited(lambda book: book["Actions"].__setitem__("E5", typed))
    (issue,) = found.issues
    assert (issue.cell, issue.code, issue.severity) == (cell, "header", "error")
    assert said in issue.message.replace("\u00a0", " ")


def test_a_column_twice_and_a_column_too_many_are_told() -> None:
    def edit(book: Any) -> None:
        book["Actions"]["M5"] = "Action"
        book["Actions"]["N5"] = "Notes"

    assert told(read_edited(edit).issues) == [("M5", "header", "error"), ("N5", "header", "warning")]


def test_a_missing_sheet_header_or_key_is_told() -> None:
    assert told(read_edited(lambda book: book.remove(book["Actions"])).issues) == [(None, "header", "error")]
    assert told(read_edited(lambda book: book["Actions"].delete_rows(5)).issues) == [(None, "header", "error")]
    assert told(read_edited(lambda book: book["Actions"].delete_cols(12)).issues) == [("A5", "header", "error")]
    assert told(read_edited(lambda book: book["Dossier"].delete_rows(5)).issues) == [(None, "header", "error")]
    assert told(read_edited(lambda book: book["Dossier"].delete_rows(7)).issues) == [(None, "header", "error")]


def test_a_sheet_that_could_not_be_read_says_nothing_of_its_rows() -> None:
    def unread(edit: Edit) -> frozenset[str]:
        return read_edited(edit).unread

    assert unread(lambda book: book["Actions"].__setattr__("title", "Feuil1")) == {"actions"}
    assert unread(lambda book: book["Actions"].delete_rows(5)) == {"actions"}
    assert unread(lambda book: book["Actions"].delete_cols(12)) == {"actions"}
    assert unread(lambda book: book["Dossier"].delete_rows(5)) == {"file"}
    assert unread(lambda book: book["Actions"].__setitem__("E5", "Autre")) == frozenset()


def test_merged_cells_among_the_records_are_told() -> None:
    found = read_edited(lambda book: book["Actions"].merge_cells("E7:E8"))
    assert told(found.issues) == [("E7", "merged", "error")]
    assert "E7:E8" in found.issues[0].message
    assert read_edited(lambda book: book["Actions"].merge_cells("A1:C1")).issues == []


# -- keys and identity ---------------------------------------------------------------------------------------------


def test_a_key_met_twice_a_broken_one_and_a_foreign_one_are_told() -> None:
    twice = read_edited(lambda book: book["Actions"].__setitem__("L8", "101:4"))
    assert told(twice.issues) == [("B8", "duplicate", "error")]
    broken = read_edited(lambda book: book["Actions"].__setitem__("L8", "cent deux"))
    assert told(broken.issues) == [("B8", "invalid", "error")]
    foreign = read_edited(lambda book: book["Actions"].__setitem__("L8", "999:1"))
    _, compared = compare(form().sheets, foreign.records, known())
    assert told(compared) == [("B8", "unknown_reference", "error"), (None, "missing_row", "info")]


@pytest.mark.parametrize(
    "against, code, said",
    [
        (
            form(identity={"landlord": ("Bailleur", "Logis Second"), "year": ("Année", "2026")}),
            "identity",
            "Logis Second",
        ),
        (form(identity={"landlord": ("Bailleur", "Habitat Premier"), "year": ("Année", "2027")}), "identity", "2027"),
        (form(template=3), "template", "le modèle n° 3 est attendu"),
        (form(target="other"), "template", "une autre saisie"),
    ],
)
def test_another_landlords_file_another_year_an_older_template(against: WorkbookForm, code: str, said: str) -> None:
    def edit(book: Any) -> None:
        book["Actions"]["E7"] = "12 k€"  # nothing else is read

    found = read_edited(edit, against)
    assert told(found.issues) == [(None, code, "error")]
    assert said in found.issues[0].message
    assert found.records == []


def test_a_workbook_of_ones_own_is_no_template() -> None:
    assert told(read(form(), saved(Workbook())).issues) == [(None, "template", "error")]
    assert told(read_edited(lambda book: book.remove(book["_suivi"])).issues) == [(None, "template", "error")]


# -- the difference ------------------------------------------------------------------------------------------------


def differences(edit: Edit) -> tuple[list[str], list[Any]]:
    changes, issues = compare(form().sheets, read_edited(edit).records, known())
    return [change.kind for change in changes], issues


def test_a_row_taken_out_stays_and_is_told() -> None:
    kinds, issues = differences(lambda book: book["Actions"].delete_rows(7))
    assert kinds == ["unchanged", "unchanged"]
    assert told(issues) == [(None, "missing_row", "info")]
    assert "Médiation" in issues[0].message


def test_a_locked_cell_changed_is_told_and_nothing_changes() -> None:
    kinds, issues = differences(lambda book: book["Actions"].__setitem__("K7", 750))
    assert kinds == ["unchanged"] * 3
    assert told(issues) == [("K7", "derived", "warning")]
    assert "« 750 » trouvé" in issues[0].message.replace("\u00a0", " ")


def test_a_locked_cell_filled_in_on_a_new_row_is_told_too() -> None:
    kinds, issues = differences(new_row(K=750))
    assert kinds[-1] == "created"
    assert told(issues) == [("K9", "derived", "warning")]
    assert "cette valeur n’est pas reprise" in issues[0].message


def test_a_locked_cell_blanked_is_told() -> None:
    _, issues = differences(lambda book: book["Actions"].__setitem__("K7", None))
    assert told(issues) == [("K7", "derived", "warning")]
    assert "une cellule protégée a été vidée" in issues[0].message


def test_an_older_version_is_a_conflict_only_where_values_differ() -> None:
    def older(book: Any) -> None:
        book["Actions"]["L7"] = "101:3"

    def older_and_different(book: Any) -> None:
        older(book)
        book["Actions"]["H7"] = 351

    assert differences(older)[0] == ["unchanged"] * 3
    assert differences(older_and_different)[0] == ["unchanged", "conflict", "unchanged"]


def test_line_ends_and_the_order_of_a_list_are_no_change() -> None:
    def edit(book: Any) -> None:
        book["Actions"]["D7"] = "Tour du Lac ; Les Érables"

    assert differences(edit)[0] == ["unchanged"] * 3


# -- how much is told ----------------------------------------------------------------------------------------------


def test_at_most_a_thousand_issues_are_kept_and_an_error_left_out_still_counts() -> None:
    found = Issues()
    for _ in range(MOST):
        found.add("Actions", "A1", None, "derived", "À vérifier.", severity="warning")
    assert not has_errors(found.all())
    found.add("Actions", "A1", None, "invalid", "Faux.")
    *_, last = found.all()
    assert len(found.all()) == MOST + 1
    assert has_errors(found.all())
    assert last.message.startswith("1 autres constats")
