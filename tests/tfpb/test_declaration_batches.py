"""A declaration's workbook sent for real: applied, handed in, undone, refused; through the API and on the pages."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World
from tests.tfpb.declared import Workbook
from tracker.extensions import db
from tracker.tfpb.models import Action, TfpbFile

FIRST = 7


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


@pytest.fixture
def file_id(world: World) -> int:
    """A file with one action, which only lacks what it cost."""
    number = world.file(2026)
    world.action(number, id=901, title="Halls", actual_cost=None, landlord_share=None, valued_amount=None)
    return number


def told(book: Workbook, **more: Any) -> Workbook:
    """The action's figures, and one action more."""
    book.put("Actions", FIRST, Dépense_réalisée=900, Financement_bailleur=900, Dépense_valorisée_TFPB=800, **more)
    book.put(
        "Actions",
        FIRST + 1,
        Axe=6,
        Action="Ateliers",
        Dépense_prévisionnelle=0,
        Dépense_réalisée=100,
        Financement_bailleur=100,
        Dépense_valorisée_TFPB=100,
    )
    return book


def actions(world: World, file_id: int) -> list[tuple[str, Decimal | None, bool]]:
    """(title, actual cost, archived) of the file’s actions, Z to A: the order of numbers is each engine’s own."""
    with world.app.app_context():
        found = db.session.scalars(db.select(Action).where(Action.file_id == file_id).order_by(Action.title.desc()))
        return [(one.title, one.actual_cost, one.archived_at is not None) for one in found]


BEFORE = [("Halls", None, False)]
AFTER = [("Halls", Decimal("900.00"), False), ("Ateliers", Decimal("100.00"), False)]


def test_sent_read_applied_and_undone(world: World, file_id: int) -> None:
    api, sent = world.api("landlord"), told(Workbook(world, file_id)).send()
    assert sent.status_code == 201
    assert sent.headers["Location"] == f"{API}/import-batches/{sent.json['id']}"
    kinds = [(one["kind"], one["label"]) for one in sent.json["changes"] if one["kind"] != "unchanged"]
    assert kinds == [("changed", "Halls"), ("created", "Ateliers")]
    assert actions(world, file_id) == BEFORE
    assert api.post(f"{sent.headers['Location']}/apply").status_code == 200
    assert actions(world, file_id) == AFTER
    assert {entry.source_ref for entry in world.history("tfpb_action") if entry.source == "workbook"} == {
        f"import_batch/{sent.json['id']}"
    }
    assert api.post(f"{sent.headers['Location']}/undo").status_code == 200
    assert actions(world, file_id) == [*BEFORE, ("Ateliers", Decimal("100.00"), True)]


def test_handed_in_in_the_same_go(world: World, file_id: int) -> None:
    api, sent = world.api("landlord"), told(Workbook(world, file_id)).send()
    assert api.post(f"{sent.headers['Location']}/apply", json={"hand_in": True}).status_code == 200
    assert world.row(TfpbFile, file_id).status == "submitted"
    # Submitted: nothing is undone, nothing more is taken in, until the city sends it back.
    undone = api.post(f"{sent.headers['Location']}/undo")
    assert (undone.status_code, undone.json["code"]) == (409, "locked")
    again = Workbook(world, file_id).send()
    assert (again.status_code, again.json["code"]) == (409, "locked")
    assert actions(world, file_id) == AFTER


def test_what_a_report_lacks_refuses_the_whole(world: World, file_id: int) -> None:
    book = Workbook(world, file_id)
    book.put("Actions", FIRST, Dépense_réalisée=900)
    sent, page = book.send(), world.page("landlord")
    address = f"/classeurs/{sent.json['id']}"
    assert "Déposer aussi le bilan" in page.get(address).text
    refused = page.post(f"{address}/appliquer", data={"version": "1", "hand_in": "on"})
    assert refused.status_code == 422
    assert "financement bailleur : une valeur est attendue".replace(" :", "\u00a0:") in refused.text
    assert actions(world, file_id) == BEFORE
    assert world.row(TfpbFile, file_id).status == "draft"


def test_errors_are_not_written_over(world: World, file_id: int) -> None:
    sent = told(Workbook(world, file_id), Action="Ateliers", Axe=6).send()  # twice the same action
    assert [(one["cell"], one["code"]) for one in sent.json["issues"] if one["severity"] == "error"] == [
        ("C8", "duplicate")
    ]
    refused = world.api("landlord").post(f"{sent.headers['Location']}/apply")
    assert (refused.status_code, refused.json["code"]) == (409, "open_errors")
    listed = world.page("landlord").get(f"/tfpb/dossiers/{file_id}").text.partition("Derniers classeurs déposés")[2]
    assert "À corriger" in listed.partition("</ul>")[0]
    assert actions(world, file_id) == BEFORE


@pytest.mark.parametrize("choice, title", [("keep", "Halls et caves"), ("overwrite", "Halls du bas")])
def test_what_changed_meanwhile_is_asked_back(world: World, file_id: int, choice: str, title: str) -> None:
    book, api = told(Workbook(world, file_id), Action="Halls du bas"), world.api("landlord")
    path = f"{API}/tfpb-actions/901"
    api.patch(path, json={"title": "Halls et caves"}, headers={"If-Match": api.get(path).headers["ETag"]})
    sent = book.send()
    assert [one["kind"] for one in sent.json["changes"] if one["label"] == "Halls du bas"] == ["conflict"]
    unchosen = api.post(f"{sent.headers['Location']}/apply")
    assert (unchosen.status_code, unchosen.json["code"]) == (409, "conflict")
    assert api.post(f"{sent.headers['Location']}/apply", json={"conflicts": choice}).status_code == 200
    assert [one[0] for one in actions(world, file_id)] == [title, "Ateliers"]


def test_another_landlords_workbook_is_refused_by_name(world: World, file_id: int) -> None:
    other = world.file(2026, convention=world.other_convention)
    with world.app.app_context():
        name = db.session.get(build.Landlord, world.landlord).name
    sent = told(Workbook(world, file_id)).send("other_landlord", to=other)
    assert sent.status_code == 201
    (error,) = sent.json["issues"]
    assert (error["code"], error["column"], error["value"]) == ("identity", "Bailleur", name)
    assert sent.json["changes"] == []
    assert world.api("other_landlord").get(f"{API}/tfpb-files/{file_id}/workbook.xlsx").status_code == 404


def test_what_is_no_workbook_at_all(world: World, file_id: int) -> None:
    api, path = world.api("landlord"), f"{API}/tfpb-files/{file_id}/workbook"
    assert api.post(path, json={}).status_code == 415
    assert api.post(path, data={}, content_type="multipart/form-data").status_code == 422
    sent = api.post(path, data={"file": (io.BytesIO(b"%PDF-1.7"), "bilan.xlsx")}, content_type="multipart/form-data")
    assert [one["code"] for one in sent.json["issues"]] == ["unreadable_file"]
    page = world.page("landlord").post(
        f"/tfpb/dossiers/{file_id}/classeur", data={}, content_type="multipart/form-data"
    )
    assert page.status_code == 422
    assert "choisissez le fichier .xlsx" in page.text
    assert actions(world, file_id) == BEFORE


def test_on_the_page_one_lands_back_on_the_file(world: World, file_id: int) -> None:
    page = world.page("landlord")
    sent = page.post(
        f"/tfpb/dossiers/{file_id}/classeur",
        data={"file": (io.BytesIO(told(Workbook(world, file_id)).content()), "déclaration.xlsx")},
    )
    assert sent.status_code == 303
    applied = page.post(f"{sent.location}/appliquer", data={"version": "1"})
    assert (applied.status_code, applied.location) == (303, f"/tfpb/dossiers/{file_id}")
    text = page.get(applied.location).text.replace("\u00a0", " ")
    assert "Classeur enregistré : 1 ligne ajoutée, 1 ligne modifiée." in text
    assert sent.location in text  # the way to look at it again, and to undo it
    assert "Déposer le bilan" in text
    assert 'id="classeur"' in world.page("coordinator").get(f"/tfpb/dossiers/{file_id}").text
    assert sent.location not in world.page("coordinator").get(f"/tfpb/dossiers/{file_id}").text


def test_what_a_colleague_wrote_meanwhile_stays_on_every_sheet(world: World, file_id: int) -> None:
    """Each row changed on screen in one field (or two) after the download, in another field in the workbook."""
    with world.app.app_context():
        where, owner = (
            db.session.get(build.Neighbourhood, world.neighbourhood),
            db.session.get(build.Landlord, world.landlord),
        )
        home, scheme, other = build.residence(owner, where).id, build.scheme().id, build.funder().id
        grant = build.grant(db.session.get(Action, 901), db.session.get(build.Scheme, scheme), awarded=Decimal(10)).id
    api = world.api("landlord")

    def added(what: str, **body: Any) -> str:
        answer = api.post(f"{API}/tfpb-files/{file_id}/{what}", json=body)
        assert answer.status_code == 201, answer.json
        return answer.headers["Location"]

    moment = added("participation", stage="diagnosis", held_on="2026-03-01")
    line = added("baseline", axis=3, item="Halls", unit="heures", outside="1", inside="2")
    book = Workbook(world, file_id)

    def meanwhile(path: str, who: str = "landlord", **body: Any) -> None:
        one = world.api(who)
        answer = one.patch(path, json=body, headers={"If-Match": one.get(path).headers["ETag"]})
        assert answer.status_code == 200, answer.json

    meanwhile(f"{API}/tfpb-files/{file_id}", review="Bonne année")
    meanwhile(f"{API}/tfpb-actions/901", title="Halls et caves", residence_ids=[home], indicator_actual="12 halls")
    meanwhile(f"{API}/grants/{grant}", scheme_id=None, funder_id=other)
    meanwhile(moment, place="Salle des fêtes")
    meanwhile(line, unit="jours")
    book.book["Dossier"]["B12"] = 150
    book.put("Actions", FIRST, Calendrier="mars")
    book.put("Autres financements", FIRST, Accordé=20)
    book.put("Participation", FIRST, Participants=12)
    book.put("Références de gestion", FIRST, Hors_quartier=3)
    sent = book.send()
    assert [(one["sheet"], one["kind"], sorted(one["fields"])) for one in sent.json["changes"]] == [
        ("file", "conflict", ["abated_dwellings"]),
        ("actions", "conflict", ["calendar"]),
        ("funding", "conflict", ["awarded"]),
        ("participation", "conflict", ["participants"]),
        ("baseline", "conflict", ["outside"]),
    ]
    assert [one for one in sent.json["issues"] if one["severity"] == "error"] == []
    assert api.post(f"{sent.headers['Location']}/apply", json={"conflicts": "overwrite"}).status_code == 200
    stands = [
        (f"{API}/tfpb-files/{file_id}", {"review": "Bonne année", "abated_dwellings": 150}),
        (
            f"{API}/tfpb-actions/901",
            {"title": "Halls et caves", "residence_ids": [home], "calendar": "mars"},
        ),
        (f"{API}/grants/{grant}", {"scheme_id": None, "funder_id": other, "awarded": "20.00"}),
        (moment, {"place": "Salle des fêtes", "participants": 12}),
        (line, {"unit": "jours", "outside": "3.00"}),
    ]
    for path, told_there in stands:
        found = api.get(path).json
        assert {name: found[name] for name in told_there} == told_there
