"""The declaration's workbook, filled in the ways landlords write: what is understood, what is asked back, where."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as build
from tests.tfpb.conftest import World
from tests.tfpb.declared import HEADER, Workbook
from tracker.extensions import db
from tracker.territory.models import Objective
from tracker.tfpb.declaration.sheets import ACTIONS, FUNDING
from tracker.tfpb.models import Axis
from tracker.workbooks.forms import Record

FIRST = 7


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


@pytest.fixture
def names(world: World) -> dict[str, int]:
    """Residences, an objective, schemes and funders to choose from; axis 3 was once called otherwise."""
    with world.app.app_context():
        contract = db.session.get(build.Contract, world.contract)
        owner = db.session.get(build.Landlord, world.landlord)
        where = db.session.get(build.Neighbourhood, world.neighbourhood)
        axis = db.session.scalars(db.select(Axis).where(Axis.number == 3)).one()
        axis.label, axis.former_labels = "Sur-entretien", ["Propreté"]
        db.session.commit()
        caf = build.funder(name="CAF", code="caf")
        return {
            "iris": build.residence(owner, where, name="Les Iris").id,
            "lilas": build.residence(owner, where, name="Les Lilas").id,
            "aim": build.save(Objective(contract_id=contract.id, code="CV-1", label="Un cadre de vie apaisé")).id,
            "caf": caf.id,
            "piaje": build.scheme(caf, name="Piaje", code="piaje").id,
        }


def only(records: list[Record], sheet: str) -> Record:
    (one,) = [record for record in records if record.sheet == sheet]
    return one


@pytest.mark.parametrize(
    "written", [3, "3", "Axe 3", "sur-entretien", "SUR-ENTRETIEN ", "Propreté", "3 · Sur-entretien"]
)
def test_an_axis_by_number_by_label_or_by_an_old_label(world: World, names: dict[str, int], written: Any) -> None:
    book = Workbook(world, world.file(2026))
    book.put("Actions", FIRST, Axe=written, Action="Halls")
    records, changes, _ = book.back()
    assert only(records, ACTIONS).values["axis"] == 3
    assert [one.kind for one in changes if one.sheet == ACTIONS] == ["created"]


def test_names_become_what_they_name(world: World, names: dict[str, int]) -> None:
    book = Workbook(world, world.file(2026))
    book.put(
        "Actions",
        FIRST,
        Axe=3,
        Action="Halls",
        Résidences="les lilas;  Les Iris",
        Objectif_du_contrat="cv-1",
        Priorité_du_contrat="cadre de vie",
        État="realisee",
        Dépense_réalisée="1 234,56 €",
        Financement_bailleur=1134.56,
        Date_du_constat="4/11/2026",
        Constat_sur_place="constaté",
    )
    for row, source in enumerate(("CAF", "Piaje", "piaje"), FIRST):
        book.put("Autres financements", row, Action="halls", Dispositif_ou_financeur=source, Accordé=100)
    records, _, issues = book.back()
    action = only(records, ACTIONS).values
    assert set(action["residence_ids"]) == {names["iris"], names["lilas"]}
    assert (action["objective_id"], action["priority"], action["status"]) == (
        names["aim"],
        "living_environment",
        "done",
    )
    assert (action["actual_cost"], action["landlord_share"]) == (Decimal("1234.56"), Decimal("1134.56"))
    assert (action["observed_on"], action["observation"]) == (date(2026, 11, 4), "seen")
    sources = [record.values["source"] for record in records if record.sheet == FUNDING]
    assert sources == [f"funder:{names['caf']}", f"scheme:{names['piaje']}", f"scheme:{names['piaje']}"]
    # 1,234.56 against 1,134.56 + 3 × 100
    assert [(one.cell, one.code) for one in issues if one.severity == "error"] == [("K7", "unbalanced")]


@pytest.mark.parametrize(
    "label, written, code",
    [
        ("Axe", "9", "unknown_value"),
        ("Résidences", "Les Iris ; Les Roses", "unknown_value"),
        ("Dépense réalisée", "12 k€", "ambiguous"),
        ("Dépense réalisée", "1.234,56", "invalid"),
        ("Date du constat", "31/02/2026", "invalid"),
        ("État", "Presque", "unknown_value"),
    ],
)
def test_what_cannot_be_read_is_asked_back_on_its_cell(
    world: World, names: dict[str, int], label: str, written: str, code: str
) -> None:
    book = Workbook(world, world.file(2026))
    book.put("Actions", FIRST, **{"Axe": 3, "Action": "Halls", label.replace(" ", "_"): written})
    (error,) = [one for one in book.back()[2] if one.severity == "error"]
    assert (error.sheet, error.column, error.code, error.value) == ("Actions", label, code, written)
    assert error.cell is not None
    assert error.cell.endswith("7")


def test_a_validated_programme_is_locked_in_the_workbook_too(world: World, names: dict[str, int]) -> None:
    file_id = world.file(2026, programme_status="validated")
    world.action(file_id, title="Halls")
    book = Workbook(world, file_id)
    page = book.book["Actions"]
    place = next(cell.column for cell in page[HEADER] if cell.value == "Dépense prévisionnelle")
    assert page.cell(FIRST, place).protection.locked
    book.put("Actions", FIRST, Dépense_prévisionnelle=2000)
    _, changes, issues = book.back()
    assert {one.kind for one in changes} == {"unchanged"}
    assert ("Dépense prévisionnelle", "derived", "warning") in [(one.column, one.code, one.severity) for one in issues]


@pytest.mark.parametrize(
    "other, label",
    [
        (lambda world: world.file(2027), "Année"),
        (lambda world: _elsewhere(world), "Quartier"),
        (lambda world: world.file(2026, convention=world.other_convention), "Bailleur"),
    ],
)
def test_the_workbook_of_another_file_says_which(
    world: World, names: dict[str, int], other: Callable[[World], int], label: str
) -> None:
    book = Workbook(world, world.file(2026))
    records, changes, issues = book.back(of=other(world))
    assert [(one.code, one.column) for one in issues if one.severity == "error"] == [("identity", label)]
    assert records == changes == []


def _elsewhere(world: World) -> int:
    """The same landlord's file of the same year, in another neighbourhood."""
    with world.app.app_context():
        where = build.neighbourhood(db.session.get(build.Contract, world.contract))
        return build.tfpb_file(db.session.get(build.Convention, world.convention), where, 2026).id


def test_every_file_of_the_tracker_comes_back_unchanged(world: World, names: dict[str, int]) -> None:
    file_id = world.file(2026, review="Deux lignes\net une troisième", notice_on=date(2026, 10, 14))
    action = world.action(file_id, title="=Halls", result="Propre\n; net", indicator_actual="80 %", observation="seen")
    world.grant(action, awarded=Decimal("300.00"))
    world.grant(action, requested=Decimal("0.10"), status="filed")
    with world.app.app_context():
        file = db.session.get(build.TfpbFile, file_id)
        row = db.session.get(build.Action, action)
        row.residences = [db.session.get(build.Residence, names["iris"])]
        row.objective_id = names["aim"]
        build.participation(file, participants=0, summary="+ de monde")
        build.baseline(file, item="Agents")
    records, changes, _ = Workbook(world, file_id).back()
    assert len(records) == 6
    assert [one for one in changes if one.kind != "unchanged"] == []
