"""What a meeting decides: the kinds of decision, what each has to name, and where each stands. Pure functions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.policy import FieldError

DECISION_KINDS = {
    "validated": "Bilan validé",
    "reserved": "Validé avec réserve",
    "complement": "Complément demandé",
    "carry_over": "Report accordé",
    "orientation": "Orientation pour l’année suivante",
}
# Something is still to be done after the meeting; the others are done by being decided.
AWAITED = ("reserved", "complement", "orientation")

# The fields of a decision, as a reader names them; from ``edition_id`` on, what depends on its kind.
DECISION_FIELDS = {
    "kind": "Nature",
    "subject": "Décision",
    "edition_id": "Édition",
    "file_id": "Dossier",
    "landlord_id": "Bailleur",
    "city_id": "Ville",
    "amount": "Montant reporté",
    "due_on": "Échéance",
    "done_on": "Faite le",
}
ALWAYS = ("kind", "subject")
# What a decision of each kind names (one of each tuple at least) and what else it may.
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "validated": (("edition_id",),),
    "reserved": (("edition_id",),),
    "complement": (("file_id", "landlord_id"), ("due_on",)),
    "carry_over": (("file_id",), ("amount",)),
    "orientation": (),
}
MAY_NAME = {
    "validated": (),
    "reserved": ("file_id", "landlord_id", "city_id", "due_on", "done_on"),
    "complement": ("edition_id", "done_on"),
    "carry_over": ("edition_id", "landlord_id"),
    "orientation": ("edition_id", "landlord_id", "city_id", "due_on", "done_on"),
}
# A decision keeps what it is and whom it names: who was told goes on seeing it, and nobody else is told of it.
FIXED = ("kind", "edition_id", "file_id", "landlord_id", "city_id", "amount")

DECISION_STATES = {"late": "En retard", "open": "En cours", "done": "Faite", "taken": "Prise"}
DECISION_TONES = {"late": "bad", "open": "warn", "done": "good", "taken": None}


def decision_errors(values: Mapping[str, Any], held_on: date, today: date) -> list[FieldError]:
    """What is wrong with a decision of a meeting held that day: what its kind needs or does not take, its days."""
    kind = values["kind"]
    word = DECISION_KINDS[kind]
    known = {name for name in DECISION_FIELDS if name not in ALWAYS and values.get(name) is not None}
    errors = [_missing(names, word) for names in NEEDS[kind] if not known.intersection(names)]
    taken = {*MAY_NAME[kind], *(name for names in NEEDS[kind] for name in names)}
    for name, label in DECISION_FIELDS.items():
        if name in known - taken:
            message = f"{label} : une décision « {word} » n’en porte pas."
            errors.append(FieldError(name, "invalid", message, _plain(values[name])))
    if {"landlord_id", "city_id"} <= known:
        message = "Ville : une décision nomme un bailleur ou une ville, pas les deux."
        errors.append(FieldError("city_id", "invalid", message, values["city_id"]))
    return errors + _day_errors(values.get("due_on"), values.get("done_on"), held_on, today)


def _missing(names: tuple[str, ...], word: str) -> FieldError:
    expected = " ou ".join(DECISION_FIELDS[name].lower() for name in names)
    message = f"{DECISION_FIELDS[names[0]]} : une valeur est attendue ({expected}) pour une décision « {word} »."
    return FieldError(names[0], "required", message)


def _day_errors(due_on: date | None, done_on: date | None, held_on: date, today: date) -> list[FieldError]:
    errors = []
    if due_on is not None and due_on < held_on:
        message = (
            f"Échéance : {due_on:%d/%m/%Y} trouvé ; un jour à partir de la réunion ({held_on:%d/%m/%Y}) est attendu."
        )
        errors.append(FieldError("due_on", "out_of_range", message, due_on.isoformat()))
    if done_on is not None and not held_on <= done_on <= today:
        message = (
            f"Faite le : {done_on:%d/%m/%Y} trouvé ; un jour de la réunion ({held_on:%d/%m/%Y}) à aujourd’hui "
            f"({today:%d/%m/%Y}) est attendu."
        )
        errors.append(FieldError("done_on", "out_of_range", message, done_on.isoformat()))
    return errors


def carry_over_year_errors(year: int, held_on: date) -> list[FieldError]:
    """The missing part of a year is only carried over by a meeting held in it or after it."""
    if year <= held_on.year:
        return []
    message = f"Dossier : l’année {year} suit la réunion ({held_on:%d/%m/%Y}) ; rien n’y manque encore."
    return [FieldError("file_id", "invalid", message)]


def citable(presented_on: date, held_on: date) -> bool:
    """A meeting decides of what was frozen for it or for one held that day or before: the rest did not exist yet."""
    return presented_on <= held_on


def edition_errors(edition_id: int, presented_on: date, held_on: date) -> list[FieldError]:
    """What is wrong with the edition that a decision of a meeting held that day is taken on."""
    if citable(presented_on, held_on):
        return []
    message = (
        f"Édition : une édition arrêtée pour la réunion du {presented_on:%d/%m/%Y} trouvée ; une édition arrêtée pour "
        f"cette réunion ({held_on:%d/%m/%Y}) ou pour une réunion antérieure est attendue."
    )
    return [FieldError("edition_id", "invalid", message, edition_id)]


def fixed_errors(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldError]:
    """What was decided of whom stays; a granted carry-over keeps its words too, written with it in the file."""
    fixed = (*FIXED, "subject") if old["kind"] == "carry_over" else FIXED
    return [
        FieldError(
            name,
            "invalid",
            f"{DECISION_FIELDS[name]} : une décision garde ce qu’elle désigne ; archivez-la et prenez-en une autre.",
            _plain(new[name]),
        )
        for name in fixed
        if name in new and new[name] != old[name]
    ]


def state_of(kind: str, due_on: date | None, done_on: date | None, today: date) -> str:
    """``taken`` when nothing is to be done, else ``done``, ``late`` (its day is passed) or ``open``."""
    if kind not in AWAITED:
        return "taken"
    if done_on is not None:
        return "done"
    return "late" if due_on is not None and due_on < today else "open"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value
