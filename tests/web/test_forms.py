"""Forms read by the schema of the JSON body: French writing made plain first."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from tracker.api.fields import Choice, Day, DayOfYear, Flag, Ids, Lines, Money, Ratio, Schema, Text, Whole
from tracker.policy import Invalid
from tracker.web.forms import posted_version, read_form, submit


class Sheet(Schema):
    """A form."""

    title = Text("Intitulé", required=True)
    amount = Money("Montant")
    rate = Ratio("Taux")
    day = Day("Jour")
    count = Whole("Nombre")
    axis = Choice("Axe", {1: "Un", 2: "Deux"})
    flag = Flag("Coché")
    ids = Ids("Liste")
    due = DayOfYear("Échéance")
    lines = Lines("Libellés")


@pytest.mark.parametrize(
    "field, typed, read",
    [
        ("amount", "1 234,56 €", Decimal("1234.56")),
        ("amount", "1\u202f234,56\u00a0€", Decimal("1234.56")),
        ("amount", "1234.56", Decimal("1234.56")),
        ("amount", "", None),
        ("amount", " ", None),
        ("rate", "80 %", Decimal("0.8")),
        ("rate", "80", Decimal("0.8")),
        ("rate", "0,8", Decimal("0.8")),
        ("rate", "5,5\u00a0%", Decimal("0.055")),
        ("rate", "16,404 %", Decimal("0.16404")),
        ("day", "21/11/2026", date(2026, 11, 21)),
        ("day", "1/2/2026", date(2026, 2, 1)),
        ("day", "2026-11-21", date(2026, 11, 21)),
        ("due", "31/03", "03-31"),
        ("due", "1/4", "04-01"),
        ("due", " 31.03 ", "03-31"),
        ("due", "03-31", "03-31"),
        ("due", "", None),
        ("lines", "Un\r\n\r\n Deux ", ["Un", "Deux"]),
        ("lines", "", []),
        ("count", "1 200", 1200),
        ("axis", "2", 2),
        ("flag", "true", True),
        ("title", "  L’école  ", "L’école"),
    ],
)
def test_what_a_reader_types_is_understood(field: str, typed: str, read: Any) -> None:
    assert read_form(Sheet(), {"title": "x", field: typed})[field] == read


@pytest.mark.parametrize(
    "field, typed, code",
    [
        ("amount", "1.234,56", "invalid"),
        ("amount", "12,345", "too_many_decimals"),
        ("amount", "douze", "invalid"),
        ("amount", "12 k€", "invalid"),
        ("rate", "120 %", "out_of_range"),
        ("day", "31/02/2026", "invalid"),
        ("count", "1,5", "invalid"),
        ("axis", "9", "unknown_value"),
        ("title", "", "required"),
    ],
)
def test_what_cannot_be_understood_is_quoted_as_it_was_typed(field: str, typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_form(Sheet(), {"title": "x", field: typed})
    (error,) = refused.value.errors
    assert (error.field, error.code) == (field, code)
    assert typed in error.message


@pytest.mark.parametrize(
    "field, example", [("amount", "1 234,56"), ("rate", "80 %"), ("day", "21/11/2026"), ("count", "12")]
)
def test_what_is_expected_is_told_as_a_reader_types_it(field: str, example: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_form(Sheet(), {"title": "x", field: "beaucoup"})
    said = refused.value.errors[0].message.replace("\u00a0", " ")
    assert said.endswith(f"par exemple {example}.")


def test_an_amount_in_thousands_is_asked_back() -> None:
    with pytest.raises(Invalid) as refused:
        read_form(Sheet(), {"title": "x", "amount": "12 k€"})
    said = refused.value.errors[0].message.replace("\u00a0", " ")
    assert said.endswith("et non en milliers ou en millions : par exemple 12 500,00.")


def test_an_unticked_box_is_false_unless_the_form_is_partial() -> None:
    assert read_form(Sheet(), {"title": "x"})["flag"] is False
    assert "flag" not in read_form(Sheet(), {"title": "x"}, partial=True)


def test_a_list_takes_every_value_posted() -> None:
    assert read_form(Sheet(), MultiDict([("title", "x"), ("ids", "1"), ("ids", "2")]))["ids"] == [1, 2]


def test_a_refused_form_keeps_the_typing_and_its_version() -> None:
    result, form = submit(Sheet(), {"title": "", "amount": "12", "version": "3"}, lambda values: values)
    assert result is None
    assert form is not None
    assert (form.status, form.version, form.value("amount")) == (422, 3, "12")
    assert form.error("title") is not None
    assert form.error("amount") is None


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 12, None])
def test_a_version_that_was_tampered_with_is_refused(version: str | None) -> None:
    with pytest.raises(Invalid):
        posted_version({"version": version})
