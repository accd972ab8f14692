"""One line of an item's history, as the API gives it."""

import marshmallow as ma


class HistoryLine(ma.Schema):
    """``{at, actor, source, verb, changes: {field: [old, new]}}``."""

    at = ma.fields.Function(
        lambda entry: entry.at.isoformat() + "Z", metadata={"type": "string", "format": "date-time"}
    )
    actor = ma.fields.String(attribute="actor_name")
    source = ma.fields.String()
    verb = ma.fields.String()
    changes = ma.fields.Dict(metadata={"description": "champ → [ancienne valeur, nouvelle valeur]"})
