"""Actions and the revision of their planned figures."""

import marshmallow as ma

from tracker.api.fields import Choice, Computed, Day, Flag, Id, Ids, Money, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.schemas import ArchivableSchema
from tracker.tfpb.queries import actions
from tracker.tfpb.rules import (
    ACTION_STATUSES,
    AMOUNT_LABELS,
    AXIS_NUMBERS,
    OBSERVATIONS,
    OBSERVERS,
    PRIORITIES,
)

LONG = 4000


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
    sub_action = Text("Sous-action", max_length=200)
    title = Text("Action", required=True)
    residence_ids = Ids("Résidences")
    location = Text("Lieu")
    calendar = Text("Calendrier")
    status = Choice("État", ACTION_STATUSES, load_default="planned", allow_none=False)
    planned_cost = Money(AMOUNT_LABELS["planned_cost"])
    planned_valued = Money(AMOUNT_LABELS["planned_valued"])
    actual_cost = Money(AMOUNT_LABELS["actual_cost"])
    landlord_share = Money(AMOUNT_LABELS["landlord_share"])
    valued_amount = Money(AMOUNT_LABELS["valued_amount"])
    priority = Choice("Priorité du contrat", PRIORITIES)
    objective_id = Id("Objectif du contrat")
    indicator = Text("Indicateur")
    indicator_target = Text("Cible", max_length=120)
    indicator_actual = Text("Résultat mesuré", max_length=120)
    result = Text("Résultat et observations", max_length=LONG, many_lines=True)
    observation = Choice("Constat sur place", OBSERVATIONS)
    observed_by = Choice("Constat fait par", OBSERVERS)
    observed_on = Day("Date du constat")
    correction_reason = Text("Motif de la correction", max_length=LONG, many_lines=True)
    other_funding = Money(AMOUNT_LABELS["other_funding"], dump_only=True)
    cost_gap = Money("Écart entre réalisé et prévu", dump_only=True)
    valuation_rate = Computed("Taux de valorisation TFPB")
    alerts = ma.fields.List(ma.fields.Nested(ActionAlertSchema), dump_only=True)


class PlannedRevision(Schema):
    """New planned figures of a validated programme, and why."""

    planned_cost = Money(AMOUNT_LABELS["planned_cost"])
    planned_valued = Money(AMOUNT_LABELS["planned_valued"])
    reason = Text("Motif", max_length=1000, many_lines=True, required=True)


class ActionArguments(ListArguments):
    """Filters of a file's actions."""

    axis = Whole("Axe", minimum=min(AXIS_NUMBERS), maximum=max(AXIS_NUMBERS))
    status = Choice("État", ACTION_STATUSES)
    priority = Choice("Priorité", PRIORITIES)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(actions.SORTS, "axis")
