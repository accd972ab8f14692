"""Schemas of meetings and editions, and the shape of the balance sheet's JSON for the OpenAPI document."""

from typing import Any

import marshmallow as ma

from tracker.api.fields import Choice, Computed, Day, Flag, Id, Moment, Money, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.balance.rules import MEETING_KINDS, SEVERITIES
from tracker.tfpb.rules import ACTION_STATUSES, AXIS_NUMBERS, FILE_STATUSES, PRIORITIES, STAGES

# -- meetings ------------------------------------------------------------------------------------------------------


class MeetingSchema(Schema):
    """A meeting of a contract."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    archived_at = Moment("Archivée le")
    archived_reason = Text("Motif d’archivage", dump_only=True)
    contract_id = Id("Contrat", required=True)
    kind = Choice("Type", MEETING_KINDS, required=True)
    held_on = Day("Date", required=True)
    place = Text("Lieu", max_length=200)
    notes = Text("Notes", max_length=5000, many_lines=True)


class MeetingArguments(ListArguments):
    """Filters and order of the list of meetings."""

    contract_id = Id("Contrat")
    kind = Choice("Type", MEETING_KINDS)
    archived = Flag("Archivées", load_default=False)
    sort = Sort(("id", "held_on", "kind", "place"), "-held_on")


# -- editions ------------------------------------------------------------------------------------------------------


class FreezeSchema(Schema):
    """What freezing an edition asks for."""

    meeting_id = Id("Réunion", required=True)
    reason = Text("Motif", max_length=1000, many_lines=True)


class EditionSchema(Schema):
    """An edition in a list; its content stands at its own address."""

    id = Id("Identifiant", dump_only=True)
    contract = ma.fields.Pluck("RefSchema", "code", dump_only=True, metadata={"description": "Code du contrat"})
    year = Whole("Année", dump_only=True)
    number = Whole("Numéro", dump_only=True)
    meeting_id = Id("Réunion", dump_only=True)
    frozen_at = Moment("Arrêtée le")
    frozen_by = Text("Arrêtée par", dump_only=True)
    reason = Text("Motif", dump_only=True)
    content_sha256 = Text("SHA-256 du contenu", dump_only=True)
    workbook_sha256 = Text("SHA-256 du classeur", dump_only=True)


# -- the balance sheet ---------------------------------------------------------------------------------------------


class RefSchema(Schema):
    """What a line is about."""

    id = Id("Identifiant", dump_only=True)
    code = ma.fields.Raw(dump_only=True, allow_none=True, metadata={"type": ["string", "integer"]})
    name = Text("Nom", dump_only=True)


def _ref() -> ma.fields.Nested:
    return ma.fields.Nested(RefSchema, dump_only=True)


class FiguresSchema(Schema):
    """The figures of a line."""

    files = Whole("Dossiers", dump_only=True)
    actions = Whole("Actions", dump_only=True)
    dwellings = Whole("Logements", dump_only=True)
    abated_dwellings = Whole("Logements abattus", dump_only=True)
    abatement = Money("Abattement", dump_only=True)
    planned_cost = Money("Dépense prévisionnelle", dump_only=True)
    actual_cost = Money("Dépense réalisée", dump_only=True)
    landlord_share = Money("Financement bailleur", dump_only=True)
    other_funding = Money("Autre financement", dump_only=True)
    valued_amount = Money("Dépense valorisée TFPB", dump_only=True)
    completion_rate = Computed("Taux de réalisation : réalisé ÷ prévu")
    valuation_rate = Computed("Taux de valorisation : valorisé ÷ réalisé")
    justified_rate = Computed("Abattement justifié : valorisé ÷ abattement")
    leverage = Computed("Effet de levier : réalisé ÷ valorisé")
    valued_per_dwelling = Money("Valorisé par logement abattu", dump_only=True)
    gap = Money("Écart : valorisé − abattement", dump_only=True)


class LandlordLineSchema(FiguresSchema):
    """A landlord's line."""

    landlord = _ref()


class CityLineSchema(FiguresSchema):
    """A city's line."""

    city = _ref()


class NeighbourhoodLineSchema(FiguresSchema):
    """A neighbourhood's line."""

    neighbourhood = _ref()


class AxisLineSchema(FiguresSchema):
    """An axis's line."""

    axis = _ref()
    share = Computed("Part du valorisé")


class PriorityLineSchema(FiguresSchema):
    """A priority's line."""

    priority = _ref()
    share = Computed("Part du valorisé")


class SourceLineSchema(Schema):
    """What one scheme, else one funder, awarded."""

    source = Text("Code du dispositif, sinon du financeur", dump_only=True)
    name = Text("Nom", dump_only=True)
    funder = _ref()
    amount = Money("Accordé", dump_only=True)


class SheetActionSchema(Schema):
    """An action counted in the sheet."""

    id = Id("Identifiant", dump_only=True)
    file_id = Id("Dossier", dump_only=True)
    landlord = _ref()
    city = _ref()
    neighbourhood = _ref()
    axis = Choice("Axe", AXIS_NUMBERS, dump_only=True)
    title = Text("Action", dump_only=True)
    location = Text("Localisation", dump_only=True)
    calendar = Text("Calendrier", dump_only=True)
    status = Choice("Statut", ACTION_STATUSES, dump_only=True)
    priority = Choice("Priorité", PRIORITIES, dump_only=True)
    planned_cost = Money("Dépense prévisionnelle", dump_only=True)
    planned_valued = Money("Valorisation prévue", dump_only=True)
    actual_cost = Money("Dépense réalisée", dump_only=True)
    landlord_share = Money("Financement bailleur", dump_only=True)
    other_funding = Money("Autre financement", dump_only=True)
    valued_amount = Money("Dépense valorisée TFPB", dump_only=True)
    valuation_rate = Computed("Taux de valorisation")
    indicator = Text("Indicateur", dump_only=True)
    indicator_target = Text("Cible", dump_only=True)
    indicator_actual = Text("Atteint", dump_only=True)
    result = Text("Résultat", dump_only=True)


class SheetParticipationSchema(Schema):
    """A moment of participation in a counted file."""

    file_id = Id("Dossier", dump_only=True)
    landlord = _ref()
    city = _ref()
    neighbourhood = _ref()
    stage = Choice("Étape", STAGES, dump_only=True)
    held_on = Day("Date", dump_only=True)
    audience = Text("Public", dump_only=True)
    participants = Whole("Participants", dump_only=True)
    summary = Text("Échanges", dump_only=True)
    outcome = Text("Suites", dump_only=True)


class DueSchema(Schema):
    """A file that is due; ``missing`` lists what it lacks, as codes."""

    landlord = _ref()
    city = _ref()
    neighbourhood = _ref()
    file_id = Id("Dossier", dump_only=True)
    status = Choice("Statut", FILE_STATUSES, dump_only=True)
    missing = ma.fields.List(ma.fields.String(), dump_only=True)


class CheckSchema(Schema):
    """A point checked."""

    code = Text("Code", dump_only=True)
    severity = Choice("Gravité", SEVERITIES, dump_only=True)
    ok = ma.fields.Boolean(dump_only=True)
    message = Text("Message", dump_only=True)
    link = Text("Page où corriger", dump_only=True)


class SheetMeetingSchema(Schema):
    """The meeting an edition was frozen for."""

    id = Id("Identifiant", dump_only=True)
    kind = Choice("Type", MEETING_KINDS, dump_only=True)
    held_on = Day("Date", dump_only=True)
    place = Text("Lieu", dump_only=True)


class SheetEditionSchema(Schema):
    """Which edition a frozen sheet is; the two hashes are those of the list of editions."""

    number = Whole("Numéro", dump_only=True)
    frozen_at = Moment("Arrêtée le")
    frozen_by = Text("Arrêtée par", dump_only=True)
    reason = Text("Motif", dump_only=True)
    meeting = ma.fields.Nested(SheetMeetingSchema, dump_only=True)


def _lines(schema: type[Schema]) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Nested(schema), dump_only=True)


class BalanceSheetSchema(Schema):
    """The balance sheet of a contract-year."""

    contract = _ref()
    year = Whole("Année", dump_only=True)
    edition = ma.fields.Nested(SheetEditionSchema, dump_only=True, allow_none=True)
    scope = ma.fields.String(dump_only=True, metadata={"enum": ["all", "own"]})
    totals = ma.fields.Nested(FiguresSchema, dump_only=True)
    by_landlord = _lines(LandlordLineSchema)
    by_city = _lines(CityLineSchema)
    by_neighbourhood = _lines(NeighbourhoodLineSchema)
    by_axis = _lines(AxisLineSchema)
    by_priority = _lines(PriorityLineSchema)
    by_source = _lines(SourceLineSchema)
    actions = _lines(SheetActionSchema)
    participation = _lines(SheetParticipationSchema)
    completeness = _lines(DueSchema)
    checks = _lines(CheckSchema)
