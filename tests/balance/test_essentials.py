"""The ten sentences: each says its figure, or that it is unknown."""

from dataclasses import fields, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.balance import made
from tracker.balance import columns
from tracker.balance.columns.years import GroupChange
from tracker.balance.compared import label
from tracker.balance.document import charts, tables
from tracker.balance.essentials import essentials
from tracker.balance.queries.comparison import lines_of
from tracker.balance.queries.content import BalanceSheet, LandlordLine, PreviousYear, Reference
from tracker.balance.rules import REFERENCED, Check, Figures
from tracker.balance.rules.comparison import Change
from tracker.tfpb.queries.expected import Ref
from tracker.web.formats import change, money_short

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


def told(of: BalanceSheet) -> dict[str, str]:
    return {one.label: plain(one.sentence) for one in essentials(of)}


def test_there_are_ten_and_nothing_known_is_no_zero() -> None:
    found = told(sheet())
    assert len(found) == 10
    assert not any("0,00" in sentence for sentence in found.values())
    assert found["Abattement"] == "Le montant de l’abattement de 2026 est inconnu."
    assert found["Dépense"] == "La dépense réalisée est inconnue (3 actions)."
    assert found["Contrepartie"] == "La dépense que les bailleurs font valoir en contrepartie est inconnue."
    assert found["Justification"] == "La part justifiée de l’abattement ne peut pas être calculée : inconnue."


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
    assert found["Abattement"].endswith("58 000,00 € d’abattement de taxe foncière, pour 350 logements.")
    assert found["Dépense"] == ("60 000,00 € dépensés dans 3 actions, soit 93,8 % de ce qui était prévu (64 000,00 €).")
    assert found["Contrepartie"] == (
        "43 000,00 € valorisés en contrepartie de l’abattement : 122,86 € par logement abattu."
    )
    assert found["Justification"] == "74,1 % de l’abattement est justifié : il manque 15 000,00 €."


def one_landlord(name: str, gap: str | None) -> LandlordLine:
    return LandlordLine(**figured(gap=None if gap is None else Decimal(gap)), landlord=Ref(1, None, name))


def test_all_is_justified_only_where_each_landlord_justifies_his_and_every_file_is_there() -> None:
    rich = {"justified_rate": Decimal("1.0810"), "gap": Decimal("3738.30")}
    assert told(sheet(**rich))["Justification"] == "Tout l’abattement est justifié : 108,1 %, 3 738,30 € de plus."
    line = made.whole().completeness[0]
    awaited = tuple(replace(line, status=status) for status in ("submitted", "draft", None))
    (found,) = (one for one in essentials(replace(sheet(**rich), completeness=awaited)) if one.label == "Justification")
    assert plain(found.sentence) == "Tout l’abattement du seul dossier reçu est justifié : 108,1 %, 3 738,30 € de plus."
    assert found.tone == "warn"
    uneven = replace(
        sheet(**rich | {"files": 2}),
        completeness=(*awaited, replace(line, status="verified")),
        by_landlord=(one_landlord("A", "-5526.50"), one_landlord("B", "9264.80"), one_landlord("C", None)),
    )
    assert told(uneven)["Justification"] == (
        "108,1 % de l’abattement des 2 dossiers reçus au total, 3 738,30 € de plus, mais il manque 5 526,50 € à A."
    )
    many = replace(uneven, completeness=(), by_landlord=tuple(one_landlord(name, "-1.00") for name in "ABCDE"))
    assert told(many)["Justification"].endswith(
        "mais il manque 1,00 € à A, 1,00 € à B, 1,00 € à C et à 2 autres bailleurs."
    )


def test_a_year_with_fewer_files_says_so_beside_its_fall() -> None:
    last = PreviousYear(
        year=2025,
        totals=Figures(**figured(files=5, valued_amount=Decimal(9), gap=Decimal(0))),
        by_landlord=(),
        by_city=(),
        by_axis=(),
    )
    now = replace(sheet(files=2, valued_amount=Decimal(4), gap=Decimal(0)), previous=last)
    (found,) = (one for one in essentials(now) if one.label == "Sur un an")
    assert plain(found.sentence) == (
        "−5,00 € de dépense valorisée par rapport à 2025 ; "
        "à lire avec prudence : 2 dossiers comptés cette année, 5 en 2025."
    )
    assert found.tone == "warn"


def test_a_group_s_name_says_how_many_files_where_their_number_changed() -> None:
    def line(files: int) -> LandlordLine:
        return replace(one_landlord("A", None), files=files)

    (named, *_) = columns.change_columns(columns.LANDLORD, 2026)
    name = {
        (now, before): plain(named.value(GroupChange(line(now), line(before))))
        for now, before in ((1, 3), (2, 2), (2, 1))
    }
    assert name == {(1, 3): "A (1 dossier, 3 en 2025)", (2, 2): "A", (2, 1): "A (2 dossiers, 1 en 2025)"}
    assert plain(named.value(GroupChange(line(1), None))) == "A"


def test_what_is_known_in_part_says_how_many_are_not() -> None:
    whole = made.whole()
    [moment] = whole.participation
    found = told(replace(whole, participation=(moment, replace(moment, participants=None))))
    assert found["Habitants"].startswith(
        "2 rencontres avec les habitants, 12 participants (nombre inconnu pour 1 d’entre elles) ; "
    )
    # Of the two planned actions one has a cost, 1 200 €.
    assert "Programme 2027 : 2 actions, 1 200,00 € prévus (coût inconnu pour 1)." in found["Suites"]


def test_what_is_open_leads_to_the_checks_of_every_face() -> None:
    wrong = Check("files_missing", "error", False, "Un bilan manque.")
    found = told(replace(sheet(), checks=(wrong,)))
    assert found["Suites"].endswith("1 point à corriger ou à vérifier, dont 1 bloquant : voir « Contrôles ».")


@pytest.mark.parametrize(
    "figure, low, high, expected",
    [
        ("valued_per_dwelling", "183.000000", None, "183,00 €"),
        ("leverage", "1.300000", "1.400000", "1,3 à 1,4"),
        ("completion_rate", "0.740000", None, "74,0 %"),
        ("coverage_rate", "0.740000", None, "74,0 %"),
        ("actual_cost_per_dwelling", "233.000000", None, "233,00 €"),
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
    assert plain(columns.measured(mark)) == expected
    assert plain(columns.worded(mark)) == f"{expected}, moyenne (2017-2019)"
    assert columns.worded(replace(mark, label="USH")).endswith(", USH (2017-2019)")


def test_the_references_cited_are_those_of_known_figures() -> None:
    marks = made.whole().references
    known = told(replace(sheet(coverage_rate=Decimal("0.8000"), leverage=Decimal("1.4000")), references=marks))
    assert known["Repères"] == (
        "Couverture de la dépense : 80,0 % (repère 74,0 %) ; effet de levier : 1,40 (repère 1,3 à 1,4). "
        "Sources : bilan régional (2016-2019), IREV ; moyenne nationale (2017-2019), Bilan national de l’USH."
    )
    # None is known: the first says so rather than nothing at all.
    assert told(replace(sheet(), references=marks))["Repères"] == (
        "Valorisé par logement : inconnu (repère 183,00 €). "
        "Source : moyenne nationale (2017-2019), Bilan national de l’USH."
    )
    own = replace(marks[0], figure="justified_rate", low=Decimal("1.000000"), label="Objectif", period="2026")
    assert told(replace(sheet(justified_rate=Decimal("0.7414")), references=(own,)))["Repères"] == (
        "Abattement justifié : 74,1 % (repère 100,0 %). Source : objectif (2026), Bilan national de l’USH."
    )
    gone = replace(own, figure="no_longer_a_figure")
    assert told(replace(sheet(), references=(gone,)))["Repères"] == "Aucune valeur de référence n’est enregistrée."


def test_a_difference_is_in_the_figure_s_own_unit() -> None:
    """90 − 100 = −10 € ; 62,5 % − 50,0 % = 12,5 points."""
    before = Figures(**figured(actual_cost=Decimal("100.00"), completion_rate=Decimal("0.5000"), dwellings=10))
    now = sheet(actual_cost=Decimal("90.00"), completion_rate=Decimal("0.6250"), dwellings=None)
    last = PreviousYear(year=2025, totals=before, by_landlord=(), by_city=(), by_axis=())
    found = {line.key: plain(change(line.change, line.type)) for line in columns.compared(replace(now, previous=last))}
    assert (found["actual_cost"], found["completion_rate"], found["dwellings"]) == ("−10,00 €", "+12,5 points", "—")


def test_a_cut_text_says_so() -> None:
    assert tables.short("court") == "court"
    assert tables.short(None) is None
    cut = tables.short("x" * 10_000)
    assert cut is not None
    assert len(cut) < 700
    assert cut.endswith("(suite dans le classeur)")


def test_bars_share_one_scale_and_an_unknown_draws_nothing() -> None:
    chart = charts.grouped_bars([("2025", (Decimal(50), None)), ("2026", (Decimal(100), Decimal(-5)))])
    heights = [[bar.height for bar in group.bars] for group in chart.groups]
    assert heights == [["67.00", "0.00"], ["134.00", "0.00"]]
    assert chart.ticks == ((0, "150.00"), (50, "83.00"), (100, "16.00"))
    assert charts.grouped_bars([]).groups == ()
    assert charts.share_width(None, Decimal(1)) == charts.share_width(Decimal(-1), Decimal(1)) == "0"
    assert charts.share_width(Decimal("0.25"), Decimal("0.50")) == "50.00"


def test_a_figure_has_one_name() -> None:
    """The choice of a reference value's figure says what the columns say; a budget paid is no grant paid."""
    assert {key: columns.label_of(key) for key in REFERENCED} == REFERENCED
    lines = {line.name: line.figures for line in lines_of(made.whole()) if line.section == "investment"}
    assert lines["Budgets 2026"]["budget_voted"] == Decimal("80000.00")
    assert lines["Ensemble du plan"]["paid"] == Decimal("100000.00")
    changed = [Change("investment", "changed", "", figure, None, None, None) for figure in ("budget_paid", "paid")]
    assert [label(one) for one in changed] == ["Budget mandaté", "Versé"]


@pytest.mark.parametrize(
    "largest, told",
    [
        ("0.40", []),
        ("3.00", ["0 €", "1 €", "2 €", "3 €"]),
        ("900.00", ["0 €", "500 €"]),
        ("1700.00", ["0 €", "1 k€"]),
        ("150870.90", ["0 €", "50 k€", "100 k€", "150 k€"]),
        ("999999999.99", ["0 €", "500 M€"]),
    ],
)
def test_the_scale_says_round_amounts(largest: str, told: list[str]) -> None:
    """150 870 ÷ 4 = 37 718: one line every 50 000."""
    ticks = charts.grouped_bars([("2026", (Decimal(largest),))]).ticks
    assert [money_short(amount).replace("\u00a0", " ") for amount, _ in ticks] == told


def test_sixty_years_are_still_told_apart() -> None:
    lines = [(str(year), (Decimal(1), Decimal(2), Decimal(3))) for year in range(2024, 2084)]
    chart = charts.grouped_bars(lines)
    named = [(group.label, Decimal(group.x)) for group in chart.groups if group.label]
    assert named[0][0] == "2024"
    assert all(later - sooner >= 36 for (_, sooner), (_, later) in pairwise(named))
    bars = [Decimal(bar.x) for group in chart.groups for bar in group.bars]
    assert all(later - sooner >= Decimal(chart.width) > 1 for sooner, later in pairwise(bars))
    assert bars[-1] + Decimal(chart.width) <= charts.WIDTH
