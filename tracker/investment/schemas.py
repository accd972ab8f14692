"""One schema validates the JSON body and the HTML form of the same write."""

import marshmallow as ma

from tracker.api.fields import Choice, Computed, Day, Flag, Id, Money, Ratio, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.schemas import ArchivableSchema
from tracker.investment.queries import SORTABLE
from tracker.investment.rules import OWNER_KINDS, PROJECT_KINDS, PROJECT_STATUSES, REGIMES, SITES
from tracker.money import ZERO


class AlertSchema(Schema):
    """Something to mend in a financing plan."""

    code = Text("Code", dump_only=True)
    severity = Text("Gravité", dump_only=True)
    message = Text("Message", dump_only=True)
    amount = Money("Montant", dump_only=True)


class ProjectSchema(ArchivableSchema):
    """A project and its computed amounts."""

    contract_id = Id("Contrat", required=True)
    city_id = Id("Ville", required=True)
    title = Text("Intitulé", required=True)
    kind = Choice("Nature de l’opération", PROJECT_KINDS)
    site = Choice("Situation", SITES)
    owner_name = Text("Maître d’ouvrage", max_length=200)
    owner_kind = Choice("Type de maître d’ouvrage", OWNER_KINDS)
    status = Choice("Avancement", PROJECT_STATUSES, load_default="idea", allow_none=False)
    owner_share_regime = Choice("Régime de participation", REGIMES, load_default="standard", allow_none=False)
    cost_excl_tax = Money("Coût HT", minimum=ZERO)
    cost_incl_tax = Money("Coût TTC", minimum=ZERO)
    self_funding = Money("Autofinancement", minimum=ZERO)
    starts_on = Day("Début")
    ends_on = Day("Fin")
    requested = Money("Demandé", dump_only=True)
    awarded = Money("Accordé", dump_only=True)
    loans = Money("Emprunts", dump_only=True)
    left_to_fund = Money("Reste à charge HT", dump_only=True)
    unfunded = Money("Reste à financer", dump_only=True)
    owner_share_rate = Computed("Part du maître d’ouvrage")
    alerts = ma.fields.List(ma.fields.Nested(AlertSchema), dump_only=True)


class CostItemSchema(ArchivableSchema):
    """One line of a project's cost."""

    project_id = Id("Projet", dump_only=True)
    label = Text("Poste", max_length=200, required=True)
    amount_excl_tax = Money("Montant HT", minimum=ZERO, required=True)
    vat_rate = Ratio("TVA")


class BudgetYearSchema(Schema):
    """A project's budget in one year."""

    year = Whole("Année", dump_only=True)
    version = Whole("Version", dump_only=True)
    planned = Money("Prévu")
    voted = Money("Voté")
    committed = Money("Engagé")
    paid = Money("Mandaté")


class ProjectArguments(ListArguments):
    """Filters of the projects."""

    contract_id = Id("Contrat")
    city_id = Id("Ville")
    status = Choice("Avancement", PROJECT_STATUSES)
    kind = Choice("Nature de l’opération", PROJECT_KINDS)
    site = Choice("Situation", SITES)
    owner_kind = Choice("Type de maître d’ouvrage", OWNER_KINDS)
    owner_share_regime = Choice("Régime de participation", REGIMES)
    source = Text("Financeur ou dispositif", max_length=60)
    q = Text("Texte", max_length=100)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(tuple(SORTABLE), "position")


class PlaceArguments(Schema):
    """Whose workbook: a city, within the contract when the actor writes it in several."""

    city_id = Id("Ville", required=True)
    contract_id = Id("Contrat", allow_none=False)


class PlanSumsSchema(Schema):
    """Sums over some projects."""

    projects = Whole("Projets", dump_only=True)
    cost_excl_tax = Money("Coût HT", dump_only=True)
    requested = Money("Demandé", dump_only=True)
    awarded = Money("Accordé", dump_only=True)
    self_funding = Money("Autofinancement", dump_only=True)
    loans = Money("Emprunts", dump_only=True)
    unfunded = Money("Reste à financer", dump_only=True)
    paid = Money("Versé", dump_only=True)


class CityNameSchema(Schema):
    """A city, named."""

    id = Id("Identifiant", dump_only=True)
    insee = Text("INSEE", dump_only=True)
    name = Text("Nom", dump_only=True)


class SourceNameSchema(Schema):
    """A scheme or a funder, named."""

    code = Text("Code", dump_only=True)
    name = Text("Nom", dump_only=True)


class PlanCitySchema(PlanSumsSchema):
    """The plan in one city."""

    city = ma.fields.Nested(CityNameSchema)


class PlanSourceSchema(PlanSumsSchema):
    """The plan of one source."""

    source = ma.fields.Nested(SourceNameSchema)
    funder = ma.fields.Nested(SourceNameSchema)


class InvestmentPlanSchema(Schema):
    """A contract's investment plan."""

    totals = ma.fields.Nested(PlanSumsSchema)
    by_city = ma.fields.List(ma.fields.Nested(PlanCitySchema))
    by_source = ma.fields.List(ma.fields.Nested(PlanSourceSchema))
    by_year = ma.fields.List(ma.fields.Nested(BudgetYearSchema(exclude=("version",))))
