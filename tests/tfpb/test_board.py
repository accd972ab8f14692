"""The completeness board: its lines, who sees them, filters, sorts, its three faces, its cost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.balance.faces import page_tables, workbook_tables
from tests.counting import count_queries
from tests.tfpb.conftest import API, World
from tracker import clock
from tracker.documents.models import Document
from tracker.extensions import db
from tracker.tfpb import columns
from tracker.tfpb.rules import STAGES
from tracker.tfpb.rules.board import BOXES

YEAR = 2025


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


def code(world: World) -> str:
    return str(world.row(build.Contract, world.contract).code)


def address(world: World, year: int = YEAR, **filters: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{API}/contracts/{code(world)}/completeness/{year}?{query}"


def lines(world: World, who: str = "coordinator", year: int = YEAR, **filters: Any) -> list[dict[str, Any]]:
    answer = world.api(who).get(address(world, year, **filters))
    assert answer.status_code == 200, answer.json
    return list(answer.json)


def attach(world: World, action: int, **fields: Any) -> None:
    """A document of an action, as a row: its bytes are the documents room's own affair."""
    with world.app.app_context():
        told = {
            "parent_type": "tfpb_action",
            "parent_id": action,
            "kind": "evidence",
            "title": "Facture",
            "file_name": "facture.pdf",
            "media_type": "application/pdf",
            "size": 1,
            "sha256": "0" * 64,
            "added_at": clock.now(),
            "added_by": "Bailleur",
        }
        build.save(Document(**{**told, **fields}))


def hear(world: World, file: int, *stages: str) -> None:
    with world.app.app_context():
        row = db.session.get(build.TfpbFile, file)
        for stage in stages:
            build.participation(row, stage, held_on=date(2025, 5, 5))


def whole(world: World, **fields: Any) -> tuple[int, int]:
    """A file that lacks nothing, and its one action."""
    file = world.file(YEAR, **{"status": "verified", "programme_status": "validated", **fields})
    action = world.action(file)
    attach(world, action)
    hear(world, file, *STAGES)
    return file, action


def boxes(line: dict[str, Any]) -> dict[str, str]:
    return {box: line[box] for box in BOXES}


def test_each_convention_and_neighbourhood_has_its_line_with_what_it_lacks(world: World):
    file, _ = whole(world)
    by_landlord = {line["landlord"]["id"]: line for line in lines(world)}
    assert len(by_landlord) == 2
    done = by_landlord[world.landlord]
    assert (done["file_id"], done["missing"], done["days_late"]) == (file, [], None)
    assert set(boxes(done).values()) == {"ok"}
    absent = by_landlord[world.other_landlord]
    assert (absent["file_id"], absent["status"]) == (None, None)
    assert boxes(absent) == {
        "convention": "ok",
        "amounts": "lacking",
        "programme": "lacking",
        "report": "lacking",
        "evidence": "later",
        "participation": "lacking",
    }
    assert (absent["due_on"], absent["since"], absent["days_late"]) == ("2026-03-31", "2026-03-31", 235)
    assert (absent["turn"], absent["awaited"]) == ("Au bailleur d’ouvrir le dossier", True)


CORRUPTIONS: list[tuple[str, str, Any]] = [
    ("amounts", "abatement", lambda w, f, a: {"abatement_estimated": None}),
    ("amounts", "dwellings", lambda w, f, a: {"dwellings": None}),
    ("programme", "programme_discussed", lambda w, f, a: {"programme_status": "discussed"}),
    ("report", "correction", lambda w, f, a: {"status": "to_correct"}),
]


@pytest.mark.parametrize("box, missing, change", CORRUPTIONS)
def test_one_stored_value_changed_turns_one_box(world: World, box: str, missing: str, change: Any):
    file, action = whole(world)
    with world.app.app_context():
        row = db.session.get(build.TfpbFile, file)
        for name, value in change(world, file, action).items():
            setattr(row, name, value)
        db.session.commit()
    (line,) = lines(world, landlord_id=world.landlord)
    assert line["missing"] == [missing]
    assert [name for name, state in boxes(line).items() if state == "lacking"] == [box]


def test_an_unknown_amount_an_absent_document_an_unheard_stage(world: World):
    file, action = whole(world)
    with world.app.app_context():
        db.session.get(build.Action, action).landlord_share = None
        db.session.query(Document).update({"archived_at": clock.now()})
        db.session.query(build.Participation).filter_by(stage="midway").update({"archived_at": clock.now()})
        db.session.commit()
    # A document of the file itself proves no action; nor does one of something else with the same number.
    attach(world, file, parent_type="tfpb_file")
    attach(world, action, parent_type="participation")
    (line,) = lines(world, landlord_id=world.landlord)
    assert line["missing"] == ["landlord_share", "evidence", "participation_midway"]


def test_an_action_that_values_nothing_needs_no_document(world: World):
    file = world.file(YEAR, status="verified", programme_status="validated")
    world.action(file, valued_amount=Decimal(0))
    archived = world.action(file)
    with world.app.app_context():
        db.session.get(build.Action, archived).archived_at = clock.now()
        db.session.commit()
    (line,) = lines(world, landlord_id=world.landlord)
    assert line["evidence"] == "later"


def test_since_when_is_the_day_of_the_last_move(world: World, etag: Any):
    file, _ = whole(world, status="submitted")
    client = world.api("officer")
    path = f"{API}/tfpb-files/{file}"
    reason = {"to": "to_correct", "reason": "Montants à revoir"}
    assert client.post(f"{path}/transitions", json=reason, headers=etag(client, path)).status_code == 200
    (line,) = lines(world, landlord_id=world.landlord)
    assert line["since"] == "2026-11-21"
    assert (line["turn"], line["awaited"]) == ("Au bailleur de corriger le bilan", True)
    assert line["days_late"] == 235


def test_a_late_signature_is_the_convention_s_box(world: World):
    whole(world)
    with world.app.app_context():
        db.session.get(build.Convention, world.convention).signed_on = date(2025, 4, 1)
        db.session.commit()
    (line,) = lines(world, landlord_id=world.landlord)
    assert line["missing"] == ["signed_late"]


def test_the_signatory_who_is_missing_is_named_and_the_convention_s_own_day_is_kept(world: World):
    world.file(YEAR, status="transmitted", programme_status="validated")
    with world.app.app_context():
        signed = db.session.get(build.Convention, world.convention)
        signed.signed_on, signed.declared_on, signed.report_due = None, date(2025, 1, 15), "06-30"
        signed.landlord_signed_on = signed.city_signed_on = signed.intermunicipal_signed_on = date(2025, 1, 10)
        db.session.commit()
    (line,) = lines(world, landlord_id=world.landlord, lacking="convention")
    assert line["missing"][0] == "not_signed"
    assert (line["due_on"], line["days_late"], line["turn"]) == ("2026-06-30", None, "Bilan transmis")
    page = world.page("state").get(f"/tfpb/completude?year={YEAR}").text
    assert "à signer (préfet)" in page


def test_a_terminated_convention_is_waited_for_no_more_but_its_file_stays_to_be_seen(world: World):
    file, _ = whole(world)
    with world.app.app_context():
        for number in (world.convention, world.other_convention):
            db.session.get(build.Convention, number).status = "terminated"
        db.session.commit()
    (line,) = lines(world)
    assert line["file_id"] == file


# -- who sees what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, count",
    [("coordinator", 3), ("state", 3), ("officer", 2), ("other_officer", 1)],
)
def test_each_sees_the_own_ground(world: World, who: str, count: int):
    with world.app.app_context():
        contract, city, owner = (
            db.session.get(model, number)
            for model, number in (
                (build.Contract, world.contract),
                (build.City, world.other_city),
                (build.Landlord, world.landlord),
            )
        )
        build.convention(contract, owner, city)
    assert len(lines(world, who)) == count
    found = page_tables(world.page(who).get(f"/tfpb/completude?year={YEAR}").text)[f"Dossiers attendus en {YEAR}"]
    assert len(found) == count + 1  # and the totals


@pytest.mark.parametrize("who", ["landlord", "copil", "administrator", "other_coordinator"])
def test_for_the_others_there_is_no_board(world: World, who: str):
    assert world.api(who).get(address(world)).status_code == 404
    for path in ("/tfpb/completude", "/tfpb/completude.xlsx"):
        assert world.page(who).get(f"{path}?contract={code(world)}&year={YEAR}").status_code == 404


def test_a_draft_is_told_but_neither_numbered_nor_linked_to_who_may_not_open_it(world: World):
    file = world.file(YEAR, programme_status="validated")
    (line,) = lines(world, "officer", landlord_id=world.landlord)
    assert (line["status"], line["file_id"], line["file_version"]) == ("draft", None, None)
    assert line["report"] == "lacking"
    assert f"/tfpb/dossiers/{file}" not in world.page("officer").get(f"/tfpb/completude?year={YEAR}").text
    assert lines(world, landlord_id=world.landlord)[0]["file_id"] == file
    assert f"/tfpb/dossiers/{file}" in world.page("coordinator").get(f"/tfpb/completude?year={YEAR}").text


def test_the_city_says_from_the_board_that_a_programme_it_may_not_open_yet_was_discussed(world: World):
    file = world.file(2027)
    path = f"/tfpb/completude?contract={code(world)}&year=2027"
    act = f'action="/tfpb/dossiers/{file}/avancer"'
    client = world.page("officer")
    assert act in client.get(path).text
    # Not the city's: the other city's officer, the State; the coordinator does it on the file's own page.
    for who in ("other_officer", "state", "coordinator"):
        assert act not in world.page(who).get(path).text
    (line,) = lines(world, "officer", 2027, landlord_id=world.landlord)
    assert (line["file_id"], line["file_version"]) == (file, world.row(build.TfpbFile, file).version)
    typed = {"track": "programme", "to": "discussed", "version": line["file_version"]}
    answer = client.post(f"/tfpb/dossiers/{file}/avancer", data=typed)
    assert (answer.status_code, answer.location) == (303, path)
    assert world.row(build.TfpbFile, file).programme_status == "discussed"
    assert act not in client.get(path).text
    assert lines(world, "officer", 2027, landlord_id=world.landlord)[0]["file_id"] is None


@pytest.mark.parametrize(
    "query, status",
    [
        ("contract=inconnu", 404),
        ("year=2019", 404),
        ("year=20x6", 404),
        ("lacking=tout", 422),
        ("sort=prix", 422),
        ("city_id=x", 422),
        ("page=0", 422),
        ("ville=3", 422),
    ],
)
def test_a_wrong_address_gets_a_sentence(world: World, query: str, status: int):
    assert world.page("coordinator").get(f"/tfpb/completude?{query}").status_code == status
    assert world.page("coordinator").get(f"/tfpb/completude.xlsx?{query}").status_code == status


# -- filters, order, totals ----------------------------------------------------------------------------------------


def test_filters_by_what_is_lacking(world: World):
    file, _ = whole(world)
    names = {"none": [file], "any": [None], "report": [None], "evidence": [], "convention": []}
    for lacking, expected in names.items():
        assert [line["file_id"] for line in lines(world, lacking=lacking)] == expected, lacking
    assert [line["file_id"] for line in lines(world, city_id=world.other_city)] == []


def test_order_is_stable_and_unknown_values_come_last_either_way(world: World):
    whole(world)
    late = [line["days_late"] for line in lines(world, sort="-days_late")]
    assert late == [235, None]
    assert [line["days_late"] for line in lines(world, sort="days_late")] == [235, None]
    names = [line["landlord"]["name"] for line in lines(world, sort="landlord")]
    assert names == sorted(names)
    assert [line["landlord"]["name"] for line in lines(world, sort="-landlord")] == names[::-1]
    paged = [lines(world, sort="landlord", page=page, page_size=1)[0]["landlord"]["name"] for page in (1, 2)]
    assert paged == names


def test_page_json_and_workbook_say_the_same(world: World):
    whole(world)
    world.file(YEAR, convention=world.other_convention, dwellings=None, abated_dwellings=None)
    found = lines(world, sort="landlord")
    client = world.page("coordinator")
    query = f"contract={code(world)}&year={YEAR}&sort=landlord"
    page = page_tables(client.get(f"/tfpb/completude?{query}").text)[f"Dossiers attendus en {YEAR}"]
    sheets = workbook_tables(client.get(f"/tfpb/completude.xlsx?{query}").data)
    book = next(iter(sheets.values()))
    assert len(page) == len(book) == 3
    declared = {column.key: column for column in columns.BOARD}
    for line, shown, kept in zip(found, page, book, strict=False):
        for box in BOXES:
            word = columns.board.BOX_STATES[line[box]]
            assert kept[declared[box].label] == word
            assert shown[declared[box].label].startswith(word)
        assert kept["Ville"] == line["city"]["name"]
        assert kept["À qui le tour"] == line["turn"]
        assert kept["Retard"] == line["days_late"]
        assert str(kept["Bilan attendu le"])[:10] == line["due_on"]
    for box in BOXES:
        lacking = sum(line[box] == "lacking" for line in found)
        assert page[-1][declared[box].label] == str(book[-1][declared[box].label]) == str(lacking)
    told = next(row for row in book if row["Ce qui manque"])
    assert "Montants : logements, logements abattus, aucune action" in told["Ce qui manque"]


def test_the_board_costs_the_same_queries_whatever_its_size(world: World):
    client, reader = world.api("coordinator"), world.page("coordinator")
    faces = [
        (client, address(world)),
        (reader, f"/tfpb/completude?year={YEAR}"),
        (reader, f"/tfpb/completude.xlsx?year={YEAR}"),
    ]

    def cost() -> list[int]:
        counts = []
        for who, path in faces:
            with count_queries(world.app) as sent:
                assert who.get(path).status_code == 200
            counts.append(len(sent))
        return counts

    whole(world)
    few = cost()
    with world.app.app_context():
        contract = db.session.get(build.Contract, world.contract)
        where = db.session.get(build.Neighbourhood, world.neighbourhood)
        for _ in range(20):
            file = build.tfpb_file(build.convention(contract, build.landlord()), where, YEAR)
            build.action(file)
            build.participation(file)
    assert cost() == few
    assert max(few) <= 12
