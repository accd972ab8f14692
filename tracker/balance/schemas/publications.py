"""An edition opened to everybody."""

from typing import Any

import marshmallow as ma

from tracker.api.fields import Id, Moment, Schema, Text, Whole


class PublicationSchema(Schema):
    """A publication: who opened the edition and when, and once closed, why."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    edition_id = Id("Édition", dump_only=True)
    opened_at = Moment("Ouverte au public le")
    opened_by = Text("Ouverte par", dump_only=True)
    archived_at = Moment("Fermée le")
    archived_reason = Text("Motif de la fermeture", dump_only=True)
    address = ma.fields.Function(lambda opened: _address(opened.edition), metadata={"type": "string"})


def _address(edition: Any) -> str:
    return f"/donnees-ouvertes/{edition.contract.code}/{edition.year}/edition-{edition.number}.json"
