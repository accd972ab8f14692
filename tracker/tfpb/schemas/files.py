"""Yearly files and their moves."""

from decimal import Decimal

import marshmallow as ma

from tracker.api.fields import Choice, Day, Flag, Id, Money, Ratio, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.funding.schemas import ArchivableSchema
from tracker.money import ZERO
from tracker.tfpb.queries import files
from tracker.tfpb.rules import (
    FILE_REQUIRED,
    FILE_STATUSES,
    PROGRAMME_STATUSES,
    REPORT,
    TRACKS,
)

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONG = 4000


class FileAlertSchema(Schema):
    """What does not hold in a file as a whole: its convention's gate, its valued total against its abatement."""

    code = Text("Code", dump_only=True)
    severity = Text("Gravité", dump_only=True)
    message = Text("Message", dump_only=True)
    amount = Money("Montant", dump_only=True)


class TfpbFileSchema(ArchivableSchema):
    """A yearly file; the programme of a year is the same file before its actual figures are known."""

    convention_id = Id("Convention", required=True)
    neighbourhood_id = Id("Quartier", required=True)
    year = Whole("Année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    dwellings = Whole(FILE_REQUIRED["dwellings"])
    abated_dwellings = Whole(FILE_REQUIRED["abated_dwellings"])
    abatement_estimated = Money("Abattement estimé", minimum=ZERO)
    abatement_actual = Money("Abattement réel (avis d’imposition)", minimum=ZERO)
    estimate_source = Text("Source de l’estimation")
    actual_source = Text("Source du montant réel")
    notice_on = Day("Date de l’avis d’imposition")
    review = Text("Bilan qualitatif de l’année", max_length=LONG, many_lines=True)
    status = Choice("Bilan", FILE_STATUSES, dump_only=True)
    programme_status = Choice("Programme", PROGRAMME_STATUSES, dump_only=True)
    alerts = ma.fields.List(ma.fields.Nested(FileAlertSchema), dump_only=True)


class AbatementHelp(Schema):
    """What a tax notice says, to work an abatement out of it; nothing of it is kept."""

    tax_paid = Money("TFPB payée", minimum=ZERO)
    tax_base = Money("Base nette", minimum=ZERO)
    rates = Ratio("Somme des taux", maximum=Decimal(2))


class FileMove(Schema):
    """A file's move along one of its tracks."""

    to = Text("Nouveau statut", max_length=20, required=True)
    track = Choice("Volet", TRACKS, load_default=REPORT)
    on = Day("Date")
    reason = Text("Motif", max_length=1000, many_lines=True)


class CopyActions(Schema):
    """Which file to start from."""

    from_file_id = Id("Dossier à reprendre", required=True)


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
