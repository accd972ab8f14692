"""Documents on files, actions, participation, conventions and amendments: the item's permission, through both doors."""

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests import builders as build
from tests.counting import count_queries
from tests.documents import files
from tests.tfpb.conftest import API, World, codes
from tracker.documents import commands, queries, storage
from tracker.documents.models import Document
from tracker.documents.reading import Received, Upload, receive
from tracker.extensions import db
from tracker.tfpb.models import Action, Amendment

Etag = Callable[[FlaskClient, str], dict[str, str]]


def sent(content: bytes, name: str = "facture.pdf", **fields: Any) -> dict[str, Any]:
    """A multipart body with one file."""
    return {"file": (BytesIO(content), name), **fields}


def kept_bytes(app: Flask) -> set[str]:
    """Every file of the storage, whatever its name."""
    with app.app_context():
        return {str(path) for path in Path(storage.root()).rglob("*") if path.is_file()}


def rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Document)) or 0


# -- there and back -------------------------------------------------------------------------------------------------


def test_an_evidence_there_and_back(world: World, etag: Etag) -> None:
    action = world.action(world.file(), title="Bancs du hall")
    client, content = world.api("landlord"), build.pdf("Bancs")
    made = client.post(f"{API}/tfpb-actions/{action}/documents", data=sent(content, "Facture bancs.pdf"))
    assert made.status_code == 201, made.text
    body = made.json
    assert {name: body[name] for name in ("parent_type", "parent_id", "title", "kind", "file_name")} == {
        "parent_type": "tfpb_action",
        "parent_id": action,
        "title": "Facture bancs",
        "kind": "evidence",
        "file_name": "Facture bancs.pdf",
    }
    assert (body["media_type"], body["size"]) == ("application/pdf", len(content))
    assert body["sha256"] == sha256(content).hexdigest()

    address = made.headers["Location"]
    assert client.get(address).json == body
    for where in (
        f"{API}/tfpb-actions/{action}/documents",
        f"{API}/documents?parent_type=tfpb_action&parent_id={action}",
    ):
        assert client.get(where).json == [body]
    got = client.get(f"{address}/content")
    assert got.data == content

    changed = client.patch(address, json={"title": "Facture des bancs", "kind": "other"}, headers=etag(client, address))
    assert (changed.status_code, changed.json["title"], changed.json["kind"]) == (200, "Facture des bancs", "other")
    archived = client.post(f"{address}/archive", json={"reason": "Doublon"}, headers=etag(client, address))
    assert archived.status_code == 200
    assert client.get(f"{API}/tfpb-actions/{action}/documents").json == []
    assert client.get(f"{API}/tfpb-actions/{action}/documents?archived=true").json == [archived.json]
    # Its bytes stay.
    assert client.get(f"{address}/content").data == content
    told = [(line.verb, line.parent_type, line.parent_id, line.label) for line in world.history("document")]
    assert told == [
        ("create", "tfpb_action", action, "Facture bancs"),
        ("update", "tfpb_action", action, "Facture bancs"),
        ("archive", "tfpb_action", action, "Facture des bancs"),
    ]


def test_what_is_handed_over_runs_nothing_and_carries_its_name(world: World) -> None:
    action = world.action(world.file())
    client = world.api("landlord")
    address = f"{API}/tfpb-actions/{action}/documents"
    paper = client.post(address, data=sent(build.pdf(), "Été n° 1 ; «x».pdf")).headers["Location"]
    photo = client.post(address, data=sent(build.picture(), "hall.jpg")).headers["Location"]
    for document, shown in ((paper, "attachment"), (photo, "inline")):
        for path in (f"{document}/content", f"/documents/{document.rsplit('/', 1)[1]}/fichier"):
            reader = client if path.startswith(API) else world.page("landlord")
            headers = reader.get(path).headers
            assert headers["Content-Disposition"].startswith(f"{shown}; filename=")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert headers["Cache-Control"] == "no-store"
    told = client.get(f"{paper}/content").headers["Content-Disposition"]
    assert unquote(told.partition("filename*=UTF-8''")[2]) == "Été n° 1 ; «x».pdf"


def test_a_photograph_is_kept_without_its_place_and_seen_small(world: World) -> None:
    action = world.action(world.file())
    client = world.api("landlord")
    made = client.post(f"{API}/tfpb-actions/{action}/documents", data=sent(files.photograph(), "IMG_1.JPG")).json
    assert (made["kind"], made["media_type"], made["file_name"]) == ("photo", "image/jpeg", "IMG_1.jpg")
    kept = client.get(f"{API}/documents/{made['id']}/content").data
    assert b"SECRET" not in kept
    assert sha256(kept).hexdigest() == made["sha256"]
    small = world.page("landlord").get(f"/documents/{made['id']}/vignette")
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert small.headers["Cache-Control"] == "private, max-age=3600"
    with Image.open(BytesIO(small.data)) as image:
        assert image.size == (40, 60)


def test_the_same_bytes_twice_are_two_documents_and_one_content(world: World) -> None:
    first, second = world.action(world.file(2025)), world.action(world.file(2026))
    before = kept_bytes(world.app)
    content = build.pdf("une seule fois")
    for action in (first, second):
        world.api("landlord").post(f"{API}/tfpb-actions/{action}/documents", data=sent(content))
    assert rows(world.app) == 2
    assert len(kept_bytes(world.app) - before) == 1


def test_a_kind_of_its_own_on_each_item(world: World) -> None:
    file = world.file()
    with world.app.app_context():
        moment = build.participation(db.session.get(build.TfpbFile, file)).id
        rider = build.save(Amendment(convention_id=world.convention, subject="Prolongation")).id
    found = {}
    for who, path in (
        ("landlord", f"tfpb-files/{file}"),
        ("landlord", f"participation/{moment}"),
        ("coordinator", f"conventions/{world.convention}"),
        ("coordinator", f"amendments/{rider}"),
    ):
        made = world.api(who).post(f"{API}/{path}/documents", data=sent(build.pdf()))
        assert made.status_code == 201, (path, made.text)
        found[made.json["parent_type"]] = made.json["kind"]
    assert found == {
        "tfpb_file": "evidence",
        "participation": "minutes",
        "convention": "convention",
        "amendment": "amendment",
    }


# -- refusals: nothing written, neither row nor bytes ---------------------------------------------------------------


@pytest.mark.parametrize(
    "body, field, code",
    [
        (dict, "file", "required"),
        (lambda: {"file": "un texte"}, "file", "unknown_field"),
        (lambda: sent(b""), "file", "invalid"),
        (lambda: sent(b"Bonjour"), "file", "invalid"),
        (lambda: sent(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "plan.svg"), "file", "invalid"),
        (lambda: sent(build.picture()), "file", "invalid"),
        (lambda: sent(files.flat_png(9000, 9000), "plan.png"), "file", "invalid"),
        (lambda: sent(build.pdf(), kind="dream"), "kind", "unknown_value"),
        (lambda: sent(build.pdf(), kind="photo"), "kind", "invalid"),
        (lambda: sent(build.pdf(), title="x" * 201), "title", "out_of_range"),
        (lambda: sent(build.pdf(), size="3"), "size", "unknown_field"),
        (lambda: {"autre": (BytesIO(build.pdf()), "a.pdf")}, "autre", "unknown_field"),
        (lambda: {"file": [(BytesIO(build.pdf()), "a.pdf"), (BytesIO(build.pdf()), "b.pdf")]}, "file", "out_of_range"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    world: World, body: Callable[[], dict[str, Any]], field: str, code: str
) -> None:
    action = world.action(world.file())
    before = kept_bytes(world.app)
    answer = world.api("landlord").post(
        f"{API}/tfpb-actions/{action}/documents", data=body(), content_type="multipart/form-data"
    )
    assert answer.status_code == 422, answer.text
    assert (field, code) in codes(answer)
    assert all(error["message"].endswith(".") for error in answer.json["errors"])
    assert rows(world.app) == 0
    assert kept_bytes(world.app) == before
    assert world.history("document") == []


def test_a_body_that_is_no_form_or_too_large_is_refused(world: World) -> None:
    address = f"{API}/tfpb-actions/{world.action(world.file())}/documents"
    client = world.api("landlord")
    assert client.post(address, json={"file": "x"}).status_code == 415
    heavy = client.post(address, data=b" " * (8 * 1024 * 1024 + 1), content_type="multipart/form-data; boundary=b")
    assert heavy.status_code == 413
    body = b" " * (8 * 1024 * 1024 + 1)
    page = world.page("landlord").post("/documents/action/1", data=body, content_type="multipart/form-data; boundary=b")
    assert page.status_code == 413
    assert "Un envoi est limité à 8\u00a0Mo" in page.text
    assert rows(world.app) == 0


def test_a_refused_commit_leaves_no_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    action = world.action(world.file())
    client = world.api("landlord")

    def full(_content: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "keep", full)
    monkeypatch.setitem(world.app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.post(f"{API}/tfpb-actions/{action}/documents", data=sent(build.pdf()))
    assert answer.status_code == 500
    assert answer.json["detail"].endswith("Rien n’a été modifié.")
    assert rows(world.app) == 0


def test_bytes_that_are_gone_are_told(world: World) -> None:
    action = world.action(world.file())
    client = world.api("landlord")
    made = client.post(f"{API}/tfpb-actions/{action}/documents", data=sent(build.pdf("perdu"))).json
    with world.app.app_context():
        digest = made["sha256"]
        (storage.root() / digest[:2] / digest[2:4] / digest).unlink()
    answer = client.get(f"{API}/documents/{made['id']}/content")
    assert (answer.status_code, answer.json["code"]) == (503, "content_unavailable")
    page = world.page("landlord").get(f"/documents/{made['id']}/fichier")
    assert page.status_code == 503
    assert "introuvable ou abîmé" in page.text


# -- whose permission -----------------------------------------------------------------------------------------------


def test_a_locked_file_takes_no_new_evidence_and_another_landlord_sees_none(world: World, etag: Etag) -> None:
    file = world.file(2025, status="draft")
    action = world.action(file)
    own, address = world.api("landlord"), f"{API}/tfpb-actions/{action}/documents"
    made = own.post(address, data=sent(build.pdf())).headers["Location"]
    for stranger in ("other_landlord", "other_officer", "other_coordinator", "administrator"):
        client = world.api(stranger)
        assert client.post(address, data=sent(build.pdf())).status_code == 404, stranger
        for path in (made, f"{made}/content", f"{made}/history", address):
            assert client.get(path).status_code == 404, (stranger, path)
    # Before the first submission the readers see nothing; the coordinator reads and adds nothing.
    assert [world.api(who).get(made).status_code for who in ("copil", "state", "officer")] == [404, 404, 404]
    assert world.api("coordinator").get(f"{made}/content").status_code == 200
    assert world.api("coordinator").post(address, data=sent(build.pdf())).status_code == 403

    with world.app.app_context():
        row = db.session.get(build.TfpbFile, file)
        row.status, row.first_submitted_at = "submitted", build.clock.now()
        db.session.commit()
    for reader in ("copil", "state", "officer"):
        assert world.api(reader).get(f"{made}/content").status_code == 200
        assert world.api(reader).post(address, data=sent(build.pdf())).status_code == 403
    for refused in (
        own.post(address, data=sent(build.pdf())),
        own.patch(made, json={"title": "Autre"}, headers=etag(own, made)),
        own.post(f"{made}/archive", json={"reason": "Non"}, headers=etag(own, made)),
    ):
        assert (refused.status_code, refused.json["code"]) == (409, "locked")
    assert rows(world.app) == 1


def test_a_file_submitted_while_a_photograph_is_read_takes_it_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = world.file()
    action = world.action(file)
    before = kept_bytes(world.app)

    def slow(upload: Upload) -> Received:
        # Nobody is kept waiting meanwhile: another connection writes at once.
        with db.engine.begin() as other:
            other.execute(db.update(build.TfpbFile).where(build.TfpbFile.id == file).values(status="submitted"))
        return receive(upload)

    monkeypatch.setattr(commands, "receive", slow)
    answer = world.api("landlord").post(f"{API}/tfpb-actions/{action}/documents", data=sent(build.pdf("trop tard")))
    assert (answer.status_code, answer.json["code"]) == (409, "locked")
    assert rows(world.app) == 0
    assert kept_bytes(world.app) == before


def test_an_archived_action_keeps_its_documents_as_they_are(world: World, etag: Etag) -> None:
    action = world.action(world.file())
    client, address = world.api("landlord"), f"{API}/tfpb-actions/{action}/documents"
    made = client.post(address, data=sent(build.pdf())).headers["Location"]
    item = f"{API}/tfpb-actions/{action}"
    client.post(f"{item}/archive", json={"reason": "Abandonnée"}, headers=etag(client, item))
    assert client.get(f"{made}/content").status_code == 200
    refused = client.post(address, data=sent(build.pdf()))
    assert (refused.status_code, refused.json["code"]) == (409, "locked")
    assert refused.json["detail"].startswith("Cette action est archivée")


def test_a_convention_is_documented_by_the_coordination_alone(world: World) -> None:
    address = f"{API}/conventions/{world.convention}/documents"
    assert world.api("coordinator").post(address, data=sent(build.pdf())).status_code == 201
    for who, status in (("landlord", 403), ("officer", 403), ("other_landlord", 404), ("other_coordinator", 404)):
        assert world.api(who).post(address, data=sent(build.pdf())).status_code == status, who
    assert [len(world.api(who).get(address).json) for who in ("landlord", "copil", "officer")] == [1, 1, 1]


# -- counting -------------------------------------------------------------------------------------------------------


def test_the_evidence_of_many_actions_is_counted_by_one_query(world: World) -> None:
    file = world.file()
    numbers = [world.action(file) for _ in range(4)]
    with world.app.app_context():
        for count, number in enumerate(numbers):
            action = db.session.get(Action, number)
            for _ in range(count):
                build.document(action)
        build.document(action, archived_at=build.clock.now(), archived_reason="Doublon")
        build.document(db.session.get(build.TfpbFile, file), parent_id=numbers[0])
    with world.app.app_context(), count_queries(world.app) as asked:
        found = queries.counts("tfpb_action", numbers)
    assert found == {numbers[1]: 1, numbers[2]: 2, numbers[3]: 3}
    assert len(asked) == 1
    with world.app.app_context():
        chosen = db.select(Action.id).where(Action.file_id == file)
        assert queries.counts("tfpb_action", chosen) == found


# -- pages ----------------------------------------------------------------------------------------------------------


def test_several_files_are_added_at_once_from_the_actions_page(world: World) -> None:
    action = world.action(world.file(), title="Bancs")
    browser = world.page("landlord")
    page = browser.get(f"/tfpb/actions/{action}").text
    assert f'action="/documents/action/{action}"' in page
    assert 'enctype="multipart/form-data"' in page
    body = {
        "file": [(BytesIO(build.pdf()), "Devis.pdf"), (BytesIO(files.photograph()), "IMG_1.jpg")],
        "title": "",
        "kind": "",
    }
    answer = browser.post(f"/documents/action/{action}", data=body)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tfpb/actions/{action}#documents")
    page = browser.get(f"/tfpb/actions/{action}").text
    assert "2 documents ajoutés." in page
    assert 'alt="IMG_1"' in page
    assert "Devis" in page
    assert "a déposé le document « Devis »" in page.replace("\u00a0", " ")
    named = {
        "file": [(BytesIO(build.picture(colour=one)), "p.jpg") for one in ("red", "blue")],
        "title": "Hall repeint",
    }
    browser.post(f"/documents/action/{action}", data=named)
    page = browser.get(f"/tfpb/actions/{action}").text
    assert 'alt="Hall repeint (1)"' in page
    assert 'alt="Hall repeint (2)"' in page
    assert "4" in browser.get(f"/tfpb/dossiers/{world.row(Action, action).file_id}").text


def test_after_an_upload_the_reader_is_where_the_document_is_seen(world: World) -> None:
    file = world.file()
    action = world.action(file)
    with world.app.app_context():
        moment = build.participation(db.session.get(build.TfpbFile, file)).id
        rider = build.save(Amendment(convention_id=world.convention, subject="Prolongation")).id
    seen = {
        f"action/{action}": ("landlord", f"/tfpb/actions/{action}#documents", f"/tfpb/actions/{action}"),
        f"dossier/{file}": ("landlord", f"/tfpb/dossiers/{file}#documents", f"/tfpb/dossiers/{file}"),
        f"participation/{moment}": (
            "landlord",
            f"/documents/participation/{moment}",
            f"/tfpb/dossiers/{file}#participation",
        ),
        f"convention/{world.convention}": (
            "coordinator",
            f"/tfpb/conventions/{world.convention}#documents",
            f"/tfpb/conventions/{world.convention}",
        ),
        f"avenant/{rider}": (
            "coordinator",
            f"/documents/avenant/{rider}",
            f"/tfpb/conventions/{world.convention}#avenants",
        ),
    }
    for item, (who, then, above) in seen.items():
        browser = world.page(who)
        answer = browser.post(f"/documents/{item}", data=sent(build.pdf(item), f"{item.replace('/', ' ')}.pdf"))
        assert (answer.status_code, answer.headers["Location"]) == (303, then)
        page = browser.get(then)
        assert page.status_code == 200
        assert item.replace("/", " ") in page.text
        assert f'href="{above}"' in browser.get(f"/documents/{item}").text


def test_one_wrong_file_among_several_stops_them_all(world: World) -> None:
    action = world.action(world.file())
    before = kept_bytes(world.app)
    body = {
        "file": [
            (BytesIO(build.pdf()), "bon.pdf"),
            (BytesIO(b"Bonjour"), "note.txt"),
            (BytesIO(b"MZ" + b"\0" * 99), "outil.pdf"),
        ],
        "title": "Mes pièces",
    }
    answer = world.page("landlord").post(f"/documents/action/{action}", data=body)
    assert answer.status_code == 422
    text = answer.text.replace("\u00a0", " ")
    assert "2 erreurs empêchent l’enregistrement : rien n’a été modifié." in text
    assert "« note.txt » est d’un type inconnu" in text
    assert "« outil.pdf » est un programme ou des données" in text
    assert 'value="Mes pièces"' in answer.text
    assert rows(world.app) == 0
    assert kept_bytes(world.app) == before


def test_the_same_file_is_not_attached_twice_to_one_item(world: World, etag: Etag) -> None:
    action = world.action(world.file())
    client, address = world.api("landlord"), f"{API}/tfpb-actions/{action}/documents"
    for content, name in ((build.pdf(), "Facture.pdf"), (files.photograph(), "IMG_1.jpg")):
        assert client.post(address, data=sent(content, name)).status_code == 201
        again = client.post(address, data=sent(content, f"Copie de {name}"))
        assert (again.status_code, codes(again)) == (422, [("file", "invalid")])
        found = again.json["errors"][0]["message"].replace("\u00a0", " ")
        assert f"« Copie de {name} » est déjà joint ici : « {name.split('.')[0]} »" in found
    both = {"file": [(BytesIO(build.pdf("x")), f"{n}.pdf") for n in range(2)]}
    assert world.page("landlord").post(f"/documents/action/{action}", data=both).status_code == 422
    assert rows(world.app) == 2
    # Archived by mistake, it may come back.
    first = f"{API}/documents/{client.get(address).json[0]['id']}"
    client.post(f"{first}/archive", json={"reason": "Erreur"}, headers=etag(client, first))
    assert client.post(address, data=sent(build.pdf(), "Facture.pdf")).status_code == 201


def test_a_form_without_a_file_or_with_too_many_is_told(world: World) -> None:
    address = f"/documents/action/{world.action(world.file())}"
    browser = world.page("landlord")
    nothing = browser.post(address, data={"file": (BytesIO(b""), ""), "title": ""})
    assert nothing.status_code == 422
    assert "est attendu" in nothing.text
    many = {"file": [(BytesIO(build.pdf()), f"{n}.pdf") for n in range(21)]}
    answer = browser.post(address, data=many)
    assert answer.status_code == 422
    assert "20 fichiers au plus" in answer.text
    assert rows(world.app) == 0


def test_a_reader_reads_and_is_told_why_nothing_can_be_added(world: World) -> None:
    file = world.file(status="submitted")
    action = world.action(file)
    with world.app.app_context():
        document = build.document(db.session.get(Action, action), title="Facture").id
    for who in ("copil", "landlord"):
        browser = world.page(who)
        page = browser.get(f"/documents/action/{action}").text
        assert "Facture" in page
        assert "Lecture seule." in page
        assert 'type="file"' not in page
        assert 'type="file"' not in browser.get(f"/tfpb/actions/{action}").text
        assert browser.get(f"/documents/{document}").status_code == 200


def test_a_document_is_renamed_and_archived_from_its_page(world: World) -> None:
    action = world.action(world.file())
    with world.app.app_context():
        document = build.document(db.session.get(Action, action), title="Facture").id
    browser, address = world.page("landlord"), f"/documents/{document}"
    assert 'name="title"' in browser.get(f"{address}?ouvrir=fiche").text
    wrong = browser.post(address, data={"version": "1", "title": " ", "kind": "evidence"})
    assert wrong.status_code == 422
    browser.post(address, data={"version": "1", "title": "Facture de mai", "kind": "other"})
    stale = browser.post(address, data={"version": "1", "title": "Facture de juin", "kind": "other"})
    assert stale.status_code == 409
    assert "entre-temps" in stale.text
    assert "Facture de mai" in browser.get(address).text
    unsaid = browser.post(f"{address}/archiver", data={"version": "2", "reason": ""})
    assert unsaid.status_code == 422
    browser.post(f"{address}/archiver", data={"version": "2", "reason": "Doublon"})
    page = browser.get(address).text
    assert "Doublon" in page
    assert "Ce document est archivé" in page


@pytest.mark.parametrize("slug", ["projet", "tfpb_action", "..", "a%00b"])
def test_no_other_word_names_an_item(world: World, slug: str) -> None:
    assert world.page("landlord").get(f"/documents/{slug}/1").status_code == 404
    answer = world.api("landlord").get(f"{API}/documents?parent_type={slug}&parent_id=1")
    assert answer.status_code in (404, 422)
