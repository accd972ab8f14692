"""Two writers released together, on a real file or server: one wins, the other is told, nothing is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.house.conftest import House
from tests.house.reading import read_html
from tracker.funding import commands as funding_commands

API = "/api/v1"
ROUNDS = 5


def together(*acts: Callable[[], TestResponse]) -> list[TestResponse]:
    """The answers of these requests, sent from as many threads at once."""
    gate = threading.Barrier(len(acts))
    answers: dict[int, TestResponse] = {}

    def run(place: int, act: Callable[[], TestResponse]) -> None:
        gate.wait()
        answers[place] = act()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in range(len(acts))]


def statuses(answers: list[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def history_of(house: House, table: str, number: int) -> list[dict[str, Any]]:
    lines = house.ledger.rows()["history_entry"].values()
    return [line for line in lines if (line["item_type"], line["item_id"]) == (table, number)]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_writers_with_the_same_version_one_wins(house: House, turn: int) -> None:
    number = house.world["plain_project"]
    path = f"{API}/projects/{number}"
    tag = house.client("coordinator", path).get(path).headers["ETag"]

    def write(role: str, title: str) -> Callable[[], TestResponse]:
        client = house.client(role, path)
        return lambda: client.patch(path, json={"title": title}, headers={"If-Match": tag})

    answers = together(write("coordinator", "De la coordination"), write("finance", "De la ville"))
    assert statuses(answers) == [200, 412]
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert lost.json["code"] == "stale"
    row = house.ledger.rows()["project"][(number,)]
    assert row["title"] == won.json["title"]
    assert won.headers["ETag"] == f'"{row["version"]}"'
    assert len(history_of(house, "project", number)) == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_forms_with_the_same_version_one_is_shown_what_happened(house: House, turn: int) -> None:
    number = house.world["plain_project"]
    path = f"/projets/{number}"
    version = house.ledger.rows()["project"][(number,)]["version"]

    def write(role: str, title: str) -> Callable[[], TestResponse]:
        client = house.client(role, path)
        return lambda: client.post(path, data={"title": title, "version": version})

    titles = ["De la coordination", "De la ville"]
    answers = together(write("coordinator", titles[0]), write("finance", titles[1]))
    assert statuses(answers) == [303, 409]
    lost = next(place for place, answer in enumerate(answers) if answer.status_code == 409)
    page = read_html(answers[lost])
    assert titles[0] in page.text
    assert titles[1] in page.text
    (kept,) = [one for one in page.controls if one.get("name") == "title"]
    assert kept["value"] == titles[lost]
    # Sent again as it is, the form now writes against what its reader has seen.
    again = {one["name"]: one["value"] for one in page.controls if one.get("name") in ("title", "version")}
    client = house.client(("coordinator", "finance")[lost], path)
    forms = {one["value"] for one in page.controls if one.get("name") == "version"}
    assert str(house.ledger.rows()["project"][(number,)]["version"]) in forms
    assert client.post(path, data=again | {"version": max(forms)}).status_code == 303
    assert house.ledger.rows()["project"][(number,)]["title"] == titles[lost]


def test_a_year_s_budget_is_created_once(house: House) -> None:
    path = f"{API}/projects/{house.world['project']}/budget-years/2029"

    def create(role: str, amount: str) -> Callable[[], TestResponse]:
        client = house.client(role, path)
        return lambda: client.put(path, json={"planned": amount}, headers={"If-None-Match": "*"})

    answers = together(create("coordinator", "1.00"), create("finance", "2.00"))
    assert statuses(answers)[0] == 201
    assert statuses(answers)[1] in (409, 412)
    assert len([row for row in house.ledger.rows()["budget_year"].values() if row["year"] == 2029]) == 1


def test_a_code_is_taken_once(house: House) -> None:
    path = f"{API}/funders"
    body = {"code": "nouveau", "name": "Nouveau", "kind": "state"}
    clients = [house.client("administrator", path) for _ in range(4)]
    answers = together(*[lambda client=client: client.post(path, json=body) for client in clients])
    assert statuses(answers) == [201, 409, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"duplicate"}


def test_a_file_of_a_year_is_opened_once(house: House) -> None:
    path = f"{API}/tfpb-files"
    where = {"convention_id": house.world["convention"], "neighbourhood_id": house.world["new_neighbourhood"]}
    clients = [house.client(role, path) for role in ("landlord", "coordinator")]
    answers = together(*[lambda client=client: client.post(path, json={**where, "year": 2026}) for client in clients])
    assert statuses(answers) == [201, 409]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_what_is_submitted_is_what_was_read(house: House, turn: int) -> None:
    """An action emptied while its file is submitted: either it came first and bars it, or it is locked."""
    file, action = house.world["draft"], house.world["draft_action"]
    client = house.client("landlord", API)
    moved = f"{API}/tfpb-files/{file}/transitions"
    written = f"{API}/tfpb-actions/{action}"
    tags = [client.get(path).headers["ETag"] for path in (f"{API}/tfpb-files/{file}", written)]
    one, other = house.client("landlord", API), house.client("landlord", API)
    answers = together(
        lambda: one.post(moved, json={"to": "submitted"}, headers={"If-Match": tags[0]}),
        lambda: other.patch(written, json={"actual_cost": None}, headers={"If-Match": tags[1]}),
    )
    assert [answer.status_code for answer in answers] in ([200, 409], [422, 200])


def test_no_grant_enters_a_file_while_it_is_submitted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The submission waits for a grant that is being written, and then counts it."""
    file, action = house.world["draft"], house.world["draft_action"]
    checking, go, answered = threading.Event(), threading.Event(), threading.Event()
    check = funding_commands._check

    def paused(values: dict[str, Any]) -> None:
        checking.set()
        assert go.wait(60)
        check(values)

    monkeypatch.setattr(funding_commands, "_check", paused)
    moved, granted = f"{API}/tfpb-files/{file}/transitions", f"{API}/tfpb-actions/{action}/grants"
    tag = house.client("landlord", API).get(f"{API}/tfpb-files/{file}").headers["ETag"]
    clients = [house.client("landlord", API) for _ in range(3)]
    body = {"funder_id": house.world["funder"], "status": "awarded", "awarded": "5.00"}

    def submit() -> TestResponse:
        assert checking.wait(60)
        answer = clients[1].post(moved, json={"to": "submitted"}, headers={"If-Match": tag})
        answered.set()
        return answer

    def release() -> TestResponse:
        assert checking.wait(60)
        # Long enough for a submission that would not wait.
        early.append(answered.wait(1))
        go.set()
        return clients[2].get(f"{API}/tfpb-files/{file}")

    early: list[bool] = []
    grant, submission, _ = together(lambda: clients[0].post(granted, json=body), submit, release)
    assert early == [False]
    assert (grant.status_code, submission.status_code) == (201, 200)


def test_two_editions_frozen_at_once_bear_two_numbers(house: House) -> None:
    path = f"{API}/contracts/ici/balance-sheets/2026/editions"
    body = {"meeting_id": house.world["meeting"], "reason": "Séance"}
    clients = [house.client("coordinator", path) for _ in range(2)]
    answers = together(*[lambda client=client: client.post(path, json=body) for client in clients])
    assert set(statuses(answers)) <= {201, 409}
    assert 201 in statuses(answers)
    numbers = Counter(row["number"] for row in house.ledger.rows()["edition"].values() if row["year"] == 2026)
    assert set(numbers.values()) == {1}
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
