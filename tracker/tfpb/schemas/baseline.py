"""The baseline of ordinary management, and what the COPIL lets a landlord do the year after."""

from decimal import Decimal

from tracker.api.fields import Choice, Day, Flag, Id, Money, Number, Schema, Text, Whole
from tracker.funding.schemas import ArchivableSchema
from tracker.tfpb.rules import AXIS_NUMBERS

LONG = 4000
CENT = Decimal("0.01")


class BaselineSchema(ArchivableSchema):
    """What an item of ordinary management costs or takes, outside the neighbourhood and inside."""

    file_id = Id("Dossier", dump_only=True)
    axis = Choice("Axe", AXIS_NUMBERS, required=True)
    item = Text("Poste de gestion", max_length=200, required=True)
    unit = Text("Unité", max_length=60, required=True)
    outside = Number("Hors quartier")
    inside = Number("Dans le quartier")
    gap = Number("Écart", dump_only=True)


class BaselineArguments(Schema):
    """Filters of a file's baseline."""

    axis = Whole("Axe", minimum=min(AXIS_NUMBERS), maximum=max(AXIS_NUMBERS))
    archived = Flag("Archivés", load_default=False)


class CarryOverSchema(ArchivableSchema):
    """A carry-over to the year after, as the COPIL decided it."""

    file_id = Id("Dossier", dump_only=True)
    amount = Money("Montant reporté", minimum=CENT, required=True)
    decided_on = Day("Décidé le", required=True)
    reason = Text("Motif", max_length=LONG, many_lines=True, required=True)


class CarryOverArguments(Schema):
    """Filters of a file's carry-overs."""

    archived = Flag("Archivés", load_default=False)
