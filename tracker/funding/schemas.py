"""One schema validates the JSON body and the HTML form of the same write."""

from tracker.api.fields import Choice, Day, Flag, Id, Moment, Money, Ratio, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.rules import DATE_LABELS, FUNDER_KINDS, GRANT_STATUSES, NATURES, PAYMENT_KINDS
from tracker.money import ZERO


class ArchivableSchema(Schema):
    """What every archivable row shows of itself."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    archived_at = Moment("Archivé le")
    archived_reason = Text("Motif d’archivage", dump_only=True)


class FunderSchema(ArchivableSchema):
    """A funder."""

    code = Text("Code", max_length=60, required=True)
    name = Text("Nom", max_length=200, required=True)
    kind = Choice("Type", FUNDER_KINDS, required=True)
    public_body = Flag("Personne publique", load_default=True)
    public_body_on = Day("Statut constaté le")
    public_body_source = Text("Source du statut", max_length=500)


class SchemeSchema(ArchivableSchema):
    """A funder's scheme with its dated rules."""

    code = Text("Code", max_length=60, required=True)
    name = Text("Nom", max_length=200, required=True)
    funder_id = Id("Financeur", required=True)
    is_loan = Flag("Prêt", load_default=False)
    nature = Choice("Nature", NATURES)
    exclusive = Flag("Exclut les autres aides du financeur", load_default=False)
    deadline_on = Day("Date limite de dépôt")
    start_within_months = Whole("Début sous (mois)", maximum=600)
    start_extension_months = Whole("Prolongation du début (mois)", maximum=600)
    finish_within_months = Whole("Fin sous (mois)", maximum=600)
    finish_extension_months = Whole("Prolongation de la fin (mois)", maximum=600)
    advance_rate = Ratio("Avance")
    instalments_cap_rate = Ratio("Plafond des acomptes")
    rules_as_of = Day("Règles constatées le")
    rules_source = Text("Source des règles", max_length=1000, many_lines=True)


class GrantSchema(ArchivableSchema):
    """One funder's line in a financing."""

    funder_id = Id("Financeur")
    scheme_id = Id("Dispositif")
    nature = Choice("Nature", NATURES)
    status = Choice("Statut", GRANT_STATUSES)
    eligible_base = Money("Assiette éligible", minimum=ZERO)
    rate = Ratio("Taux")
    requested = Money("Demandé", minimum=ZERO)
    awarded = Money("Accordé", minimum=ZERO)
    reference = Text("Référence", max_length=120)
    deadline_on = Day(DATE_LABELS["deadline_on"])
    filed_on = Day(DATE_LABELS["filed_on"])
    complete_on = Day(DATE_LABELS["complete_on"])
    start_allowed_on = Day(DATE_LABELS["start_allowed_on"])
    awarded_on = Day(DATE_LABELS["awarded_on"])
    started_on = Day(DATE_LABELS["started_on"])
    completed_on = Day(DATE_LABELS["completed_on"])
    lapses_on = Day(DATE_LABELS["lapses_on"])
    paid = Money("Versé", dump_only=True)


class GrantMove(Schema):
    """A step in a grant's life."""

    to = Choice("Nouveau statut", GRANT_STATUSES, required=True)
    on = Day("Date")
    reason = Text("Motif", max_length=1000, many_lines=True)
    awarded = Money("Accordé", minimum=ZERO)


class PaymentSchema(ArchivableSchema):
    """Money received on a grant."""

    grant_id = Id("Subvention", dump_only=True)
    kind = Choice("Type", PAYMENT_KINDS, required=True)
    amount = Money("Montant", required=True)
    paid_on = Day("Versé le", required=True)


class FunderArguments(ListArguments):
    """Filters of the funders."""

    code = Text("Code")
    kind = Choice("Type", FUNDER_KINDS)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(("code", "name", "kind"), "name")


class SchemeArguments(ListArguments):
    """Filters of the schemes."""

    code = Text("Code")
    funder_id = Id("Financeur")
    is_loan = Flag("Prêt")
    archived = Flag("Archivés", load_default=False)
    sort = Sort(("code", "name"), "name")


class ArchivedArgument(Schema):
    """``?archived=true`` lists what was archived."""

    archived = Flag("Archivés", load_default=False)
