"""Writing the reference values the figures are compared with."""

from typing import Any

from tracker.balance.models import ReferenceValue
from tracker.balance.rules import reference_errors
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, Invalid, Scope


def _check(low: Any, high: Any) -> None:
    errors = reference_errors(low, high)
    if errors:
        raise Invalid(errors)


def create_reference(actor: Actor, values: dict[str, Any]) -> ReferenceValue:
    """Add a reference value, with its period and its source."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        _check(values["low"], values.get("high"))
        row: ReferenceValue = write.add(ReferenceValue(**values), Scope(), label=values["label"])
    return row


def _writable(write: Writing, number: int, version: int | None) -> ReferenceValue:
    row: ReferenceValue = fetch(ReferenceValue, number)
    write.require("administer", Scope())
    write.check_version(row, version)
    return row


def update_reference(actor: Actor, number: int, version: int | None, values: dict[str, Any]) -> ReferenceValue:
    """Change the fields named."""
    with Writing(actor) as write:
        row = _writable(write, number, version)
        if row.archived_at is not None:
            raise Conflict("locked", "Ce repère est archivé : il ne peut plus changer.")
        _check(values.get("low", row.low), values.get("high", row.high))
        write.change(row, values, Scope(), label=values.get("label", row.label))
    return row


def archive_reference(actor: Actor, number: int, version: int | None, reason: str) -> ReferenceValue:
    """Archive a reference value: it leaves the sheets still alive; frozen editions keep it."""
    with Writing(actor) as write:
        row = _writable(write, number, version)
        write.archive(row, reason, Scope(), label=row.label)
    return row
