"""Residents' participation."""

from tracker.api.fields import Choice, Day, Flag, Id, Schema, Text, Whole
from tracker.funding.schemas import ArchivableSchema
from tracker.tfpb.rules import (
    STAGES,
)

LONG = 4000


class ParticipationSchema(ArchivableSchema):
    """A moment of residents' participation."""

    file_id = Id("Dossier", dump_only=True)
    stage = Choice("Étape", STAGES, required=True)
    held_on = Day("Date", required=True)
    place = Text("Lieu")
    audience = Text("Public")
    participants = Whole("Participants", maximum=1_000_000)
    summary = Text("Ce qui s’est dit", max_length=LONG, many_lines=True)
    outcome = Text("Ce qui en est sorti", max_length=LONG, many_lines=True)


class ParticipationArguments(Schema):
    """Filters of a file's participation."""

    stage = Choice("Étape", STAGES)
    archived = Flag("Archivés", load_default=False)
