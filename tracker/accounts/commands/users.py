"""Users and their memberships."""

import secrets
from typing import Any

from sqlalchemy import select

from tracker import policy
from tracker.accounts import queries, rules
from tracker.accounts.models import Membership, User
from tracker.extensions import db
from tracker.history.commands import Writing, fetch, referenced
from tracker.policy import ADMINISTRATOR, ROLE_LABELS, Actor, Conflict, FieldError, Invalid, NotReadable, Scope
from tracker.territory.models import City, Contract, Landlord
from tracker.territory.rules import outside

PLACES = ("contract_id", "city_id", "landlord_id")


def create_user(actor: Actor, values: dict[str, Any]) -> User:
    """Add a person without password: a one-time link lets them choose it. Administrator."""
    with Writing(actor) as write:
        write.require("administer", Scope())
        return _add_user(write, values["email"], values["name"])


def _add_user(write: Writing, email: str, name: str, is_demo: bool = False) -> User:
    email = rules.normal_email(email)
    _check_email(email)
    user = User(email=email, name=name, session_key=secrets.token_hex(32), is_demo=is_demo)
    write.add(user, Scope(), label=name)
    return user


def _check_email(email: str, row: User | None = None) -> None:
    holder = db.session.scalars(select(User).where(User.email == email)).first()
    if holder is not None and holder is not row:
        archived = " ; il est archivé" if holder.archived_at is not None else ""
        raise Conflict("duplicate", f"Un compte porte déjà l’adresse {email} : « {holder.name} »{archived}.")


def update_user(actor: Actor, user_id: int, version: int | None, values: dict[str, Any]) -> User:
    """Change the name or the e-mail. Administrator."""
    with Writing(actor) as write:
        user = _live_user(write, user_id, version)
        if "email" in values:
            values = {**values, "email": rules.normal_email(values["email"])}
            _check_email(values["email"], user)
        write.change(user, values, Scope(), label=values.get("name", user.name))
    return user


def choose_letters(actor: Actor, version: int | None, values: dict[str, Any]) -> User:
    """Switch one's own letters on or off (``mail_turns``, ``mail_reminders``); nobody does it for somebody else."""
    with Writing(actor) as write:
        user: User = fetch(User, actor.user_id)
        write.check_version(user, version)
        write.change(user, values, Scope(), verb="choose_letters", label=user.name)
    return user


def _live_user(write: Writing, user_id: int, version: int | None) -> User:
    user = queries.readable_user(write.actor, user_id)
    write.require("administer", Scope())
    write.check_version(user, version)
    if user.archived_at is not None:
        raise Conflict("locked", "Ce compte est archivé : il ne peut plus changer.")
    return user


def archive_user(actor: Actor, user_id: int, version: int | None, reason: str) -> User:
    """Close an account: sessions, tokens and links stop working. Administrator, and never one's own."""
    with Writing(actor) as write:
        user = queries.readable_user(actor, user_id)
        write.require("administer", Scope())
        write.check_version(user, version)
        if user.id == actor.user_id:
            raise Conflict("locked", "Vous ne pouvez pas archiver votre propre compte.")
        write.archive(user, reason, Scope(), label=user.name)
    return user


# -- memberships ---------------------------------------------------------------------------------------------------


def _require_role(write: Writing, role: str, contract_id: int | None) -> None:
    """The administrator gives any role; a coordinator those of the contract, never the administrator's."""
    if role == ADMINISTRATOR:
        write.require("administer", Scope())
    elif contract_id is not None or not policy.reach(write.actor, "manage_contract"):
        write.require("manage_contract", Scope(contract_id=contract_id))
    # Else the contract was forgotten: told as a field by _checked_places.


def _checked_places(values: dict[str, Any]) -> dict[str, Any]:
    """The places of a membership once they suit its role and each other; raises Invalid."""
    places = {name: values.get(name) for name in PLACES}
    problems = rules.scope_problems(values["role"], places)
    if problems:
        raise Invalid(FieldError(name, code, message, places[name]) for name, (code, message) in problems.items())
    if places["contract_id"] is None:
        return places
    contract: Contract = referenced(Contract, places["contract_id"], "contract_id", "Contrat")
    if places["city_id"] is not None:
        city: City = referenced(City, places["city_id"], "city_id", "Commune")
        if outside([city.id], contract.city_ids):
            message = f"Commune : « {city.name} » trouvé ; une commune du contrat « {contract.name} » est attendue."
            raise Invalid(FieldError("city_id", "unknown_reference", message, city.id))
    if places["landlord_id"] is not None:
        referenced(Landlord, places["landlord_id"], "landlord_id", "Bailleur")
    return places


def _add_membership(write: Writing, user: User, role: str, places: dict[str, Any]) -> Membership:
    same = (getattr(Membership, name).is_not_distinct_from(value) for name, value in places.items())
    twin = select(Membership.id).where(
        Membership.user_id == user.id, Membership.role == role, Membership.archived_at.is_(None), *same
    )
    # SQLite writes one at a time; on PostgreSQL this lock keeps two clicks from giving the same role twice.
    db.session.scalar(select(User.id).where(User.id == user.id).with_for_update())
    if db.session.scalar(twin) is not None:
        raise Conflict("duplicate", f"« {user.name} » a déjà ce rôle.")
    membership = Membership(user_id=user.id, role=role, **places)
    label = f"{user.name}, {ROLE_LABELS[role]}"
    write.add(membership, Scope(**places), label=label, parent=("user_account", user.id))
    return membership


def add_membership(actor: Actor, user_id: int, values: dict[str, Any]) -> Membership:
    """Give a known user a role. Administrator, or coordinator of the contract for a user already in it."""
    with Writing(actor) as write:
        user = queries.readable_user(actor, user_id)
        _require_role(write, values["role"], values.get("contract_id"))
        if user.archived_at is not None:
            raise Conflict("locked", "Ce compte est archivé : il ne peut plus changer.")
        return _add_membership(write, user, values["role"], _checked_places(values))


def add_member(actor: Actor, values: dict[str, Any], *, is_demo: bool = False) -> User:
    """Give a role to the person of this e-mail, whose account is created when it is unknown.

    A known person keeps the name already recorded. Administrator, or coordinator of the contract; only the
    administrator may leave the role out.
    """
    with Writing(actor) as write:
        if values.get("role") is None:
            if policy.can(actor, "administer", Scope())[0]:
                return create_user(actor, values)
            write.require("manage_contract", Scope(contract_id=values.get("contract_id")))
            raise Invalid(FieldError("role", "required", "Rôle : une valeur est attendue."))
        _require_role(write, values["role"], values.get("contract_id"))
        places = _checked_places(values)
        user = queries.user_by_email(values["email"])
        if user is None:
            user = _add_user(write, values["email"], values["name"], is_demo)
        _add_membership(write, user, values["role"], places)
    return user


def archive_membership(actor: Actor, membership_id: int, version: int | None, reason: str) -> Membership:
    """Take a role back. Administrator, or coordinator of the contract; never one's own administrator's role."""
    with Writing(actor) as write:
        membership: Membership = fetch(Membership, membership_id)
        if membership not in queries.manageable_memberships(actor, membership.user_id):
            raise NotReadable
        _require_role(write, membership.role, membership.contract_id)
        write.check_version(membership, version)
        if membership.role == ADMINISTRATOR and membership.user_id == actor.user_id:
            raise Conflict("locked", "Vous ne pouvez pas retirer votre propre rôle d’administration.")
        scope = Scope(membership.contract_id, membership.city_id, membership.landlord_id)
        label = f"{membership.user.name}, {ROLE_LABELS[membership.role]}"
        write.archive(membership, reason, scope, label=label, parent=("user_account", membership.user_id))
    return membership
