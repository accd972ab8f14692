"""A file's moves: every transition walked by every role, what a submission needs, locks, freezing and reopening."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World, codes
from tracker.extensions import db
from tracker.history.commands import Writing
from tracker.policy import SYSTEM
from tracker.tfpb import rules
from tracker.tfpb.commands import freeze_files
from tracker.tfpb.models import Action, TfpbFile

FILES = f"{API}/tfpb-files"
ROLES = ("landlord", "officer", "coordinator", "state", "copil")
EDITION = "Édition 1 du bilan 2025"

# The design's sentence, by hand: (from, to) → who.
REPORT = {
    ("draft", "submitted"): {"landlord"},
    ("to_correct", "submitted"): {"landlord"},
    ("submitted", "verified"): {"officer", "coordinator", "state"},
    ("verified", "validated"): {"coordinator"},
    ("validated", "transmitted"): {"coordinator"},
    ("submitted", "to_correct"): {"officer", "coordinator"},
    ("verified", "to_correct"): {"officer", "coordinator"},
}
PROGRAMME = {
    ("proposed", "discussed"): {"officer", "coordinator"},
    ("discussed", "validated"): {"coordinator"},
}
# Who may ever bring a track to that status.
EVER = {
    "submitted": {"landlord"},
    "verified": {"officer", "coordinator", "state"},
    "validated": {"coordinator"},
    "transmitted": {"coordinator"},
    "to_correct": {"officer", "coordinator"},
    "draft": {"landlord", "officer", "coordinator", "state"},
}
EVER_PROGRAMME = {
    "discussed": {"officer", "coordinator"},
    "validated": {"coordinator"},
    "proposed": {"officer", "coordinator"},
}


def move(world: World, role: str, file: int, to: str, version: int = 1, **fields: Any) -> Any:
    return world.api(role).post(
        f"{FILES}/{file}/transitions", json={"to": to} | fields, headers={"If-Match": f'"{version}"'}
    )


def expected(
    allowed: dict[tuple[str, str], set[str]], ever: dict[str, set[str]], role: str, way: tuple[str, str]
) -> int:
    if role in allowed.get(way, set()):
        return 200
    return 409 if role in ever[way[1]] else 403


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("target", rules.FILE_STATUSES)
@pytest.mark.parametrize("source", ["submitted", "to_correct", "verified", "validated", "transmitted"])
def test_every_move_of_a_report_by_every_role(world: World, source: str, target: str, role: str):
    file = world.file(status=source)
    answer = move(world, role, file, target, reason="Motif")
    status = expected(REPORT, EVER, role, (source, target))
    assert answer.status_code == status, answer.json
    if status == 200:
        assert answer.json["status"] == target
        assert answer.headers["ETag"] == '"2"'
    else:
        assert answer.json["code"] == {409: "transition_not_allowed", 403: "forbidden"}[status]
        assert world.row(TfpbFile, file).status == source
        assert world.history("tfpb_file") == []


@pytest.mark.parametrize("role", ["landlord", "coordinator"])
@pytest.mark.parametrize("target", rules.FILE_STATUSES)
def test_every_move_of_a_draft(world: World, target: str, role: str):
    file = world.file()
    assert move(world, role, file, target, reason="x").status_code == expected(REPORT, EVER, role, ("draft", target))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("target", rules.PROGRAMME_STATUSES)
@pytest.mark.parametrize("source", rules.PROGRAMME_STATUSES)
def test_every_move_of_a_programme_by_every_role(world: World, source: str, target: str, role: str):
    file = world.file(status="to_correct", programme_status=source)
    answer = move(world, role, file, target, track="programme")
    assert answer.status_code == expected(PROGRAMME, EVER_PROGRAMME, role, (source, target)), answer.json
    if answer.status_code == 200:
        assert (answer.json["programme_status"], answer.json["status"]) == (target, "to_correct")


def test_the_city_discusses_a_programme_before_anything_was_submitted(world: World):
    file = world.file()
    assert move(world, "officer", file, "discussed", track="programme").status_code == 200
    # The move is all it may do: the file itself is still closed to it.
    assert world.api("officer").get(f"{FILES}/{file}").status_code == 404
    assert move(world, "officer", file, "validated", 2, track="programme").status_code == 404


@pytest.mark.parametrize(
    "fields, expected_codes",
    [
        ({"to": "nowhere"}, [("to", "unknown_value")]),
        ({"to": "discussed"}, [("to", "unknown_value")]),
        ({"to": "submitted", "track": "programme"}, [("to", "unknown_value")]),
        ({"to": "verified", "track": "other"}, [("track", "unknown_value")]),
        ({"to": None}, [("to", "required")]),
        ({"to": "verified", "on": "2026-02-30"}, [("on", "invalid")]),
        ({"to": "verified", "on": "2026-11-22"}, [("on", "out_of_range")]),
        ({"to": "to_correct"}, [("reason", "required")]),
        ({"to": "to_correct", "reason": "  "}, [("reason", "required")]),
        ({"to": "verified", "colour": "red"}, [("colour", "unknown_field")]),
    ],
)
def test_bad_moves(world: World, today: Any, fields: dict[str, Any], expected_codes: Any):
    today(date(2026, 11, 21))
    file = world.file(status="submitted")
    answer = world.api("coordinator").post(f"{FILES}/{file}/transitions", json=fields, headers={"If-Match": '"1"'})
    assert (answer.status_code, codes(answer)) == (422, expected_codes)
    assert world.row(TfpbFile, file).status == "submitted"


def test_a_move_is_not_dated_before_the_one_it_follows(world: World, today: Any):
    today(date(2026, 11, 21))
    file = world.file(2025, moved_on=date(2026, 11, 20))  # opened that day: it has not moved yet
    world.action(file)
    early = move(world, "landlord", file, "submitted", on="2024-12-31")
    assert codes(early) == [("on", "out_of_range")]
    assert early.json["errors"][0]["message"].replace("\u00a0", " ") == (
        "Date : 31/12/2024 trouvé ; une date à partir du 01/01/2025 (début de l’année du bilan) est attendue."
    )
    assert move(world, "landlord", file, "submitted", on="2026-03-20").status_code == 200
    early = move(world, "officer", file, "verified", 2, on="2026-03-19")
    assert codes(early) == [("on", "out_of_range")]
    assert early.json["errors"][0]["message"].replace("\u00a0", " ") == (
        "Date : 19/03/2026 trouvé ; une date à partir du 20/03/2026 (changement précédent du bilan) est attendue."
    )
    # The programme's days are its own.
    assert move(world, "officer", file, "discussed", 2, track="programme", on="2024-11-12").status_code == 200
    assert codes(move(world, "coordinator", file, "validated", 3, track="programme", on="2024-11-11")) == [
        ("on", "out_of_range")
    ]
    assert move(world, "coordinator", file, "validated", 3, track="programme", on="2024-11-12").status_code == 200
    assert move(world, "officer", file, "verified", 4, on="2026-03-20").status_code == 200


def test_a_move_needs_the_version_read(world: World):
    file = world.file(status="submitted")
    client = world.api("coordinator")
    assert client.post(f"{FILES}/{file}/transitions", json={"to": "verified"}).status_code == 428
    assert move(world, "coordinator", file, "verified", 7).status_code == 412


# -- submission ----------------------------------------------------------------------------------------------------


def test_a_submission_lists_everything_that_is_missing(world: World):
    file = world.file(dwellings=None, abated_dwellings=None)
    whole = world.action(file)
    lacking = world.action(file, title="Jardin partagé", planned_cost=None, valued_amount=None)
    world.action(file, actual_cost=None, archived_at=build.clock.now())
    answer = move(world, "landlord", file, "submitted")
    assert answer.status_code == 422
    assert codes(answer) == [
        ("dwellings", "required"),
        ("abated_dwellings", "required"),
        (f"actions.{lacking}.planned_cost", "required"),
        (f"actions.{lacking}.valued_amount", "required"),
    ]
    assert "Jardin partagé" in answer.json["errors"][2]["message"]
    assert str(whole) not in answer.text
    assert world.row(TfpbFile, file).status == "draft"


def test_zero_is_a_value(world: World):
    file = world.file(dwellings=0, abated_dwellings=0)
    world.action(
        file, planned_cost=Decimal(0), actual_cost=Decimal(0), landlord_share=Decimal(0), valued_amount=Decimal(0)
    )
    assert move(world, "landlord", file, "submitted").status_code == 200


def test_a_first_submission_opens_the_file_and_locks_it(world: World, today: Any):
    today(date(2026, 11, 21))
    file = world.file()
    action = world.action(file)
    archived = world.action(file, archived_at=build.clock.now())
    answer = move(world, "landlord", file, "submitted", on="2026-02-26")
    assert answer.status_code == 200, answer.json
    assert world.row(TfpbFile, file).first_submitted_at.date() == date(2026, 2, 26)
    financing = world.row(build.Financing, world.row(Action, action).financing_id)
    assert financing.open_to_readers
    assert "déposé" in financing.locked_reason
    assert world.row(build.Financing, world.row(Action, archived).financing_id).open_to_readers
    told = world.history("tfpb_file")[-1]
    assert told.verb == "move"
    assert told.changes["status"] == ["draft", "submitted"]
    assert told.changes["on"] == [None, "2026-02-26"]
    client, headers = world.api("landlord"), {"If-Match": '"1"'}
    for answer in (
        client.patch(f"{FILES}/{file}", json={"dwellings": 1}, headers={"If-Match": '"2"'}),
        client.post(f"{FILES}/{file}/actions", json={"axis": 1, "title": "x"}),
        client.post(f"{FILES}/{file}/participation", json={"stage": "report", "held_on": "2026-01-15"}),
        client.post(f"{FILES}/{file}/copy-actions", json={"from_file_id": file}),
        client.patch(f"{API}/tfpb-actions/{action}", json={"title": "x"}, headers=headers),
        client.post(f"{API}/tfpb-actions/{action}/archive", json={"reason": "x"}, headers=headers),
        client.post(f"{API}/tfpb-actions/{action}/revisions", json={"reason": "x"}, headers=headers),
        client.post(f"{API}/tfpb-actions/{action}/grants", json={"funder_id": 1}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "locked"), answer.json


def test_sent_back_corrected_and_submitted_again(world: World):
    file = world.file()
    action = world.action(file)
    assert move(world, "landlord", file, "submitted").status_code == 200
    first = world.row(TfpbFile, file).first_submitted_at
    assert move(world, "officer", file, "to_correct", 2, reason="Part du bailleur à revoir").status_code == 200
    back = world.row(TfpbFile, file)
    assert (back.returned_reason, back.first_submitted_at) == ("Part du bailleur à revoir", first)
    assert world.row(build.Financing, world.row(Action, action).financing_id).locked_reason is None
    answer = world.api("landlord").patch(
        f"{API}/tfpb-actions/{action}", json={"landlord_share": "900.00"}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200
    assert move(world, "landlord", file, "submitted", 3).status_code == 200
    again = world.row(TfpbFile, file)
    assert (again.returned_reason, again.first_submitted_at) == (None, first)
    told = [entry.changes for entry in world.history("tfpb_file")]
    assert told[1]["reason"] == [None, "Part du bailleur à revoir"]


# -- freezing ------------------------------------------------------------------------------------------------------


def freeze(world: World, *files: int) -> None:
    with world.app.app_context(), Writing(SYSTEM) as write:
        freeze_files(write, list(files), EDITION)


def test_a_frozen_file_still_goes_on(world: World):
    file = world.file(status="submitted")
    freeze(world, file)
    assert world.row(TfpbFile, file).frozen_in == EDITION
    for version, to in enumerate(("verified", "validated", "transmitted"), 2):
        assert move(world, "coordinator", file, to, version).status_code == 200
    assert world.row(TfpbFile, file).frozen_in == EDITION
    assert [entry.verb for entry in world.history("tfpb_file")] == ["freeze", "move", "move", "move"]


@pytest.mark.parametrize("status", rules.COUNTED)
def test_a_frozen_file_is_reopened_by_the_coordinator_with_a_reason(world: World, status: str):
    file = world.file(status=status)
    action = world.action(file)
    freeze(world, file)
    financing = world.row(Action, action).financing_id
    assert EDITION in world.row(build.Financing, financing).locked_reason
    answer = move(world, "officer", file, "to_correct", 2, reason="Erreur")
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert codes(move(world, "coordinator", file, "to_correct", 2)) == [("reason", "required")]
    assert move(world, "coordinator", file, "to_correct", 2, reason="Erreur de saisie").status_code == 200
    reopened = world.row(TfpbFile, file)
    assert (reopened.status, reopened.frozen_in) == ("to_correct", None)
    assert world.row(build.Financing, financing).locked_reason is None
    assert world.history("tfpb_file")[-1].changes["frozen_in"] == [EDITION, None]


def test_freezing_twice_keeps_the_first_edition(world: World):
    file = world.file(status="submitted")
    freeze(world, file)
    with world.app.app_context(), Writing(SYSTEM) as write:
        freeze_files(write, [file], "Édition 2")
    assert world.row(TfpbFile, file).frozen_in == EDITION


# -- the validated programme ---------------------------------------------------------------------------------------


def test_planned_figures_of_a_validated_programme_change_by_revision_alone(world: World):
    file = world.file(programme_status="validated")
    action = world.action(file, planned_cost=Decimal("1000.00"), planned_valued=None)
    client, path, headers = world.api("landlord"), f"{API}/tfpb-actions/{action}", {"If-Match": '"1"'}
    answer = client.patch(path, json={"planned_cost": "1200.00"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "locked")
    # The same value is no change: a form sends every field.
    answer = client.patch(path, json={"planned_cost": "1000.00", "actual_cost": "950.00"}, headers=headers)
    assert answer.status_code == 200
    revision = {"planned_cost": "1200.00", "planned_valued": "800.00"}
    headers = {"If-Match": '"2"'}
    assert codes(client.post(f"{path}/revisions", json=revision, headers=headers)) == [("reason", "required")]
    revision["reason"] = "Un passage de plus par semaine"
    assert client.post(f"{path}/revisions", json=revision).status_code == 428
    answer = client.post(f"{path}/revisions", json=revision, headers=headers)
    assert (answer.status_code, answer.json["planned_cost"]) == (201, "1200.00")
    told = client.get(f"{path}/revisions").json
    assert [line["changes"] for line in told] == [
        {
            "planned_cost": ["1000.00", "1200.00"],
            "planned_valued": [None, "800.00"],
            "reason": [None, "Un passage de plus par semaine"],
        }
    ]
    answer = client.post(f"{path}/revisions", json=revision, headers={"If-Match": '"3"'})
    assert codes(answer) == [("planned_cost", "invalid")]


def test_a_programme_not_yet_validated_is_not_revised_but_changed(world: World):
    action = world.action(world.file(programme_status="discussed"))
    client, path, headers = world.api("landlord"), f"{API}/tfpb-actions/{action}", {"If-Match": '"1"'}
    answer = client.post(f"{path}/revisions", json={"planned_cost": "2.00", "reason": "x"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "transition_not_allowed")
    assert client.patch(path, json={"planned_cost": "2.00"}, headers=headers).status_code == 200


def test_an_action_added_after_validation_was_not_planned(world: World):
    file = world.file(programme_status="validated")
    client = world.api("landlord")
    action = {"axis": 3, "title": "Nettoyage après sinistre", "planned_cost": "10.00"}
    answer = client.post(f"{FILES}/{file}/actions", json=action)
    assert (answer.status_code, answer.json["code"]) == (409, "locked")
    assert client.post(f"{FILES}/{file}/actions", json=action | {"planned_cost": "0.00"}).status_code == 201


def test_writes_of_the_system_are_told_too(world: World):
    file = world.file(status="submitted")
    freeze(world, file)
    with world.app.app_context():
        entry = world.history("tfpb_file")[-1]
        assert (entry.source, entry.changes) == ("command_line", {"frozen_in": [None, EDITION]})
        assert db.session.get(TfpbFile, file).version == 2
