"""Meetings and the filters of their list."""

from tracker.api.fields import Choice, Day, Flag, Id, Moment, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.balance.rules import MEETING_KINDS


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
