"""The sheets of the declaration: the national table's columns, their lists, what is locked and why."""

from collections.abc import Iterable, Sequence
from typing import Any

from tracker.api.fields import Schema, Text
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.schemas import GrantSchema
from tracker.funding.sources import source_names, source_of, source_words
from tracker.territory.models import Objective, Residence
from tracker.tfpb import rules
from tracker.tfpb.models import Action, Axis, Baseline, Participation, TfpbFile
from tracker.tfpb.schemas import ActionSchema, BaselineSchema, ParticipationSchema, TfpbFileSchema
from tracker.workbooks.entries import entry as _entry
from tracker.workbooks.forms import Entry, SheetForm

# Older ones are refused: a column added, renamed or taken away makes a new number.
TEMPLATE = 1
FILE, ACTIONS, FUNDING, PARTICIPATION, BASELINE = "file", "actions", "funding", "participation", "baseline"


class OtherFundingSchema(Schema):
    """A grant of an action as the workbook tells it: its action by title, its scheme or funder as one choice."""

    action = Text("Action", required=True)
    source = Text("Dispositif ou financeur", max_length=40, required=True)
    status = GrantSchema().fields["status"]
    requested = GrantSchema().fields["requested"]
    awarded = GrantSchema().fields["awarded"]
    reference = GrantSchema().fields["reference"]


class FileSheetSchema(TfpbFileSchema):
    """The file with what the workbook shows of its identity, read-only."""

    landlord = Text("Bailleur", dump_only=True)
    city = Text("Ville", dump_only=True)
    neighbourhood = Text("Quartier", dump_only=True)
    of_year = Text("Année", dump_only=True)  # as a number it would be written « 2 026 »
    convention = Text("Convention", dump_only=True)


def file_sheet() -> SheetForm:
    """« Dossier »: one record written downwards."""
    schema = FileSheetSchema()
    return SheetForm(
        FILE,
        "Dossier",
        (
            _entry(schema, "landlord", locked=True),
            _entry(schema, "city", locked=True),
            _entry(schema, "neighbourhood", locked=True),
            _entry(schema, "of_year", locked=True),
            _entry(schema, "convention", locked=True),
            _entry(schema, "dwellings", hint="Tous les logements du bailleur dans le quartier"),
            _entry(schema, "abated_dwellings", hint="Ceux dont l’exonération de longue durée est terminée"),
            _entry(schema, "abatement_estimated", hint="En euros, au moment du programme"),
            _entry(schema, "estimate_source"),
            _entry(schema, "abatement_actual", hint="En euros, celui de l’avis d’imposition"),
            _entry(schema, "actual_source"),
            _entry(schema, "notice_on", hint="jj/mm/aaaa"),
            _entry(schema, "review", hint="Ce que l’année a changé pour les habitants"),
        ),
        schema,
        item_type=TfpbFile.__tablename__,
        single=True,
        help="Les logements, l’abattement et le bilan qualitatif de l’année.",
    )


def action_sheet(
    axes: Sequence[Axis], residences: Sequence[Residence], objectives: Sequence[Objective], *, planned_locked: bool
) -> SheetForm:
    """« Actions »: the national table, a row for each action."""
    schema = ActionSchema()

    def entry(key: str, label: str | None = None, **options: Any) -> Entry:
        return _entry(schema, key, label, **options)

    planned = "Programme validé : ne change plus que par une révision motivée" if planned_locked else "En euros"
    return SheetForm(
        ACTIONS,
        "Actions",
        (
            entry(
                "axis",
                words={axis.number: f"{axis.number} · {axis.label}" for axis in axes},
                others=_axis_names(axes),
                hint="Numéro ou libellé du cadre national",
                width=28,
            ),
            entry("sub_action", hint="Texte libre", width=22),
            entry("title", hint="Un nom par action", width=38),
            entry(
                "residence_ids",
                "Résidences",
                words={one.id: one.name for one in residences},
                hint="Plusieurs noms se séparent par « ; »",
                width=26,
            ),
            entry("location", hint="Adresse ou lieu, si ce n’est pas une résidence", width=24),
            entry("calendar", width=18),
            entry("priority", width=24),
            entry(
                "objective_id",
                "Objectif du contrat",
                words={one.id: f"{one.code} · {one.label}" for one in objectives},
                others=_objective_names(objectives),
                width=30,
            ),
            entry("planned_cost", locked=planned_locked, hint=planned),
            entry("planned_valued", locked=planned_locked, hint=planned),
            entry("actual_cost", hint="En euros : bailleur + autre financement"),
            entry("landlord_share", hint="En euros"),
            entry("other_funding", locked=True, hint="Calculé : feuille « Autres financements »"),
            entry("valued_amount", hint="En euros : la part retenue en contrepartie"),
            entry("valuation_rate", locked=True, hint="Calculé : valorisé ÷ réalisé"),
            entry("status", width=14),
            entry("indicator", width=26),
            entry("indicator_target", width=14),
            entry("indicator_actual", width=14),
            entry("result", width=46),
            entry("observation", width=16),
            entry("observed_by", width=20),
            entry("observed_on", hint="jj/mm/aaaa", width=14),
            entry("correction_reason", hint="Obligatoire si un montant est négatif", width=28),
        ),
        schema,
        item_type=Action.__tablename__,
        title="title",
        help="Une ligne par action ; les montants sont en euros, jamais en milliers.",
    )


def funding_sheet(schemes: Sequence[Scheme], funders: Sequence[Funder]) -> SheetForm:
    """« Autres financements »: a row for each grant of an action."""
    schema = OtherFundingSchema()
    return SheetForm(
        FUNDING,
        "Autres financements",
        (
            _entry(schema, "action", source=(ACTIONS, "title"), hint="Le nom de l’action, tel qu’écrit sur sa feuille"),
            _entry(
                schema,
                "source",
                words=source_words(schemes, funders),
                others=source_names(schemes, funders),
                made_of=source_of,
                width=40,
            ),
            _entry(schema, "status", hint="Vide : accordée si un montant l’est, sinon identifiée", width=18),
            _entry(schema, "requested", hint="En euros"),
            _entry(schema, "awarded", hint="En euros ; leur somme est l’autre financement de l’action"),
            _entry(schema, "reference", width=24),
        ),
        schema,
        item_type=Grant.__tablename__,
        title="source",
        help="Ce que d’autres ont accordé ou se sont vu demander pour une action, une ligne par aide.",
        spare=20,
    )


def participation_sheet() -> SheetForm:
    """« Participation »: a row for each moment residents were heard."""
    schema = ParticipationSchema()
    return SheetForm(
        PARTICIPATION,
        "Participation",
        (
            _entry(schema, "stage", width=24),
            _entry(schema, "held_on", hint="jj/mm/aaaa", width=14),
            _entry(schema, "audience", width=34),
            _entry(schema, "place", width=24),
            _entry(schema, "participants", width=14),
            _entry(schema, "summary", width=46),
            _entry(schema, "outcome", width=46),
        ),
        schema,
        item_type=Participation.__tablename__,
        title="stage",
        help="Les quatre étapes : diagnostic, définition des actions, étape intermédiaire, bilan annuel.",
        spare=12,
    )


def baseline_sheet(axes: Sequence[Axis]) -> SheetForm:
    """« Références de gestion »: what ordinary management takes outside the neighbourhood and inside."""
    schema = BaselineSchema()
    return SheetForm(
        BASELINE,
        "Références de gestion",
        (
            _entry(
                schema,
                "axis",
                words={axis.number: f"{axis.number} · {axis.label}" for axis in axes},
                others=_axis_names(axes),
                width=34,
            ),
            _entry(schema, "item", width=34),
            _entry(schema, "unit", hint="Par exemple : € par logement, jours", width=20),
            _entry(schema, "outside", width=16),
            _entry(schema, "inside", width=16),
        ),
        schema,
        item_type=Baseline.__tablename__,
        title="item",
        help="Pour chaque poste de gestion : ce qu’il coûte ou prend hors du quartier, et dans le quartier.",
        spare=12,
    )


def _axis_names(axes: Sequence[Axis]) -> dict[str, int]:
    """Number alone, « axe 3 », the label alone, and its earlier or local wordings."""
    names: dict[str, int] = {}
    for axis in axes:
        for name in (str(axis.number), f"axe {axis.number}", axis.label, *axis.former_labels):
            names.setdefault(name.lower(), axis.number)
    return names


def _objective_names(objectives: Sequence[Objective]) -> dict[str, int]:
    return {name.lower(): one.id for one in objectives for name in (one.code, one.label)}


def guide(file: TfpbFile) -> Iterable[str]:
    """What « Lisez-moi » adds for this workbook."""
    yield "Une cellule vide dit « inconnu » ; 0 dit « rien »."
    if file.programme_status == "validated":
        yield rules.PLANNED_LOCK
