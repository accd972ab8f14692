"""What stands beside a year's figures on its page: evaluation, comparisons, investment, next year's programme."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders as make
from tests.balance import paper
from tests.balance.faces import SPACES, number, page_tables
from tracker.balance.columns import COMPARED
from tracker.balance.commands import freeze_edition
from tracker.balance.models import Evaluation, Meeting, ReferenceValue
from tracker.extensions import db
from tracker.investment.models import BudgetYear
from tracker.policy import COORDINATOR, COPIL, LANDLORD, SYSTEM
from tracker.tfpb.models import TfpbFile

Client = Callable[..., FlaskClient]


class Two:
    """A landlord's two years in a row: 43 000 € valued of 58 000 in 2026, 30 000 of 60 000 in 2025."""

    def __init__(self) -> None:
        make.nomenclature()
        self.contract = make.contract(name="Contrat des Tilleuls")
        where = make.neighbourhood(self.contract)
        self.owner = make.landlord(name="Bailleur A")
        signed = make.convention(self.contract, self.owner)
        for year, owed, planned, actual, valued in (
            (2025, "60000.00", "50000.00", "45000.00", "30000.00"),
            (2026, "58000.00", "70000.00", "60000.00", "43000.00"),
        ):
            file = make.tfpb_file(signed, where, year, status="verified", abatement_actual=Decimal(owed))
            amounts = {
                "planned_cost": planned,
                "actual_cost": actual,
                "landlord_share": actual,
                "valued_amount": valued,
            }
            make.action(file, **{name: Decimal(value) for name, value in amounts.items()})
        coming = make.tfpb_file(signed, where, 2027, programme_status="discussed")
        make.action(coming, planned_cost=Decimal("100.00"), planned_valued=None)
        make.action(coming, planned_cost=Decimal("50.50"), planned_valued=Decimal("40.00"))
        self.url = f"/bilan/{self.contract.code}/2026"


@pytest.fixture
def two(blank: Flask) -> Two:
    return Two()


def tables(client: FlaskClient, url: str) -> dict[str, list[dict[str, str]]]:
    return page_tables(client.get(url).get_data(as_text=True))


def test_a_year_beside_the_last_in_euros_and_in_points(two: Two, browse: Client) -> None:
    html = browse(COPIL, two.contract).get(two.url).get_data(as_text=True)
    found = page_tables(html)
    rows = {row["Chiffre"]: row for row in found["Par rapport à l’an dernier, au programme et aux repères"]}
    assert [number(rows["Valorisé TFPB"][name]) for name in ("2026", "2025")] == [43000, 30000]
    assert rows["Valorisé TFPB"]["Évolution"] == "+13 000,00 €"
    # 43 000 ÷ 58 000 = 0,7414 ; 30 000 ÷ 60 000 = 0,5 : 24,1 points.
    assert rows["Abattement justifié"]["Évolution"] == "+24,1 points"
    # 60 000 ÷ 70 000 = 0,8571 ; 45 000 ÷ 50 000 = 0,9.
    assert rows["Taux de réalisation"] == {
        "Chiffre": "Taux de réalisation",
        "2026": "85,7 %",
        "2025": "90,0 %",
        "Évolution": "−4,3 points",
    }
    landlord = found["Par rapport à l’an dernier, bailleur par bailleur"][0]
    assert landlord["Bailleur"] == "Bailleur A"
    assert (landlord["Évolution du valorisé"], landlord["Évolution du taux"]) == ("+13 000,00 €", "+24,1 points")


def test_an_unknown_amount_makes_the_change_unknown(two: Two, browse: Client) -> None:
    db.session.query(make.Action).filter_by(valued_amount=Decimal("30000.00")).one().valued_amount = None
    db.session.commit()
    found = tables(browse(COPIL, two.contract), two.url)
    rows = {row["Chiffre"]: row for row in found["Par rapport à l’an dernier, au programme et aux repères"]}
    assert (rows["Valorisé TFPB"]["2025"], rows["Valorisé TFPB"]["Évolution"]) == ("—", "—")
    assert rows["Réalisé"]["Évolution"] == "+15 000,00 €"
    landlord = found["Par rapport à l’an dernier, bailleur par bailleur"][0]
    assert (landlord["Évolution du valorisé"], landlord["Évolution du taux"]) == ("—", "—")


@pytest.mark.usefixtures("real_pdf")
@pytest.mark.sqlite
def test_page_workbook_and_pdf_tell_the_same_change(two: Two, api: Client, browse: Client, tmp_path: Path) -> None:
    """Of two actions of 2025 one is valued: 43 000 − 30 000 is nobody's rise. 60 000 − 45 100 = 14 900 is one."""
    file = db.session.query(TfpbFile).filter_by(year=2025).one()
    paid = {"planned_cost": "200.00", "actual_cost": "100.00", "landlord_share": "100.00"}
    make.action(file, valued_amount=None, **{name: Decimal(value) for name, value in paid.items()})
    address = f"/api/v1/contracts/{two.contract.code}/balance-sheets/2026"
    client = api(COORDINATOR, two.contract)
    page = tables(browse(COORDINATOR, two.contract), two.url)
    printed = paper.tables(client.get(f"{address}.pdf").data, tmp_path)
    book = load_workbook(io.BytesIO(client.get(f"{address}.xlsx").data))["Année précédente"]
    rows = [[cell for cell in row if cell is not None] for row in book.iter_rows(min_row=4, values_only=True)]

    on_page = {row["Chiffre"]: row for row in page["Par rapport à l’an dernier, au programme et aux repères"]}
    on_paper = {
        row["Chiffre"]: row for row in printed[next(name for name in printed if name.startswith("L’ensemble,"))]
    }
    in_book = {row[0]: row for row in rows if row}
    changes = {"Valorisé TFPB": None, "Abattement justifié": None, "Réalisé": Decimal(14900), "Écart": None}
    for label, change in changes.items():
        expected = "—" if change is None else "+14 900,00 €"
        assert on_page[label]["Évolution"] == expected, label
        assert SPACES.sub(" ", on_paper[label]["Évolution"]) == expected, label
        assert in_book[label][3:] == ([] if change is None else [change]), label
    for label in (column.label for column in COMPARED):
        told = on_page[label]
        assert [number(on_paper[label][year]) for year in ("2025", "2026")] == [
            number(told[year]) for year in ("2025", "2026")
        ], label
        assert SPACES.sub(" ", on_paper[label]["Évolution"]) == told["Évolution"], label

    [landlord] = page["Par rapport à l’an dernier, bailleur par bailleur"]
    [same] = printed["D’une année sur l’autre, par bailleur"]
    header = next(row for row in rows if row and row[0] == "Bailleur")
    line = dict(zip(header, next(book.iter_rows(min_row=_after(book, "Bailleur"), values_only=True)), strict=False))
    assert landlord["Évolution du valorisé"] == same["Évolution du valorisé"] == "—"
    assert line["Évolution du valorisé"] is None
    assert (line["Valorisé 2025"], line["Valorisé 2026"]) == (30000, 43000)
    assert [number(same[name]) for name in ("Valorisé 2025", "Valorisé 2026")] == [30000, 43000]
    assert [number(landlord[name]) for name in ("Valorisé 2025", "Valorisé 2026")] == [30000, 43000]
    assert line["Évolution du réalisé"] == 14900


def _after(sheet: Any, word: str) -> int:
    """The line under the one that begins with this word."""
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == word) + 1


def test_a_year_without_last_year_compares_with_nothing(two: Two, browse: Client) -> None:
    client = browse(COPIL, two.contract)
    first = client.get(f"/bilan/{two.contract.code}/2024").get_data(as_text=True)
    assert "Première année du contrat" in first
    empty = client.get(f"/bilan/{two.contract.code}/2025").get_data(as_text=True)
    assert "Aucun dossier compté en 2024" in empty
    rows = page_tables(empty)["Par rapport à l’an dernier, au programme et aux repères"]
    assert {(row["2024"], row["Évolution"]) for row in rows} == {("—", "—")}


def test_reference_values_stand_beside_their_figure_with_their_source(two: Two, browse: Client) -> None:
    told = {"period": "2017-2019", "source": "Bilan national"}
    make.save(ReferenceValue(figure="valued_per_dwelling", label="Moyenne nationale", low=Decimal(183), **told))
    fork = {"figure": "leverage", "label": "Bilans", "low": Decimal("1.3"), "high": Decimal("1.4")}
    make.save(ReferenceValue(**fork, **told))
    gone = ReferenceValue(figure="leverage", label="Ancien", low=Decimal(1), archived_at=make.clock.now(), **told)
    make.save(gone)
    html = browse(COPIL, two.contract).get(two.url).get_data(as_text=True)
    assert "Repère\u00a0: 183,00\u00a0€, moyenne nationale (2017-2019). Source\u00a0: Bilan national" in html
    assert "Repère\u00a0: 1,3 à 1,4, bilans (2017-2019)" in html
    assert "Ancien" not in html


def test_without_reference_values_the_page_names_none(two: Two, browse: Client) -> None:
    html = browse(COPIL, two.contract).get(two.url).get_data(as_text=True)
    assert "Repère\u00a0:" not in html
    assert "183" not in html


def test_investment_is_the_plan_s_own(two: Two, api: Client, browse: Client) -> None:
    first, second = two.contract.cities
    scheme = make.scheme(name="Fonds vert")
    project = make.project(
        two.contract, first, cost_excl_tax=Decimal("100000.00"), self_funding=Decimal(10000), status="delivered"
    )
    make.payment(make.grant(project, scheme, awarded=Decimal("60000.00")), "20000.00")
    make.grant(project, make.scheme(is_loan=True), awarded=Decimal("5000.00"))
    make.project(two.contract, second)
    make.save(BudgetYear(project_id=project.id, year=2026, planned=Decimal("70000.00"), paid=Decimal("1.50")))
    make.save(BudgetYear(project_id=project.id, year=2025, planned=Decimal("3.00")))
    client = api(COORDINATOR, two.contract)
    plan = client.get(f"/api/v1/contracts/{two.contract.code}/investment-plan").get_json()
    side = client.get(f"/api/v1/contracts/{two.contract.code}/balance-sheets/2026").get_json()["investment"]
    names = ("projects", "cost_excl_tax", "requested", "awarded", "self_funding", "loans", "unfunded", "paid")
    assert {name: side["totals"][name] for name in names} == {name: plan["totals"][name] for name in names}
    for group in ("by_city", "by_source"):
        assert [{name: line[name] for name in names} for line in side[group]] == [
            {name: line[name] for name in names} for line in plan[group]
        ]
    budget = next(line for line in plan["by_year"] if line["year"] == 2026)
    assert {name: side[name] for name in ("planned", "voted", "committed", "paid")} == {
        name: budget[name] for name in ("planned", "voted", "committed", "paid")
    }
    found = tables(browse(COPIL, two.contract), two.url)
    by_city = {row["Ville"]: row for row in found["Investissement, par ville"]}
    assert by_city[first.name]["Reste à financer"] == "25 000,00 €"  # 100 000 − 60 000 − 10 000 − 5 000
    assert (by_city["Total"]["Projets"], by_city["Total"]["Livrés"], by_city["Total"]["Versé"]) == (
        "2",
        "1",
        "20 000,00 €",
    )
    assert by_city["Total"]["Reste à financer"] == "—"  # one cost is unknown
    by_source = {row["Source"]: row for row in found["Investissement, par source"]}
    assert (by_source["Fonds vert"]["Accordé"], by_source["Total"]["Accordé"]) == ("60 000,00 €", "60 000,00 €")
    assert by_source["Total"]["Emprunts"] == "5 000,00 €"


def test_the_investment_side_is_not_a_landlord_s(two: Two, browse: Client) -> None:
    make.project(two.contract, title="École")
    html = browse(LANDLORD, two.contract, of_landlord=two.owner).get(two.url).get_data(as_text=True)
    assert "Côté investissement" not in html
    assert "def-left_to_fund" not in html


def test_next_year_s_programme_landlord_by_landlord(two: Two, browse: Client) -> None:
    for row in db.session.query(make.TfpbFile).filter_by(year=2027):
        row.first_submitted_at = make.clock.now()
    db.session.commit()
    found = tables(browse(COORDINATOR, two.contract), two.url)
    line, total = found["Programme 2027, bailleur par bailleur"]
    assert (line["Bailleur"], line["Programme"], line["Actions prévues"]) == ("Bailleur A", "discuté", "2")
    assert (line["Dépense prévisionnelle"], line["Valorisation prévue"]) == ("150,50 €", "40,00 €")
    assert total["Dépense prévisionnelle"] == "150,50 €"


def test_an_edition_shows_what_was_frozen_beside_its_figures(two: Two, browse: Client) -> None:
    make.save(Evaluation(contract_id=two.contract.id, year=2026, content="Une année\nde consolidation"))
    meeting = make.save(Meeting(contract_id=two.contract.id, kind="copil", held_on=date(2027, 6, 17)))
    freeze_edition(SYSTEM, two.contract.code, 2026, meeting.id, "Motif")
    db.session.query(Evaluation).one().content = "Autre texte"
    db.session.commit()
    html = browse(COPIL, two.contract).get(f"{two.url}/editions/1").get_data(as_text=True)
    assert "Une année\nde consolidation" in html
    assert "Autre texte" not in html
    assert "Modifier l’évaluation" not in html
    assert "Par rapport à l’an dernier, bailleur par bailleur" in page_tables(html)


# -- the evaluation ------------------------------------------------------------------------------------------------


def evaluation_url(two: Two) -> str:
    return f"/api/v1/contracts/{two.contract.code}/balance-sheets/2026/evaluation"


def put(client: FlaskClient, url: str, content: Any, **headers: str) -> Any:
    return client.put(
        url, json={"content": content}, headers={name.replace("_", "-"): h for name, h in headers.items()}
    )


def test_the_evaluation_is_created_then_replaced(two: Two, api: Client) -> None:
    client, url = api(COORDINATOR, two.contract), evaluation_url(two)
    assert client.get(url).status_code == 404
    assert put(client, url, "Un").status_code == 428
    assert put(client, url, "Un", If_Match='"1"').status_code == 412
    created = put(client, url, "Un", If_None_Match="*")
    assert (created.status_code, created.headers["ETag"], created.json["content"]) == (201, '"1"', "Un")
    assert put(client, url, "Deux", If_None_Match="*").status_code == 412
    replaced = put(client, url, "Deux", If_Match='"1"')
    assert (replaced.status_code, replaced.headers["ETag"]) == (200, '"2"')
    assert put(client, url, "Trois", If_Match='"1"').status_code == 412
    lines = client.get(f"{url}/history").json
    assert [line["changes"]["content"] for line in lines] == [["Un", "Deux"], [None, "Un"]]
    sheet = client.get(f"/api/v1/contracts/{two.contract.code}/balance-sheets/2026").get_json()
    assert sheet["evaluation"] == "Deux"
    assert put(client, url, None, If_Match='"2"').json["content"] is None
    assert client.get(f"/api/v1/contracts/{two.contract.code}/balance-sheets/2026").get_json()["evaluation"] is None


def test_the_evaluation_is_the_coordinator_s_and_everybody_reads_it(two: Two, api: Client) -> None:
    url = evaluation_url(two)
    make.save(Evaluation(contract_id=two.contract.id, year=2026, content="Lisible"))
    for role, where in ((COPIL, {}), (LANDLORD, {"of_landlord": two.owner})):
        client = api(role, two.contract, **where)
        assert client.get(url).json["content"] == "Lisible"
        assert put(client, url, "Autre", If_Match='"1"').status_code == 403
    assert api(COORDINATOR, make.contract()).get(url).status_code == 404


@pytest.mark.parametrize("content", ["a" * 10_001, "\u0000", 12, ["x"]])
def test_a_wrong_evaluation_is_refused(two: Two, api: Client, content: Any) -> None:
    answer = put(api(COORDINATOR, two.contract), evaluation_url(two), content, If_None_Match="*")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "content")
    assert db.session.query(Evaluation).count() == 0


def test_the_longest_evaluation_is_kept_whole_and_escaped(two: Two, api: Client, browse: Client) -> None:
    content = ("=HYPERLINK() <b>‮שלום</b> 🙂\n" * 400)[:10_000].strip()
    assert put(api(COORDINATOR, two.contract), evaluation_url(two), content, If_None_Match="*").status_code == 201
    html = browse(COPIL, two.contract).get(two.url).get_data(as_text=True)
    assert "&lt;b&gt;" in html
    assert "<b>‮" not in html


def test_the_form_writes_the_evaluation_and_tells_a_conflict(two: Two, browse: Client) -> None:
    client, url = browse(COORDINATOR, two.contract), f"{two.url}/evaluation"
    assert "Écrire l’évaluation" in client.get(two.url).get_data(as_text=True)
    assert 'name="version" value="0"' in client.get(url).get_data(as_text=True)
    # Two coordinators begin from nothing: the second is told.
    first = client.post(url, data={"version": "0", "content": "Le premier"})
    assert (first.status_code, first.headers["Location"]) == (303, f"{two.url}#evaluation")
    late = client.post(url, data={"version": "0", "content": "Le second"})
    html = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "Le second" in html
    assert "Le premier" in html
    assert "Maintenant" in html
    assert 'name="version" value="1"' in html
    assert client.post(url, data={"version": "1", "content": "Le second"}).status_code == 303
    assert "Modifier l’évaluation" in client.get(two.url).get_data(as_text=True)
    wrong = client.post(url, data={"version": "2", "content": "x" * 10_001})
    assert wrong.status_code == 422
    assert "10000 caractères au plus" in wrong.get_data(as_text=True)
    assert db.session.query(Evaluation).one().content == "Le second"


def test_only_the_coordinator_is_offered_the_form(two: Two, browse: Client) -> None:
    client = browse(COPIL, two.contract)
    assert f"{two.url}/evaluation" not in client.get(two.url).get_data(as_text=True)
    assert client.get(f"{two.url}/evaluation").status_code == 403
