"""A declaration's records written through the room's commands, and undone: same rules, same history."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import API, World
from tests.tfpb.declared import Sheets
from tracker.extensions import db
from tracker.funding.models import Grant
from tracker.policy import Conflict, Invalid, Stale
from tracker.tfpb.declaration.sheets import ACTIONS, BASELINE, FILE, FUNDING, PARTICIPATION
from tracker.tfpb.models import Action, Baseline, Participation

EUROS = Decimal


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


@pytest.fixture
def funder(world: World) -> int:
    with world.app.app_context():
        return build.funder(name="CAF", code="caf").id


def rows(world: World, model: Any) -> list[Any]:
    with world.app.app_context():
        found = list(db.session.scalars(db.select(model).order_by(model.id)))
        for one in found:
            db.session.expunge(one)
        return found


def filled(world: World, funder: int) -> Sheets:
    """An empty file with one row in every sheet."""
    sheets = Sheets(world, world.file(2026, abatement_estimated=None))
    sheets.edit(FILE, 0, abatement_estimated=EUROS("30000.00"), estimate_source="Base 2025", review="Bonne année")
    sheets.add(ACTIONS, axis=1, title="Gardiennage", planned_cost=EUROS("900.00"), status=None, location=None)
    sheets.add(FUNDING, action="gardiennage", source=f"funder:{funder}", awarded=EUROS("100.00"), status=None)
    sheets.add(PARTICIPATION, stage="diagnosis", held_on=date(2026, 2, 1), participants=12)
    sheets.add(BASELINE, axis=1, item="Agents", unit="logements par agent", outside=EUROS("100.00"), inside=None)
    return sheets


def test_every_sheet_is_written_in_one_transaction(world: World, funder: int) -> None:
    sheets = filled(world, funder)
    assert [one.kind for one in sheets.write()] == ["changed", *["created"] * 4]
    (action,) = rows(world, Action)
    assert (action.title, action.planned_cost, action.status, action.file_id) == (
        "Gardiennage",
        EUROS("900.00"),
        "planned",
        sheets.file_id,
    )
    (grant,) = rows(world, Grant)
    assert (grant.financing_id, grant.funder_id, grant.status, grant.nature) == (
        action.financing_id,
        funder,
        "awarded",
        "operating",
    )
    (moment,) = rows(world, Participation)
    assert (moment.stage, moment.participants) == ("diagnosis", 12)
    (line,) = rows(world, Baseline)
    assert (line.item, line.outside, line.inside) == ("Agents", EUROS("100.00"), None)
    for item in ("tfpb_file", "tfpb_action", "financing_grant", "participation", "baseline"):
        assert [entry.source for entry in world.history(item)][-1] == "workbook", item


def test_one_refusal_and_nothing_is_written(world: World, funder: int) -> None:
    sheets = filled(world, funder)
    sheets.add(FUNDING, action="Potager", source=f"funder:{funder}", awarded=None, status=None)
    with pytest.raises(Invalid):
        sheets.write()
    assert rows(world, Action) == rows(world, Grant) == rows(world, Participation) == []
    assert world.row(build.TfpbFile, sheets.file_id).abatement_estimated is None


def test_what_was_written_is_undone(world: World, funder: int) -> None:
    sheets = filled(world, funder)
    sheets.undo(sheets.write(), "Mauvais fichier")
    file = world.row(build.TfpbFile, sheets.file_id)
    assert (file.abatement_estimated, file.estimate_source, file.review) == (None, None, None)
    for model in (Action, Grant, Participation, Baseline):
        (row,) = rows(world, model)
        assert row.archived_reason == "Mauvais fichier", model
    answer = world.api("landlord").get(f"{API}/tfpb-files/{sheets.file_id}/actions")
    assert answer.json == []


def test_changed_rows_get_their_old_values_back(world: World, funder: int) -> None:
    filled(world, funder).write()
    sheets = Sheets(world, rows(world, build.TfpbFile)[0].id)
    before = sheets.known
    sheets.edit(ACTIONS, 0, title="Gardiennage de nuit", planned_cost=None, calendar="Toute l’année")
    sheets.edit(FUNDING, 0, action="Gardiennage de nuit", awarded=EUROS("150.00"), status="agreed", reference="A1")
    sheets.edit(PARTICIPATION, 0, held_on=date(2026, 3, 2), participants=None)
    sheets.edit(BASELINE, 0, inside=EUROS("80.00"))
    changes = sheets.write()
    assert [one.kind for one in changes] == ["changed"] * 4
    (grant,) = rows(world, Grant)
    assert (grant.status, grant.awarded, grant.reference) == ("agreed", EUROS("150.00"), "A1")
    sheets.undo(changes)
    after = Sheets(world, sheets.file_id).known
    for sheet, known in before.items():
        assert [(one.id, one.values) for one in after[sheet]] == [(one.id, one.values) for one in known], sheet


def test_a_grant_changes_its_source_and_gets_it_back(world: World, funder: int) -> None:
    filled(world, funder).write()
    with world.app.app_context():
        scheme = build.scheme(name="Fonds vert").id
    sheets = Sheets(world, rows(world, build.TfpbFile)[0].id)
    sheets.edit(FUNDING, 0, source=f"scheme:{scheme}")
    changes = sheets.write()
    (grant,) = rows(world, Grant)
    assert grant.scheme_id == scheme
    assert grant.funder_id != funder
    sheets.undo(changes)
    (grant,) = rows(world, Grant)
    assert (grant.scheme_id, grant.funder_id) == (None, funder)


def test_a_row_changed_since_is_not_undone(world: World, funder: int) -> None:
    sheets = filled(world, funder)
    changes = sheets.write()
    api, (action,) = world.api("landlord"), rows(world, Action)
    path = f"{API}/tfpb-actions/{action.id}"
    api.patch(path, json={"title": "Autre"}, headers={"If-Match": api.get(path).headers["ETag"]})
    with pytest.raises(Stale):
        sheets.undo(changes)
    assert rows(world, Participation)[0].archived_at is None  # all or nothing


def test_once_the_programme_is_validated_a_new_action_plans_nothing(world: World) -> None:
    sheets = Sheets(world, world.file(2026, programme_status="validated"))
    sheets.add(ACTIONS, axis=3, title="Jardin", actual_cost=EUROS("10.00"))
    sheets.write()
    (action,) = rows(world, Action)
    assert (action.planned_cost, action.planned_valued) == (EUROS("0.00"), EUROS("0.00"))


def test_a_submitted_file_takes_nothing_in(world: World) -> None:
    file_id = world.file(2026)
    sheets = Sheets(world, file_id)
    sheets.add(ACTIONS, axis=3, title="Jardin")
    with world.app.app_context():
        db.session.get(build.TfpbFile, file_id).status = "submitted"
        db.session.commit()
    with pytest.raises(Conflict) as refused:
        sheets.write()
    assert refused.value.code == "locked"
