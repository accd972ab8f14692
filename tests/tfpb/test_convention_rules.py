"""The four signatures, the declaration, the law's days, the report's own day: worked examples."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.tfpb import rules

NBSP = "\u00a0"

TODAY = date(2026, 11, 21)
LAST = date(2026, 12, 10)


@dataclass
class Convention:
    """What the rules read of one."""

    signed_on: date | None = None
    landlord_signed_on: date | None = None
    city_signed_on: date | None = None
    intermunicipal_signed_on: date | None = None
    prefect_signed_on: date | None = None
    declared_on: date | None = None
    status: str = "signing"


def told(landlord: Any = None, city: Any = None, intermunicipal: Any = None, prefect: Any = None) -> Convention:
    return Convention(None, landlord, city, intermunicipal, prefect)


# -- who signed ----------------------------------------------------------------------------------------------------


def test_the_latest_of_the_four_signatures_counts() -> None:
    days = [date(2026, 11, 3), date(2026, 12, 10), date(2026, 10, 1), date(2026, 11, 30)]
    assert rules.latest_signature(days) == LAST
    assert rules.signed_by_all(told(*days)) == LAST
    assert rules.latest_signature([*days[:3], None]) is None


def test_some_signatures_are_not_a_signed_convention() -> None:
    three = told(LAST, LAST, LAST)
    three.signed_on = date(2026, 1, 1)  # typed before the signatures were told one by one
    assert rules.signed_by_all(three) is None
    assert rules.missing_signatories(three) == ["Préfet"]
    assert rules.missing_signatories(told(city=LAST)) == ["Bailleur", "Intercommunalité", "Préfet"]


def test_a_convention_told_by_one_day_is_signed_that_day() -> None:
    assert rules.signed_by_all(Convention(signed_on=LAST)) == LAST
    assert rules.missing_signatories(Convention(signed_on=LAST)) == []
    assert rules.signed_by_all(Convention()) is None


# -- the law's calendar --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "year, signed_on, today, code, severity",
    [
        # CGI 1388 bis: by 1 January of the year
        (2026, date(2025, 12, 31), date(2026, 6, 1), None, None),
        (2026, date(2026, 1, 1), date(2026, 6, 1), None, None),
        (2026, date(2026, 1, 2), date(2026, 6, 1), "signed_late", "error"),
        # law 2025-127, art. 114: 31 March for 2025 alone
        (2025, date(2025, 3, 31), date(2026, 6, 1), None, None),
        (2025, date(2025, 4, 1), date(2026, 6, 1), "signed_late", "error"),
        # by the time left: 62 days, 60 days, the day itself, the day after
        (2027, None, date(2026, 10, 31), "not_signed", "info"),
        (2027, None, date(2026, 11, 2), "not_signed", "warning"),
        (2027, None, date(2027, 1, 1), "not_signed", "warning"),
        (2027, None, date(2027, 1, 2), "not_signed", "error"),
    ],
)
def test_signature_in_time_for_a_year(
    year: int, signed_on: date | None, today: date, code: str | None, severity: str | None
) -> None:
    alert = rules.signature_alert(year, Convention(signed_on=signed_on), today)
    assert (alert and alert.code, alert and alert.severity) == (code, severity)


@pytest.mark.parametrize(
    "year, declared_on, today, code, severity",
    [
        # before 1 January of the year: the last day is 31 December
        (2026, date(2025, 12, 31), date(2026, 6, 1), None, None),
        (2026, date(2026, 1, 1), date(2026, 6, 1), "declared_late", "error"),
        (2025, date(2025, 3, 31), date(2026, 6, 1), None, None),
        (2025, date(2025, 4, 1), date(2026, 6, 1), "declared_late", "error"),
        (2027, None, date(2026, 10, 31), "not_declared", "info"),
        (2027, None, date(2026, 11, 1), "not_declared", "warning"),
        (2027, None, date(2026, 12, 31), "not_declared", "warning"),
        (2027, None, date(2027, 1, 1), "not_declared", "error"),
    ],
)
def test_declaration_in_time_for_a_year(
    year: int, declared_on: date | None, today: date, code: str | None, severity: str | None
) -> None:
    alert = rules.declaration_alert(year, declared_on, today)
    assert (alert and alert.code, alert and alert.severity) == (code, severity)


def test_the_sentence_says_who_is_missing_what_is_lost_and_until_when() -> None:
    def sentence(convention: Convention, today: date = TODAY) -> str:
        alert = rules.signature_alert(2027, convention, today)
        assert alert is not None
        return alert.message.replace(NBSP, " ")

    limit = "Date limite : 01/01/2027 (CGI, art. 1388 bis)."
    assert sentence(told(LAST, LAST, LAST)) == (
        f"Signature manquante (préfet) : l’abattement 2027 n’est pas acquis. {limit}"
    )
    assert sentence(told(LAST, None, None, LAST)).startswith("Signatures manquantes (ville, intercommunalité) : l’abat")
    assert sentence(Convention()) == f"Signature manquante : l’abattement 2027 n’est pas acquis. {limit}"
    assert "Date limite dépassée : 01/01/2027" in sentence(Convention(), date(2027, 1, 2))
    late = sentence(Convention(signed_on=date(2027, 2, 3)), date(2027, 3, 1))
    assert late.startswith("Convention signée le 03/02/2027 : l’abattement 2027 n’est pas acquis.")
    declared = rules.declaration_alert(2027, date(2027, 1, 5), date(2027, 3, 1))
    assert declared is not None
    assert "elle vaut pour les années suivantes" in declared.message


@pytest.mark.parametrize(
    "signed_on, declared_on, year",
    [
        (date(2025, 3, 20), date(2025, 3, 25), 2025),  # both by 31 March 2025
        (date(2025, 3, 20), date(2025, 4, 1), 2026),  # declared late for 2025, in time (by 31/12/2025) for 2026
        (date(2025, 6, 1), date(2025, 3, 25), 2026),  # signed late for 2025, in time (by 01/01/2026) for 2026
        (date(2026, 1, 1), date(2026, 1, 1), 2027),  # signed in time for 2026, declared one day too late for it
        (date(2028, 6, 1), date(2025, 1, 1), None),  # its last year is 2028
        (None, date(2025, 1, 1), None),
        (date(2025, 1, 1), None, None),
    ],
)
def test_the_first_year_really_acquired(signed_on: date | None, declared_on: date | None, year: int | None) -> None:
    assert rules.acquired_year(2025, 2028, signed_on, declared_on) == year


DAYS = st.dates(date(2024, 6, 1), date(2031, 1, 1))


@given(DAYS, DAYS, st.integers(2025, 2030))
def test_a_year_is_acquired_when_neither_act_is_alerted_of(signed_on: date, declared_on: date, year: int) -> None:
    convention = Convention(signed_on=signed_on, declared_on=declared_on)
    quiet = rules.year_alerts(year, convention, TODAY) == []
    assert (rules.acquired_year(year, year, signed_on, declared_on) == year) is quiet


@given(DAYS)
def test_the_year_an_act_may_still_open(today: date) -> None:
    for gate in (rules.SIGNATURE, rules.DECLARATION):
        year = gate.open_year(2025, 2030, today)
        if year is None:
            assert today > gate.last_day(2030)
        else:
            assert today <= gate.last_day(year)
            assert year == 2025 or today > gate.last_day(year - 1)


def test_nothing_is_said_of_a_convention_that_is_over() -> None:
    assert rules.year_alerts(2027, Convention(status="terminated"), TODAY) == []
    codes = [alert.code for alert in rules.year_alerts(2027, Convention(), TODAY)]
    assert codes == ["not_signed", "not_declared"]


def test_two_conventions_over_the_same_years() -> None:
    assert rules.overlap_alert([]) is None
    alert = rules.overlap_alert([(2025, 2027), (2028, 2030)])
    assert alert is not None
    assert (alert.code, alert.severity) == ("overlap", "warning")
    assert alert.message.endswith("2025-2027, 2028-2030.")


# -- the report's day ----------------------------------------------------------------------------------------------


def test_the_report_is_due_the_year_after() -> None:
    assert rules.report_due(2026) == date(2027, 3, 31)
    assert rules.report_due(2024) is None


def test_a_convention_has_its_own_day_for_the_report() -> None:
    assert rules.report_due(2026, "04-15") == date(2027, 4, 15)
    assert rules.report_due(2024, "04-15") == date(2025, 4, 15)
    assert rules.report_due(2026, "02-29") == date(2027, 2, 28)
    assert rules.report_due(2027, "02-29") == date(2028, 2, 29)


# -- what may be written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules.DATE_LABELS)
def test_a_date_has_come_and_belongs_to_the_contract(name: str) -> None:
    def codes(day: date | None) -> list[tuple[str, str]]:
        return [(error.field, error.code) for error in rules.date_errors({name: day}, 2024, TODAY)]

    assert codes(None) == codes(TODAY) == codes(date(2023, 1, 1)) == []
    assert codes(TODAY + timedelta(days=1)) == codes(date(2022, 12, 31)) == [(name, "out_of_range")]


SIGNED = date(2025, 3, 20)


@pytest.mark.parametrize(
    "values, signed_on, expected",
    [
        ({"signed_on": SIGNED, "last_year": 2030}, SIGNED, []),
        ({"signed_on": TODAY, "last_year": None}, SIGNED, []),
        ({"last_year": 2029}, None, []),  # being written
        ({"signed_on": TODAY}, None, [("signed_on", "invalid")]),
        ({"signed_on": date(2025, 3, 19)}, SIGNED, [("signed_on", "out_of_range")]),
        ({"signed_on": TODAY + timedelta(days=1)}, SIGNED, [("signed_on", "out_of_range")]),
        ({"last_year": 2028}, SIGNED, [("last_year", "out_of_range")]),  # no later than the convention's own
        ({"last_year": 2031}, SIGNED, [("last_year", "out_of_range")]),  # beyond the contract
    ],
)
def test_an_amendment_follows_its_convention(values: Any, signed_on: date | None, expected: Any) -> None:
    errors = rules.amendment_errors(values, signed_on, 2028, 2030, TODAY)
    assert [(error.field, error.code) for error in errors] == expected


@pytest.mark.parametrize(
    "agreed, sentence",
    [
        (2028, "Prolonge jusqu’en : 2031 trouvé ; une année de 2029 à 2030 est attendue (durée du contrat)."),
        (2030, "Prolonge jusqu’en : 2031 trouvé ; la convention va déjà jusqu’à la fin du contrat (2030)."),
    ],
)
def test_how_far_an_amendment_may_extend(agreed: int, sentence: str) -> None:
    (error,) = rules.amendment_errors({"last_year": 2031}, SIGNED, agreed, 2030, TODAY)
    assert error.message == sentence


@pytest.mark.parametrize(
    "status, amended, extended, after",
    [
        ("signed", True, False, "amended"),
        ("signing", True, False, "amended"),
        ("expired", True, True, "amended"),
        ("expired", True, False, "expired"),
        ("terminated", True, True, "terminated"),
        ("amended", False, False, "signed"),
        ("draft", False, False, "draft"),
    ],
)
def test_the_status_follows_the_signed_amendments(status: str, amended: bool, extended: bool, after: str) -> None:
    assert rules.amended_status(status, amended=amended, extended=extended) == after


@pytest.mark.parametrize(
    "status, told, after",
    [
        ("draft", 0, "draft"),
        ("draft", 1, "signing"),
        ("draft", 4, "signed"),
        ("signing", 4, "signed"),
        ("signed", 3, "signing"),
        ("signed", 0, "signed"),
        ("amended", 3, "amended"),
        ("terminated", 4, "terminated"),
    ],
)
def test_the_status_follows_the_four_signatures(status: str, told: int, after: str) -> None:
    assert rules.signed_status(status, [SIGNED] * told + [None] * (4 - told)) == after
