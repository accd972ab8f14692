"""A form to fill in that belongs to no room: one sheet downwards, one table, every kind of field."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.api.fields import Choice, Day, Flag, Ids, Money, Ratio, Schema, Text, Whole
from tracker.columns import Column
from tracker.workbooks.about import About
from tracker.workbooks.forms import Entry, Known, SheetForm, WorkbookForm
from tracker.workbooks.template import template

STATUSES = {"planned": "Prévue", "done": "Réalisée", "dropped": "Abandonnée"}
AXES = {2: "2 · Formation", 3: "3 · Sur-entretien"}
RESIDENCES = {11: "Les Érables", 12: "Tour du Lac", 13: "Les Charmes"}
ABOUT = About(date(2026, 11, 21), "Claire Martin")


class FileSchema(Schema):
    dwellings = Whole("Logements")
    abatement = Money("Abattement", minimum=Decimal(0))
    review = Text("Bilan qualitatif", max_length=2000, many_lines=True)


class ActionSchema(Schema):
    axis = Choice("Axe", AXES, required=True)
    title = Text("Action", required=True, max_length=80)
    status = Choice("État", STATUSES)
    residence_ids = Ids("Résidences")
    planned_cost = Money("Dépense prévisionnelle")
    rate = Ratio("Taux")
    starts_on = Day("Début")
    dwellings = Whole("Logements")
    seen = Flag("Constaté", allow_none=True)
    target = Text("Cible")


FILE = SheetForm(
    "file",
    "Dossier",
    (
        Entry(Column("landlord", "Bailleur"), locked=True),
        Entry(Column("dwellings", "Logements", "integer", hint="Tous ceux du quartier.")),
        Entry(Column("abatement", "Abattement", "money"), required=True),
        Entry(Column("review", "Bilan qualitatif")),
    ),
    FileSchema(),
    single=True,
    help="Les chiffres du dossier.",
)
ACTIONS = SheetForm(
    "actions",
    "Actions",
    (
        Entry(
            Column("axis", "Axe", words=AXES),  # type: ignore[arg-type]
            required=True,
            others={"3": 3, "sur-entretien": 3, "entretien renforcé": 3, "2": 2, "formation": 2},
        ),
        Entry(Column("title", "Action", hint="Ce qui est fait."), required=True),
        Entry(Column("status", "État", words=STATUSES)),
        Entry(Column("residence_ids", "Résidences", words=RESIDENCES)),  # type: ignore[arg-type]
        Entry(Column("planned_cost", "Dépense prévisionnelle", "money")),
        Entry(Column("rate", "Taux", "ratio")),
        Entry(Column("starts_on", "Début", "date")),
        Entry(Column("dwellings", "Logements", "integer")),
        Entry(Column("seen", "Constaté", "boolean")),
        Entry(Column("target", "Cible")),
        Entry(Column("other", "Autre financement", "money"), locked=True),
    ),
    ActionSchema(),
    title="title",
    help="Une action par ligne.",
    spare=5,
)


def form(**changes: Any) -> WorkbookForm:
    given: dict[str, Any] = {
        "target": "sample",
        "template": 2,
        "title": "Déclaration 2026",
        "identity": {"landlord": ("Bailleur", "Habitat Premier"), "year": ("Année", "2026")},
        "sheets": (FILE, ACTIONS),
    }
    return WorkbookForm(**given | changes)


MEDIATION: dict[str, Any] = {
    "axis": 3,
    "title": "Médiation",
    "status": "done",
    "residence_ids": [11, 12],
    "planned_cost": Decimal("1234.56"),
    "rate": Decimal("0.8"),
    "starts_on": date(2026, 3, 1),
    "dwellings": 350,
    "seen": True,
    "target": "12 ateliers",
    "other": Decimal("500.00"),
}
GARDEN: dict[str, Any] = dict.fromkeys(MEDIATION) | {"axis": 2, "title": "=Jardin; partagé", "residence_ids": []}
DOSSIER: dict[str, Any] = {
    "landlord": "Habitat Premier",
    "dwellings": 420,
    "abatement": Decimal("58000.00"),
    "review": "Bonne année.\r\nÀ poursuivre.",
}


def known(actions: Sequence[Mapping[str, Any]] = (MEDIATION, GARDEN)) -> dict[str, list[Known]]:
    rows = [Known(101 + place, 4 + place, values) for place, values in enumerate(actions)]
    return {"file": [Known(7, 9, DOSSIER)], "actions": rows}


def written(**changes: Any) -> bytes:
    return template(form(**changes), known(), ABOUT)
