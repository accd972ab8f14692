"""What a role may not read stands nowhere: in no page it can reach, no answer of the API, no workbook, no history."""

from collections.abc import Iterator

import pytest

from tests.house.conftest import House
from tests.house.crawl import walk
from tests.house.walk import read_table, shown_text

PROJECTS = ("project", "plain_project", "grant")
DECISIONS = ("decision", "rival_decision", "city_decision", "common_decision", "edition_decision", "granted_decision")
FILES = ("draft", "submitted", "verified", "validated", "returned", "rival")


def of_files(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for name in names for part in ("action", "grant", "participation"))


# An edition opened to everybody tells its actions; what paid for each, what residents said and what somebody wrote
# freely stay with the members.
CLOSED = ("frozen_grant", "frozen_participation")
OWN = ("draft", "submitted", "verified", "validated", "returned")
# A frozen edition is whole for every member: what it counts is hidden from strangers to the contract alone.
HIDDEN = {
    "anonymous": (*PROJECTS, "far_project", *of_files(*FILES), *CLOSED, "member", "stranger", "meeting", *DECISIONS),
    "administrator": (*PROJECTS, "far_project", *of_files(*FILES), *CLOSED, "meeting", *DECISIONS),
    "finance": ("far_project", *of_files("draft"), "stranger", "member"),
    "finance_other": ("far_project", *of_files("draft"), "stranger", "member"),
    "landlord": (*PROJECTS, "far_project", *of_files("rival"), "stranger", "member", "rival_decision", "city_decision"),
    "landlord_other": (
        *(*PROJECTS, "far_project", *of_files(*OWN), "stranger", "member"),
        *("decision", "city_decision", "granted_decision"),
    ),
    "state": ("far_project", *of_files("draft"), "stranger", "member"),
    "copil": ("far_project", *of_files("draft"), "stranger", "member"),
    "coordinator_other": (*PROJECTS, *of_files(*FILES), *CLOSED, "member", "meeting", *DECISIONS),
}
# The live sheet is contract-wide for every reader but a landlord; an officer's files are those of the city.
ELSEWHERE = {"finance": of_files("rival"), "finance_other": of_files(*OWN, "frozen")}
# Landlords read editions whole, alone or in the dossier of their meeting: what they count, and the programme of the
# year after. What was decided of another stays hidden even there.
WHOLE_EDITIONS = ("landlord", "landlord_other")
SHEETS = ("/bilan", "/api/v1/contracts/", "/api/v1/meetings/", "/donnees-ouvertes")


def answers(house: House, role: str) -> Iterator[tuple[str, str]]:
    """Address and text of everything the role can be shown."""
    for visit in walk(house, role):
        yield visit.url, shown_text(visit.answer)
    for path in sorted({row.path for row in read_table() if row.method == "GET"}):
        address = path.format_map(house.world.ids)
        yield address, shown_text(house.client(role, address).get(address))
    for year in (2025, 2026, 2027, 2029):
        for address in (
            f"/bilan/ici/{year}/classeur.xlsx",
            f"/bilan/ici/{year}/imprimer",
            f"/api/v1/contracts/ici/balance-sheets/{year}",
        ):
            yield address, shown_text(house.client(role, address).get(address))


@pytest.mark.sqlite
@pytest.mark.parametrize("role", HIDDEN)
def test_what_a_role_may_not_read_stands_nowhere(house: House, role: str) -> None:
    found = []
    frozen = f"/{house.world['meeting']}/dossier.zip"
    for address, text in answers(house, role):
        hidden = HIDDEN[role] + (() if address.startswith(SHEETS) else ELSEWHERE.get(role, ()))
        if role in WHOLE_EDITIONS and ("/editions/" in address or address.endswith(frozen)):
            hidden = tuple(name for name in hidden if name in DECISIONS)
        found += [f"{address}: {name}" for name in hidden if house.world.words[name] in text]
    # Whoever set a password by the link is greeted by name: its secret is the key.
    found = [line for line in found if not line.startswith("/connexion/lien/")]
    assert found == []


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ["copil", "finance", "landlord_other"])
def test_an_edition_tells_nothing_of_a_programme_never_submitted(house: House, role: str) -> None:
    path = "/api/v1/contracts/ici/balance-sheets/2026/editions"
    body = {"meeting_id": house.world["spare_meeting"], "reason": "Séance avancée"}
    assert house.client("coordinator", path).post(path, json=body).status_code == 201
    for face in (
        f"{path}/1",
        f"{path}/1.xlsx",
        f"{path}/1.pdf",
        "/bilan/ici/2026/editions/1",
        "/bilan/ici/2026/editions/1/imprimer",
        "/bilan/ici/2026/editions/1/classeur.xlsx",
    ):
        answer = house.client(role, face).get(face)
        assert answer.status_code == 200
        assert house.world.words["draft_action"] not in shown_text(answer), face


@pytest.mark.sqlite
def test_the_hidden_words_are_those_that_would_be_seen(house: House) -> None:
    """The coordinator, who reads the whole contract, meets every word hidden from the others."""
    met = "".join(text for _, text in answers(house, "coordinator"))
    assert not [name for name in ("far_project", "stranger") if house.world.words[name] in met]
    words = {name for names in HIDDEN.values() for name in names} - {"far_project", "stranger"}
    assert {name for name in words if house.world.words[name] not in met} == set()
