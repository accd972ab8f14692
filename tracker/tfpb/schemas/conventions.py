"""Conventions."""

from tracker.api.fields import Choice, Day, Flag, Id, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.schemas import ArchivableSchema
from tracker.tfpb.queries import conventions
from tracker.tfpb.rules import (
    CONVENTION_STATUSES,
)

FIRST_YEAR, LAST_YEAR = 1990, 2100


class ConventionSchema(ArchivableSchema):
    """A landlord's convention for one city."""

    contract_id = Id("Contrat", required=True)
    landlord_id = Id("Bailleur", required=True)
    city_id = Id("Ville", required=True)
    first_year = Whole("Première année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    last_year = Whole("Dernière année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    signed_on = Day("Signée le")
    status = Choice("Statut", CONVENTION_STATUSES, load_default="draft", allow_none=False)


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
