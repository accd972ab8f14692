"""Comments by the API: where they are pinned, who may speak, threads that are open then resolved."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import builders as build
from tests.counting import count_queries
from tests.tfpb.conftest import API, World, codes
from tracker.extensions import db
from tracker.mail.models import Letter
from tracker.tfpb import rules
from tracker.tfpb.models import Action, TfpbFile
from tracker.tfpb.schemas import ActionSchema, TfpbFileSchema

FILES = f"{API}/tfpb-files"
Etag = Callable[[FlaskClient, str], dict[str, str]]


def say(world: World, who: str, file: int, text: str = "À préciser", **fields: Any) -> Any:
    return world.api(who).post(f"{FILES}/{file}/comments", json={"text": text} | fields)


def letters(world: World) -> dict[str, list[tuple[str, str, str]]]:
    """What waits to be sent, by reader: (kind, subject, body)."""
    with world.app.app_context():
        found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in world.users}
        names = {number: name for name, number in world.users.items()}
        for letter in db.session.scalars(db.select(Letter).order_by(Letter.id)):
            found[names[letter.user_id]].append((letter.kind, letter.subject, letter.body))
        return {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize("schema, pins", [(TfpbFileSchema(), rules.FILE_PINS), (ActionSchema(), rules.ACTION_PINS)])
def test_a_pin_is_a_field_under_its_own_label(schema: Any, pins: dict[str, str]) -> None:
    assert pins == {name: schema.fields[name].label for name in pins}


class TestPins:
    def test_on_a_field_of_an_action(self, world: World, etag: Etag) -> None:
        file = world.file(status="submitted")
        action = world.action(file, title="Médiation")
        answer = say(world, "officer", file, "Facture ?", action_id=action, field="actual_cost")
        assert answer.status_code == 201
        said = answer.json
        assert {name: said[name] for name in ("file_id", "action_id", "field", "thread_id", "text", "open")} == {
            "file_id": file,
            "action_id": action,
            "field": "actual_cost",
            "thread_id": None,
            "text": "Facture ?",
            "open": True,
        }
        assert said["author"].startswith("Personne")
        assert answer.headers["Location"] == f"{API}/comments/{said['id']}"
        assert world.api("copil").get(f"{API}/comments/{said['id']}").json == said
        (line,) = world.history("comment")
        assert (line.verb, line.label, line.parent_id) == ("create", "Médiation · Dépense réalisée", file)

    @pytest.mark.parametrize(
        "fields, found",
        [
            ({"field": "actual_cost"}, ("field", "unknown_value")),
            ({"field": "surprise"}, ("field", "unknown_value")),
            ({"action_id": 999_999}, ("action_id", "unknown_reference")),
            ({"thread_id": 999_999}, ("thread_id", "unknown_reference")),
            ({"text": "  "}, ("text", "required")),
            ({"text": "x" * 4001}, ("text", "out_of_range")),
            ({"open": False}, ("open", "unknown_field")),
        ],
    )
    def test_refused(self, world: World, fields: dict[str, Any], found: tuple[str, str]) -> None:
        answer = say(world, "landlord", world.file(), **fields)
        assert (answer.status_code, codes(answer)) == (422, [found])
        assert world.history("comment") == []

    def test_a_field_of_the_file_is_none_of_an_action(self, world: World) -> None:
        file = world.file()
        assert codes(say(world, "landlord", file, action_id=world.action(file), field="dwellings")) == [
            ("field", "unknown_value")
        ]
        assert say(world, "landlord", file, field="dwellings").status_code == 201

    def test_anothers_action_is_none(self, world: World) -> None:
        rival = world.action(world.file(convention=world.other_convention))
        assert codes(say(world, "landlord", world.file(), action_id=rival)) == [("action_id", "unknown_reference")]

    def test_an_archived_file_is_silent(self, world: World) -> None:
        file = world.file(archived_at=build.clock.now(), archived_reason="Doublon")
        assert say(world, "landlord", file).status_code == 409


class TestThreads:
    def test_answered_resolved_and_opened_again(self, world: World, etag: Etag) -> None:
        file = world.file(status="submitted")
        action = world.action(file)
        first = say(world, "officer", file, action_id=action).json["id"]
        reply = say(world, "landlord", file, "Voici", thread_id=first)
        assert reply.status_code == 201
        assert (reply.json["action_id"], reply.json["open"]) == (action, None)
        landlord, path = world.api("landlord"), f"{API}/comments/{first}"
        assert landlord.post(f"{path}/resolve").status_code == 428
        before = etag(landlord, path)
        closed = landlord.post(f"{path}/resolve", headers=before)
        assert (closed.status_code, closed.json["open"], closed.json["version"]) == (200, False, 2)
        assert closed.json["resolved_by"] == reply.json["author"]
        assert landlord.post(f"{path}/reopen", headers=before).status_code == 412
        twice = landlord.post(f"{path}/resolve", headers=etag(landlord, path))
        assert (twice.status_code, twice.json["code"]) == (409, "transition_not_allowed")
        officer = world.api("officer")
        assert officer.post(f"{path}/reopen", headers=etag(officer, path)).json["open"] is True
        lines = officer.get(f"{path}/history").json
        assert [line["verb"] for line in lines] == ["reopen", "resolve", "create"]

    def test_a_reply_is_no_thread(self, world: World, etag: Etag) -> None:
        file = world.file()
        first = say(world, "landlord", file).json["id"]
        reply = say(world, "landlord", file, thread_id=first).json["id"]
        assert codes(say(world, "landlord", file, thread_id=reply)) == [("thread_id", "unknown_reference")]
        other = world.file(2026)
        assert codes(say(world, "landlord", other, thread_id=first)) == [("thread_id", "unknown_reference")]
        assert codes(say(world, "landlord", file, thread_id=first, field="dwellings")) == [("field", "invalid")]
        landlord, path = world.api("landlord"), f"{API}/comments/{reply}"
        assert landlord.post(f"{path}/resolve", headers=etag(landlord, path)).status_code == 409

    def test_the_list_keeps_threads_together(self, world: World, etag: Etag) -> None:
        file = world.file(status="submitted")
        action = world.action(file)
        first = say(world, "officer", file, action_id=action).json["id"]
        second = say(world, "officer", file).json["id"]
        reply = say(world, "landlord", file, thread_id=first).json["id"]
        landlord = world.api("landlord")
        landlord.post(f"{API}/comments/{second}/resolve", headers=etag(landlord, f"{API}/comments/{second}"))

        def ids(query: str = "") -> list[int]:
            return [one["id"] for one in landlord.get(f"{FILES}/{file}/comments{query}").json]

        assert ids() == [first, reply, second]
        assert ids("?open=true") == [first, reply]
        assert ids("?open=false") == [second]
        assert ids(f"?action_id={action}") == [first, reply]
        assert ids("?page_size=1&page=2") == [reply]

    def test_a_constant_number_of_queries(self, world: World) -> None:
        file = world.file(status="submitted")
        path, counts = f"{FILES}/{file}/comments", []
        for _ in range(2):
            for _ in range(3):
                say(world, "officer", file, action_id=world.action(file))
            with count_queries(world.app) as sent:
                world.api("officer").get(path)
            counts.append(len(sent))
        assert counts[0] == counts[1]


class TestWho:
    # Before its first submission a file is its landlord's and the coordinator's alone.
    @pytest.mark.parametrize(
        "status, expected",
        [
            ("draft", {"landlord": 201, "coordinator": 201, "officer": 404, "state": 404, "copil": 404}),
            ("submitted", {"landlord": 201, "coordinator": 201, "officer": 201, "state": 201, "copil": 403}),
        ],
    )
    def test_who_speaks(self, world: World, status: str, expected: dict[str, int]) -> None:
        file = world.file(status=status)
        strangers = {"other_landlord": 404, "other_officer": 404, "other_coordinator": 404, "administrator": 404}
        for who, answer in (expected | strangers).items():
            assert say(world, who, file).status_code == answer, who

    def test_what_was_said_cannot_be_changed(self, world: World) -> None:
        said = say(world, "landlord", world.file()).json["id"]
        for method in ("patch", "put", "delete"):
            assert getattr(world.api("landlord"), method)(f"{API}/comments/{said}").status_code == 405


class TestLetters:
    def test_the_landlord_hears_of_a_remark_and_the_city_of_the_answer(self, world: World) -> None:
        file = world.file(status="submitted")
        first = say(world, "officer", file, "Facture ?\nBcc: x", action_id=world.action(file, title="Médiation"))
        ((kind, subject, body),) = letters(world)["landlord"]
        assert set(letters(world)) == {"landlord"}
        assert kind == "comment"
        # A list of letters shows the first words of a subject: whom it is about, not the contract they all share.
        assert subject.startswith(f"{world.row(build.Landlord, world.landlord).name}, ")
        assert subject.endswith(f" 2025\u00a0: nouveau commentaire · {world.row(build.Contract, world.contract).name}")
        assert "sur «\u00a0Médiation\u00a0»" in body
        assert "> Facture ?\n> Bcc: x" in body
        assert f"http://127.0.0.1:8000/tfpb/dossiers/{file}#echange-{first.json['id']}" in body
        say(world, "landlord", file, "Jointe", thread_id=first.json["id"])
        assert set(letters(world)) == {"landlord", "officer"}
        assert len(letters(world)["landlord"]) == 1

    def test_a_landlord_asks_those_who_may_return_the_file(self, world: World) -> None:
        say(world, "landlord", world.file(status="submitted"))
        assert set(letters(world)) == {"officer", "coordinator"}
        say(world, "landlord", world.file(2026))
        assert (len(letters(world)["officer"]), len(letters(world)["coordinator"])) == (1, 2)


def turn(world: World, who: str, file: int, to: str, **fields: Any) -> None:
    with world.app.app_context():
        version = db.session.get_one(TfpbFile, file).version
    answer = world.api(who).post(
        f"{FILES}/{file}/transitions", json={"to": to} | fields, headers={"If-Match": f'"{version}"'}
    )
    assert answer.status_code == 200, answer.json


class TestLettersAtEachTurn:
    @pytest.mark.parametrize(
        "start, who, to, readers",
        [
            ({"status": "draft"}, "landlord", "submitted", {"officer", "coordinator", "state"}),
            ({"status": "submitted"}, "officer", "verified", {"coordinator", "landlord"}),
            ({"status": "submitted"}, "coordinator", "verified", {"landlord"}),
            ({"status": "submitted"}, "officer", "to_correct", {"landlord"}),
            ({"status": "verified"}, "coordinator", "validated", {"landlord"}),
            ({"status": "validated"}, "coordinator", "transmitted", set()),
        ],
    )
    def test_the_report(self, world: World, start: dict[str, Any], who: str, to: str, readers: set[str]) -> None:
        file = world.file(2025, **start)
        world.action(file)
        turn(world, who, file, to, **({"reason": "Axe 3 à revoir"} if to == "to_correct" else {}))
        found = letters(world)
        assert set(found) == readers
        for lines in found.values():
            ((kind, subject, body),) = lines
            assert kind == "turn"
            assert " 2025\u00a0: bilan " in subject
            assert f"/tfpb/dossiers/{file}" in body
            assert ("> Axe 3 à revoir" in body) == (to == "to_correct")
        told = found.get("landlord", [("", "", "")])[0][2]
        assert ("À vous de corriger le bilan." in told) == (to == "to_correct")

    @pytest.mark.parametrize(
        "start, who, to, readers",
        [
            ("proposed", "officer", "discussed", {"coordinator", "landlord"}),
            ("discussed", "coordinator", "validated", {"landlord"}),
        ],
    )
    def test_the_programme(self, world: World, start: str, who: str, to: str, readers: set[str]) -> None:
        turn(world, who, world.file(2027, programme_status=start), to, track="programme")
        assert set(letters(world)) == readers

    def test_since_when_it_stands_there(self, world: World) -> None:
        file = world.file(2025)
        world.action(file)
        turn(world, "landlord", file, "submitted", on="2026-03-02")
        assert str(world.row(TfpbFile, file).moved_on) == "2026-03-02"
        page = world.page("officer").get(f"/tfpb/dossiers/{file}").get_data(as_text=True)
        assert "À vous de vérifier le bilan" in page
        assert "depuis le 02/03/2026" in page

    def test_a_refused_move_writes_to_nobody(self, world: World) -> None:
        file = world.file(2025)
        world.action(file, actual_cost=None)
        answer = world.api("landlord").post(
            f"{FILES}/{file}/transitions", json={"to": "submitted"}, headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 422
        assert letters(world) == {}


def test_a_comment_outlives_the_action(world: World, etag: Etag) -> None:
    file = world.file()
    action = world.action(file)
    said = say(world, "landlord", file, action_id=action).json["id"]
    landlord = world.api("landlord")
    headers = etag(landlord, f"{API}/tfpb-actions/{action}")
    landlord.post(f"{API}/tfpb-actions/{action}/archive", json={"reason": "Doublon"}, headers=headers)
    assert world.row(Action, action).archived_at is not None
    assert landlord.get(f"{API}/comments/{said}").json["action_id"] == action
    assert codes(say(world, "landlord", file, action_id=action)) == [("action_id", "unknown_reference")]
