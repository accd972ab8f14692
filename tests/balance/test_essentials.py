"""The ten sentences: each says its figure, or that it is unknown."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from tracker.balance.document import charts, tables
from tracker.balance.document.essentials import sentences, written
from tracker.balance.queries.content import AxisLine, BalanceSheet, PreviousYear, Reference
from tracker.balance.rules import Figures
from tracker.tfpb.queries.expected import Ref

UNKNOWN = dict.fromkeys(field.name for field in fields(Figures))


def figured(**known: Any) -> dict[str, Any]:
    return UNKNOWN | {"files": 1, "actions": 3} | known


def sheet(**known: Any) -> BalanceSheet:
    """A sheet of these totals and of nothing else."""
    return BalanceSheet(
        contract=Ref(1, "ici", "Ici"),
        year=2026,
        edition=None,
        scope="all",
        totals=Figures(**figured(**known)),
        **dict.fromkeys(
            (
                *("by_landlord", "by_city", "by_neighbourhood", "by_axis", "by_priority", "by_source"),
                *("actions", "participation", "completeness", "checks"),
            ),
            (),
        ),
    )


def plain(sentence: str) -> str:
    return sentence.replace("\u00a0", " ").replace("\u202f", " ")


def told(of: BalanceSheet) -> list[str]:
    return [plain(sentence) for sentence in sentences(of)]


def test_there_are_ten_and_nothing_known_is_no_zero() -> None:
    found = told(sheet())
    assert len(found) == 10
    assert not any("0,00" in sentence for sentence in found)
    assert found[1] == "Le montant de l’abattement de taxe foncière de 2026 n’est pas connu."
    assert found[2] == "La dépense réalisée n’est pas connue."
    assert found[4] == "Le montant valorisé par logement abattu ne peut pas être calculé."


def test_the_worked_example() -> None:
    """Abatement 58 000, actual 60 000 of 64 000 planned, valued 43 000: 93.75 % done, 74.14 % justified."""
    found = told(
        sheet(
            abated_dwellings=350,
            abatement=Decimal("58000.00"),
            planned_cost=Decimal("64000.00"),
            actual_cost=Decimal("60000.00"),
            completion_rate=Decimal("0.9375"),
            valued_amount=Decimal("43000.00"),
            justified_rate=Decimal("0.7414"),
            gap=Decimal("-15000.00"),
            valued_per_dwelling=Decimal("122.86"),
        )
    )
    assert found[0].endswith("3 actions de contrepartie pour 350 logements abattus.")
    assert found[2] == "La dépense réalisée est de 60 000,00 € pour 64 000,00 € prévus, soit 93,8 % du programme."
    assert found[3] == (
        "La dépense valorisée en contrepartie de l’abattement est de 43 000,00 € : "
        "74,1 % de l’abattement sont justifiés, il manque 15 000,00 €."
    )
    assert found[4] == "Cela représente 122,86 € par logement abattu."


@pytest.mark.parametrize(
    "figure, low, high, expected",
    [
        ("valued_per_dwelling", "183.000000", None, "183 €"),
        ("leverage", "1.300000", "1.400000", "1,3 à 1,4"),
        ("completion_rate", "0.740000", None, "74 %"),
        ("actual_cost", "233.500000", None, "233,50 €"),
        ("leverage", "10.000000", None, "10"),
    ],
)
def test_a_reference_is_said_in_its_figure_s_unit(figure: str, low: str, high: str | None, expected: str) -> None:
    mark = Reference(
        figure=figure,
        label="Moyenne",
        low=Decimal(low),
        high=None if high is None else Decimal(high),
        period="2017-2019",
        source="USH",
    )
    assert plain(written(mark)) == expected


def test_the_first_axis_and_the_year_before() -> None:
    axes = tuple(
        AxisLine(axis=Ref(n, n, f"Axe {n}"), share=share, **figured())
        for n, share in ((1, Decimal("0.2500")), (2, None), (3, Decimal("0.7500")))
    )
    before = Figures(**figured(actual_cost=Decimal("100.00"), valued_amount=Decimal("80.00")))
    found = told(
        replace(
            sheet(actual_cost=Decimal("125.00"), valued_amount=Decimal("60.00")),
            by_axis=axes,
            previous=PreviousYear(year=2025, totals=before, by_landlord=(), by_city=(), by_axis=()),
        )
    )
    assert found[5] == "L’axe qui pèse le plus est l’axe 3, « Axe 3 » : 75,0 % de la dépense valorisée."
    assert found[6] == (
        "Par rapport à 2025, la dépense réalisée augmente de 25,00 € (25,0 %) "
        "et la dépense valorisée diminue de 20,00 € (−25,0 %)."
    )


def test_a_difference_is_in_the_figure_s_own_unit() -> None:
    before = Figures(**figured(actual_cost=Decimal("100.00"), completion_rate=Decimal("0.5000"), dwellings=10))
    now = Figures(**figured(actual_cost=Decimal("90.00"), completion_rate=Decimal("0.6250"), dwellings=None))
    found = {plain(line.label): plain(line.difference) for line in tables.compared(before, now)}
    assert (found["Réalisé"], found["Taux de réalisation"], found["Logements"]) == ("−10,00 €", "+12,5 pt", "—")


def test_a_cut_text_says_so() -> None:
    assert tables.short("court") == "court"
    assert tables.short(None) is None
    cut = tables.short("x" * 10_000)
    assert cut is not None
    assert len(cut) < 700
    assert cut.endswith("(suite dans le classeur)")


def test_bars_share_one_scale_and_an_unknown_draws_nothing() -> None:
    groups = charts.grouped_bars([("2025", (Decimal(50), None)), ("2026", (Decimal(100), Decimal(-5)))])
    heights = [[bar.height for bar in group.bars] for group in groups]
    assert heights == [["67.00", "0.00"], ["134.00", "0.00"]]
    assert charts.grouped_bars([]) == ()
    assert charts.share_width(None, Decimal(1)) == charts.share_width(Decimal(-1), Decimal(1)) == "0"
    assert charts.share_width(Decimal("0.25"), Decimal("0.50")) == "50.00"
