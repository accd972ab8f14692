"""The completeness board, its filters, and the call to a landlord."""

import marshmallow as ma

from tracker.api.fields import Choice, Day, Flag, Id, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.tfpb.queries import board
from tracker.tfpb.rules import FILE_STATUSES, PROGRAMME_STATUSES
from tracker.tfpb.rules.board import BOX_STATES, BOXES


class PartySchema(Schema):
    """Whom or what a line is about: a landlord (SIREN), a city (INSEE), a neighbourhood (QPV code)."""

    id = Id("Identifiant", dump_only=True)
    code = Text("Code", dump_only=True)
    name = Text("Nom", dump_only=True)


def _party() -> ma.fields.Nested:
    return ma.fields.Nested(PartySchema, dump_only=True)


def _box(name: str) -> Choice:
    return Choice(BOXES[name], BOX_STATES, attribute=f"states.{name}", dump_only=True)


class BoardLineSchema(Schema):
    """One expected file: convention × neighbourhood × year."""

    landlord = _party()
    city = _party()
    neighbourhood = _party()
    convention_id = Id("Convention", dump_only=True)
    file_id = Id("Dossier", dump_only=True)
    file_version = Whole("Version du dossier", dump_only=True)
    status = Choice("Bilan", FILE_STATUSES, dump_only=True)
    programme_status = Choice("Programme", PROGRAMME_STATUSES, dump_only=True)
    convention = _box("convention")
    amounts = _box("amounts")
    programme = _box("programme")
    report = _box("report")
    evidence = _box("evidence")
    participation = _box("participation")
    missing = ma.fields.List(ma.fields.String(), dump_only=True, metadata={"description": "Ce qui manque"})
    due_on = Day("Bilan attendu le", dump_only=True)
    since = Day("Depuis le", dump_only=True)
    days_late = Whole("Jours de retard", dump_only=True)
    turn = Text("À qui le tour", dump_only=True)
    awaited = Flag("À relancer", dump_only=True)
    reminded_on = Day("Relancé le", dump_only=True)
    reminded_by = Text("Relancé par", dump_only=True)


class BoardArguments(ListArguments):
    """Filters of the board."""

    city_id = Id("Ville")
    landlord_id = Id("Bailleur")
    lacking = Choice("Ce qui manque", board.LACKINGS)
    sort = Sort(board.SORTS, board.USUAL_SORT)


class ReminderSchema(Schema):
    """Whom to call: one expected file (both of its numbers), or every awaited one under these filters."""

    convention_id = Id("Convention")
    neighbourhood_id = Id("Quartier")
    city_id = Id("Ville")
    landlord_id = Id("Bailleur")
    lacking = Choice("Ce qui manque", board.LACKINGS)


class RemindedSchema(Schema):
    """What a call did."""

    lines = ma.fields.List(ma.fields.Nested(BoardLineSchema), dump_only=True)
    letters = Whole("Courriels", dump_only=True)
    unreached = ma.fields.List(
        ma.fields.String(), dump_only=True, metadata={"description": "Bailleurs dont personne ne reçoit de courriel"}
    )
