"""Open data: everybody reads an edition's figures, whole and exact, and nothing else; only while it is open."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.balance.generated import YEAR, generate
from tests.balance.test_editions import Frozen
from tests.balance.test_integrity import corrupt, older
from tracker.balance.commands import close_edition, freeze_edition, open_edition
from tracker.balance.models import Edition, Evaluation, Meeting, Publication
from tracker.balance.open_data import TABLES, entries, table_csv
from tracker.balance.queries.content import read_sheet
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE, SYSTEM

Client = Callable[..., FlaskClient]
AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
TABLE_NAMES = [table.name for table in TABLES]


@pytest.fixture
def year(blank: Flask) -> Frozen:
    return Frozen()


def freeze(year: Frozen) -> Edition:
    return freeze_edition(SYSTEM, year.contract.code, 2026, year.meeting.id, "Motif confidentiel")


@pytest.fixture
def edition(year: Frozen) -> Edition:
    frozen = freeze(year)
    open_edition(SYSTEM, year.contract.code, 2026, 1)
    return frozen


def public(code: str, name: str, year: int = 2026, number: int = 1) -> str:
    end = ".json" if name == "json" else f"-{name}.csv"
    return f"/donnees-ouvertes/{code}/{year}/edition-{number}{end}"


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8"), newline="")))


def add(values: list[str]) -> Decimal | None:
    """The house's sum of a CSV column: unknown values (empty) skipped, unknown when all are."""
    known = [Decimal(value) for value in values if value]
    return sum(known, Decimal(0)) if known or not values else None


# -- the figures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_the_public_files_add_up_to_the_edition_s_totals(blank: Flask, api: Client, seed: int) -> None:
    """Contracts made at random: actions, sources and each group add up to the totals of the edition, to the cent."""
    found = generate(seed)
    code = found.contract.code
    meeting = make.save(Meeting(contract_id=found.contract.id, kind="copil", held_on=date(2027, 6, 17)))
    freeze_edition(SYSTEM, code, YEAR, meeting.id, "Pour essai")
    open_edition(SYSTEM, code, YEAR, 1)
    anybody = blank.test_client()
    member = api(COPIL, found.contract)
    sheet = member.get(f"/api/v1/contracts/{code}/balance-sheets/{YEAR}/editions/1").json
    totals = {key: None if value is None else Decimal(value) for key, value in sheet["totals"].items()}
    read = {name: rows(anybody, public(code, name)) for name in TABLE_NAMES}
    for name in AMOUNTS:
        assert add([row[name] for row in read["actions"]]) == totals[name], name
    assert len(read["actions"]) == totals["actions"]
    assert (add([row["amount"] for row in read["sources"]]) or Decimal(0)) == (totals["other_funding"] or Decimal(0))
    whole, *groups = read["synthese"]
    assert whole["level"] == "total"
    assert {key: Decimal(whole[key]) if whole[key] else None for key in totals} == totals
    for level in ("landlord", "city", "neighbourhood", "axis", "priority"):
        lines = [row for row in groups if row["level"] == level]
        assert len(lines) == len(sheet[f"by_{level}"])
        for name in (*AMOUNTS, "actions", *(("files", "abatement") if level in ("landlord", "city") else ())):
            assert (add([row[name] for row in lines]) or 0) == (totals[name] or 0), (level, name)
    assert len(read["dossiers"]) == len(sheet["completeness"])
    assert len(read["participation"]) == len(sheet["participation"])
    assert_json_is_the_csv(anybody.get(public(code, "json")).json, read)


def assert_json_is_the_csv(told: dict[str, Any], read: dict[str, list[dict[str, str]]]) -> None:
    assert list(told["tables"]) == TABLE_NAMES
    for name, lines in told["tables"].items():
        plain = [{key: "" if value is None else str(value) for key, value in line.items()} for line in lines]
        assert plain == read[name], name


def test_a_public_file_is_written_as_open_data_wants_it(blank: Flask, year: Frozen, edition: Edition) -> None:
    """UTF-8, comma, decimal point, ISO dates; empty for the unknown."""
    code = year.contract.code
    (action,) = rows(blank.test_client(), public(code, "actions"))
    assert (action["contract"], action["year"], action["edition"]) == (code, "2026", "1")
    assert (action["title"], action["actual_cost"]) == ("Gardiennage renforcé", "1000.00")
    assert action["landlord_siren"] == year.owner.siren
    assert action["indicator"] == ""
    moments = rows(blank.test_client(), public(code, "participation"))
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", moment["held_on"]) for moment in moments)
    told = blank.test_client().get(public(code, "json")).json
    assert told["content_sha256"] == edition.content_sha256
    assert told["tables"]["actions"][0]["actual_cost"] == "1000.00"


def test_ten_thousand_actions_are_written_some_at_a_time(edition: Edition) -> None:
    sheet = read_sheet(edition.content)
    many = replace(sheet, actions=sheet.actions * 10_000)
    table = next(table for table in TABLES if table.name == "actions")
    chunks = list(table_csv(many, table))
    assert len(chunks) > 10
    assert max(map(len, chunks)) < 200_000
    assert len(b"".join(chunks).splitlines()) == 10_001


def test_formulas_and_awkward_texts_in_a_file(blank: Flask, year: Frozen) -> None:
    awkward = ["=HYPERLINK(1)", 'Guillemets " et , virgules', "Deux\nlignes", "שלום 🎉", "-12,50 € repris"]
    for title in awkward:
        make.action(year.file, title=title, actual_cost=Decimal("-12.50"), landlord_share=Decimal("-12.50"))
    freeze(year)
    open_edition(SYSTEM, year.contract.code, 2026, 1)
    read = rows(blank.test_client(), public(year.contract.code, "actions"))
    titles = {row["title"] for row in read}
    assert {"'=HYPERLINK(1)", *awkward[1:4], "'-12,50 € repris"} <= titles
    # An amount is a number, however it starts.
    assert [row["actual_cost"] for row in read].count("-12.50") == len(awkward)
    told = blank.test_client().get(public(year.contract.code, "json")).json
    assert set(awkward) <= {line["title"] for line in told["tables"]["actions"]}


# -- what is not public --------------------------------------------------------------------------------------------


def test_people_and_what_they_wrote_freely_are_not_published(blank: Flask, year: Frozen, api: Client) -> None:
    year.action.result = "Résultat confidentiel"
    moment = make.participation(year.file, "report", audience="Public confidentiel", summary="Échange confidentiel")
    moment.place = "Lieu confidentiel"
    moment.outcome = "Suite confidentielle"
    db.session.add(Evaluation(contract_id=year.contract.id, year=2026, content="Évaluation confidentielle"))
    signed = make.convention(year.contract, year.other)
    planned = make.tfpb_file(signed, year.where, 2027, programme_status="discussed")
    make.action(planned, title="Programme confidentiel")
    make.project(year.contract, title="Projet confidentiel", cost_excl_tax=Decimal("777777.00"))
    db.session.commit()
    coordinator = api(COORDINATOR, year.contract)
    body = {"meeting_id": year.meeting.id, "reason": "Motif confidentiel"}
    assert coordinator.post(f"{year.address}/editions", json=body).status_code == 201
    assert coordinator.post(f"{year.address}/editions/1/publication").status_code == 201
    whole = coordinator.get(f"{year.address}/editions/1").text
    assert whole.lower().count("confidentiel") >= 9
    frozen_by = json.loads(whole)["edition"]["frozen_by"]
    anybody = blank.test_client()
    addresses = ["/donnees-ouvertes", *(public(year.contract.code, name) for name in ("json", *TABLE_NAMES))]
    for address in addresses:
        text = anybody.get(address).text
        assert "confidentiel" not in text.lower(), address
        assert frozen_by not in text, address
        assert "777777" not in text, address
        assert "/tfpb/" not in text, address
    assert "Gardiennage renforcé" in anybody.get(public(year.contract.code, "json")).text


# -- open and closed -----------------------------------------------------------------------------------------------


def test_a_closed_edition_answers_as_if_it_did_not_exist(blank: Flask, year: Frozen) -> None:
    code, anybody = year.contract.code, blank.test_client()
    freeze(year)
    addresses = [public(code, name) for name in ("json", *TABLE_NAMES)]
    nowhere = anybody.get(public(code, "json", number=9))
    assert nowhere.status_code == 404

    def answers() -> list[tuple[int, bytes]]:
        return [(answer.status_code, answer.data) for answer in map(anybody.get, addresses)]

    assert set(answers()) == {(404, nowhere.data)}
    assert code not in anybody.get("/donnees-ouvertes").text
    opened = open_edition(SYSTEM, code, 2026, 1)
    assert {status for status, _ in answers()} == {200}
    assert code in anybody.get("/donnees-ouvertes").text
    close_edition(SYSTEM, code, 2026, 1, opened.version, "Erreur relevée")
    assert set(answers()) == {(404, nowhere.data)}
    # Opened once more: a new publication, the first stays known.
    open_edition(SYSTEM, code, 2026, 1)
    assert {status for status, _ in answers()} == {200}
    assert db.session.query(Publication).count() == 2


def test_a_copy_still_good_is_not_sent_again(blank: Flask, year: Frozen, edition: Edition) -> None:
    code, anybody = year.contract.code, blank.test_client()
    tags = set()
    for name in ("json", *TABLE_NAMES):
        first = anybody.get(public(code, name))
        tag = first.headers["ETag"]
        assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in first.headers
        again = anybody.get(public(code, name), headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert anybody.get(public(code, name)).data == first.data
        tags.add(tag)
    assert len(tags) == 1 + len(TABLE_NAMES)
    year.late_file()
    freeze(year)
    open_edition(SYSTEM, code, 2026, 2)
    assert anybody.get(public(code, "json", number=2)).headers["ETag"] not in tags
    last = anybody.get(public(code, "json")).headers["ETag"]
    opened = db.session.query(Publication).filter_by(edition_id=edition.id).one()
    close_edition(SYSTEM, code, 2026, 1, opened.version, "Erreur relevée")
    assert anybody.get(public(code, "json"), headers={"If-None-Match": last}).status_code == 404


@pytest.mark.parametrize("change", [None, lambda kept: kept[:-2]])
def test_an_altered_edition_is_neither_opened_nor_served(
    blank: Flask, year: Frozen, api: Client, change: Callable[[str], str] | None
) -> None:
    code = year.contract.code
    first, second = freeze(year), freeze(year)
    open_edition(SYSTEM, code, 2026, 1)
    for edition in (first, second):
        corrupt(edition, "content", change)
    answer = api(COORDINATOR, year.contract).post(f"{year.address}/editions/2/publication")
    assert (answer.status_code, answer.json["code"]) == (409, "altered")
    for name in ("json", *TABLE_NAMES):
        answer = blank.test_client().get(public(code, name))
        assert answer.status_code == 409
        assert "altérée" in answer.text


def test_an_edition_from_before_the_newer_parts_is_published_all_the_same(
    blank: Flask, year: Frozen, edition: Edition
) -> None:
    older(edition)
    assert len(rows(blank.test_client(), public(year.contract.code, "actions"))) == 1
    assert blank.test_client().get(public(year.contract.code, "json")).json["tables"]["synthese"]


# -- opening and closing -------------------------------------------------------------------------------------------


def test_the_api_opens_and_closes(year: Frozen, api: Client) -> None:
    freeze(year)
    path = f"{year.address}/editions/1/publication"
    coordinator, reader = api(COORDINATOR, year.contract), api(COPIL, year.contract)
    assert reader.get(path).status_code == 404
    opened = coordinator.post(path)
    assert opened.status_code == 201, opened.text
    assert opened.headers["Location"] == path
    assert opened.json["address"] == public(year.contract.code, "json")
    assert coordinator.get(opened.json["address"]).status_code == 200
    assert reader.get(path).json == opened.json
    assert reader.get(f"{year.address}/editions").json[0]["published_at"] == opened.json["opened_at"]
    again = coordinator.post(path)
    assert (again.status_code, again.json["code"]) == (409, "duplicate")
    tag = {"If-Match": opened.headers["ETag"]}
    assert coordinator.post(f"{path}/close", json={"reason": "Erreur"}).status_code == 428
    assert coordinator.post(f"{path}/close", json={}, headers=tag).status_code == 422
    assert coordinator.post(f"{path}/close", json={"reason": "Erreur"}, headers={"If-Match": '"9"'}).status_code == 412
    closed = coordinator.post(f"{path}/close", json={"reason": "Erreur relevée"}, headers=tag)
    assert closed.status_code == 200
    assert closed.json["archived_reason"] == "Erreur relevée"
    assert coordinator.post(f"{path}/close", json={"reason": "Encore"}, headers=tag).status_code == 404
    lines = db.session.query(HistoryEntry).filter_by(item_type="publication").order_by("id").all()
    assert [line.verb for line in lines] == ["publish", "archive"]
    assert lines[1].changes["archived_reason"] == [None, "Erreur relevée"]
    assert {line.parent_type for line in lines} == {"edition"}


def test_only_the_coordinator_opens_and_closes(year: Frozen, edition: Edition, api: Client, browse: Client) -> None:
    freeze(year)
    for role, where in (
        (FINANCE_OFFICER, {"in_city": year.contract.cities[0]}),
        (STATE, {}),
        (COPIL, {}),
        (LANDLORD, {"of_landlord": year.owner}),
    ):
        reader = api(role, year.contract, **where)
        assert reader.post(f"{year.address}/editions/2/publication").status_code == 403
        close = reader.post(
            f"{year.address}/editions/1/publication/close", json={"reason": "Non"}, headers={"If-Match": '"1"'}
        )
        assert close.status_code == 403
        page = browse(role, year.contract, **where).get(f"/bilan/{year.contract.code}/2026/editions/1/publication").text
        assert "Ce geste revient à" in page
    assert api(COORDINATOR, make.contract()).post(f"{year.address}/editions/2/publication").status_code == 404
    assert db.session.query(Publication).count() == 1


def test_the_pages_open_and_close(blank: Flask, year: Frozen, browse: Client) -> None:
    freeze(year)
    code, coordinator = year.contract.code, browse(COORDINATOR, year.contract)
    edition = f"/bilan/{code}/2026/editions/1"
    before = coordinator.get(f"{edition}/publication").text
    assert "Ce qui deviendra public" in before
    assert "Ouverte au public" not in coordinator.get(edition).text
    answer = coordinator.post(f"{edition}/publication")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{edition}/publication")
    page = coordinator.get(f"{edition}/publication").text
    assert f'href="{public(code, "actions")}"' in page
    assert "Ouverte au public" in coordinator.get(edition).text
    assert "Ouverte au public" in coordinator.get(f"/bilan/{code}/2026/editions").text
    assert "a ouvert au public l’édition" in coordinator.get("/historique").text
    wrong = coordinator.post(f"{edition}/publication/fermer", data={"version": "1", "reason": " "})
    assert wrong.status_code == 422
    assert "Motif" in wrong.text
    assert db.session.query(Publication).filter(Publication.archived_at.is_(None)).count() == 1
    answer = coordinator.post(f"{edition}/publication/fermer", data={"version": "1", "reason": "Erreur relevée"})
    assert answer.status_code == 303
    assert "Ce qui deviendra public" in coordinator.get(f"{edition}/publication").text
    assert "a fermé au public l’édition" in coordinator.get("/historique").text


# -- the dictionary ------------------------------------------------------------------------------------------------


def test_the_dictionary_tells_every_column_and_no_other(blank: Flask, year: Frozen, edition: Edition) -> None:
    anybody = blank.test_client()
    told = rows(anybody, "/donnees-ouvertes/dictionnaire.csv")
    assert len(told) == len(entries())
    for table in TABLE_NAMES:
        header = anybody.get(public(year.contract.code, table)).text.splitlines()[0].split(",")
        assert [entry["name"] for entry in told if entry["table"] == table] == header
    whole = anybody.get("/donnees-ouvertes/dictionnaire.json").json
    assert [entry["name"] for entry in whole["columns"]] == [entry["name"] for entry in told]
    assert {table["name"] for table in whole["tables"]} == set(TABLE_NAMES)
    page = anybody.get("/donnees-ouvertes").text
    assert all(entry["description"] in page.replace("&#39;", "'") for entry in entries())


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry['table']}.{entry['name']}")
def test_every_entry_is_whole_and_its_example_is_of_its_type(entry: dict[str, Any]) -> None:
    assert all(entry[name] for name in ("label", "description", "type", "example"))
    example = entry["example"]
    if entry["type"] == "décimal":
        assert entry["unit"]
        assert re.fullmatch(r"-?\d+\.\d+", example)
    elif entry["type"] == "entier":
        assert re.fullmatch(r"\d+", example)
    elif entry["type"] == "code":
        assert example in entry["values"]
    elif entry["type"].startswith("date"):
        assert date.fromisoformat(example)
    else:
        assert entry["type"] == "texte"


def test_every_code_published_has_its_word(blank: Flask, year: Frozen, edition: Edition) -> None:
    for table in TABLE_NAMES:
        words = {entry["name"]: entry["values"] for entry in entries() if entry["table"] == table and entry["values"]}
        for row in rows(blank.test_client(), public(year.contract.code, table)):
            assert all(row[name] == "" or row[name] in words[name] for name in words), table


@pytest.mark.parametrize(
    "address",
    [
        "/donnees-ouvertes/nulle-part/2026/edition-1.json",
        "/donnees-ouvertes/{}/2026/edition-0.json",
        "/donnees-ouvertes/{}/1999/edition-1.json",
        "/donnees-ouvertes/{}/2026/edition-1-tout.csv",
        "/donnees-ouvertes/{}/2026/edition-99999999999.json",
        "/donnees-ouvertes/{}/2026/edition-1.xlsx",
    ],
)
def test_what_is_no_public_file_is_not_found(blank: Flask, year: Frozen, edition: Edition, address: str) -> None:
    answer = blank.test_client().get(address.format(year.contract.code))
    # An address that fits no route at all asks an unknown visitor nothing either.
    assert answer.status_code == 404
    assert "introuvable" in answer.text


def test_the_examples_of_the_dictionary_are_one_sound_sheet() -> None:
    told = {
        entry["name"]: Decimal(entry["example"])
        for entry in entries()
        if entry["unit"] and entry["table"] == "synthese"
    }
    ratio = Decimal("0.0001")
    assert told["actual_cost"] == told["landlord_share"] + told["other_funding"]
    assert told["gap"] == told["valued_amount"] - told["abatement"]
    assert told["completion_rate"] == (told["actual_cost"] / told["planned_cost"]).quantize(ratio)
    assert told["valuation_rate"] == (told["valued_amount"] / told["actual_cost"]).quantize(ratio)
    assert told["justified_rate"] == (told["valued_amount"] / told["abatement"]).quantize(ratio)
    assert told["leverage"] == (told["actual_cost"] / told["valued_amount"]).quantize(ratio)
    per_dwelling = told["valued_amount"] / told["abated_dwellings"]
    assert told["valued_per_dwelling"] == per_dwelling.quantize(Decimal("0.01"))
    assert told["actual_cost_per_dwelling"] == (told["actual_cost"] / told["dwellings"]).quantize(Decimal("0.01"))
    assert told["coverage_rate"] == (told["abatement"] / told["actual_cost"]).quantize(ratio)


def test_the_day_of_an_edition_is_that_of_paris(blank: Flask, year: Frozen) -> None:
    """23 h 30 UTC on 30 June is 1 h 30 on 1 July in Paris, as the edition's documents say."""
    late = datetime.fromisoformat("2027-06-30T23:30:00")
    freeze_edition(SYSTEM, year.contract.code, 2026, year.meeting.id, "Tard", at=late)
    open_edition(SYSTEM, year.contract.code, 2026, 1)
    assert blank.test_client().get(public(year.contract.code, "json")).json["frozen_on"] == "2027-07-01"
