"""The shape of the balance sheet's JSON, for the OpenAPI document."""

from typing import Any

import marshmallow as ma

from tracker.api.fields import Choice, Computed, Day, Flag, Id, Moment, Money, Schema, Text, Whole
from tracker.balance.rules import MEETING_KINDS, SEVERITIES
from tracker.investment.rules import PROJECT_KINDS, PROJECT_STATUSES
from tracker.tfpb.rules import ACTION_STATUSES, AXIS_NUMBERS, FILE_STATUSES, PRIORITIES, PROGRAMME_STATUSES, STAGES


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
    actual_cost_per_dwelling = Money("Dépense par logement", dump_only=True)
    coverage_rate = Computed("Couverture de la dépense : abattement ÷ réalisé")


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
    place = Text("Lieu", dump_only=True)


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


class YearLineSchema(FiguresSchema):
    """The figures of one year."""

    year = Whole("Année", dump_only=True)


class PreviousYearSchema(Schema):
    """The figures of the year before."""

    year = Whole("Année", dump_only=True)
    totals = ma.fields.Nested(FiguresSchema, dump_only=True)
    by_landlord = _lines(LandlordLineSchema)
    by_city = _lines(CityLineSchema)
    by_axis = _lines(AxisLineSchema)


class PlannedLineSchema(Schema):
    """A planned action of next year."""

    landlord = Text("Bailleur", dump_only=True)
    city = Text("Ville", dump_only=True)
    neighbourhood = Text("Quartier", dump_only=True)
    programme_status = Choice("Programme", PROGRAMME_STATUSES, dump_only=True)
    axis = Choice("Axe", AXIS_NUMBERS, dump_only=True)
    title = Text("Action", dump_only=True)
    location = Text("Localisation", dump_only=True)
    calendar = Text("Calendrier", dump_only=True)
    priority = Choice("Priorité", PRIORITIES, dump_only=True)
    planned_cost = Money("Dépense prévisionnelle", dump_only=True)
    planned_valued = Money("Valorisation prévue", dump_only=True)


class InvestmentLineSchema(Schema):
    """Sums over some equipment projects; by source, what belongs to whole projects is null."""

    projects = Whole("Projets", dump_only=True)
    delivered = Whole("Projets livrés", dump_only=True)
    cost_excl_tax = Money("Coût HT", dump_only=True)
    requested = Money("Demandé", dump_only=True)
    awarded = Money("Accordé", dump_only=True)
    paid = Money("Versé", dump_only=True)
    self_funding = Money("Autofinancement", dump_only=True)
    loans = Money("Emprunts", dump_only=True)
    left_to_fund = Money("Reste à charge HT", dump_only=True)
    unfunded = Money("Reste à financer", dump_only=True)


class InvestmentCityLineSchema(InvestmentLineSchema):
    """The projects of a city."""

    city = _ref()


class InvestmentSourceLineSchema(InvestmentLineSchema):
    """What one scheme, else one funder, brings to the projects."""

    source = Text("Code du dispositif, sinon du financeur", dump_only=True)
    name = Text("Nom", dump_only=True)
    funder = _ref()
    is_loan = Flag("Prêt", dump_only=True)


class SheetProjectSchema(Schema):
    """An equipment project as the sheet shows it."""

    id = Id("Identifiant", dump_only=True)
    city = _ref()
    title = Text("Projet", dump_only=True)
    kind = Choice("Type", PROJECT_KINDS, dump_only=True)
    status = Choice("Statut", PROJECT_STATUSES, dump_only=True)
    cost_excl_tax = Money("Coût HT", dump_only=True)
    awarded = Money("Accordé", dump_only=True)
    paid = Money("Versé", dump_only=True)
    left_to_fund = Money("Reste à charge HT", dump_only=True)
    unfunded = Money("Reste à financer", dump_only=True)
    owner_share_rate = Computed("Part du maître d’ouvrage")


class SheetInvestmentSchema(Schema):
    """The investment side of the year; the four amounts are the year's budgets, all projects together."""

    totals = ma.fields.Nested(InvestmentLineSchema, dump_only=True)
    by_city = _lines(InvestmentCityLineSchema)
    by_source = _lines(InvestmentSourceLineSchema)
    projects = _lines(SheetProjectSchema)
    planned = Money("Prévu", dump_only=True)
    voted = Money("Voté", dump_only=True)
    committed = Money("Engagé", dump_only=True)
    paid = Money("Mandaté", dump_only=True)


class ReferenceSchema(Schema):
    """What a figure is compared with, with its source; ``high`` when the source gives a range."""

    figure = Text("Chiffre", dump_only=True)
    label = Text("Repère", dump_only=True)
    low = ma.fields.String(dump_only=True, metadata={"description": "Valeur, ou bas de la fourchette"})
    high = ma.fields.String(dump_only=True, allow_none=True, metadata={"description": "Haut de la fourchette"})
    period = Text("Période", dump_only=True)
    source = Text("Source", dump_only=True)


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
    previous = ma.fields.Nested(PreviousYearSchema, dump_only=True, allow_none=True)
    by_year = _lines(YearLineSchema)
    cumulated = ma.fields.Nested(FiguresSchema, dump_only=True, allow_none=True)
    programme = _lines(PlannedLineSchema)
    investment = ma.fields.Nested(SheetInvestmentSchema, dump_only=True, allow_none=True)
    evaluation = Text("Évaluation de l’année", dump_only=True)
    references = _lines(ReferenceSchema)
