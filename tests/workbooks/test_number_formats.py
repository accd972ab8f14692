"""What a cell's number format makes of its amount: thousands, millions and percentages are asked back."""

from typing import Any

import pytest

from tests.workbooks.test_reading import new_row, read_edited, told
from tracker.workbooks.number_formats import asks, shown


@pytest.mark.parametrize(
    "code, value, said",
    [
        ('0.0" k€"', 5.4, "5,4 k€"),
        ('#,##0.00\\ "K€"', 1234.5, "1\u202f234,50 K€"),
        ("0.0\\ k€", 5.4, "5,4 k€"),
        ('0.0 "M€"', 1.2, "1,2 M€"),
        ('0"k"', 12, "12k"),
        ("0.0\\ [$k€-40C]", 5.4, "5,4 k€"),
        ('"k€ "0.0', 5.4, "k€ 5,4"),
        ('(0.0" k€")', 5.4, "(5,4 k€)"),
        ('0.0" k€ HT"', 5.4, "5,4 k€ HT"),
        ('0 "milliers d’euros"', 5, "5 milliers d’euros"),
        ("0.0,", 5400, "5,4"),
        ("#,##0,", 5400, "5"),
        ("0.0,,", 1_200_000, "1,2"),
        ('#,##0.0,"k€"', 5400, "5,4k€"),
        ("0%", 0.8, "80%"),
        ("0.00%", 0.8, "80,00%"),
        ('0.0" k€";-0.0" k€"', -5.4, "-5,4 k€"),
        ('[>=1000]0.0,"k€";0.00', 5400, "5,4k€"),
        ('[Red]0.0" k€"', 5.4, "5,4 k€"),
    ],
)
def test_what_is_asked_back_and_what_the_cell_shows(code: str, value: float, said: str) -> None:
    assert asks(code)
    assert shown(code, value) == said


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0.00",
        "#,##0.00",
        '#,##0.00\\ "€"',
        "#\\ ##0.00\\ [$€-40C];[Red]\\-#\\ ##0.00\\ [$€-40C]",
        '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-',
        '0.00" € par mois"',
        '0 "km"',
        "dd/mm/yyyy",
        "[h]:mm:ss.0",
        "0.00E+00",
        "@",
        '0.00;-0.00;0.00;"k€"',  # the fourth is for texts
        "",
    ],
)
def test_plain_euros_are_plain(code: str) -> None:
    assert not asks(code)
    assert shown(code, 5.4) is None


def test_nothing_is_nothing_in_any_unit() -> None:
    assert shown('0.0" k€"', 0) is None


def test_only_the_section_of_its_sign_counts() -> None:
    assert shown('0.00;-0.0" k€"', 5.4) is None
    assert shown('0.00;-0.0" k€"', -5.4) == "-5,4 k€"


def with_format(code: str, cell: str = "E9", **typed: Any) -> Any:
    def edit(book: Any) -> None:
        new_row(**typed)(book)
        book["Actions"][cell].number_format = code

    return edit


def test_such_an_amount_is_an_error_at_its_cell() -> None:
    found = read_edited(with_format('0.0" k€"', E=5.4))
    (issue,) = found.issues
    assert (issue.cell, issue.code, issue.severity, issue.column) == (
        "E9",
        "ambiguous",
        "error",
        "Dépense prévisionnelle",
    )
    said = issue.message.replace("\u00a0", " ")
    assert "la cellule affiche « 5,4 k€ », par son format de nombre ; un montant écrit en euros est attendu" in said
    assert "planned_cost" not in found.records[-1].values


def test_a_value_met_before_in_plain_euros_is_asked_back_too() -> None:
    def edit(book: Any) -> None:
        new_row(E=1234.56)(book)  # the very amount of the first row
        book["Actions"]["E9"].number_format = "0%"

    assert told(read_edited(edit).issues) == [("E9", "ambiguous", "error")]


def test_a_single_records_amount_too() -> None:
    def edit(book: Any) -> None:
        sheet = book["Dossier"]
        row = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("Abattement"))
        sheet.cell(row, 2).number_format = '#,##0,"k€"'

    (issue,) = read_edited(edit).issues
    assert (issue.code, issue.column) == ("ambiguous", "Abattement")


@pytest.mark.parametrize("letter, typed", [("F", 0.8), ("H", 12), ("E", 1234.56), ("E", "1 234,56"), ("E", None)])
def test_a_rate_a_count_and_an_amount_in_euros_keep_their_formats(letter: str, typed: Any) -> None:
    code = "0%" if letter == "F" else '0.0" k€"' if typed != 1234.56 else '#,##0.00 "€"'
    assert told(read_edited(with_format(code, f"{letter}9", **{letter: typed})).issues) == []
