"""Writing the nomenclature a file's actions are told by: the axes of the national framework, the priorities."""

from typing import Any

from sqlalchemy import select

from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.tfpb import rules
from tracker.tfpb.models import Axis, Priority


def add_axis(actor: Actor, values: dict[str, Any]) -> Axis:
    """Add an axis: ``number``, ``label``, ``note``, ``sub_actions``, ``nomenclature`` (its source, dated)."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        if db.session.scalars(select(Axis.id).where(Axis.number == values["number"])).first() is not None:
            raise Conflict("duplicate", f"L’axe {values['number']} existe déjà.")
        axis: Axis = write.add(Axis(**values), Scope(), label=f"Axe {values['number']}")
    return axis


def add_priority(actor: Actor, values: dict[str, Any]) -> Priority:
    """Add a priority: ``code``, ``label``, ``position`` (its order in the annex)."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        if db.session.scalars(select(Priority.id).where(Priority.code == values["code"])).first() is not None:
            raise Conflict("duplicate", f"La priorité « {values['code']} » existe déjà.")
        priority: Priority = write.add(Priority(**values), Scope(), label=values["label"])
    return priority


def update_axis(actor: Actor, axis_id: int, version: int | None, values: dict[str, Any]) -> Axis:
    """Correct an axis: its wordings, what it asks for, where it is closed; its number never changes."""
    with Writing(actor) as write:
        axis: Axis = fetch(Axis, axis_id)
        write.require("administer", Scope())
        write.check_version(axis, version)
        _check_wordings(axis, values)
        write.change(axis, values, Scope(), label=f"Axe {axis.number}")
    return axis


def _check_wordings(axis: Axis, values: dict[str, Any]) -> None:
    """A wording, present or former, names one axis alone: a workbook is read by it."""
    taken: dict[str, int] = {}
    for other in db.session.scalars(select(Axis).where(Axis.id != axis.id)):
        taken |= {rules.wording(text): other.number for text in (other.label, *other.former_labels)}
    errors = []
    for field, label in (("label", "Libellé"), ("former_labels", "Anciens libellés")):
        told = values.get(field, ())
        for text in [told] if isinstance(told, str) else told:
            number = taken.get(rules.wording(text))
            if number is not None:
                message = f"{label} : « {text} » désigne déjà l’axe {number}."
                errors.append(FieldError(field, "invalid", message, text))
    if errors:
        raise Invalid(errors)
