"""One schema validates the JSON body and the HTML form of the same write."""

import marshmallow as ma

from tracker.api.fields import Choice, Computed, Day, Flag, Id, Money, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.schemas import ArchivableSchema
from tracker.money import ZERO
from tracker.tfpb.queries import actions, conventions, files
from tracker.tfpb.rules import (
    ACTION_STATUSES,
    AMOUNT_LABELS,
    AXIS_NUMBERS,
    CONVENTION_STATUSES,
    FILE_REQUIRED,
    FILE_STATUSES,
    PRIORITIES,
    PROGRAMME_STATUSES,
    REPORT,
    STAGES,
    TRACKS,
)

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONG = 4000


class ConventionSchema(ArchivableSchema):
    """A landlord's convention for one city."""

    contract_id = Id("Contrat", required=True)
    landlord_id = Id("Bailleur", required=True)
    city_id = Id("Ville", required=True)
    first_year = Whole("Première année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    last_year = Whole("Dernière année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    signed_on = Day("Signée le")
    status = Choice("Statut", CONVENTION_STATUSES, load_default="draft", allow_none=False)


class TfpbFileSchema(ArchivableSchema):
    """A yearly file; the programme of a year is the same file before its actual figures are known."""

    convention_id = Id("Convention", required=True)
    neighbourhood_id = Id("Quartier", required=True)
    year = Whole("Année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    dwellings = Whole(FILE_REQUIRED["dwellings"])
    abated_dwellings = Whole(FILE_REQUIRED["abated_dwellings"])
    abatement_estimated = Money("Abattement estimé", minimum=ZERO)
    abatement_actual = Money("Abattement réel (avis d’imposition)", minimum=ZERO)
    status = Choice("Bilan", FILE_STATUSES, dump_only=True)
    programme_status = Choice("Programme", PROGRAMME_STATUSES, dump_only=True)


class FileMove(Schema):
    """A file's move along one of its tracks."""

    to = Text("Nouveau statut", max_length=20, required=True)
    track = Choice("Volet", TRACKS, load_default=REPORT)
    on = Day("Date")
    reason = Text("Motif", max_length=1000, many_lines=True)


class CopyActions(Schema):
    """Which file to start from."""

    from_file_id = Id("Dossier à reprendre", required=True)


class ActionAlertSchema(Schema):
    """What does not hold between an action's amounts."""

    code = Text("Code", dump_only=True)
    severity = Text("Gravité", dump_only=True)
    message = Text("Message", dump_only=True)
    amount = Money("Montant", dump_only=True)


class ActionSchema(ArchivableSchema):
    """A counterpart action. Amounts may be negative: a correction of an earlier year."""

    file_id = Id("Dossier", dump_only=True)
    axis = Choice("Axe", AXIS_NUMBERS, required=True)
    title = Text("Action", required=True)
    location = Text("Lieu")
    calendar = Text("Calendrier")
    status = Choice("État", ACTION_STATUSES, load_default="planned", allow_none=False)
    planned_cost = Money(AMOUNT_LABELS["planned_cost"])
    planned_valued = Money(AMOUNT_LABELS["planned_valued"])
    actual_cost = Money(AMOUNT_LABELS["actual_cost"])
    landlord_share = Money(AMOUNT_LABELS["landlord_share"])
    valued_amount = Money(AMOUNT_LABELS["valued_amount"])
    priority = Choice("Priorité du contrat", PRIORITIES)
    indicator = Text("Indicateur")
    indicator_target = Text("Cible", max_length=120)
    indicator_actual = Text("Résultat mesuré", max_length=120)
    result = Text("Résultat et observations", max_length=LONG, many_lines=True)
    other_funding = Money(AMOUNT_LABELS["other_funding"], dump_only=True)
    valuation_rate = Computed("Taux de valorisation TFPB")
    alerts = ma.fields.List(ma.fields.Nested(ActionAlertSchema), dump_only=True)


class PlannedRevision(Schema):
    """New planned figures of a validated programme, and why."""

    planned_cost = Money(AMOUNT_LABELS["planned_cost"])
    planned_valued = Money(AMOUNT_LABELS["planned_valued"])
    reason = Text("Motif", max_length=1000, many_lines=True, required=True)


class ParticipationSchema(ArchivableSchema):
    """A moment of residents' participation."""

    file_id = Id("Dossier", dump_only=True)
    stage = Choice("Étape", STAGES, required=True)
    held_on = Day("Date", required=True)
    audience = Text("Public")
    participants = Whole("Participants", maximum=1_000_000)
    summary = Text("Ce qui s’est dit", max_length=LONG, many_lines=True)
    outcome = Text("Ce qui en est sorti", max_length=LONG, many_lines=True)


class AxisSchema(Schema):
    """An axis of the national framework; an administrator may correct its wording."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    number = Whole("Numéro", dump_only=True)
    label = Text("Libellé", max_length=200, required=True)
    note = Text("Note", max_length=1000)
    sub_actions = ma.fields.List(ma.fields.String(), dump_only=True)
    nomenclature = Text("Nomenclature", dump_only=True)


class PrioritySchema(Schema):
    """A priority of the contract's TFPB annex."""

    id = Id("Identifiant", dump_only=True)
    code = Text("Code", dump_only=True)
    label = Text("Libellé", dump_only=True)
    position = Whole("Rang", dump_only=True)


class ConventionArguments(ListArguments):
    """Filters of the conventions."""

    contract_id = Id("Contrat")
    landlord_id = Id("Bailleur")
    city_id = Id("Ville")
    first_year = Whole("Première année")
    last_year = Whole("Dernière année")
    status = Choice("Statut", CONVENTION_STATUSES)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(tuple(conventions.SORTABLE), "landlord")


class FileArguments(ListArguments):
    """Filters of the files."""

    contract_id = Id("Contrat")
    convention_id = Id("Convention")
    landlord_id = Id("Bailleur")
    city_id = Id("Ville")
    neighbourhood_id = Id("Quartier")
    year = Whole("Année")
    status = Choice("Bilan", FILE_STATUSES)
    programme_status = Choice("Programme", PROGRAMME_STATUSES)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(files.SORTS, "-year")


class ActionArguments(ListArguments):
    """Filters of a file's actions."""

    axis = Whole("Axe", minimum=min(AXIS_NUMBERS), maximum=max(AXIS_NUMBERS))
    status = Choice("État", ACTION_STATUSES)
    priority = Choice("Priorité", PRIORITIES)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(actions.SORTS, "axis")


class ParticipationArguments(Schema):
    """Filters of a file's participation."""

    stage = Choice("Étape", STAGES)
    archived = Flag("Archivés", load_default=False)
