"""Conventions and their amendments."""

import marshmallow as ma

from tracker.api.fields import Choice, Day, DayOfYear, Flag, Id, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.schemas import ArchivableSchema
from tracker.tfpb.queries import conventions
from tracker.tfpb.rules import CONVENTION_STATUSES, DATE_LABELS

FIRST_YEAR, LAST_YEAR = 1990, 2100


class ConventionAlertSchema(Schema):
    """What keeps a convention from opening the abatement of its first year, or what stands twice."""

    code = Text("Code", dump_only=True)
    severity = Text("Gravité", dump_only=True)
    message = Text("Message", dump_only=True)


class ConventionSchema(ArchivableSchema):
    """A landlord's convention for one city. Its signatures and declaration are days that have come."""

    contract_id = Id("Contrat", required=True)
    landlord_id = Id("Bailleur", required=True)
    city_id = Id("Ville", required=True)
    first_year = Whole("Première année d’application", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    last_year = Whole("Dernière année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    signed_on = Day("Signée le")
    landlord_signed_on = Day(DATE_LABELS["landlord_signed_on"])
    city_signed_on = Day(DATE_LABELS["city_signed_on"])
    intermunicipal_signed_on = Day(DATE_LABELS["intermunicipal_signed_on"])
    prefect_signed_on = Day(DATE_LABELS["prefect_signed_on"])
    declared_on = Day(DATE_LABELS["declared_on"])
    report_due = DayOfYear("Bilan à déposer avant le")
    status = Choice("Statut", CONVENTION_STATUSES, load_default="draft", allow_none=False)
    acquired_year = Whole("Première année acquise", dump_only=True)
    alerts = ma.fields.List(ma.fields.Nested(ConventionAlertSchema), dump_only=True)


class ConventionArguments(ListArguments):
    """Filters of the conventions."""

    contract_id = Id("Contrat")
    landlord_id = Id("Bailleur")
    city_id = Id("Ville")
    first_year = Whole("Première année d’application")
    last_year = Whole("Dernière année")
    status = Choice("Statut", CONVENTION_STATUSES)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(tuple(conventions.SORTABLE), "landlord")


class AmendmentSchema(ArchivableSchema):
    """A rider to a convention; signed, it may give it a later last year."""

    convention_id = Id("Convention", dump_only=True)
    subject = Text("Objet", required=True)
    signed_on = Day("Signé le")
    last_year = Whole("Prolonge jusqu’en", minimum=FIRST_YEAR, maximum=LAST_YEAR)


class AmendmentArguments(Schema):
    """Filters of a convention's amendments."""

    archived = Flag("Archivés", load_default=False)
