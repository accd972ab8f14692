"""Writing conventions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from tracker import clock
from tracker.extensions import db
from tracker.history.commands import Writing, fetch, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid, Scope
from tracker.territory.models import City, Contract, Landlord
from tracker.tfpb import rules
from tracker.tfpb.models import Convention, TfpbFile
from tracker.tfpb.queries.conventions import scope_of

# What a file was opened under: its scope, and its financings', rest on it.
PARTIES = ("contract_id", "landlord_id", "city_id")
FIELDS = (*PARTIES, "first_year", "last_year", "signed_on", "status", *rules.DATE_LABELS)


def label_of(convention: Convention) -> str:
    """How the history calls a convention: its landlord, its city, its years."""
    years = f"{convention.first_year}-{convention.last_year}"
    return f"{convention.landlord.name}, {convention.city.name}, {years}"


def _check(values: dict[str, Any]) -> None:
    """Parties that exist, a city of the contract, years within it; raises Invalid."""
    contract: Contract = referenced(Contract, values["contract_id"], "contract_id", "Contrat")
    referenced(Landlord, values["landlord_id"], "landlord_id", "Bailleur")
    city: City = referenced(City, values["city_id"], "city_id", "Ville")
    if city not in contract.cities:
        message = f"Ville : {city.name} ne fait pas partie du contrat « {contract.name} »."
        raise Invalid(FieldError("city_id", "unknown_reference", message, city.id))
    errors = rules.convention_errors(values, (contract.first_year, contract.last_year))
    errors += rules.date_errors(values, contract.first_year, clock.today())
    if errors:
        raise Invalid(errors)


def _derive_signature(values: dict[str, Any], merged: dict[str, Any], stored: Mapping[str, Any]) -> None:
    """Once the four signatures are known the day of signature is their latest; raises Invalid ``derived``.

    While some of the four are missing there is no such day, and nobody tells one or the status it would give. The
    status follows the signatures that are written, unless a change names another.
    """
    told = {name: value for name, value in values.items() if value != stored.get(name)}
    errors = rules.part_signed_errors(told, merged)
    if errors:
        raise Invalid(errors)
    days = [merged[name] for name in rules.SIGNATORIES]
    latest = rules.latest_signature(days)
    if latest is not None:
        error = rules.derived_signature_error(values["signed_on"], latest) if "signed_on" in values else None
        if error is not None:
            raise Invalid(error)
        values["signed_on"] = latest
    elif any(name in told for name in rules.SIGNATORIES) and (any(days) or "signed_on" not in told):
        values["signed_on"] = None
    if "status" not in values and any(name in values for name in rules.SIGNATORIES):
        values["status"] = rules.signed_status(merged["status"], days)


def create_convention(actor: Actor, values: dict[str, Any]) -> Convention:
    """Add a landlord's convention for a city of the contract."""
    with Writing(actor) as write:
        referenced(Contract, values["contract_id"], "contract_id", "Contrat")
        write.require("manage_contract", Scope(values["contract_id"]))
        _check(values)
        merged = dict.fromkeys(FIELDS) | {"status": "draft"} | values
        if merged["signed_on"] is None:
            values.pop("signed_on", None)
        if merged["status"] == "draft":
            values.pop("status", None)  # the default, which the signatures told at once carry further
        _derive_signature(values, merged, {})
        convention = Convention(**values)
        db.session.add(convention)
        db.session.flush()
        write.add(convention, scope_of(convention), label=label_of(convention))
    return convention


def managed(write: Writing, convention_id: int) -> Convention:
    """A convention this actor manages, in use or not; raises NotReadable, Forbidden."""
    convention: Convention = fetch(Convention, convention_id)
    write.require("read_convention", scope_of(convention))
    write.require("manage_contract", scope_of(convention))
    return convention


def _writable(write: Writing, convention_id: int, version: int | None) -> Convention:
    convention = managed(write, convention_id)
    write.check_version(convention, version)
    return convention


def year_range(convention: Convention) -> tuple[int, int] | None:
    """The first and last years of its live files; None without any."""
    statement = select(func.min(TfpbFile.year), func.max(TfpbFile.year)).where(
        TfpbFile.convention_id == convention.id, TfpbFile.archived_at.is_(None)
    )
    first, last = db.session.execute(statement).one()
    return None if first is None else (first, last)


def update_convention(actor: Actor, convention_id: int, version: int | None, values: dict[str, Any]) -> Convention:
    """Change the fields named; once it has files its parties stay, and its years keep covering them."""
    with Writing(actor) as write:
        convention = _writable(write, convention_id, version)
        if convention.archived_at is not None:
            raise Conflict("locked", "Cette convention est archivée : elle ne peut plus changer.")
        stored = {name: getattr(convention, name) for name in FIELDS}
        merged = stored | values
        if convention.agreed_last_year is not None:
            error = rules.derived_year_error(merged["last_year"], convention.last_year)
            if error is not None:
                raise Invalid(error)
        covered = year_range(convention)
        if covered is not None:
            if any(merged[name] != getattr(convention, name) for name in PARTIES):
                message = "La convention a déjà des dossiers : son contrat, son bailleur et sa ville ne changent plus."
                raise Conflict("locked", message)
            keep_covering(merged, covered)
        if any(merged[name] != getattr(convention, name) for name in PARTIES):
            write.require("manage_contract", Scope(merged["contract_id"]))
        _check(merged)
        _derive_signature(values, merged, stored)
        write.change(convention, values, scope_of(convention), label=label_of(convention))
    return convention


def keep_covering(merged: Mapping[str, Any], covered: tuple[int, int]) -> None:
    """The years of a convention hold those of its live files; raises Invalid."""
    first, last = covered
    errors = []
    if merged["first_year"] > first:
        message = f"Première année : {merged['first_year']} trouvé ; un dossier {first} existe déjà."
        errors.append(FieldError("first_year", "out_of_range", message, merged["first_year"]))
    if merged["last_year"] < last:
        message = f"Dernière année : {merged['last_year']} trouvé ; un dossier {last} existe déjà."
        errors.append(FieldError("last_year", "out_of_range", message, merged["last_year"]))
    if errors:
        raise Invalid(errors)


def archive_convention(actor: Actor, convention_id: int, version: int | None, reason: str) -> Convention:
    """Take a convention out of the lists, with a reason; one that still has live files stays."""
    with Writing(actor) as write:
        convention = _writable(write, convention_id, version)
        if year_range(convention) is not None:
            raise Conflict("locked", "La convention a encore des dossiers : archivez-les d’abord.")
        write.archive(convention, reason, scope_of(convention), label=label_of(convention))
    return convention
