"""Where a comment may be pinned, and how that place is called."""

from tracker.policy import FieldError
from tracker.tfpb.rules.words import AMOUNT_LABELS

# The fields a remark may point at: code → label, as the forms call them.
FILE_PINS = {
    "dwellings": "Logements dans le quartier",
    "abated_dwellings": "Logements bénéficiant de l’abattement",
    "abatement_estimated": "Abattement estimé",
    "abatement_actual": "Abattement réel (avis d’imposition)",
}
ACTION_PINS = {
    "title": "Action",
    "axis": "Axe",
    "location": "Lieu",
    "calendar": "Calendrier",
    "status": "État",
    "priority": "Priorité du contrat",
    **AMOUNT_LABELS,
    "indicator": "Indicateur",
    "indicator_target": "Cible",
    "indicator_actual": "Résultat mesuré",
    "result": "Résultat et observations",
}
PINS = FILE_PINS | ACTION_PINS


def pin_name(action_title: str | None, field: str | None) -> str:
    """Where a comment is pinned: « Le dossier », « Médiation · Dépense réalisée »."""
    place = action_title or "Le dossier"
    return place if field is None else f"{place} · {PINS.get(field, field)}"


def pin_errors(field: str | None, *, on_action: bool) -> list[FieldError]:
    """A field of the file is not one of an action, nor the other way round."""
    offered = ACTION_PINS if on_action else FILE_PINS
    if field is None or field in offered:
        return []
    what = "de l’action" if on_action else "du dossier lui-même"
    message = f"Champ : « {PINS.get(field, field)} » trouvé ; un champ {what} est attendu : {', '.join(offered)}."
    return [FieldError("field", "unknown_value", message, field)]
