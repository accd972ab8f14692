"""Axes and priorities."""

from tracker.api.fields import Flag, Id, Lines, Schema, Text, Whole


class AxisSchema(Schema):
    """An axis of the national framework; an administrator may correct its wording."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    number = Whole("Numéro", dump_only=True)
    label = Text("Libellé", max_length=200, required=True)
    note = Text("Note", max_length=1000)
    sub_actions = Lines("Sous-actions usuelles")
    nomenclature = Text("Nomenclature", dump_only=True)
    former_labels = Lines("Anciens libellés")
    needs_baseline = Flag("Renforce la gestion courante")
    outside_renewal = Flag("Fermé en renouvellement urbain")


class PrioritySchema(Schema):
    """A priority of the contract's TFPB annex."""

    id = Id("Identifiant", dump_only=True)
    code = Text("Code", dump_only=True)
    label = Text("Libellé", dump_only=True)
    position = Whole("Rang", dump_only=True)
