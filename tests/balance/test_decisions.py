"""Decisions through the API and the pages: recorded, followed, archived, and told to nobody they do not concern."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.balance.decided import OWN, ROLES, Decided, subject, told_in
from tracker.balance.models import Decision
from tracker.desk.queries import contract_history
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.tfpb.models import CarryOver

API = "/api/v1"


@pytest.fixture
def world(blank: Flask) -> Decided:
    return Decided()


@pytest.fixture
def client(blank: Flask, world: Decided) -> FlaskClient:
    return world.client(blank, "coordinator")


def record(client: FlaskClient, world: Decided, name: str, **changes: Any) -> Any:
    body = world.bodies()[name] | changes
    return client.post(f"{API}/meetings/{world.meeting.id}/decisions", json=body)


def record_all(client: FlaskClient, world: Decided) -> dict[str, int]:
    answers = {name: record(client, world, name) for name in world.bodies()}
    assert {answer.status_code for answer in answers.values()} == {201}, [one.json for one in answers.values()]
    return {name: answer.get_json()["id"] for name, answer in answers.items()}


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.get_json()["errors"]]


def test_a_decision_is_recorded_corrected_done_reopened_and_archived(client: FlaskClient, world: Decided) -> None:
    answer = record(client, world, "owner")
    assert answer.status_code == 201
    address, read = answer.headers["Location"], answer.get_json()
    assert (read["meeting_id"], read["contract_id"]) == (world.meeting.id, world.contract.id)

    def patch(body: dict[str, Any], tag: str) -> Any:
        return client.patch(address, json=body, headers={"If-Match": tag})

    changed = patch({"subject": "Autres mots", "due_on": "2026-12-01"}, answer.headers["ETag"])
    assert changed.get_json()["due_on"] == "2026-12-01"
    assert patch({"subject": "Trop tard"}, answer.headers["ETag"]).status_code == 412
    assert client.patch(address, json={"subject": "Sans version"}).status_code == 428
    done = patch({"done_on": "2026-11-02"}, changed.headers["ETag"])
    assert done.get_json()["done_on"] == "2026-11-02"
    again = patch({"done_on": None}, done.headers["ETag"])
    gone = client.post(address + "/archive", json={"reason": "Doublon"}, headers={"If-Match": again.headers["ETag"]})
    assert gone.get_json()["archived_reason"] == "Doublon"
    assert patch({"subject": "Archivée"}, gone.headers["ETag"]).get_json()["code"] == "locked"
    verbs = [line["verb"] for line in client.get(address + "/history").get_json()]
    assert verbs == ["archive", "update", "done", "update", "create"]
    assert client.get(f"{API}/decisions").get_json() == []
    assert [one["id"] for one in client.get(f"{API}/decisions?archived=true").get_json()] == [read["id"]]


def test_a_file_names_its_landlord(client: FlaskClient, world: Decided) -> None:
    read = record(client, world, "rival").get_json()
    assert (read["file_id"], read["landlord_id"]) == (world.rival_file.id, world.rival.id)
    refused = record(client, world, "rival", landlord_id=world.owner.id)
    assert codes(refused) == [("landlord_id", "invalid")]


@pytest.mark.parametrize(
    "name, changes, expected",
    [
        ("owner", {"kind": "fête"}, [("kind", "unknown_value")]),
        ("owner", {"subject": None}, [("subject", "required")]),
        ("owner", {"due_on": None}, [("due_on", "required")]),
        ("owner", {"due_on": "30/09/2026"}, [("due_on", "invalid")]),
        ("owner", {"due_on": "2026-06-17"}, [("due_on", "out_of_range")]),
        ("owner", {"landlord_id": 999_999}, [("landlord_id", "unknown_reference")]),
        ("carry", {"amount": 10000}, [("amount", "money_string")]),
        ("carry", {"amount": "0.00"}, [("amount", "out_of_range")]),
        ("carry", {"amount": "15000.01"}, [("amount", "out_of_range")]),  # 58 000 − 43 000 = 15 000 missing
        ("carry", {"file_id": None}, [("file_id", "required")]),
        ("edition", {"edition_id": None}, [("edition_id", "required")]),
        ("edition", {"edition_id": 999_999}, [("edition_id", "unknown_reference")]),
        ("everybody", {"file_id": 999_999}, [("file_id", "unknown_reference")]),
        ("everybody", {"colour": "rouge"}, [("colour", "unknown_field")]),
        ("everybody", {"carry_over_id": 1}, [("carry_over_id", "unknown_field")]),
        ("everybody", {"subject": "x" * 2001}, [("subject", "out_of_range")]),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(
    client: FlaskClient, world: Decided, name: str, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    lines = db.session.query(HistoryEntry).count()
    answer = record(client, world, name, **changes)
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert db.session.query(Decision).count() == db.session.query(CarryOver).count() == 0
    assert db.session.query(HistoryEntry).count() == lines


def test_nothing_of_another_contract_is_named(client: FlaskClient, world: Decided) -> None:
    elsewhere = make.contract()
    stranger = make.landlord()
    file = make.tfpb_file(make.convention(elsewhere, stranger), make.neighbourhood(elsewhere), 2025, status="verified")
    for name, field, number in (
        ("owner", "landlord_id", stranger.id),
        ("city", "city_id", elsewhere.cities[0].id),
        ("rival", "file_id", file.id),
    ):
        assert codes(record(client, world, name, **{field: number})) == [(field, "unknown_reference")]


def test_a_meeting_to_come_or_archived_decides_nothing(client: FlaskClient, world: Decided) -> None:
    body = world.bodies()["everybody"]
    to_come = client.post(f"{API}/meetings/{world.later.id}/decisions", json=body)
    assert (to_come.status_code, to_come.get_json()["code"]) == (409, "transition_not_allowed")
    assert "17/06/2027" in to_come.get_json()["detail"]
    client.post(f"{API}/meetings/{world.earlier.id}/archive", json={"reason": "Doublon"}, headers={"If-Match": '"1"'})
    archived = client.post(f"{API}/meetings/{world.earlier.id}/decisions", json=body)
    assert (archived.status_code, archived.get_json()["code"]) == (409, "locked")


def test_a_meeting_that_decided_is_not_archived(client: FlaskClient, world: Decided) -> None:
    where = f"{API}/meetings/{world.earlier.id}"
    made = client.post(f"{where}/decisions", json=world.bodies()["everybody"])
    headers = {"If-Match": '"1"'}
    assert client.post(f"{where}/archive", json={"reason": "Doublon"}, headers=headers).status_code == 409
    client.post(made.headers["Location"] + "/archive", json={"reason": "Doublon"}, headers={"If-Match": '"1"'})
    assert client.post(f"{where}/archive", json={"reason": "Doublon"}, headers=headers).status_code == 200


def test_a_meeting_that_decided_keeps_its_day_until_the_decision_is_taken_back(
    client: FlaskClient, world: Decided
) -> None:
    where = f"{API}/meetings/{world.earlier.id}"
    made = client.post(f"{where}/decisions", json=world.bodies()["everybody"])
    headers = {"If-Match": '"1"'}
    refused = client.patch(where, json={"held_on": "2027-01-01"}, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "locked")
    assert "Une décision de cette réunion est enregistrée" in refused.get_json()["detail"]
    client.post(made.headers["Location"] + "/archive", json={"reason": "Doublon"}, headers=headers)
    assert client.patch(where, json={"held_on": "2026-04-10"}, headers=headers).status_code == 200


def test_a_meeting_decides_of_no_edition_frozen_for_a_later_one(
    blank: Flask, client: FlaskClient, world: Decided
) -> None:
    """The edition of the COPIL of 18/06/2026 is offered to it and to a later COTECH, not to the COTECH of 09/04."""
    after = world.met("cotech", date(2026, 10, 1))
    page = world.client(blank, "coordinator", make.page_client)
    body = world.bodies()["edition"]

    def cited(meeting: Any) -> tuple[int, bool]:
        answer = client.post(f"{API}/meetings/{meeting.id}/decisions", json=body)
        form = page.get(f"/bilan/reunions/{meeting.id}?edit=new").text
        offered = form.partition('name="edition_id"')[2].partition("</select>")[0]
        return answer.status_code, "Bilan 2025, édition n° 1" in offered

    assert cited(world.meeting) == (201, True)
    assert cited(after) == (201, True)
    assert cited(world.earlier) == (422, False)
    refused = client.post(f"{API}/meetings/{world.earlier.id}/decisions", json=body)
    assert codes(refused) == [("edition_id", "invalid")]
    assert "18/06/2026" in refused.get_json()["errors"][0]["message"]
    typed_anyway = typed(kind="validated", subject="Validé", edition_id=str(world.edition.id))
    returned = page.post(f"/bilan/reunions/{world.earlier.id}/decisions", data=typed_anyway)
    assert (returned.status_code, "ou pour une réunion antérieure est attendue" in returned.text) == (422, True)


# -- carry-overs ---------------------------------------------------------------------------------------------------


def test_a_granted_carry_over_is_written_once_in_its_file_and_archived_with_it(
    client: FlaskClient, world: Decided
) -> None:
    made = record(client, world, "carry")
    (granted,) = db.session.query(CarryOver).all()
    assert made.get_json()["carry_over_id"] == granted.id
    assert (granted.file_id, granted.decided_on, granted.reason) == (
        world.file.id,
        world.meeting.held_on,
        subject("carry"),
    )
    assert f"{granted.amount:.2f}" == "10000.00"
    # 15 000 − 10 000 = 5 000 left
    assert codes(record(client, world, "carry", amount="5000.01")) == [("amount", "out_of_range")]
    assert db.session.query(CarryOver).count() == db.session.query(Decision).count() == 1
    address, tag = made.headers["Location"], made.headers["ETag"]
    fixed = client.patch(address, json={"subject": "Autre", "amount": "1.00"}, headers={"If-Match": tag})
    assert codes(fixed) == [("amount", "invalid"), ("subject", "invalid")]
    gone = client.post(address + "/archive", json={"reason": "Voté à tort"}, headers={"If-Match": tag})
    assert gone.status_code == 200
    db.session.expire_all()
    assert (granted.archived_reason, db.session.query(CarryOver).count()) == ("Voté à tort", 1)
    assert record(client, world, "carry", amount="15000.00").status_code == 201


def test_a_carry_over_taken_back_in_its_file_does_not_keep_the_decision(client: FlaskClient, world: Decided) -> None:
    made = record(client, world, "carry")
    number = made.get_json()["carry_over_id"]
    headers = {"If-Match": '"1"'}
    assert (
        client.post(f"{API}/carry-overs/{number}/archive", json={"reason": "Repris"}, headers=headers).status_code
        == 200
    )
    gone = client.post(made.headers["Location"] + "/archive", json={"reason": "Repris"}, headers=headers)
    assert gone.status_code == 200


def test_no_carry_over_before_the_report_nor_from_a_year_to_come(client: FlaskClient, world: Decided) -> None:
    draft = record(client, world, "carry", file_id=world.draft.id)
    assert (draft.status_code, draft.get_json()["code"]) == (409, "transition_not_allowed")
    world.draft.year = 2027
    db.session.commit()
    assert codes(record(client, world, "carry", file_id=world.draft.id)) == [("file_id", "invalid")]
    assert db.session.query(Decision).count() == db.session.query(CarryOver).count() == 0


# -- who is told ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_each_reader_is_told_what_names_nobody_else(
    blank: Flask, client: FlaskClient, world: Decided, role: str
) -> None:
    numbers = record_all(client, world)
    told = OWN.get(role, set(numbers))
    reader, page = world.client(blank, role), world.client(blank, role, make.page_client)
    meeting = f"/meetings/{world.meeting.id}"
    assert told_in(reader.get(f"{API}{meeting}/decisions").text) == told
    assert told_in(reader.get(f"{API}/decisions?contract_id={world.contract.id}").text) == told
    assert told_in(page.get(f"/bilan/reunions/{world.meeting.id}").text) == told
    on_edition = {"edition", "reserve"} & told
    assert told_in(page.get("/bilan/ici/2025/editions/1").text) == on_edition
    assert told_in(page.get("/historique").text) - {"carry"} == told - {"carry"}
    lines, _ = contract_history(world.actor(role), 1, 500)
    assert {line.item_id for line in lines if line.item_type == "decision"} == {numbers[name] for name in told}
    for name, number in numbers.items():
        expected = 200 if name in told else 404
        for face in (f"{API}/decisions/{number}", f"{API}/decisions/{number}/history"):
            assert reader.get(face).status_code == expected, (face, name)
        assert page.get(f"/bilan/decisions/{number}").status_code == expected, name


def test_one_who_may_read_but_not_write_is_told_why(blank: Flask, client: FlaskClient, world: Decided) -> None:
    numbers = record_all(client, world)
    headers = {"If-Match": '"1"'}
    for role in set(ROLES) - {"coordinator"}:
        reader = world.client(blank, role)
        assert record(reader, world, "everybody").status_code == 403, role
        for name, number in numbers.items():
            expected = 403 if name in OWN.get(role, numbers) else 404
            address = f"{API}/decisions/{number}"
            assert reader.patch(address, json={"subject": "Non"}, headers=headers).status_code == expected
            assert reader.post(f"{address}/archive", json={"reason": "Non"}, headers=headers).status_code == expected
    stranger = make.api_client(blank, make.user("coordinator", make.contract()))
    assert record(stranger, world, "everybody").status_code == 404


def test_what_a_decision_names_stays_so_that_nobody_else_learns_of_it(
    blank: Flask, client: FlaskClient, world: Decided
) -> None:
    made = record(client, world, "owner")
    headers = {"If-Match": made.headers["ETag"]}
    moved = client.patch(made.headers["Location"], json={"landlord_id": world.rival.id}, headers=headers)
    assert codes(moved) == [("landlord_id", "invalid")]


def test_filters_of_the_list(client: FlaskClient, world: Decided) -> None:
    numbers = record_all(client, world)
    client.patch(f"{API}/decisions/{numbers['city']}", json={"done_on": "2026-10-02"}, headers={"If-Match": '"1"'})

    def found(query: str) -> set[str]:
        return told_in(client.get(f"{API}/decisions?{query}").text)

    assert found("open=true") == {"owner", "rival", "everybody", "reserve"}
    assert found("open=false") == {"city", "edition", "carry"}
    assert found(f"landlord_id={world.owner.id}") == {"owner", "reserve", "carry"}
    assert found(f"city_id={world.city.id}") == {"city"}
    assert found(f"edition_id={world.edition.id}") == {"edition", "reserve"}
    assert found("kind=complement") == {"owner", "rival"}
    assert found(f"meeting_id={world.earlier.id}") == set()
    by_day = client.get(f"{API}/decisions?sort=due_on&page_size=3").get_json()
    assert [line["due_on"] for line in by_day] == ["2026-09-30", "2026-10-31", "2027-01-31"]
    assert client.get(f"{API}/decisions?open=peut-être").status_code == 422


# -- pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(blank: Flask, world: Decided) -> FlaskClient:
    return world.client(blank, "coordinator", make.page_client)


def typed(**fields: str) -> dict[str, str]:
    """What the form posts: every field, those left blank too."""
    return dict.fromkeys(("due_on", "edition_id", "file_id", "landlord_id", "city_id", "amount"), "") | fields


def test_a_refused_form_comes_back_with_its_typing_and_its_sentences(page: FlaskClient, world: Decided) -> None:
    address = f"/bilan/reunions/{world.meeting.id}/decisions"
    answer = page.post(address, data=typed(kind="complement", subject="Joindre la facture", due_on="31/02/2026"))
    assert answer.status_code == 422
    assert "Joindre la facture" in answer.text
    assert "31/02/2026" in answer.text
    assert "ce jour n’existe pas" in answer.text
    granted = typed(kind="carry_over", subject="Report", amount="100,00 €", file_id=str(world.draft.id))
    refused = page.post(address, data=granted)
    assert refused.status_code == 422
    assert "le COPIL ne décide d’un report qu’au vu du bilan" in refused.text
    assert db.session.query(Decision).count() == 0
    assert page.post(address, data=granted | {"file_id": str(world.file.id)}).status_code == 303
    assert db.session.query(CarryOver).count() == 1


def test_the_page_of_a_decision_marks_it_done_and_refuses_the_future(
    page: FlaskClient, client: FlaskClient, world: Decided
) -> None:
    number = record(client, world, "owner").get_json()["id"]
    address = f"/bilan/decisions/{number}"
    late = page.get(address).text
    assert "En retard" in late
    assert "Marquer comme faite" in late
    for value, told in (("01/01/2030", "01/01/2030"), ("", "une valeur est attendue")):
        refused = page.post(f"{address}/faite", data={"version": "1", "done_on": value})
        assert (refused.status_code, told in refused.text) == (422, True)
    assert page.post(f"{address}/faite", data={"version": "1", "done_on": "02/11/2026"}).status_code == 303
    done = page.get(address).text
    assert "Marquer comme faite" not in done
    assert "a dit faite" in done
    stale = page.post(address, data={"version": "1", "subject": "Autres mots", "due_on": "01/12/2026"})
    assert stale.status_code == 409
    assert "Autres mots" in stale.text
    assert page.post(f"{address}/archiver", data={"version": "2", "reason": ""}).status_code == 422
    assert page.post(f"{address}/archiver", data={"version": "2"}).status_code == 422
    assert page.post(f"{address}/archiver", data={"version": "2", "reason": "Doublon"}).status_code == 303


def test_the_page_of_a_meeting_tells_all_of_it(page: FlaskClient, client: FlaskClient, world: Decided) -> None:
    record_all(client, world)
    text = page.get(f"/bilan/reunions/{world.meeting.id}").text
    for told in ("18/06/2026", "Mairie", "Bilan 2025\nReports", "Les présences ne sont pas notées", "édition n° 1"):
        assert told in text.replace("\u00a0", " "), told
    to_come = page.get(f"/bilan/reunions/{world.later.id}").text
    assert "La réunion ne s’est pas encore tenue." in to_come
