"""Meetings, what they decide, and the filters of their lists."""

from decimal import Decimal

from tracker.api.fields import Choice, Day, Flag, Id, Moment, Money, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.balance.rules import DECISION_FIELDS, DECISION_KINDS, MEETING_KINDS


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
    agenda = Text("Ordre du jour", max_length=5000, many_lines=True)
    attendance = Text("Présences", max_length=5000, many_lines=True)
    notes = Text("Notes", max_length=5000, many_lines=True)


class MeetingArguments(ListArguments):
    """Filters and order of the list of meetings."""

    contract_id = Id("Contrat")
    kind = Choice("Type", MEETING_KINDS)
    archived = Flag("Archivées", load_default=False)
    sort = Sort(("id", "held_on", "kind", "place"), "-held_on")


class DecisionSchema(Schema):
    """What a meeting decided, and of whom."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    archived_at = Moment("Archivée le")
    archived_reason = Text("Motif d’archivage", dump_only=True)
    meeting_id = Id("Réunion", dump_only=True)
    contract_id = Id("Contrat", dump_only=True, attribute="meeting.contract_id")
    kind = Choice(DECISION_FIELDS["kind"], DECISION_KINDS, required=True)
    subject = Text(DECISION_FIELDS["subject"], max_length=2000, many_lines=True, required=True)
    edition_id = Id(DECISION_FIELDS["edition_id"])
    file_id = Id(DECISION_FIELDS["file_id"])
    landlord_id = Id(DECISION_FIELDS["landlord_id"])
    city_id = Id(DECISION_FIELDS["city_id"])
    amount = Money(DECISION_FIELDS["amount"], minimum=Decimal("0.01"))
    due_on = Day(DECISION_FIELDS["due_on"])
    done_on = Day(DECISION_FIELDS["done_on"])
    carry_over_id = Id("Report", dump_only=True)


class DoneSchema(Schema):
    """What saying that a decision is done asks for."""

    done_on = Day(DECISION_FIELDS["done_on"], required=True)


class DecisionArguments(ListArguments):
    """Filters and order of a list of decisions."""

    contract_id = Id("Contrat")
    meeting_id = Id("Réunion")
    edition_id = Id("Édition")
    landlord_id = Id("Bailleur")
    city_id = Id("Ville")
    kind = Choice("Nature", DECISION_KINDS)
    open = Flag("En attente")
    archived = Flag("Archivées", load_default=False)
    sort = Sort(("id", "due_on", "held_on"), "id")


class MeetingDecisionArguments(ListArguments):
    """Filters of the decisions of one meeting."""

    archived = Flag("Archivées", load_default=False)
