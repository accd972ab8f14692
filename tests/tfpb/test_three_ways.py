"""From nothing to a submitted report: by page, by Excel, by API alone, with the same result.

A workbook fills in a file that stands; the way by Excel opens it with the API's first request.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import inspect

from tests import builders as build
from tracker.extensions import db
from tracker.funding.models import Grant
from tracker.history.models import HistoryEntry
from tracker.territory.models import Objective
from tracker.tfpb.models import Action, Baseline, Participation, TfpbFile

API = "/api/v1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What the landlord has to say, as the API writes it; a residence, an objective, a source by their names.
FILE = {
    "dwellings": 220,
    "abated_dwellings": 180,
    "abatement_estimated": "30000.00",
    "estimate_source": "Avis de l’année précédente",
    "abatement_actual": "31234.50",
    "actual_source": "Avis de taxe foncière",
    "notice_on": "2025-10-14",
    "review": "Une année de présence renforcée.\nLes halls restent propres.",
}
ACTIONS: list[dict[str, Any]] = [
    {
        "axis": 1,
        "sub_action": "Médiation sociale",
        "title": "Médiation en soirée",
        "residences": ["Les Iris", "Les Lilas"],
        "location": "Halls d’entrée",
        "calendar": "Avril à octobre",
        "priority": "residential_peace",
        "objective": "CV-1",
        "planned_cost": "21000.00",
        "planned_valued": "16000.00",
        "actual_cost": "20000.10",
        "landlord_share": "17500.10",
        "valued_amount": "15000.00",
        "status": "done",
        "indicator": "Soirées tenues",
        "indicator_target": "60",
        "indicator_actual": "62",
        "result": "Moins d’appels de nuit",
        "observation": "seen",
        "observed_by": "walk",
        "observed_on": "2025-11-04",
    },
    {
        "axis": 3,
        "title": "=Nettoyage renforcé",
        "planned_cost": "9000.00",
        "planned_valued": "9000.00",
        "actual_cost": "-250.50",
        "landlord_share": "-250.50",
        "valued_amount": "-250.50",
        "status": "partial",
        "result": "Avoir du prestataire",
        "correction_reason": "Avoir sur la facture de 2024",
    },
    {
        "axis": 7,
        "title": "Jardin partagé",
        "planned_cost": "5000.00",
        "planned_valued": "4000.00",
        "actual_cost": "0.00",
        "landlord_share": "0.00",
        "valued_amount": "0.00",
        "status": "postponed",
    },
]
GRANTS: list[dict[str, Any]] = [
    {"action": "Médiation en soirée", "source": "Fonds de quartier", "status": "agreed", "awarded": "2000.00"},
    {"action": "Médiation en soirée", "source": "CAF d’ici", "awarded": "500.00", "reference": "2025-17"},
    {"action": "Jardin partagé", "source": "CAF d’ici", "status": "filed", "requested": "1200.00"},
]
MOMENTS: list[dict[str, Any]] = [
    {"stage": "diagnosis", "held_on": "2024-11-12", "audience": "Conseil citoyen", "participants": 14},
    {"stage": "report", "held_on": "2026-02-03", "place": "Centre social", "summary": "Présenté", "outcome": "Adopté"},
]
BASELINE: list[dict[str, Any]] = [
    {"axis": 1, "item": "Agents", "unit": "logements par agent", "outside": "110.00", "inside": "85.50"},
]


@dataclass
class Scene:
    """One landlord with a convention, and the numbers behind the names the declaration uses."""

    app: Flask
    convention: int
    neighbourhood: int
    landlord: int
    coordinator: int
    residences: dict[str, int]
    objectives: dict[str, int]
    sources: dict[str, dict[str, int]]

    def api(self, who: int) -> FlaskClient:
        with self.app.app_context():
            return build.api_client(self.app, db.session.get(build.User, who))

    def page(self) -> FlaskClient:
        with self.app.app_context():
            return build.page_client(self.app, db.session.get(build.User, self.landlord))


def set_up(app: Flask) -> Scene:
    with app.app_context():
        build.nomenclature()
        city = build.city(insee="92998", name="Clairval")
        contract = build.contract([city], code="ici", name="Contrat d’ici")
        where = build.neighbourhood(contract, name="Les Tilleuls")
        owner = build.landlord(name="Habitat Premier", siren=build.siren(92_000))
        caf = build.funder(code="caf-ici", name="CAF d’ici", kind="caf")
        fund = build.scheme(build.funder(code="etat-ici", name="État d’ici"), code="fq", name="Fonds de quartier")
        aim = build.save(Objective(contract_id=contract.id, code="CV-1", label="Un cadre de vie apaisé"))
        return Scene(
            app,
            build.convention(contract, owner, city).id,
            where.id,
            build.user("landlord", contract, of_landlord=owner, name="Bailleur").id,
            build.user("coordinator", contract, name="Coordination").id,
            {name: build.residence(owner, where, name=name).id for name in ("Les Iris", "Les Lilas")},
            {"CV-1": aim.id},
            {"Fonds de quartier": {"scheme_id": fund.id}, "CAF d’ici": {"funder_id": caf.id}},
        )


def opened(scene: Scene, way: str) -> int:
    body = {"convention_id": scene.convention, "neighbourhood_id": scene.neighbourhood, "year": 2025}
    if way == "page":
        page = scene.page().post("/tfpb", data=body)
        assert page.status_code == 303, page.text
        return int(page.location.rpartition("/")[2])
    answer = scene.api(scene.landlord).post(f"{API}/tfpb-files", json=body)
    assert answer.status_code == 201, answer.json
    return int(answer.json["id"])


def as_action(scene: Scene, told: dict[str, Any]) -> dict[str, Any]:
    """An action with its residences and its objective as the API names them."""
    named = {name: value for name, value in told.items() if name not in ("residences", "objective")}
    if "residences" in told:
        named["residence_ids"] = [scene.residences[name] for name in told["residences"]]
    if "objective" in told:
        named["objective_id"] = scene.objectives[told["objective"]]
    return named


def as_grant(scene: Scene, told: dict[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in told.items() if name not in ("action", "source")}
    return {**named, **scene.sources[told["source"]]}


# -- by API --------------------------------------------------------------------------------------------------------


def by_api(scene: Scene, file_id: int) -> None:
    api, file = scene.api(scene.landlord), f"{API}/tfpb-files/{file_id}"

    def sent(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = (
            {} if method == "POST" and not path.endswith("transitions") else {"If-Match": api.get(file).headers["ETag"]}
        )
        answer = api.open(path, method=method, json=body, headers=headers)
        assert answer.status_code in (200, 201), (path, answer.json)
        return dict(answer.json)

    sent("PATCH", file, FILE)
    numbers = {}
    for told in ACTIONS:
        numbers[told["title"]] = sent("POST", f"{file}/actions", as_action(scene, told))["id"]
    for told in GRANTS:
        sent("POST", f"{API}/tfpb-actions/{numbers[told['action']]}/grants", as_grant(scene, told))
    for told in MOMENTS:
        sent("POST", f"{file}/participation", told)
    for told in BASELINE:
        sent("POST", f"{file}/baseline", told)
    sent("POST", f"{file}/transitions", {"to": "submitted"})


# -- by page -------------------------------------------------------------------------------------------------------


def french(value: Any) -> Any:
    """A value as a person types it in a form."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return "/".join(reversed(value.split("-")))
    if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d{2}", value):
        return f"{float(value):,.2f} €".replace(",", "\u202f").replace(".", ",")
    return value


def form_of(values: dict[str, Any]) -> dict[str, Any]:
    return {name: french(value) for name, value in values.items()}


def by_page(scene: Scene, file_id: int) -> None:
    page, file = scene.page(), f"/tfpb/dossiers/{file_id}"

    def version() -> str:
        found = re.search(r'name="version" value="(\d+)"', page.get(f"{file}?edit=fiche").text)
        assert found
        return found[1]

    def sent(path: str, form: dict[str, Any]) -> str:
        answer = page.post(path, data=form_of(form))
        assert answer.status_code == 303, (path, answer.text)
        return str(answer.location)

    sent(file, {**FILE, "version": version()})
    numbers = {}
    for told in ACTIONS:
        numbers[told["title"]] = sent(f"{file}/actions", as_action(scene, told)).rpartition("action-")[2]
    for told in GRANTS:
        sent(f"/tfpb/actions/{numbers[told['action']]}/subventions", as_grant(scene, told))
    for told in MOMENTS:
        sent(f"{file}/participation", told)
    for told in BASELINE:
        sent(f"{file}/references", told)
    sent(f"{file}/avancer", {"to": "submitted", "track": "report", "version": version()})


# -- by Excel ------------------------------------------------------------------------------------------------------

WORDS = {
    "status": {
        "done": "Réalisée",
        "partial": "partielle",
        "postponed": "Reportée",
        "agreed": "Conventionnée",
        "filed": "Déposée",
    },
    "priority": {"residential_peace": "Tranquillité résidentielle"},
    "observation": {"seen": "Constaté"},
    "observed_by": {"walk": "diagnostic en marchant"},
    "stage": {"diagnosis": "Diagnostic", "report": "Bilan annuel"},
}
# The header above each value, as a person reads it.
LABELS = {
    "dwellings": "Logements dans le quartier",
    "abated_dwellings": "Logements bénéficiant de l’abattement",
    "abatement_estimated": "Abattement estimé",
    "abatement_actual": "Abattement réel (avis d’imposition)",
    "residences": "Résidences",
    "objective": "Objectif du contrat",
    "source": "Dispositif ou financeur",
}


def typed(name: str, value: Any) -> Any:
    """A value as a person fills a cell in: numbers and days are real ones, words are the list's."""
    if isinstance(value, list):
        return " ; ".join(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d{2}", value):
        return float(value)
    return WORDS.get(name, {}).get(value, value)


def bare(text: Any) -> str:
    return str(text or "").removesuffix("*").strip()


def fill(book: Any, sheet: str, rows: list[dict[str, Any]], labels: dict[str, str]) -> None:
    """Rows under the headers of a sheet, from its first white row on."""
    page = book[sheet]
    head = next(row for row in page.iter_rows(max_row=12) if bare(row[0].value) == labels[next(iter(rows[0]))])
    places = {bare(cell.value): cell.column for cell in head}
    for number, told in enumerate(rows, head[0].row + 2):
        for name, value in told.items():
            cell = page.cell(number, places[labels[name]])
            cell.value = typed(name, value)
            if isinstance(value, str):
                cell.data_type = "d" if isinstance(cell.value, date) else cell.data_type
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a person's « =Nettoyage » is typed behind an apostrophe


def fill_down(book: Any, sheet: str, told: dict[str, Any], labels: dict[str, str]) -> None:
    page = book[sheet]
    lines = {bare(row[0].value): row[1] for row in page.iter_rows()}
    for name, value in told.items():
        lines[labels[name]].value = typed(name, value)


def labels_of(schema: Any) -> dict[str, str]:
    return {name: field.label for name, field in schema.fields.items() if hasattr(field, "label")}


def by_excel(scene: Scene, file_id: int) -> None:
    from tracker.tfpb.declaration.sheets import OtherFundingSchema
    from tracker.tfpb.schemas import ActionSchema, BaselineSchema, ParticipationSchema, TfpbFileSchema

    api, file = scene.api(scene.landlord), f"{API}/tfpb-files/{file_id}"
    book = load_workbook(io.BytesIO(api.get(f"{file}/workbook.xlsx").data))
    fill_down(book, "Dossier", FILE, labels_of(TfpbFileSchema()))
    fill(book, "Actions", ACTIONS, {**labels_of(ActionSchema()), **LABELS})
    fill(book, "Autres financements", GRANTS, {**labels_of(OtherFundingSchema()), **LABELS})
    fill(book, "Participation", MOMENTS, labels_of(ParticipationSchema()))
    fill(book, "Références de gestion", BASELINE, labels_of(BaselineSchema()))
    content = io.BytesIO()
    book.save(content)
    batch = api.post(
        f"{file}/workbook",
        data={"file": (io.BytesIO(content.getvalue()), "déclaration.xlsx", XLSX)},
        content_type="multipart/form-data",
    )
    assert batch.status_code == 201, batch.json
    assert batch.json["issues"] == []
    kinds = [change["kind"] for change in batch.json["changes"]]
    assert kinds.count("created") == len(ACTIONS) + len(GRANTS) + len(MOMENTS) + len(BASELINE)
    assert api.get(file).json["dwellings"] is None  # nothing is written before it is applied
    applied = api.post(f"{batch.headers['Location']}/apply", json={"hand_in": True})
    assert applied.status_code == 200, applied.json


# -- the same result -----------------------------------------------------------------------------------------------

# Numbers of rows, versions, instants: what two runs never share.
OWN = {"id", "version", "file_id", "financing_id", "first_submitted_at", "convention_id", "neighbourhood_id"}


def plain(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs if column.key not in OWN}


def stands(scene: Scene, file_id: int) -> dict[str, Any]:
    """Everything the database holds of the declaration, names in the place of numbers."""
    with scene.app.app_context():
        file = db.session.get(TfpbFile, file_id)
        actions = db.session.scalars(db.select(Action).where(Action.file_id == file_id)).all()
        titles = {action.financing_id: action.title for action in actions}
        return {
            "file": plain(file),
            "actions": sorted(
                (
                    {
                        **plain(action),
                        "objective_id": action.objective.code if action.objective else None,
                        "residences": [one.name for one in action.residences],
                    }
                    for action in actions
                ),
                key=lambda one: one["title"],
            ),
            "grants": sorted(
                (
                    {
                        **plain(grant),
                        "action": titles[grant.financing_id],
                        "funder_id": grant.funder.name,
                        "scheme_id": grant.scheme.name if grant.scheme else None,
                    }
                    for grant in db.session.scalars(db.select(Grant))
                ),
                key=lambda one: (one["action"], one["funder_id"]),
            ),
            "participation": [plain(one) for one in db.session.scalars(db.select(Participation).order_by("held_on"))],
            "baseline": [plain(one) for one in db.session.scalars(db.select(Baseline))],
        }


def nameless(value: Any) -> Any:
    """A sheet's JSON without the numbers of rows."""
    if isinstance(value, dict):
        return {
            name: nameless(one)
            for name, one in value.items()
            if name not in ("id", "link") and not name.endswith("_id")
        }
    return [nameless(one) for one in value] if isinstance(value, list) else value


def balance(scene: Scene) -> Any:
    answer = scene.api(scene.coordinator).get(f"{API}/contracts/ici/balance-sheets/2025")
    assert answer.status_code == 200
    return nameless(answer.json)


def told(scene: Scene) -> list[Any]:
    """What the history says, but from where: the same lines whichever door they came by."""
    with scene.app.app_context():
        entries = db.session.scalars(
            db.select(HistoryEntry).where(
                HistoryEntry.item_type.not_in(["import_batch"]), HistoryEntry.actor_id.is_not(None)
            )
        )
        return sorted((entry.item_type, entry.verb, entry.label, sorted(set(entry.changes) - OWN)) for entry in entries)


WAYS: dict[str, Callable[[Scene, int], None]] = {"page": by_page, "excel": by_excel, "api": by_api}


def test_the_three_ways_give_the_same_result(app: Flask, empty_database: Callable[[], None], today: Any) -> None:
    today(date(2026, 11, 21))
    results = {}
    for name, declare in WAYS.items():
        scene = set_up(app)
        file_id = opened(scene, name)
        declare(scene, file_id)
        results[name] = {"stands": stands(scene, file_id), "balance": balance(scene), "told": told(scene)}
        with app.app_context():
            db.session.remove()
        empty_database()
    for part in ("stands", "balance", "told"):
        assert results["excel"][part] == results["api"][part], part
        assert results["page"][part] == results["api"][part], part

    whole = results["excel"]
    assert whole["stands"]["file"]["status"] == "submitted"
    # 20,000.10 − 250.50 + 0; 2,000 + 500 awarded; 15,000 − 250.50
    assert whole["balance"]["totals"]["actual_cost"] == "19749.60"
    assert whole["balance"]["totals"]["other_funding"] == "2500.00"
    assert whole["balance"]["totals"]["valued_amount"] == "14749.50"
    assert whole["stands"]["actions"][0]["actual_cost"] == Decimal("-250.50")
