"""Writing the actions of a file, and their planned figures once the programme is validated."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from tracker import clock, policy
from tracker.funding.commands import create_grant, open_financing
from tracker.funding.queries import GrantLine
from tracker.history.commands import Writing, fetch, referenced
from tracker.money import ZERO
from tracker.policy import Actor, Conflict, FieldError, Invalid
from tracker.territory.models import Objective, Residence
from tracker.tfpb import rules
from tracker.tfpb.commands.files import editable_file, live_actions, parent
from tracker.tfpb.models import Action, Baseline, TfpbFile
from tracker.tfpb.queries import actions as queries
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.baseline import baseline_of
from tracker.tfpb.queries.files import scope_of

# What an action repeats from one year to the next; never what was done or spent.
REPEATED = (
    "axis",
    "title",
    "location",
    "calendar",
    "priority",
    "sub_action",
    "indicator",
    "indicator_target",
)
BASELINE_REPEATED = ("axis", "item", "unit", "outside", "inside")


def _writable(write: Writing, action_id: int, version: int | None) -> Action:
    action: Action = fetch(Action, action_id)
    editable_file(write, action.file_id)
    write.check_version(action, version)
    if action.archived_at is not None:
        raise Conflict("locked", "Cette action est archivée : elle ne peut plus changer.")
    return action


def _insert(write: Writing, file: TfpbFile, values: dict[str, Any], residences: Sequence[Residence] = ()) -> Action:
    scope = scope_of(file)
    financing = open_financing("action", scope)
    action = Action(file_id=file.id, financing_id=financing.id, residences=list(residences), **values)
    related = {"residences": _names(residences)} if residences else {}
    write.add(action, scope, label=values["title"], parent=parent(file), related=related)
    financing.parent_id = action.id
    return action


def _names(residences: Sequence[Residence]) -> str:
    """How the history names them."""
    return ", ".join(residence.name for residence in residences)


def _residences(file: TfpbFile, numbers: Sequence[int], kept: Sequence[Residence] = ()) -> list[Residence]:
    """The landlord's residences of these numbers, in the file's city and neighbourhood; those kept may be archived."""
    signed, known = file.convention, {residence.id: residence for residence in kept}
    found = []
    for number in numbers:
        one = known.get(number) or referenced(Residence, number, "residence_ids", "Résidences")
        if (one.landlord_id, one.city_id, one.neighbourhood_id) != (
            signed.landlord_id,
            signed.city_id,
            file.neighbourhood_id,
        ):
            message = (
                f"Résidences : aucune résidence n° {number} de {signed.landlord.name} à {signed.city.name}, "
                f"{file.neighbourhood.name}."
            )
            raise Invalid(FieldError("residence_ids", "unknown_reference", message, number))
        found.append(one)
    return sorted(found, key=lambda residence: residence.name)


OBSERVED = ("observation", "observed_by", "observed_on")


def _check(file: TfpbFile, values: dict[str, Any], action: Action | None = None) -> None:
    """An objective of the file's contract, an observation that holds together."""
    number = values.get("objective_id")
    if number is not None and (action is None or number != action.objective_id):
        objective = referenced(Objective, number, "objective_id", "Objectif du contrat")
        if objective.contract_id != file.convention.contract_id:
            message = f"Objectif du contrat : aucun objectif n° {number} dans le contrat de ce dossier."
            raise Invalid(FieldError("objective_id", "unknown_reference", message, number))
    if any(name in values for name in OBSERVED):
        merged = {name: values.get(name, getattr(action, name, None)) for name in OBSERVED}
        errors = rules.observation_errors(**merged, year=file.year, today=clock.today())
        if errors:
            raise Invalid(errors)


def add_action(actor: Actor, file_id: int, values: dict[str, Any]) -> ActionLine:
    """Add an action to a file; one added after the programme's validation was not planned, so plans nothing."""
    with Writing(actor) as write:
        file = editable_file(write, file_id)
        if file.programme_status == "validated" and any(values.get(name) for name in rules.PLANNED_FIELDS):
            raise Conflict("locked", f"{rules.PLANNED_LOCK} Une action ajoutée ensuite se prévoit à 0,00 €.")
        _check(file, values)
        residences = _residences(file, values.pop("residence_ids", None) or ())
        action = _insert(write, file, values, residences)
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
        _check(action.file, values, action)
        related = _relocate(action, values.pop("residence_ids")) if "residence_ids" in values else {}
        where = scope_of(action.file)
        write.change(action, values, where, label=action.title, parent=parent(action.file), related=related)
    return queries.action_line(action)


def _relocate(action: Action, numbers: Sequence[int] | None) -> dict[str, list[Any]]:
    """Set the residences of an action; what changed, as the history tells it."""
    residences, before = _residences(action.file, numbers or (), action.residences), list(action.residences)
    if {one.id for one in residences} == {one.id for one in before}:
        return {}
    action.residences = residences
    # The list stands in another table: without this its change would keep the action's version.
    flag_modified(action, "title")
    return {
        "residences": [_names(before) or None, _names(residences) or None],
        "residence_ids": [[one.id for one in before], [one.id for one in residences]],
    }


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
            parent=parent(action.file),
            reason=values["reason"],
        )
    return queries.action_line(action)


def archive_action(actor: Actor, action_id: int, version: int | None, reason: str) -> ActionLine:
    """Take an action out of lists and totals, with a reason; its grants can no longer change."""
    with Writing(actor) as write:
        action = _writable(write, action_id, version)
        write.archive(action, reason, scope_of(action.file), label=action.title, parent=parent(action.file))
        action.financing.locked_reason = "Cette action est archivée : ses subventions ne peuvent plus changer."
    return queries.action_line(action)


def copy_actions_from(actor: Actor, file_id: int, from_file_id: int) -> list[ActionLine]:
    """Start a programme from another year's: its actions with amounts proposed, without what was done or spent.

    The planned figures proposed are the actual ones of what was done, else the planned ones (``rules.proposed``); what
    was abandoned is not proposed. An action the file already has (same axis, same title) is not repeated, nor a line of
    the baseline (same axis, same item). Gives back the actions added.
    """
    with Writing(actor) as write:
        file = editable_file(write, file_id)
        source = referenced(TfpbFile, from_file_id, "from_file_id", "Dossier")
        if not policy.can(actor, "read_file", scope_of(source))[0] or source.id == file.id:
            message = f"Dossier : aucun autre dossier n° {from_file_id} n’existe."
            raise Invalid(FieldError("from_file_id", "unknown_reference", message, from_file_id))
        if source.convention.landlord_id != file.convention.landlord_id:
            message = "Dossier : un dossier du même bailleur est attendu."
            raise Invalid(FieldError("from_file_id", "invalid", message, from_file_id))
        if file.programme_status == "validated":
            raise Conflict("locked", rules.PLANNED_LOCK)
        _copy_baseline(write, file, source)
        around = queries.around_of(file)
        present = {(action.axis, action.title) for action in live_actions(file)}
        return [
            ActionLine(_copy(write, file, action), ZERO, 0, around, 0)
            for action in live_actions(source)
            if action.status != "abandoned" and (action.axis, action.title) not in present
        ]


def _copy(write: Writing, file: TfpbFile, action: Action) -> Action:
    values = {name: getattr(action, name) for name in REPEATED}
    actual, planned = (action.actual_cost, action.valued_amount), (action.planned_cost, action.planned_valued)
    values["planned_cost"], values["planned_valued"] = rules.proposed(action.status, actual, planned)
    objective = action.objective
    own = objective is not None and objective.contract_id == file.convention.contract_id
    if objective is not None and own and objective.archived_at is None:
        values["objective_id"] = objective.id
    here = (file.convention.city_id, file.neighbourhood_id)
    kept = [one for one in action.residences if one.archived_at is None and (one.city_id, one.neighbourhood_id) == here]
    return _insert(write, file, values, kept)


def _copy_baseline(write: Writing, file: TfpbFile, source: TfpbFile) -> None:
    present = {(line.axis, line.item) for line in baseline_of(file)}
    for line in baseline_of(source):
        if (line.axis, line.item) not in present:
            copied = Baseline(file_id=file.id, **{name: getattr(line, name) for name in BASELINE_REPEATED})
            write.add(copied, scope_of(file), label=copied.item, parent=parent(file))


def add_grant(actor: Actor, action_id: int, values: dict[str, Any]) -> GrantLine:
    """Add a grant to an action."""
    action = queries.readable_action(actor, action_id).action
    return create_grant(actor, action.financing, values)
