"""The workbook, written from a sheet alone: what it says, what it verifies of itself, what it can be made of."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests.balance import made
from tests.balance.faces import exact, workbook_tables
from tracker.balance.columns import ACTIONS, FIGURES, SHARE
from tracker.balance.essentials import essentials
from tracker.balance.queries.content import BalanceSheet, canonical, fingerprint, read_sheet
from tracker.balance.rules import Check, Figures, change
from tracker.balance.workbook import about_edition, balance_workbook
from tracker.tfpb.rules import PRIORITIES
from tracker.workbooks.about import About

ABOUT = About(date(2026, 11, 21), "Claire Martin", source="Contrat des Tilleuls")
LABELS = {column.label: column for column in (*FIGURES, SHARE)}
SPACES = re.compile(r"[\u00a0\u202f]")


def written(sheet: BalanceSheet) -> bytes:
    return balance_workbook(sheet, ABOUT if sheet.edition is None else about_edition(sheet))


def opened(sheet: BalanceSheet) -> Any:
    return load_workbook(io.BytesIO(written(sheet)))


def part(content: bytes, pattern: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name).decode() for name in sorted(archive.namelist()) if re.fullmatch(pattern, name)]


def controls(content: bytes) -> list[tuple[str, str, str, Any]]:
    """Of « Contrôles », as a reader that does not compute finds it: (verdict, sheet, what, gap)."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Contrôles").to_python()
    return [(row[0], row[1], row[2], row[5]) for row in rows if row[0] in ("OK", "ÉCART")]


def said(sheet: BalanceSheet) -> dict[str, str]:
    return {one.label: SPACES.sub(" ", one.sentence) for one in essentials(sheet)}


# -- « Essentiel » -------------------------------------------------------------------------------------------------


def test_the_essential_is_said_in_ten_sentences() -> None:
    """43 000 ÷ 58 000 = 74,1 % ; 60 000 ÷ 64 000 = 93,8 % ; 43 000 ÷ 60 000 = 71,7 % ; 43 000 ÷ 350 = 122,86 ;
    60 000 ÷ 400 = 150 ; 58 000 ÷ 60 000 = 96,7 % ; 60 000 ÷ 43 000 = 1,3953."""
    sheet = made.worked(references=made.whole().references, investment=made.investment())
    assert said(sheet) == {
        "Abattement": "En 2026, 1 bailleur : 58 000,00 € d’abattement de taxe foncière, pour 350 logements.",
        "Dépense": "60 000,00 € dépensés dans 1 action, soit 93,8 % de ce qui était prévu (64 000,00 €).",
        "Contrepartie": "43 000,00 € valorisés en contrepartie de l’abattement : 71,7 % de la dépense, "
        "122,86 € par logement abattu.",
        "Justification": "74,1 % de l’abattement est justifié : il manque 15 000,00 €.",
        "Dossiers": "1 dossier reçu sur 1 attendu : rien ne manque.",
        "Sur un an": "Aucune année précédente à comparer.",
        "Repères": "Valorisé par logement : 122,86 € (repère 183,00 €) ; "
        "dépense par logement : 150,00 € (repère 233,00 €) ; couverture de la dépense : 96,7 % (repère 74,0 %) ; "
        "effet de levier : 1,40 (repère 1,3 à 1,4). "
        "Sources : moyenne nationale (2017-2019), Bilan national de l’USH ; bilan régional (2016-2019), IREV.",
        "Habitants": "Aucune participation des habitants n’est enregistrée.",
        "Investissement": "À ce jour, 2 projets d’équipement, 1 livré ; 350 000,00 € accordés, 100 000,00 € versés, "
        "reste à financer inconnu (1 coût inconnu).",
        "Suites": "Aucun programme 2027 présenté. Tous les contrôles sont conformes.",
    }


def test_what_is_unknown_is_said_unknown() -> None:
    file = made.File(1, made.landlord(1), made.city(1), None, None, None)
    unknown = dict.fromkeys(("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount"))
    sentences = said(made.sheet([file], [made.action(1, file, **unknown)]))
    for label in ("Abattement", "Dépense", "Contrepartie", "Justification"):
        assert "inconnu" in sentences[label], label
    assert not re.search(r"\b0,00 €", " ".join(sentences.values()))


def test_a_year_without_any_file_says_so() -> None:
    sentences = said(made.sheet([], []))
    assert sentences["Abattement"] == "Aucun dossier 2026 n’est encore compté : l’abattement est inconnu."
    assert sentences["Dossiers"] == "Aucun dossier n’est attendu pour 2026."


def test_this_year_is_told_beside_the_last_one() -> None:
    """43 000 − 40 000 = 3 000 ; 40 000 ÷ 58 000 = 69,0 %."""
    file = made.File(1, made.landlord(1), made.city(1))
    last = replace(
        made.whole().previous,
        totals=Figures(**made.figured([file], [made.action(9, file, valued_amount=Decimal(40000))])),
    )
    assert said(made.worked(previous=last))["Sur un an"] == (
        "+3 000,00 € de dépense valorisée par rapport à 2025 ; "
        "part justifiée de l’abattement : 69,0 % en 2025, 74,1 % cette année."
    )


def test_a_sum_that_skipped_a_value_has_no_change() -> None:
    file = made.File(1, made.landlord(1), made.city(1))
    partial = Figures(**made.figured([file], [made.action(1, file), made.action(2, file, valued_amount=None)]))
    sound = Figures(**made.figured([file], [made.action(1, file)]))
    assert change("valued_amount", sound, sound) == 0
    assert change("valued_amount", partial, sound) is None
    assert change("valued_amount", sound, partial) is None
    assert change("landlord_share", sound, sound) == 0  # 55 000 + 5 000 = 60 000: nothing is missing


def test_dwellings_and_abatement_change_where_a_ratio_tells_that_none_is_missing() -> None:
    """60 000 ÷ 644 and 60 000 ÷ 288 are known, so 644 − 288 = 356 dwellings more; not with one landlord's unknown."""
    now, before = (made.File(1, made.landlord(1), made.city(1), dwellings) for dwellings in (644, 288))
    more = made.File(2, made.landlord(2), made.city(1), None, 10, None)
    spent = [made.action(1, now)]
    sound, old, partial = (Figures(**made.figured(files, spent)) for files in ([now], [before], [before, more]))
    assert (sound.actual_cost_per_dwelling, old.actual_cost_per_dwelling) == (Decimal("93.17"), Decimal("208.33"))
    assert change("dwellings", sound, old) == 356
    assert (partial.dwellings, partial.actual_cost_per_dwelling) == (288, None)
    assert change("dwellings", sound, partial) is None
    # One action has no valued amount, so the gap is unknown; 58 000 ÷ 60 000 still tells that no abatement is.
    unvalued = Figures(**made.figured([now], [made.action(1, now, valued_amount=None)]))
    assert (unvalued.gap, unvalued.coverage_rate) == (None, Decimal("0.9667"))
    assert change("abatement", unvalued, old) == 0
    assert change("abatement", unvalued, partial) is None
    # An edition frozen before either existed tells nothing more than it did.
    ancient = replace(old, actual_cost_per_dwelling=None, coverage_rate=None)
    assert change("dwellings", sound, ancient) is None
    assert change("abatement", sound, ancient) == 0  # its gap is known


def test_the_first_sheet_is_one_portrait_page_with_two_charts() -> None:
    content = written(made.whole())
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.title == "Essentiel"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, str(sheet.page_setup.paperSize)) == (
        "portrait",
        1,
        "9",
    )
    assert len(sheet._charts) == 2
    rows = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=5, max_row=14, max_col=2)}
    assert rows == {one.label: one.sentence for one in essentials(made.whole())}


@pytest.mark.parametrize("reason", ["Bilan B attendu", None])
def test_an_edition_frozen_over_an_error_prints_its_reason(reason: str | None) -> None:
    wrong = Check("files_missing", "error", False, "Ville 2, Bailleur B : aucun bilan déposé.", "/tfpb/dossiers/2")
    book = opened(made.frozen(made.whole(checks=(wrong,)), reason))
    for name in ("Essentiel", "Contrôles"):
        texts = [cell.value for row in book[name].iter_rows() for cell in row]
        assert ("Motif de l’édition" in texts) is (reason is not None), name
        assert (reason in texts) is True if reason else True
        assert wrong.message in texts
    first = [cell.value for cell in book["Contrôles"][5]][:4]
    assert first == ["Bloquant", "Attendu", wrong.message, "/tfpb/dossiers/2"]


def test_a_reason_of_any_length_is_printed_whole() -> None:
    book = opened(made.frozen(made.worked(), "motif " * 1_600))
    rows = [cell.value for row in book["Contrôles"].iter_rows(min_col=3, max_col=3) for cell in row if cell.value]
    assert sum(str(text).count("motif") for text in rows) == 1_600
    short = [row[1].value for row in book["Essentiel"].iter_rows() if row[0].value == "Motif de l’édition"]
    assert len(short[0]) < 650
    assert short[0].endswith("(suite\u00a0: feuille «\u00a0Contrôles\u00a0»)")


# -- what the workbook verifies of itself --------------------------------------------------------------------------


def test_every_total_is_verified_by_a_formula_that_comes_to_zero() -> None:
    content = written(made.whole())
    found = controls(content)
    assert {row[0] for row in found} == {"OK"}
    assert {row[3] for row in found[:-1]} == {0.0}
    names = {row[1] for row in found[:-1]}
    assert names == {
        "Synthèse", "Par bailleur", "Par ville", "Par axe", "Par priorité", "Par source", "Actions", "Participation",
        "Pluriannuel", "Programme N+1", "Investissement", "Investissement par source", "Investissement par projet",
    }  # fmt: skip
    formulas = [cell.value for row in load_workbook(io.BytesIO(content))["Contrôles"].iter_rows() for cell in row]
    sums = [text for text in formulas if str(text).startswith("=ROUND(SUM(")]
    assert len(sums) == sum("somme des lignes" in row[2] for row in found) > 40
    assert "=ROUND(SUM('Par bailleur'!$G$5:$G$6)-'Par bailleur'!$G$7,2)" in sums


@pytest.mark.parametrize("name", ["actual_cost", "valued_amount", "abatement", "actions", "other_funding"])
def test_a_wrong_total_is_a_gap(name: str) -> None:
    sheet = made.whole()
    wrong = replace(sheet, totals=replace(sheet.totals, **{name: getattr(sheet.totals, name) + 1}))
    found = controls(written(wrong))
    label = next(column.label for column in FIGURES if column.key == name)
    gaps = [row for row in found[:-1] if row[0] == "ÉCART"]
    assert gaps
    assert all(label in row[2] or row[1] in ("Synthèse", "Par source") for row in gaps)
    assert found[-1][0] == "ÉCART"


def test_a_wrong_ratio_is_a_gap_of_its_own() -> None:
    sheet = made.worked()
    wrong = replace(sheet, totals=replace(sheet.totals, justified_rate=Decimal("0.7415")))
    assert [row[2] for row in controls(written(wrong)) if row[0] == "ÉCART" and row[1] == "Synthèse"] == [
        "Abattement justifié\u00a0: Valorisé TFPB ÷ Abattement"
    ]


# -- an edition ----------------------------------------------------------------------------------------------------


def test_the_fingerprint_of_an_edition_is_on_every_sheet() -> None:
    sheet = made.frozen(made.whole())
    digest = hashlib.sha256(canonical(sheet).encode()).hexdigest()
    assert fingerprint(sheet) == digest
    for page in opened(sheet).worksheets:
        assert page.oddFooter.center.text == f"SHA-256 {digest}", page.title
        assert "Édition n° 1" in page.oddHeader.right.text
    for page in opened(made.whole()).worksheets:
        assert page.oddFooter.center.text is None
        assert page.oddHeader.right.text == "PROVISOIRE – état au 21/11/2026"


def test_an_edition_written_again_from_its_json_is_the_same_to_the_byte() -> None:
    sheet = made.frozen(made.whole(), "Bilan B attendu")
    again = read_sheet(canonical(sheet))
    assert written(again) == written(sheet)
    assert fingerprint(again) == fingerprint(sheet)


def test_an_edition_frozen_before_the_other_parts_existed_is_still_written() -> None:
    book = opened(made.frozen(made.worked()))
    told = [book[name]["A5"].value for name in ("Année précédente", "Pluriannuel", "Investissement", "Évaluation")]
    assert all(isinstance(text, str) and text.startswith(("Aucun", "Le", "Les")) for text in told), told


# -- layout --------------------------------------------------------------------------------------------------------


def test_every_chart_says_what_it_shows() -> None:
    drawings = part(written(made.whole()), r"xl/drawings/drawing\d+\.xml")
    told = [unescape(text) for xml in drawings for text in re.findall(r'<(?:\w+:)?cNvPr [^>]*descr="([^"]+)"', xml)]
    assert len(told) == sum(xml.count("graphicFrame>") // 2 for xml in drawings) >= 7
    first = SPACES.sub(" ", told[0])
    assert first.startswith("Abattement et dépense valorisée, par bailleur. Bailleur A : 58 000,00 € d’abattement")
    assert "Bailleur B : montant inconnu d’abattement, montant inconnu valorisés" in first


def test_the_document_is_accessible() -> None:
    book = opened(made.whole())
    assert (book.properties.title, book.properties.language) == ("Bilan 2026 de l’abattement de TFPB", "fr-FR")
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges, sheet.title
        assert sheet["A1"].value, sheet.title
        assert len(sheet.title) <= 31
        assert sheet.print_area, sheet.title
        assert "Contrat des Tilleuls" in sheet.oddHeader.left.text
        assert sheet.oddFooter.right.text == "Page &P / &N"


def test_headers_keep_within_the_format_whatever_the_contract_is_called() -> None:
    about = replace(ABOUT, source="Contrat & Cie " * 40, fingerprint="f" * 64)
    for xml in part(balance_workbook(made.whole(), about), r"xl/worksheets/sheet\d+\.xml"):
        for text in re.findall(r"<odd(?:Header|Footer)>(.*?)</odd", xml):
            assert len(unescape(text)) <= 255


# -- read back by a second library ---------------------------------------------------------------------------------

amounts = st.none() | st.decimals(min_value=-99_999_999, max_value=99_999_999, places=2)
counts = st.none() | st.integers(0, 5_000)
texts = st.text(max_size=40) | st.sampled_from(["=1+1", "+33", "-2", "@nom", '=HYPERLINK("http://x")', "שלום", "🏘️" * 9])


@st.composite
def sheets(draw: st.DrawFn) -> BalanceSheet:
    """Any contract-year of up to three files and six actions."""
    files = [
        made.File(
            number,
            made.landlord(draw(st.integers(1, 3))),
            made.city(draw(st.integers(1, 2))),
            draw(counts),
            draw(counts),
            draw(amounts),
        )
        for number in range(1, draw(st.integers(0, 3)) + 1)
    ]
    actions = []
    for number in range(draw(st.integers(0, 6)) if files else 0):
        money = {
            name: draw(amounts)
            for name in ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
        }
        actions.append(
            made.action(
                number,
                draw(st.sampled_from(files)),
                axis=draw(st.integers(1, 8)),
                title=draw(texts),
                priority=draw(st.sampled_from([None, "health", "ageing"])),
                **money,
            )
        )
    return made.sheet(files, actions, evaluation=draw(st.none() | texts))


def by_calamine(content: bytes, name: str) -> list[dict[str, Any]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    header = [str(label) for label in rows[3]]
    return [dict(zip(header, row, strict=False)) for row in rows[4:]]


def same(found: Any, expected: Decimal | int | None, kind: str) -> bool:
    if expected is None:
        return found in ("", None)
    return exact(float(found), "0.01" if kind == "money" else "1" if kind == "integer" else "0.0001") == str(expected)


@settings(max_examples=40)
@given(sheets())
def test_another_library_reads_the_figures_of_the_sheet(sheet: BalanceSheet) -> None:
    content = written(sheet)
    assert {row[0] for row in controls(content)} <= {"OK"}
    groups = {"Par bailleur": sheet.by_landlord, "Par ville": sheet.by_city, "Par axe": sheet.by_axis}
    for name, lines in groups.items():
        rows = by_calamine(content, name) if lines else []
        for row, line in zip(rows, [*lines, sheet.totals] if lines else [], strict=False):
            for label, value in row.items():
                if label in LABELS and hasattr(line, LABELS[label].key):
                    column = LABELS[label]
                    assert same(value, getattr(line, column.key), column.type), (name, label)
    if sheet.actions:
        rows = by_calamine(content, "Actions")
        money = [column for column in ACTIONS if column.type == "money"]
        for row, action in zip(rows, sheet.actions, strict=False):
            assert all(same(row[column.label], getattr(action, column.key), "money") for column in money)


# -- bad input -----------------------------------------------------------------------------------------------------

WICKED = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://exemple.fr","cliquez")',
    "#REF!",
    "a\x00b\x1fc\ufffe",
    "مرحبا بالعالم",
    "🏘️👩‍👩‍👧‍👦" * 50,
    "mot " * 2_500,
    "x" * 10_000,
    "🏘" * 20_000,
    "\n" * 300,
    "' OR 1=1 --",
    "<c><f>1+1</f></c> &amp; ]]>",
]


@pytest.mark.parametrize("text", WICKED, ids=range(len(WICKED)))
def test_any_text_leaves_a_workbook_that_opens(text: str) -> None:
    file = made.File(1, made.landlord(1, text), made.city(1, text))
    wicked = made.action(1, file, title=text, location=text, result=text, indicator=text, calendar=text)
    sheet = made.frozen(
        made.sheet(
            [file],
            [wicked],
            contract=replace(made.CONTRACT, name=text),
            evaluation=text,
            programme=(made.planned(text, location=text),),
            checks=(Check("totals_differ", "error", False, text, text),),
        ),
        text,
    )
    content = written(sheet)
    book = load_workbook(io.BytesIO(content))
    CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Actions").to_python()
    for page in book.worksheets:
        formulas = [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
        assert bool(formulas) is (page.title == "Contrôles"), page.title
        for row in page.iter_rows():
            for cell in row:
                assert not isinstance(cell.value, str) or len(cell.value.encode("utf-16-le")) <= 2 * 32_767
        heights = [one.height for one in page.row_dimensions.values() if one.height]
        assert max(heights, default=0) <= 409
    assert {row[0] for row in controls(content) if row[1] != text} <= {"OK", "ÉCART"}


def test_zero_dwellings_and_unknown_abatement_leave_rates_empty() -> None:
    file = made.File(1, made.landlord(1), made.city(1), 0, 0, None)
    line = workbook_tables(written(made.sheet([file], [made.action(1, file)])))["Par bailleur"][0]
    assert (line["Logements"], line["Logements abattus"], line["Abattement"]) == (0, 0, None)
    assert (line["Abattement justifié"], line["Écart"], line["Valorisé par logement"]) == (None, None, None)
    assert exact(line["Taux de valorisation"], "0.0001") == "0.7167"


def test_a_negative_correction_makes_no_rate() -> None:
    file = made.File(1, made.landlord(1), made.city(1))
    line = workbook_tables(
        written(
            made.sheet([file], [made.action(1, file, actual_cost=Decimal("-500.00"), valued_amount=Decimal("-20.00"))])
        )
    )["Par bailleur"][0]
    assert (exact(line["Réalisé"]), line["Taux de valorisation"], line["Effet de levier"]) == ("-500.00", None, None)


def test_nothing_at_all_is_a_workbook_too() -> None:
    book = opened(made.sheet([], []))
    assert book["Par bailleur"]["A5"].value == "Aucun dossier déposé pour cette année."
    assert len(book["Essentiel"]._charts) == 0


def test_ten_thousand_actions_are_all_there_and_add_up() -> None:
    file = made.File(1, made.landlord(1), made.city(1))
    content = written(made.sheet([file], [made.action(number, file) for number in range(10_000)]))
    rows = by_calamine(content, "Actions")
    assert (rows[9_999]["Action"], rows[10_000]["Ville"]) == ("Action 9999", "Total")
    assert rows[10_000]["Réalisé"] == 600_000_000
    assert {row[0] for row in controls(content)} == {"OK"}


def test_no_word_of_a_coded_column_is_cut() -> None:
    """« Insertion socioprofessionnelle » wraps between its words."""
    file = made.File(1, made.landlord(1), made.city(1))
    book = opened(made.sheet([file], [made.action(1, file, priority="employment")]))
    sheet = book["Actions"]
    [place] = [cell for cell in sheet[4] if cell.value == "Priorité"]
    longest = max((word for text in PRIORITIES.values() for word in text.split()), key=len)
    assert longest == "socioprofessionnelle"
    assert sheet.column_dimensions[place.column_letter].width > len(longest)
