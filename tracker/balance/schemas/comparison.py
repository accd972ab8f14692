"""What a comparison is asked with, and the shape of its JSON."""

import marshmallow as ma

from tracker.api.fields import Choice, Moment, Schema, Text, Whole
from tracker.balance.rules.comparison import KINDS, SECTIONS

_STATE = "« live » (aujourd’hui), un numéro d’édition de l’année (« 2 »), ou celui d’une autre année (« 2025-2 »)"


class ComparisonArguments(Schema):
    """The two states compared."""

    before = Text("État de départ", required=True, max_length=20, data_key="from", metadata={"description": _STATE})
    after = Text("État d’arrivée", load_default="live", max_length=20, data_key="to", metadata={"description": _STATE})


class ComparedStateSchema(Schema):
    """One of the two states."""

    state = ma.fields.String(dump_only=True, metadata={"enum": ["live", "edition"]})
    year = Whole("Année", dump_only=True)
    number = Whole("Numéro de l’édition", dump_only=True)
    frozen_at = Moment("Arrêtée le")


class ComparedLineSchema(Schema):
    """One figure that changed, or one line that came or went; values are those of the sheet's own JSON."""

    section = Choice("Partie du bilan", SECTIONS, dump_only=True)
    kind = Choice("Nature du changement", KINDS, dump_only=True)
    name = Text("Ligne", dump_only=True)
    figure = Text("Chiffre", dump_only=True)
    label = Text("Libellé du chiffre", dump_only=True)
    before = ma.fields.Raw(dump_only=True, allow_none=True, metadata={"type": ["string", "integer"]})
    after = ma.fields.Raw(dump_only=True, allow_none=True, metadata={"type": ["string", "integer"]})
    change = ma.fields.Raw(dump_only=True, allow_none=True, metadata={"type": ["string", "integer"]})


class ComparisonSchema(Schema):
    """Two states of a balance sheet compared, line by line."""

    contract = Text("Code du contrat", dump_only=True)
    year = Whole("Année", dump_only=True)
    before = ma.fields.Nested(ComparedStateSchema, dump_only=True, data_key="from")
    after = ma.fields.Nested(ComparedStateSchema, dump_only=True, data_key="to")
    scope = ma.fields.String(dump_only=True, metadata={"enum": ["all", "own"]})
    left_out = ma.fields.List(ma.fields.String(), dump_only=True)
    lines = ma.fields.List(ma.fields.Nested(ComparedLineSchema), dump_only=True)
