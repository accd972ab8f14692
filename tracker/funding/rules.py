"""The life of a grant, its dates and what is wrong with it: pure functions on plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tracker.policy import FieldError

FUNDER_KINDS = {
    "state": "État",
    "caf": "CAF",
    "department": "Département",
    "region": "Région",
    "metropole": "Métropole",
    "intermunicipal": "Intercommunalité",
    "city": "Commune",
    "landlord": "Bailleur",
    "bank": "Banque",
    "foundation": "Fondation",
    "other": "Autre",
}

NATURES = {"investment": "Investissement", "operating": "Fonctionnement"}

# The life of a grant, in order, then its exits.
LIFE = {
    "identified": "Identifiée",
    "preparing": "En préparation",
    "filed": "Déposée",
    "complete": "Dossier complet",
    "awarded": "Accordée",
    "agreed": "Conventionnée",
    "started": "Démarrée",
    "completed": "Achevée",
    "closed": "Soldée",
}
EXITS = {
    "refused": "Refusée",
    "deemed_rejected": "Réputée rejetée",
    "withdrawn": "Retirée",
    "lapsed": "Caduque",
    "to_repay": "À reverser",
}
GRANT_STATUSES = {**LIFE, **EXITS}
ORDER = tuple(LIFE)
AWARDED = ORDER[ORDER.index("awarded") :]
BEFORE_AWARD = ORDER[: ORDER.index("awarded")]
LIVE = ORDER

STATUS_TONES = {
    **dict.fromkeys(BEFORE_AWARD, "info"),
    **dict.fromkeys(AWARDED, "good"),
    **dict.fromkeys(EXITS, "bad"),
}

PAYMENT_KINDS = {"advance": "Avance", "instalment": "Acompte", "balance": "Solde"}

# The date each step leaves on the grant.
STEP_DATES = {
    "filed": "filed_on",
    "complete": "complete_on",
    "awarded": "awarded_on",
    "started": "started_on",
    "completed": "completed_on",
}

# An award can lapse or be repaid; before it, an application is refused or rejected (CGCT R. 2334-27 to 31).
EXITS_FROM = {
    "refused": BEFORE_AWARD,
    "deemed_rejected": BEFORE_AWARD,
    "withdrawn": ORDER[: ORDER.index("started")],
    "lapsed": AWARDED[:-1],
    "to_repay": AWARDED,
}

# The order in which dates may follow one another on a grant.
DATE_ORDER = ("filed_on", "complete_on", "awarded_on")
DATE_LABELS = {
    "deadline_on": "Date limite de dépôt",
    "filed_on": "Déposée le",
    "complete_on": "Dossier complet le",
    "start_allowed_on": "Commencement autorisé le",
    "awarded_on": "Accordée le",
    "started_on": "Démarrée le",
    "completed_on": "Achevée le",
    "lapses_on": "Caduque le",
}

# The dated rules of a scheme that make a grant's deadlines.
SCHEME_DATES = ("deadline_on", "start_within_months", "finish_within_months")

NEAR = timedelta(days=60)


def transition_refusal(old: str, new: str) -> str | None:
    """Why a grant may not go from ``old`` to ``new``, as a French sentence; None when it may."""
    if old == new:
        return f"La subvention est déjà « {GRANT_STATUSES[old].lower()} »."
    origins = EXITS_FROM.get(new)
    if origins is not None and old not in origins:
        return (
            f"Une subvention « {GRANT_STATUSES[old].lower()} » ne peut pas devenir « {GRANT_STATUSES[new].lower()} »."
        )
    return None


def needs_reason(old: str, new: str) -> bool:
    """An exit, a step back or a return from an exit is a correction or an end: it says why."""
    if new in EXITS or old in EXITS:
        return True
    return ORDER.index(new) < ORDER.index(old)


def default_status(awarded: Decimal | None) -> str:
    """A grant created with an awarded amount is awarded; otherwise it is only identified."""
    return "identified" if awarded is None else "awarded"


def grant_errors(grant: Mapping[str, Any]) -> list[FieldError]:
    """What makes a grant's values contradict one another; ``grant`` maps field → value of all its fields."""
    errors = []
    if grant.get("awarded") is not None and grant["status"] in BEFORE_AWARD:
        found = GRANT_STATUSES[grant["status"]].lower()
        errors.append(
            FieldError(
                "awarded",
                "invalid",
                f"Accordé : un montant accordé est attendu une fois la subvention accordée ; elle est « {found} ».",
                f"{grant['awarded']:.2f}",
            )
        )
    known = [name for name in DATE_ORDER if grant.get(name) is not None]
    for earlier, later in pairwise(known):
        errors += _order_error(grant, earlier, later)
    for earlier, later in (("started_on", "completed_on"), ("awarded_on", "lapses_on")):
        if grant.get(earlier) is not None and grant.get(later) is not None:
            errors += _order_error(grant, earlier, later)
    return errors


def _order_error(grant: Mapping[str, Any], earlier: str, later: str) -> list[FieldError]:
    if grant[later] >= grant[earlier]:
        return []
    message = (
        f"{DATE_LABELS[later]} : {grant[later]:%d/%m/%Y} trouvé ; "
        f"une date à partir du {grant[earlier]:%d/%m/%Y} ({DATE_LABELS[earlier].lower()}) est attendue."
    )
    return [FieldError(later, "invalid", message, grant[later].isoformat())]


def amount_warnings(
    eligible_base: Decimal | None, rate: Decimal | None, requested: Decimal | None, awarded: Decimal | None
) -> list[str]:
    """What is surprising in a grant's amounts (euros, ratio): said, never blocked."""
    sentences = []
    if eligible_base is not None:
        for label, amount in (("demandé", requested), ("accordé", awarded)):
            if amount is not None and amount > eligible_base:
                sentences.append(f"Le montant {label} dépasse l’assiette éligible.")
        if rate is not None and awarded is not None and awarded > eligible_base * rate:
            sentences.append("Le montant accordé dépasse l’assiette multipliée par le taux.")
    return sentences


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no day {day.day} {months} months after {day}")


@dataclass(frozen=True)
class Deadline:
    """A day that kills or endangers a grant: ``label`` says what must have happened by then."""

    on: date
    label: str


def deadlines(grant: Mapping[str, Any], scheme: Mapping[str, Any]) -> list[Deadline]:
    """The days still to keep, soonest first.

    ``scheme`` gives ``start_within_months`` and ``finish_within_months`` (State investment grants: 2 years to start,
    4 years to finish, CGCT R. 2334-28 and 29); unknown rules give no day.
    """
    status = grant["status"]
    found = []
    if status in ("identified", "preparing"):
        limit = grant.get("deadline_on") or scheme.get("deadline_on")
        if limit:
            found.append(Deadline(limit, "dépôt du dossier"))
    if status in AWARDED and status not in ("completed", "closed"):
        if status in ("awarded", "agreed"):
            if grant.get("awarded_on") and scheme.get("start_within_months"):
                found.append(
                    Deadline(add_months(grant["awarded_on"], scheme["start_within_months"]), "début des travaux")
                )
        elif grant.get("started_on") and scheme.get("finish_within_months"):
            found.append(Deadline(add_months(grant["started_on"], scheme["finish_within_months"]), "fin des travaux"))
        if grant.get("lapses_on"):
            found.append(Deadline(grant["lapses_on"], "caducité"))
    return sorted(found, key=lambda deadline: deadline.on)


def deadline_state(deadline: Deadline, today: date) -> str | None:
    """``deadline_passed``, ``deadline_near`` (60 days or less), or None."""
    if deadline.on < today:
        return "deadline_passed"
    return "deadline_near" if deadline.on - today <= NEAR else None
