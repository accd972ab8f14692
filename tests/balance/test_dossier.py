"""The dossier of a meeting: what it holds, for whom, and that it is the same archive whenever it is asked for."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from tests import builders as make
from tests.balance.decided import ROLES, Decided, told_in
from tests.house.reading import read_html
from tracker.balance.commands import record_decision
from tracker.balance.dossier import dossier_file
from tracker.balance.models import Edition
from tracker.balance.schemas import DecisionSchema
from tracker.extensions import db
from tracker.policy import SYSTEM, NotReadable

FROZEN = ["1-ordre-du-jour.html", "2-points-ouverts-PROVISOIRE-2026-11-21.html"]
EDITION = [f"bilan-tfpb-ici-2025-edition-1.{kind}" for kind in ("xlsx", "pdf", "json")]
LIVE = [f"bilan-tfpb-ici-2026-PROVISOIRE-2026-11-21.{kind}" for kind in ("xlsx", "pdf")]


@pytest.fixture
def world(blank: Flask) -> Decided:
    decided = Decided()
    for body in decided.bodies().values():
        record_decision(SYSTEM, decided.meeting.id, DecisionSchema().read(body))
    return decided


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def dossier(world: Decided, role: str, meeting: Any) -> dict[str, bytes]:
    return opened(dossier_file(world.actor(role), meeting.id)[0])


def points(files: dict[str, bytes]) -> str:
    return files[FROZEN[1]].decode().replace("\u00a0", " ")


def test_it_holds_the_edition_frozen_for_the_meeting_byte_for_byte(world: Decided) -> None:
    content, name = dossier_file(world.actor("copil"), world.meeting.id)
    files = opened(content)
    edition = db.session.get(Edition, world.edition.id)
    assert edition is not None
    assert (name, list(files)) == ("dossier-ici-copil-2026-06-18.zip", FROZEN + EDITION)
    assert files[EDITION[0]] == edition.workbook
    assert files[EDITION[1]] == edition.pdf
    assert files[EDITION[2]].decode() == edition.content
    assert name.isascii()
    assert all(one.isascii() for one in files)


def test_without_an_edition_it_holds_the_live_workbook_of_the_year_before(world: Decided) -> None:
    content, name = dossier_file(world.actor("copil"), world.later.id)
    assert name == "dossier-ici-copil-2027-06-17-PROVISOIRE-2026-11-21.zip"
    assert list(opened(content)) == [*FROZEN, *LIVE]


def test_the_same_contents_are_the_same_bytes(world: Decided) -> None:
    for meeting in (world.meeting, world.later):
        made = []
        for minute in (1, 2):  # what an archive or a workbook would be stamped with
            with time_machine.travel(datetime(2026, 11, 21, 10, minute, tzinfo=UTC), tick=False):
                made.append(dossier_file(world.actor("copil"), meeting.id))
        assert made[0] == made[1]


def test_the_open_points_tell_decisions_files_and_checks(world: Decided) -> None:
    told = points(dossier(world, "copil", world.later))
    assert "PROVISOIRE – état au 21/11/2026" in told
    # Of the meeting before, what waits: neither the validated edition nor the carry-over.
    assert told_in(told) == {"owner", "rival", "city", "everybody", "reserve"}
    assert "30/09/2026 (dépassée)" in told
    assert "COPIL du 18/06/2026" in told
    assert "Au bailleur de déposer le bilan" in told or "Au bailleur d’ouvrir le dossier" in told
    assert "Contrôles ouverts" in told
    # A meeting's own decisions are not those of earlier ones, nor are those taken after it.
    assert told_in(points(dossier(world, "copil", world.meeting))) == set()
    assert told_in(points(dossier(world, "copil", world.earlier))) == set()


def test_the_agenda_is_a_page_of_its_own(world: Decided) -> None:
    agenda = dossier(world, "copil", world.meeting)[FROZEN[0]].decode()
    assert "Bilan 2025\nReports" in agenda
    assert "Mairie" in agenda
    assert EDITION[0] in agenda
    assert "pas encore écrit" in dossier(world, "copil", world.later)[FROZEN[0]].decode()


@pytest.mark.parametrize("name", FROZEN)
def test_its_pages_are_sound_and_ask_nothing_of_a_network(world: Decided, name: str) -> None:
    text = dossier(world, "copil", world.later)[name].decode()
    assert read_html(text).faults == []
    assert not [word for word in ("src=", "href=", "url(", "@import", "<script") if word in text]


@pytest.mark.parametrize("role, hidden", [("owner", "second"), ("rival", "premier")])
def test_a_landlords_dossier_holds_the_own_live_lines_alone(world: Decided, role: str, hidden: str) -> None:
    world.draft.status, world.draft.first_submitted_at = "submitted", make.clock.now()
    db.session.commit()
    make.action(world.draft, title="Action 2026 du second")
    files = dossier(world, role, world.later)
    book = load_workbook(io.BytesIO(files[LIVE[0]]), read_only=True)
    cells = json.dumps([[str(cell) for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)])
    shown = cells + points(files) + files[LIVE[1]].decode(errors="replace")
    others = {"owner": "Logis Second", "rival": "Habitat Premier"}[role]
    assert others not in shown
    assert f"du {hidden}" not in shown
    assert told_in(points(files)) == {"owner": {"owner", "everybody", "reserve"}, "rival": {"rival", "everybody"}}[role]
    assert "les lignes de votre organisme seulement" in points(files)


def test_both_doors_answer_members_and_nobody_else(blank: Flask, world: Decided) -> None:
    for role in ROLES:
        for kind, start in ((make.api_client, "/api/v1/meetings"), (make.page_client, "/bilan/reunions")):
            answer = world.client(blank, role, kind).get(f"{start}/{world.meeting.id}/dossier.zip")
            assert (answer.status_code, answer.mimetype) == (200, "application/zip"), (role, start)
            assert "dossier-ici-copil-2026-06-18.zip" in answer.headers["Content-Disposition"]
    for stranger in (make.actor("coordinator", make.contract()), make.actor("administrator")):
        with pytest.raises(NotReadable):
            dossier_file(stranger, world.meeting.id)


@pytest.mark.parametrize("agenda", ["=1+1 <script>alert(1)</script>", "\u202e\U0001f600 " + "x" * 4900, "a\nb\tc"])
def test_odd_texts_stay_texts(world: Decided, agenda: str) -> None:
    world.later.agenda = agenda
    db.session.commit()
    page = dossier(world, "copil", world.later)[FROZEN[0]].decode()
    assert "<script>" not in page
    assert read_html(page).faults == []
