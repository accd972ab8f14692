"""A workbook comes back: received, looked at, applied at once or not at all, undone; who may; what is told."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders as build
from tests.workbooks.toy import NAME, TOY, download, filled, open_toy, row_of
from tracker import policy
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import Actor, Conflict, Forbidden, Invalid, NotReadable
from tracker.tfpb import commands as tfpb
from tracker.tfpb.models import Action
from tracker.workbooks import commands
from tracker.workbooks.forms import Issue
from tracker.workbooks.models import ImportBatch
from tracker.workbooks.queries import batches_of, readable_batch
from tracker.workbooks.reading import read


@dataclass
class Ground:
    app: Flask
    landlord: Actor
    clerk: Actor
    rival: Actor
    user: Any
    file: int
    first: int
    second: int


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    open_toy()
    with app.app_context():
        build.nomenclature()
        contract = build.contract()
        owner, other = build.landlord(), build.landlord()
        file = build.tfpb_file(build.convention(contract, owner), build.neighbourhood(contract), 2026)
        first, second = build.action(file, title="Médiation"), build.action(file, title="Jardins")
        yield Ground(
            app,
            build.actor("landlord", contract, of_landlord=owner),
            build.actor("coordinator", contract),
            build.actor("landlord", contract, of_landlord=other),
            build.user("landlord", contract, of_landlord=owner),
            file.id,
            first.id,
            second.id,
        )
        db.session.remove()


def sent(ground: Ground, fill: Callable[[Any], None] = lambda sheet: None) -> ImportBatch:
    content = filled(download(ground.landlord, ground.file), fill)
    return commands.receive(ground.landlord, NAME, ground.file, "déclaration.xlsx", content)


def two_changes(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "Médiation"), 3, 2500.5)
    sheet["A9"], sheet["B9"], sheet["C9"] = 2, "Ateliers", "1 234,56 €"


def kinds(batch: ImportBatch) -> list[str]:
    return [change["kind"] for change in batch.changes]


def row(number: int) -> Action:
    found = db.session.get(Action, number)
    assert found is not None
    return found


def test_an_untouched_workbook_changes_nothing(ground: Ground) -> None:
    batch = sent(ground)
    assert (batch.status, batch.issues, kinds(batch)) == ("checked", [], ["unchanged", "unchanged"])


def test_receiving_writes_the_batch_and_its_line_of_history_alone(ground: Ground) -> None:
    before = {entry.id for entry in db.session.scalars(db.select(HistoryEntry))}
    batch = sent(ground, two_changes)
    assert kinds(batch) == ["changed", "unchanged", "created"]
    assert batch.changes[0]["fields"] == {"planned_cost": ["1000.00", "2500.50"]}
    assert batch.changes[2]["fields"] == {
        "axis": [None, 2],
        "title": [None, "Ateliers"],
        "planned_cost": [None, "1234.56"],
    }
    db.session.expire_all()
    assert row(ground.first).planned_cost == Decimal("1000.00")
    assert len(db.session.scalars(db.select(Action)).all()) == 2
    (line,) = [entry for entry in db.session.scalars(db.select(HistoryEntry)) if entry.id not in before]
    assert (line.verb, line.item_type, line.parent_type, line.parent_id) == (
        "receive",
        "import_batch",
        "tfpb_file",
        ground.file,
    )
    assert line.changes["changes"] == [None, 2]


def test_applying_writes_every_row_as_the_workbooks_doing(ground: Ground) -> None:
    batch = commands.apply_batch(ground.landlord, sent(ground, two_changes).id)
    assert batch.status == "applied"
    assert row(ground.first).planned_cost == Decimal("2500.50")
    (new,) = db.session.scalars(db.select(Action).where(Action.title == "Ateliers"))
    assert (new.axis, new.planned_cost) == (2, Decimal("1234.56"))
    lines = db.session.scalars(db.select(HistoryEntry).where(HistoryEntry.item_type == "tfpb_action")).all()
    assert {(line.source, line.source_ref) for line in lines} == {("workbook", f"import_batch/{batch.id}")}
    written = [change["id"] for change in batch.changes if change["written"]]
    assert written == [ground.first, new.id]
    assert TOY.handed_in == [False]


def test_a_batch_is_applied_once(ground: Ground) -> None:
    batch = commands.apply_batch(ground.landlord, sent(ground, two_changes).id)
    with pytest.raises(Conflict, match="déjà été appliqué"):
        commands.apply_batch(ground.landlord, batch.id)


def test_an_error_keeps_everything_from_being_written(ground: Ground) -> None:
    def fill(sheet: Any) -> None:
        two_changes(sheet)
        sheet["C9"] = "12 k€"

    batch = sent(ground, fill)
    assert [(issue["cell"], issue["code"]) for issue in batch.issues] == [("C9", "ambiguous")]
    with pytest.raises(Conflict) as refused:
        commands.apply_batch(ground.landlord, batch.id)
    assert refused.value.code == "open_errors"
    assert row(ground.first).planned_cost == Decimal("1000.00")


def test_rows_of_a_sheet_that_could_not_be_read_are_not_said_to_be_missing(ground: Ground) -> None:
    def lose_the_headers(sheet: Any) -> None:
        for cell in sheet[5]:
            cell.value = None

    batch = sent(ground, lose_the_headers)
    assert [issue["code"] for issue in batch.issues] == ["header"]


def test_the_rooms_own_checks_are_issues_too(ground: Ground) -> None:
    batch = sent(ground, lambda sheet: sheet.cell(row_of(sheet, "Jardins"), 2, "interdit"))
    assert [issue["code"] for issue in batch.issues] == ["forbidden_word"]


def interdit_then_beaucoup(sheet: Any) -> None:
    sheet["B7"], sheet["C8"] = "interdit", "beaucoup"


def test_issues_follow_the_rows_of_the_workbook_whoever_found_them(ground: Ground) -> None:
    assert [issue["cell"] for issue in sent(ground, interdit_then_beaucoup).issues] == ["B7", "C8"]


def test_what_only_informs_never_crowds_an_error_out(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    remarks = [Issue("Actions", f"A{row}", "Axe", "told", "info", None, "Vu.") for row in range(1, 1_101)]
    monkeypatch.setattr(TOY, "check", lambda *_: remarks)
    issues = sent(ground, interdit_then_beaucoup).issues
    assert [issue["cell"] for issue in issues if issue["severity"] == "error"] == ["C8"]
    assert issues[-1]["message"] == "101 autres constats ne sont pas listés."


def test_a_row_the_room_refuses_ends_the_whole_batch(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise Invalid(policy.FieldError("title", "invalid", "Action : refusée."))

    batch = sent(ground, two_changes)
    monkeypatch.setattr(tfpb, "add_action", refuse)
    with pytest.raises(Invalid, match=r"Ateliers \(ligne 9\).: Action : refusée"):
        commands.apply_batch(ground.landlord, batch.id)
    db.session.expire_all()
    assert row(ground.first).planned_cost == Decimal("1000.00")


def overtaken(ground: Ground) -> ImportBatch:
    """The workbook was downloaded, then somebody changed one of its rows on screen."""
    content = filled(download(ground.landlord, ground.file), two_changes)
    tfpb.update_action(ground.landlord, ground.first, None, {"planned_cost": Decimal("7.00")})
    return commands.receive(ground.landlord, NAME, ground.file, "déclaration.xlsx", content)


def test_a_row_changed_on_both_sides_is_a_conflict_with_the_value_of_now(ground: Ground) -> None:
    batch = overtaken(ground)
    assert kinds(batch) == ["conflict", "unchanged", "created"]
    assert batch.changes[0]["fields"] == {"planned_cost": ["7.00", "2500.50"]}
    with pytest.raises(Conflict) as refused:
        commands.apply_batch(ground.landlord, batch.id)
    assert refused.value.code == "conflict"


@pytest.mark.parametrize("choice, cost", [("keep", "7.00"), ("overwrite", "2500.50")])
def test_conflicts_are_kept_or_overwritten_by_choice(ground: Ground, choice: str, cost: str) -> None:
    batch = commands.apply_batch(ground.landlord, overtaken(ground).id, conflicts=choice)
    assert row(ground.first).planned_cost == Decimal(cost)
    assert [change["written"] for change in batch.changes] == [choice == "overwrite", False, True]


def test_the_difference_is_taken_anew_when_applying(ground: Ground) -> None:
    batch = sent(ground, two_changes)
    tfpb.update_action(ground.landlord, ground.first, None, {"planned_cost": Decimal("7.00")})
    with pytest.raises(Conflict) as refused:
        commands.apply_batch(ground.landlord, batch.id)
    assert refused.value.code == "conflict"


def test_undoing_gives_the_old_values_back_and_archives_what_was_created(ground: Ground) -> None:
    batch = commands.apply_batch(ground.landlord, sent(ground, two_changes).id)
    batch = commands.undo_batch(ground.landlord, batch.id)
    assert batch.status == "undone"
    assert row(ground.first).planned_cost == Decimal("1000.00")
    (new,) = db.session.scalars(db.select(Action).where(Action.title == "Ateliers"))
    assert new.archived_reason == "Annulation du classeur «\u00a0déclaration.xlsx\u00a0»"
    with pytest.raises(Conflict, match="déposez-le de nouveau"):
        commands.apply_batch(ground.landlord, batch.id)


def test_undoing_is_refused_when_a_row_changed_since_and_undoes_nothing(ground: Ground) -> None:
    batch = commands.apply_batch(ground.landlord, sent(ground, two_changes).id)
    tfpb.update_action(ground.landlord, ground.first, None, {"result": "Fait"})
    with pytest.raises(Conflict, match=r"«.Médiation.»") as refused:
        commands.undo_batch(ground.landlord, batch.id)
    assert refused.value.code == "changed_since"
    db.session.expire_all()
    (new,) = db.session.scalars(db.select(Action).where(Action.title == "Ateliers"))
    assert (new.archived_at, row(ground.first).planned_cost) == (None, Decimal("2500.50"))


def test_only_the_side_that_fills_it_in_sees_a_batch(ground: Ground) -> None:
    batch = sent(ground)
    assert readable_batch(ground.landlord, batch.id) is batch
    for other in (ground.clerk, ground.rival):
        with pytest.raises(NotReadable):
            readable_batch(other, batch.id)
        assert batches_of(other, NAME, ground.file) == []
    assert list(batches_of(ground.landlord, NAME, ground.file)) == [batch]
    with pytest.raises(Forbidden):
        commands.receive(ground.clerk, NAME, ground.file, "x.xlsx", b"PK")
    with pytest.raises(NotReadable):
        commands.receive(ground.rival, NAME, ground.file, "x.xlsx", b"PK")


def test_a_file_handed_in_since_still_shows_its_batches_and_takes_none(ground: Ground) -> None:
    batch = sent(ground, two_changes)
    values = {"to": "submitted", "on": None, "reason": None, "track": "report"}
    tfpb.move_file(ground.landlord, ground.file, None, values)
    assert readable_batch(ground.landlord, batch.id).status == "checked"
    with pytest.raises(Conflict) as refused:
        commands.apply_batch(ground.landlord, batch.id)
    assert refused.value.code == "locked"


def test_what_is_no_workbook_leaves_its_sentence_and_no_bytes(ground: Ground) -> None:
    batch = commands.receive(ground.landlord, NAME, ground.file, "photo.xlsx", b"\xff\xd8\xff\xe0 JFIF")
    assert [issue["code"] for issue in batch.issues] == ["unreadable_file"]
    assert (batch.content, batch.changes) == (b"", [])
    with pytest.raises(Conflict):
        commands.apply_batch(ground.landlord, batch.id)


def test_nothing_is_locked_while_a_workbook_is_parsed(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds of parsing inside a transaction would keep every other writer of SQLite waiting."""
    seen: list[bool] = []

    def watched(*arguments: Any) -> Any:
        seen.append(db.session.registry().in_transaction())
        return read(*arguments)

    monkeypatch.setattr(commands, "read", watched)
    batch = sent(ground, two_changes)
    commands.apply_batch(ground.landlord, batch.id)
    assert seen == [False, False]


def test_handing_in_along_is_passed_on(ground: Ground) -> None:
    commands.apply_batch(ground.landlord, sent(ground, two_changes).id, hand_in=True)
    assert TOY.handed_in == [True]


# -- the two faces -------------------------------------------------------------------------------------------------


def api(ground: Ground) -> FlaskClient:
    return build.api_client(ground.app, ground.user)


def page(ground: Ground) -> FlaskClient:
    return build.page_client(ground.app, ground.user)


def test_the_api_gives_the_batch_applies_it_and_undoes_it(ground: Ground) -> None:
    number = sent(ground, two_changes).id
    client, address = api(ground), f"/api/v1/import-batches/{number}"
    found = client.get(address)
    assert found.status_code == 200
    assert found.json["status"] == "checked"
    assert [(change["kind"], change["row"]) for change in found.json["changes"]] == [
        ("changed", 7),
        ("unchanged", 8),
        ("created", 9),
    ]
    stale = client.post(f"{address}/apply", json={}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    applied = client.post(f"{address}/apply")
    assert (applied.status_code, applied.json["status"]) == (200, "applied")
    assert client.post(f"{address}/apply").json["code"] == "locked"
    assert client.post(f"{address}/undo", json={"reason": "Essai"}).json["status"] == "undone"
    assert client.post(f"{address}/apply", json={"conflicts": "both"}).status_code == 422


def test_the_api_refuses_a_batch_with_errors(ground: Ground) -> None:
    number = sent(ground, lambda sheet: sheet.cell(7, 3, "beaucoup")).id
    client, address = api(ground), f"/api/v1/import-batches/{number}"
    (issue,) = client.get(address).json["issues"]
    assert (issue["sheet"], issue["cell"], issue["column"], issue["code"], issue["severity"], issue["value"]) == (
        "Actions",
        "C7",
        "Dépense prévisionnelle",
        "invalid",
        "error",
        "beaucoup",
    )
    refused = client.post(f"{address}/apply", json={})
    assert (refused.status_code, refused.json["code"]) == (409, "open_errors")
    marked = client.get(f"{address}/annotated.xlsx")
    assert marked.status_code == 200
    assert load_workbook(io.BytesIO(marked.data)).sheetnames[0] == "Contrôles"


def test_the_page_shows_the_difference_and_writes_it_at_one_click(ground: Ground) -> None:
    number = sent(ground, two_changes).id
    client, address = page(ground), f"/classeurs/{number}"
    text = client.get(address).get_data(as_text=True)
    assert "Rien n’est encore écrit." in text
    assert "1\u202f000,00\u00a0€" in text
    assert "2\u202f500,50\u00a0€" in text
    assert client.post(f"{address}/appliquer", data={"version": "1"}).status_code == 303
    text = client.get(address).get_data(as_text=True)
    assert "Les changements de ce classeur sont écrits." in text
    assert client.post(f"{address}/annuler", data={"version": "2"}).status_code == 303
    db.session.expire_all()
    assert row(ground.first).planned_cost == Decimal("1000.00")


def test_the_page_asks_what_becomes_of_rows_in_conflict(ground: Ground) -> None:
    number = overtaken(ground).id
    client, address = page(ground), f"/classeurs/{number}"
    assert "Que deviennent ces lignes" in client.get(address).get_data(as_text=True)
    asked = client.post(f"{address}/appliquer", data={"version": "1"})
    assert asked.status_code == 422
    assert "choisissez ce qu’elles deviennent" in asked.get_data(as_text=True)
    done = client.post(f"{address}/appliquer", data={"version": "1", "conflicts": "keep", "hand_in": "true"})
    assert (done.status_code, TOY.handed_in) == (303, [True])


def test_the_page_shows_the_difference_anew_when_the_tracker_went_on(ground: Ground) -> None:
    number = sent(ground, two_changes).id
    tfpb.update_action(ground.landlord, ground.first, None, {"planned_cost": Decimal("7.00")})
    client, address = page(ground), f"/classeurs/{number}"
    overtaken_page = client.post(f"{address}/appliquer", data={"version": "1"})
    text = overtaken_page.get_data(as_text=True)
    assert overtaken_page.status_code == 409
    assert "le suivi a changé" in text
    assert "7,00\u00a0€" in text
    assert "Que deviennent ces lignes" in text
    assert "overwrite)" not in text  # the word is the API's
    db.session.expire_all()
    assert row(ground.first).planned_cost == Decimal("7.00")
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version is not None
    done = client.post(f"{address}/appliquer", data={"version": version[1], "conflicts": "overwrite"})
    assert done.status_code == 303
    db.session.expire_all()
    assert row(ground.first).planned_cost == Decimal("2500.50")


def test_the_page_says_which_fault_the_tracker_gave_rise_to_meanwhile(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sent(ground, two_changes).id
    fault = Issue("Actions", "B9", "Action", "duplicate", "error", None, "Action : ce nom est pris depuis.")
    monkeypatch.setattr(TOY, "check", lambda *_: [fault])
    answer = page(ground).post(f"/classeurs/{number}/appliquer", data={"version": "1"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Action : ce nom est pris depuis." in text
    assert "Écrire ces changements" not in text


def test_the_page_groups_the_same_sentence_over_its_cells(ground: Ground) -> None:
    def fill(sheet: Any) -> None:
        sheet["C7"] = sheet["C8"] = "beaucoup"

    text = page(ground).get(f"/classeurs/{sent(ground, fill).id}").get_data(as_text=True)
    assert text.count("beaucoup") == 1
    assert "C7, C8" in text
    assert "Écrire ces changements" not in text


def test_the_page_shows_a_text_line_by_line_and_cuts_a_word_that_has_no_end(ground: Ground) -> None:
    def fill(sheet: Any) -> None:
        sheet["D7"] = "Fait en mars\nRepris en mai"
        sheet["A9"], sheet["B9"], sheet["D9"] = 2, "Ateliers", "x" * 80

    text = page(ground).get(f"/classeurs/{sent(ground, fill).id}").get_data(as_text=True)
    assert '<td class="typed" data-label="Après"><strong>Fait en mars\nRepris en mai</strong></td>' in text
    assert f'<strong class="typed">{"x" * 80}</strong>' in text
    # One card for a row on a narrow screen, under its name.
    assert text.count('<table class="data records">') == 2


def test_a_second_tab_that_applies_it_again_lands_on_the_batch(ground: Ground) -> None:
    number = sent(ground, two_changes).id
    client, address = page(ground), f"/classeurs/{number}"
    assert client.post(f"{address}/appliquer", data={"version": "1"}).status_code == 303
    client.get(address)
    again = client.post(f"{address}/appliquer", data={"version": "1"})
    assert (again.status_code, again.location) == (303, address)
    text = client.get(address).get_data(as_text=True).replace("\u00a0", " ")
    assert "Ce classeur était déjà appliqué : rien n’a été écrit une seconde fois." in text
    assert re.search(r"appliqué le \d\d/\d\d/\d{4} à \d\d h \d\d par \w", text)
    assert f'action="{address}/annuler"' in text
    undone = [client.post(f"{address}/annuler", data={"version": "2"}) for _ in range(2)]
    assert [(one.status_code, one.location) for one in undone] == [(303, address)] * 2
    late = client.post(f"{address}/appliquer", data={"version": "1"})
    assert (late.status_code, late.location) == (303, address)
    assert "appliqué puis annulé : rien n’a été écrit." in client.get(address).text.replace("\u00a0", " ")


def test_a_batch_whose_file_was_handed_in_meanwhile_says_so_on_its_page(ground: Ground) -> None:
    number = sent(ground, two_changes).id
    values = {"to": "submitted", "on": None, "reason": None, "track": "report"}
    tfpb.move_file(ground.landlord, ground.file, None, values)
    refused = page(ground).post(f"/classeurs/{number}/appliquer", data={"version": "1"})
    assert refused.status_code == 409
    assert "Ce classeur ne peut plus être appliqué." in refused.text


def test_a_batch_that_cannot_be_undone_any_more_is_refused_with_its_reason(ground: Ground) -> None:
    number = commands.apply_batch(ground.landlord, sent(ground, two_changes).id).id
    tfpb.update_action(ground.landlord, ground.first, None, {"result": "Fait"})
    refused = page(ground).post(f"/classeurs/{number}/annuler", data={"version": "2"})
    assert refused.status_code == 409
    assert "ne peut plus être annulé d’un coup" in refused.text
