"""Writing the carry-overs of a file: each is a decision of the COPIL, with its date and its reason."""

from typing import Any

from tracker import clock
from tracker.history.commands import Writing, fetch
from tracker.money import in_french
from tracker.policy import Actor, Conflict, Invalid
from tracker.tfpb import rules
from tracker.tfpb.commands.files import locked_file, parent
from tracker.tfpb.models import CarryOver
from tracker.tfpb.queries.baseline import carry_overs_of
from tracker.tfpb.queries.files import file_line, scope_of


def grant_carry_over(actor: Actor, file_id: int, values: dict[str, Any]) -> CarryOver:
    """Record what the COPIL lets the landlord do the year after; it changes no figure of the file.

    Raises Conflict while the report is not submitted, Invalid when the decision is not taken yet or when the
    carry-overs exceed what the file lacks.
    """
    with Writing(actor) as write:
        file = locked_file(file_id)
        write.require("grant_carry_over", scope_of(file))
        if file.archived_at is not None:
            raise Conflict("locked", "Le dossier est archivé : il ne peut plus changer.")
        if file.status not in rules.COUNTED:
            message = "Le bilan n’est pas déposé : le COPIL ne décide d’un report qu’au vu du bilan."
            raise Conflict("transition_not_allowed", message)
        line = file_line(file_id)
        errors = rules.carry_over_errors(
            values["amount"],
            values["decided_on"],
            lacking=None if line.gap is None else -line.gap,
            granted=[one.amount for one in carry_overs_of(file)],
            year=file.year,
            today=clock.today(),
        )
        if errors:
            raise Invalid(errors)
        decision = CarryOver(file_id=file.id, **values)
        write.add(decision, scope_of(file), label=in_french(decision.amount), parent=parent(file))
    return decision


def archive_carry_over(actor: Actor, carry_over_id: int, version: int | None, reason: str) -> CarryOver:
    """Take back a carry-over recorded by mistake, with a reason."""
    with Writing(actor) as write:
        decision: CarryOver = fetch(CarryOver, carry_over_id)
        file = locked_file(decision.file_id)
        write.require("grant_carry_over", scope_of(file))
        write.check_version(decision, version)
        write.archive(decision, reason, scope_of(file), label=in_french(decision.amount), parent=parent(file))
    return decision
