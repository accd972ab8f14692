"""Writing the nomenclature a file's actions are told by: the axes of the national framework, the priorities."""

from typing import Any

from sqlalchemy import select

from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, Scope
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
    """Correct the wording of an axis (label, note); its number never changes."""
    with Writing(actor) as write:
        axis: Axis = fetch(Axis, axis_id)
        write.require("administer", Scope())
        write.check_version(axis, version)
        write.change(axis, values, Scope(), label=f"Axe {axis.number}")
    return axis
