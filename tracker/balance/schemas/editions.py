"""Freezing an edition, and an edition in a list."""

import marshmallow as ma

from tracker.api.fields import Id, Moment, Schema, Text, Whole


class FreezeSchema(Schema):
    """What freezing an edition asks for."""

    meeting_id = Id("Réunion", required=True)
    reason = Text("Motif", max_length=1000, many_lines=True)


class EditionSchema(Schema):
    """An edition in a list; its content stands at its own address."""

    id = Id("Identifiant", dump_only=True)
    contract = ma.fields.Pluck("RefSchema", "code", dump_only=True, metadata={"description": "Code du contrat"})
    year = Whole("Année", dump_only=True)
    number = Whole("Numéro", dump_only=True)
    meeting_id = Id("Réunion", dump_only=True)
    frozen_at = Moment("Arrêtée le")
    frozen_by = Text("Arrêtée par", dump_only=True)
    reason = Text("Motif", dump_only=True)
    content_sha256 = Text("SHA-256 du contenu", dump_only=True)
    published_at = Moment("Ouverte au public le")
    workbook_sha256 = Text("SHA-256 du classeur", dump_only=True)
    pdf_sha256 = Text("SHA-256 du PDF", dump_only=True)
