"""Writing the actions of a file, their planned figures once the programme is validated, and participation."""

from decimal import Decimal
from typing import Any

from tracker import policy
from tracker.funding.commands import create_grant, open_financing
from tracker.funding.queries import GrantLine
from tracker.history.commands import Writing, fetch, referenced
from tracker.money import ZERO
from tracker.policy import Actor, Conflict, FieldError, Invalid
from tracker.tfpb import rules
from tracker.tfpb.commands.files import live_actions, locked_file
from tracker.tfpb.models import Action, Participation, TfpbFile
from tracker.tfpb.queries import actions as queries
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.files import scope_of

# What an action repeats from one year to the next; never what was done or spent.
REPEATED = (
    "axis",
    "title",
    "location",
    "calendar",
    "priority",
    "planned_cost",
    "planned_valued",
    "indicator",
    "indicator_target",
)


def _editable_file(write: Writing, file_id: int) -> TfpbFile:
    file = locked_file(file_id)
    write.require("edit_file", scope_of(file))
    return file


def _parent(file: TfpbFile) -> tuple[str, int]:
    return ("tfpb_file", file.id)


def _writable(write: Writing, action_id: int, version: int | None) -> Action:
    action: Action = fetch(Action, action_id)
    _editable_file(write, action.file_id)
    write.check_version(action, version)
    if action.archived_at is not None:
        raise Conflict("locked", "Cette action est archivée : elle ne peut plus changer.")
    return action


def _insert(write: Writing, file: TfpbFile, values: dict[str, Any]) -> Action:
    scope = scope_of(file)
    financing = open_financing("action", scope)
    action: Action = write.add(
        Action(file_id=file.id, financing_id=financing.id, **values), scope, label=values["title"], parent=_parent(file)
    )
    financing.parent_id = action.id
    return action


def add_action(actor: Actor, file_id: int, values: dict[str, Any]) -> ActionLine:
    """Add an action to a file; one added after the programme's validation was not planned, so plans nothing."""
    with Writing(actor) as write:
        file = _editable_file(write, file_id)
        if file.programme_status == "validated" and any(values.get(name) for name in rules.PLANNED_FIELDS):
            raise Conflict("locked", f"{rules.PLANNED_LOCK} Une action ajoutée ensuite se prévoit à 0,00 €.")
        action = _insert(write, file, values)
    return queries.action_line(action)


def update_action(actor: Actor, action_id: int, version: int | None, values: dict[str, Any]) -> ActionLine:
    """Change the fields named; once the programme is validated its planned figures only move by ``revise_planned``."""
    with Writing(actor) as write:
        action = _writable(write, action_id, version)
        planned = [name for name in rules.PLANNED_FIELDS if name in values]
        if action.file.programme_status == "validated" and any(
            values[name] != getattr(action, name) for name in planned
        ):
            raise Conflict("locked", rules.PLANNED_LOCK)
        write.change(action, values, scope_of(action.file), label=action.title, parent=_parent(action.file))
    return queries.action_line(action)


def revise_planned(actor: Actor, action_id: int, version: int | None, values: dict[str, Any]) -> ActionLine:
    """Change the planned figures of a validated programme, with a ``reason`` the history keeps."""
    with Writing(actor) as write:
        action = _writable(write, action_id, version)
        if action.file.programme_status != "validated":
            message = "Le programme n’est pas encore validé : modifiez directement l’action."
            raise Conflict("transition_not_allowed", message)
        changes: dict[str, Decimal | None] = {
            name: values[name]
            for name in rules.PLANNED_FIELDS
            if name in values and values[name] != getattr(action, name)
        }
        if not changes:
            message = "Dépense prévisionnelle : une révision change au moins un des deux montants prévus."
            raise Invalid(FieldError("planned_cost", "invalid", message))
        write.change(
            action,
            changes,
            scope_of(action.file),
            verb="revise",
            label=action.title,
            parent=_parent(action.file),
            reason=values["reason"],
        )
    return queries.action_line(action)


def archive_action(actor: Actor, action_id: int, version: int | None, reason: str) -> ActionLine:
    """Take an action out of lists and totals, with a reason; its grants can no longer change."""
    with Writing(actor) as write:
        action = _writable(write, action_id, version)
        write.archive(action, reason, scope_of(action.file), label=action.title, parent=_parent(action.file))
        action.financing.locked_reason = "Cette action est archivée : ses subventions ne peuvent plus changer."
    return queries.action_line(action)


def copy_actions_from(actor: Actor, file_id: int, from_file_id: int) -> list[ActionLine]:
    """Start a programme from another year's: its actions with their planned figures, without what was done or spent.

    An action the file already has (same axis, same title) is not repeated. Gives back the actions added.
    """
    with Writing(actor) as write:
        file = _editable_file(write, file_id)
        source = referenced(TfpbFile, from_file_id, "from_file_id", "Dossier")
        if not policy.can(actor, "read_file", scope_of(source))[0] or source.id == file.id:
            message = f"Dossier : aucun autre dossier n° {from_file_id} n’existe."
            raise Invalid(FieldError("from_file_id", "unknown_reference", message, from_file_id))
        if source.convention.landlord_id != file.convention.landlord_id:
            message = "Dossier : un dossier du même bailleur est attendu."
            raise Invalid(FieldError("from_file_id", "invalid", message, from_file_id))
        if file.programme_status == "validated":
            raise Conflict("locked", rules.PLANNED_LOCK)
        present = {(action.axis, action.title) for action in live_actions(file)}
        return [
            ActionLine(_insert(write, file, {name: getattr(action, name) for name in REPEATED}), ZERO)
            for action in live_actions(source)
            if (action.axis, action.title) not in present
        ]


def add_grant(actor: Actor, action_id: int, values: dict[str, Any]) -> GrantLine:
    """Add a grant to an action."""
    action = queries.readable_action(actor, action_id).action
    return create_grant(actor, action.financing, values)


# -- participation -------------------------------------------------------------------------------------------------


def _stage(moment: Participation) -> str:
    return f"{rules.STAGES[moment.stage]}, {moment.held_on:%d/%m/%Y}"


def _check(file: TfpbFile, values: dict[str, Any]) -> None:
    errors = rules.held_on_errors(values["held_on"], file.year) if "held_on" in values else []
    if errors:
        raise Invalid(errors)


def add_participation(actor: Actor, file_id: int, values: dict[str, Any]) -> Participation:
    """Record a moment of residents' participation."""
    with Writing(actor) as write:
        file = _editable_file(write, file_id)
        _check(file, values)
        moment = Participation(file_id=file.id, **values)
        write.add(moment, scope_of(file), label=_stage(moment), parent=_parent(file))
    return moment


def _writable_participation(write: Writing, participation_id: int, version: int | None) -> Participation:
    moment: Participation = fetch(Participation, participation_id)
    _editable_file(write, moment.file_id)
    write.check_version(moment, version)
    if moment.archived_at is not None:
        raise Conflict("locked", "Ce moment de participation est archivé : il ne peut plus changer.")
    return moment


def update_participation(
    actor: Actor, participation_id: int, version: int | None, values: dict[str, Any]
) -> Participation:
    """Change the fields named."""
    with Writing(actor) as write:
        moment = _writable_participation(write, participation_id, version)
        _check(moment.file, values)
        write.change(moment, values, scope_of(moment.file), label=_stage(moment), parent=_parent(moment.file))
    return moment


def archive_participation(actor: Actor, participation_id: int, version: int | None, reason: str) -> Participation:
    """Take a moment of participation out of the file, with a reason."""
    with Writing(actor) as write:
        moment = _writable_participation(write, participation_id, version)
        write.archive(moment, reason, scope_of(moment.file), label=_stage(moment), parent=_parent(moment.file))
    return moment
