"""Writing the amendments (« avenants ») of a convention, which follows those that are signed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, Invalid
from tracker.tfpb import rules
from tracker.tfpb.commands.conventions import keep_covering, label_of, managed, year_range
from tracker.tfpb.models import Amendment, Convention
from tracker.tfpb.queries.conventions import scope_of

FIELDS = ("subject", "signed_on", "last_year")


def _in_use(convention: Convention) -> None:
    if convention.archived_at is not None:
        raise Conflict("locked", "La convention est archivée : elle ne reçoit plus d’avenant.")
    if convention.status == "terminated":
        raise Conflict("locked", "La convention est dénoncée : elle ne reçoit plus d’avenant.")


def _agreed_last_year(convention: Convention) -> int:
    """The last year of the convention itself, whatever its amendments."""
    return convention.last_year if convention.agreed_last_year is None else convention.agreed_last_year


def _check(convention: Convention, values: Mapping[str, Any]) -> None:
    errors = rules.amendment_errors(
        values,
        rules.signed_by_all(convention),
        _agreed_last_year(convention),
        convention.contract.last_year,
        clock.today(),
    )
    if errors:
        raise Invalid(errors)


def _follow(write: Writing, convention: Convention) -> None:
    """Give the convention the years and the status its live signed amendments make it."""
    statement = select(Amendment).where(
        Amendment.convention_id == convention.id, Amendment.archived_at.is_(None), Amendment.signed_on.is_not(None)
    )
    signed = db.session.scalars(statement).all()
    agreed = _agreed_last_year(convention)
    last_year = max([agreed, *(one.last_year for one in signed if one.last_year is not None)])
    extended = last_year > agreed
    covered = year_range(convention)
    if covered is not None:
        keep_covering({"first_year": convention.first_year, "last_year": last_year}, covered)
    values = {
        "last_year": last_year,
        "agreed_last_year": agreed if extended else None,
        "status": rules.amended_status(convention.status, amended=bool(signed), extended=extended),
    }
    write.change(convention, values, scope_of(convention), label=label_of(convention))


def _parent(convention: Convention) -> tuple[str, int]:
    return Convention.__tablename__, convention.id


def add_amendment(actor: Actor, convention_id: int, values: dict[str, Any]) -> Amendment:
    """Add an amendment; signed, it makes the convention « avenant » and may extend it."""
    with Writing(actor) as write:
        convention = managed(write, convention_id)
        _in_use(convention)
        _check(convention, values)
        amendment: Amendment = write.add(
            Amendment(convention_id=convention.id, **values),
            scope_of(convention),
            label=values["subject"],
            parent=_parent(convention),
        )
        if amendment.signed_on is not None:
            _follow(write, convention)
    return amendment


def _writable(write: Writing, amendment_id: int, version: int | None) -> tuple[Amendment, Convention]:
    amendment: Amendment = fetch(Amendment, amendment_id)
    convention = managed(write, amendment.convention_id)
    write.check_version(amendment, version)
    return amendment, convention


def update_amendment(actor: Actor, amendment_id: int, version: int | None, values: dict[str, Any]) -> Amendment:
    """Change the fields named; its convention follows."""
    with Writing(actor) as write:
        amendment, convention = _writable(write, amendment_id, version)
        if amendment.archived_at is not None:
            raise Conflict("locked", "Cet avenant est archivé : il ne peut plus changer.")
        _in_use(convention)
        merged = {name: getattr(amendment, name) for name in FIELDS} | values
        _check(convention, merged)
        was_signed = amendment.signed_on is not None
        write.change(amendment, values, scope_of(convention), label=merged["subject"], parent=_parent(convention))
        if was_signed or amendment.signed_on is not None:
            _follow(write, convention)
    return amendment


def archive_amendment(actor: Actor, amendment_id: int, version: int | None, reason: str) -> Amendment:
    """Undo an amendment with a reason: the convention falls back to what it is without it."""
    with Writing(actor) as write:
        amendment, convention = _writable(write, amendment_id, version)
        write.archive(amendment, reason, scope_of(convention), label=amendment.subject, parent=_parent(convention))
        if amendment.signed_on is not None:
            _follow(write, convention)
    return amendment
