"""Writing funders, schemes, grants and payments."""

from typing import Any

from tracker import clock
from tracker.extensions import db
from tracker.funding import queries, rules
from tracker.funding.models import Financing, Funder, Grant, Payment, Scheme
from tracker.funding.queries import EDIT, GrantLine, scope_of
from tracker.funding.rules import DATE_LABELS
from tracker.history.commands import Writing, fetch, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope

REFERENCE = Scope()
PARENT_TABLE = {"project": "project", "action": "tfpb_action"}
DEFAULT_NATURE = {"project": "investment", "action": "operating"}
GRANT_FIELDS = (
    "funder_id",
    "scheme_id",
    "nature",
    "status",
    "eligible_base",
    "rate",
    "requested",
    "awarded",
    "reference",
    *DATE_LABELS,
)


def open_financing(kind: str, scope: Scope) -> Financing:
    """The financing of a project (``project``) or TFPB action (``action``) being created; call it in its Writing."""
    financing = Financing(
        kind=kind,
        contract_id=scope.contract_id,
        city_id=scope.city_id,
        landlord_id=scope.landlord_id,
        open_to_readers=scope.open_to_readers,
        locked_reason=scope.locked_reason,
    )
    db.session.add(financing)
    db.session.flush()
    return financing


def _held(write: Writing, financing_id: int) -> Financing:
    """The financing, held until the end of the transaction, if the actor may change its grants.

    A TFPB file that is being submitted locks its actions' financings: what is read here is what stands when it is
    written. Raises NotReadable, Forbidden, Conflict ``locked``.
    """
    financing = db.session.get_one(Financing, financing_id, with_for_update=True)
    write.require(EDIT[financing.kind], scope_of(financing))
    return financing


def _parent(financing: Financing) -> tuple[str, int] | None:
    return (PARENT_TABLE[financing.kind], financing.parent_id) if financing.parent_id else None


def _source_label(grant: Grant) -> str:
    return grant.scheme.name if grant.scheme else grant.funder.name


def _resolved(values: dict[str, Any]) -> dict[str, Any]:
    """Funder and scheme agree: the scheme gives the funder."""
    if values.get("scheme_id") is not None:
        scheme = referenced(Scheme, values["scheme_id"], "scheme_id", "Dispositif")
        if values.get("funder_id") not in (None, scheme.funder_id):
            message = f"Financeur : le dispositif « {scheme.name} » relève de « {scheme.funder.name} »."
            raise Invalid(FieldError("funder_id", "invalid", message, values["funder_id"]))
        return {**values, "funder_id": scheme.funder_id}
    if values.get("funder_id") is None:
        message = "Financeur : un dispositif ou un financeur est attendu."
        raise Invalid(FieldError("funder_id", "required", message))
    referenced(Funder, values["funder_id"], "funder_id", "Financeur")
    return values


def create_grant(actor: Actor, financing: Financing, values: dict[str, Any]) -> GrantLine:
    """Add a grant to a project's or an action's financing, in any status."""
    with Writing(actor) as write:
        financing = _held(write, financing.id)
        values = _resolved({name: value for name, value in values.items() if name in GRANT_FIELDS})
        values["nature"] = values.get("nature") or DEFAULT_NATURE[financing.kind]
        values["status"] = values.get("status") or rules.default_status(values.get("awarded"))
        _check(values)
        grant = Grant(financing_id=financing.id, **values)
        grant.financing = financing
        db.session.add(grant)
        db.session.flush()
        db.session.refresh(grant, ["funder", "scheme"])
        write.add(grant, scope_of(financing), label=_source_label(grant), parent=_parent(financing))
    return queries.grant_line(grant.id)


def _check(values: dict[str, Any]) -> None:
    errors = rules.grant_errors(values)
    if errors:
        raise Invalid(errors)


def update_grant(actor: Actor, grant_id: int, version: int | None, values: dict[str, Any]) -> GrantLine:
    """Change the fields named; the status goes through ``move_grant``, whatever the door it came by."""
    with Writing(actor) as write:
        grant = _writable(write, grant_id, version)
        merged = {name: getattr(grant, name) for name in GRANT_FIELDS} | values
        if "scheme_id" in values or "funder_id" in values:
            if values.get("scheme_id") is not None and "funder_id" not in values:
                merged["funder_id"] = None
            merged = _resolved(merged)
            values = {**values, "funder_id": merged["funder_id"]}
        if merged["nature"] is None:
            raise Invalid(FieldError("nature", "required", "Nature : une valeur est attendue."))
        if merged["status"] is None:
            raise Invalid(FieldError("status", "required", "Statut : une valeur est attendue."))
        if merged["status"] != grant.status and "status" in values:
            refusal = rules.transition_refusal(grant.status, merged["status"])
            if refusal:
                raise Conflict("transition_not_allowed", refusal)
            if rules.needs_reason(grant.status, merged["status"]):
                message = "Statut : ce changement demande un motif ; passez par « Changer le statut »."
                raise Invalid(FieldError("status", "invalid", message, merged["status"]))
        _check(merged)
        label, parent = _source_label(grant), _parent(grant.financing)
        write.change(grant, values, scope_of(grant.financing), label=label, parent=parent)
    return queries.grant_line(grant_id)


def restore_grant(actor: Actor, grant_id: int, version: int | None, values: dict[str, Any], reason: str) -> GrantLine:
    """Give these fields of a grant the values they had before, with a reason: what undoing a batch asks for.

    The status goes straight back, whatever step that is; the history keeps both.
    """
    with Writing(actor) as write:
        grant = _writable(write, grant_id, version)
        merged = {name: getattr(grant, name) for name in GRANT_FIELDS} | values
        if "scheme_id" in values:
            merged = _resolved({**merged, "funder_id": values.get("funder_id")})
            values = {**values, "funder_id": merged["funder_id"]}
        _check(merged)
        label, parent = _source_label(grant), _parent(grant.financing)
        write.change(grant, values, scope_of(grant.financing), label=label, parent=parent, reason=reason)
    return queries.grant_line(grant_id)


def _writable(write: Writing, grant_id: int, version: int | None) -> Grant:
    grant: Grant = fetch(Grant, grant_id)
    _held(write, grant.financing_id)
    write.check_version(grant, version)
    if grant.archived_at is not None:
        raise Conflict("locked", "Cette subvention est archivée : elle ne peut plus changer.")
    return grant


def move_grant(actor: Actor, grant_id: int, version: int | None, values: dict[str, Any]) -> GrantLine:
    """Move a grant along its life: ``to``, ``on`` (today by default), ``reason``, and ``awarded`` with an award.

    The step's date is kept; a step back below the award forgets the awarded amount, which the history keeps.
    """
    with Writing(actor) as write:
        grant = _writable(write, grant_id, version)
        to, reason = values["to"], values.get("reason")
        refusal = rules.transition_refusal(grant.status, to)
        if refusal:
            raise Conflict("transition_not_allowed", refusal)
        if rules.needs_reason(grant.status, to) and not reason:
            raise Invalid(FieldError("reason", "required", "Motif : un motif est attendu pour ce changement."))
        changes: dict[str, Any] = {"status": to}
        if to in rules.STEP_DATES:
            changes[rules.STEP_DATES[to]] = values.get("on") or clock.today()
        if to in rules.BEFORE_AWARD:
            changes["awarded"] = None
        elif values.get("awarded") is not None:
            changes["awarded"] = values["awarded"]
        _check({name: getattr(grant, name) for name in GRANT_FIELDS} | changes)
        write.change(
            grant,
            changes,
            scope_of(grant.financing),
            verb="move",
            label=_source_label(grant),
            parent=_parent(grant.financing),
            reason=reason,
        )
    return queries.grant_line(grant_id)


def archive_grant(actor: Actor, grant_id: int, version: int | None, reason: str) -> GrantLine:
    """Take a grant out of lists and totals, with a reason."""
    with Writing(actor) as write:
        grant = _writable(write, grant_id, version)
        label, parent = _source_label(grant), _parent(grant.financing)
        write.archive(grant, reason, scope_of(grant.financing), label=label, parent=parent)
    return queries.grant_line(grant_id)


def add_payment(actor: Actor, grant_id: int, values: dict[str, Any]) -> Payment:
    """Record money received on a grant; before its award there is nothing to pay."""
    with Writing(actor) as write:
        grant = _writable(write, grant_id, None)
        if grant.status not in rules.AWARDED and grant.status != "to_repay":
            found = rules.GRANT_STATUSES[grant.status].lower()
            raise Conflict("transition_not_allowed", f"Aucun versement n’est possible : la subvention est « {found} ».")
        payment = Payment(grant_id=grant.id, **values)
        label, parent = _source_label(grant), _parent(grant.financing)
        write.add(payment, scope_of(grant.financing), label=label, parent=parent)
    return payment


def _writable_payment(write: Writing, payment_id: int, version: int | None) -> Payment:
    payment: Payment = fetch(Payment, payment_id)
    _writable(write, payment.grant_id, None)
    write.check_version(payment, version)
    if payment.archived_at is not None:
        raise Conflict("locked", "Ce versement est archivé : il ne peut plus changer.")
    return payment


def update_payment(actor: Actor, payment_id: int, version: int | None, values: dict[str, Any]) -> Payment:
    """Correct a payment."""
    with Writing(actor) as write:
        payment = _writable_payment(write, payment_id, version)
        financing = payment.grant.financing
        label = _source_label(payment.grant)
        write.change(payment, values, scope_of(financing), label=label, parent=_parent(financing))
    return payment


def archive_payment(actor: Actor, payment_id: int, version: int | None, reason: str) -> Payment:
    """Take a payment out of the totals, with a reason."""
    with Writing(actor) as write:
        payment = _writable_payment(write, payment_id, version)
        financing = payment.grant.financing
        label = _source_label(payment.grant)
        write.archive(payment, reason, scope_of(financing), label=label, parent=_parent(financing))
    return payment


# -- funders and schemes: reference data, the administrator's ----------------------------------------------------


def create_funder(actor: Actor, values: dict[str, Any]) -> Funder:
    """Add a funder; its code is unique."""
    with Writing(actor) as write:
        write.require("administer", REFERENCE)
        _unique(Funder, values["code"])
        funder: Funder = write.add(Funder(**values), REFERENCE, label=values["name"])
    return funder


def update_funder(actor: Actor, funder_id: int, version: int | None, values: dict[str, Any]) -> Funder:
    """Change the fields named."""
    return _update_reference(actor, Funder, funder_id, version, values)


def create_scheme(actor: Actor, values: dict[str, Any]) -> Scheme:
    """Add a scheme of a funder; its code is unique."""
    with Writing(actor) as write:
        write.require("administer", REFERENCE)
        referenced(Funder, values["funder_id"], "funder_id", "Financeur")
        _unique(Scheme, values["code"])
        scheme: Scheme = write.add(Scheme(**values), REFERENCE, label=values["name"])
    return scheme


def update_scheme(actor: Actor, scheme_id: int, version: int | None, values: dict[str, Any]) -> Scheme:
    """Change the fields named."""
    if "funder_id" in values:
        referenced(Funder, values["funder_id"], "funder_id", "Financeur")
    return _update_reference(actor, Scheme, scheme_id, version, values)


def _update_reference(actor: Actor, model: Any, number: int, version: int | None, values: dict[str, Any]) -> Any:
    with Writing(actor) as write:
        row = fetch(model, number)
        write.require("administer", REFERENCE)
        write.check_version(row, version)
        if row.archived_at is not None:
            raise Conflict("locked", "Cet élément est archivé : il ne peut plus changer.")
        if values.get("code", row.code) != row.code:
            _unique(model, values["code"])
        write.change(row, values, REFERENCE, label=row.name)
    return row


def archive_reference(
    actor: Actor, model: type[Funder] | type[Scheme], number: int, version: int | None, reason: str
) -> Any:
    """Take a funder or a scheme out of the choices; the grants it gave keep naming it."""
    with Writing(actor) as write:
        row = fetch(model, number)
        write.require("administer", REFERENCE)
        write.check_version(row, version)
        write.archive(row, reason, REFERENCE, label=row.name)
    return row


def _unique(model: type[Funder] | type[Scheme], code: str) -> None:
    if queries.by_code(model, code) is not None:
        raise Conflict("duplicate", f"Le code « {code} » existe déjà.")
