"""The amounts of a project and what is wrong with them: pure functions on plain values (euros, ratios)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.money import ZERO, divide, round_euros
from tracker.policy import FieldError

PROJECT_KINDS = {
    "reconstruction": "Reconstruction",
    "renovation": "Rénovation",
    "creation": "Création",
    "public_space": "Espaces publics",
    "mobile_equipment": "Équipement mobile",
}
SITES = {"inside": "Dans le quartier", "adjacent": "À proximité immédiate"}
OWNER_KINDS = {
    "city": "Commune",
    "intercommunal": "Intercommunalité",
    "association": "Association",
    "private": "Privé",
}
PROJECT_STATUSES = {
    "idea": "Intention",
    "planned": "Programmé",
    "funding": "En financement",
    "works": "En travaux",
    "delivered": "Livré",
    "abandoned": "Abandonné",
}
STATUS_TONES = {
    "idea": None,
    "planned": None,
    "funding": "info",
    "works": "good",
    "delivered": "good",
    "abandoned": "bad",
}
REGIMES = {
    "standard": "Droit commun",
    "school_energy": "Rénovation énergétique scolaire",
    "riots_2023": "Dégâts de l’été 2023",
    "urban_renewal": "Renouvellement urbain",
    "monument": "Monument protégé",
}

# The rule on the owner's share binds public owners (CGCT L. 1111-10 III).
PUBLIC_OWNERS = frozenset({"city", "intercommunal"})


@dataclass(frozen=True)
class Sums:
    """What a project's grants add up to (euros); an ``unknown`` count says how many awards lack their amount."""

    requested: Decimal | None = ZERO
    awarded: Decimal | None = ZERO
    loans: Decimal | None = ZERO
    awarded_private: Decimal | None = ZERO
    paid: Decimal | None = ZERO
    requested_unknown: int = 0
    awarded_unknown: int = 0
    loans_unknown: int = 0


def left_to_fund(cost: Decimal | None, sums: Sums) -> Decimal | None:
    """``cost − awarded``; None when the cost or an award is unknown; negative when over-funded."""
    if cost is None or sums.awarded is None or sums.awarded_unknown:
        return None
    return cost - sums.awarded


def unfunded(cost: Decimal | None, self_funding: Decimal | None, sums: Sums) -> Decimal | None:
    """``left_to_fund − self_funding − loans``; None when one of them is unknown."""
    left = left_to_fund(cost, sums)
    if left is None or self_funding is None or sums.loans is None or sums.loans_unknown:
        return None
    return left - self_funding - sums.loans


def owner_share_rate(cost: Decimal | None, sums: Sums, owner_kind: str | None) -> Decimal | None:
    """``(cost − awarded) ÷ (cost − private)``: the owner's share of the public money (CGCT L. 1111-10 III).

    None for an owner that is neither city nor intercommunal, without a cost, or when ``cost − private`` ≤ 0.
    """
    if owner_kind not in PUBLIC_OWNERS:
        return None
    left = left_to_fund(cost, sums)
    if left is None or cost is None or sums.awarded_private is None:
        return None
    return divide(left, cost - sums.awarded_private)


def owner_share_shortfall(
    cost: Decimal | None, sums: Sums, owner_kind: str | None, floor_rate: Decimal | None
) -> Decimal | None:
    """Euros the owner's share lacks to reach its floor; None when it does not lack any or cannot be told."""
    if floor_rate is None or owner_share_rate(cost, sums, owner_kind) is None:
        return None
    left = left_to_fund(cost, sums)
    if left is None or cost is None or sums.awarded_private is None:
        return None
    shortfall = round_euros(floor_rate * (cost - sums.awarded_private)) - left
    return shortfall if shortfall > 0 else None


def incl_tax(amount_excl_tax: Decimal, vat_rate: Decimal | None) -> Decimal | None:
    """A cost item with its VAT, rounded at the line; None while the rate is unknown."""
    return None if vat_rate is None else round_euros(amount_excl_tax * (1 + vat_rate))


@dataclass(frozen=True)
class Alert:
    """Something to mend; ``severity`` is ``error``, ``warning`` or ``info``; ``amount`` in euros."""

    code: str
    severity: str
    message: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class GrantFacts:
    """What the alerts need of one live grant."""

    source: str
    funder_id: int
    exclusive: bool
    deadline_state: str | None = None
    deadline_on: date | None = None
    deadline_label: str = ""


def _euros(amount: Decimal) -> str:
    whole = f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",")
    return f"{whole}\u00a0€".replace("-", "\u2212")


def alerts(
    cost: Decimal | None,
    self_funding: Decimal | None,
    sums: Sums,
    owner_kind: str | None,
    floor_rate: Decimal | None,
    grants: Sequence[GrantFacts],
) -> list[Alert]:
    """Everything wrong or missing in a project's financing plan, most serious first."""
    found = []
    if cost is None:
        found.append(Alert("no_cost", "warning", "Le coût HT n’est pas encore connu."))
    shortfall = owner_share_shortfall(cost, sums, owner_kind, floor_rate)
    if shortfall is not None and floor_rate is not None:
        percent = f"{(floor_rate * 100).normalize():f}".replace(".", ",")
        message = (
            f"La part du maître d’ouvrage est sous le plancher de {percent}\u00a0% : il manque {_euros(shortfall)} "
            "(CGCT, art. L. 1111-10, III)."
        )
        found.append(Alert("owner_share_below_floor", "error", message, shortfall))
    left, gap = left_to_fund(cost, sums), unfunded(cost, self_funding, sums)
    balance = gap if gap is not None else left
    if balance is not None and balance < 0:
        message = f"Le plan dépasse le coût : {_euros(-balance)} de recettes en trop."
        found.append(Alert("over_funded", "error", message, -balance))
    elif gap is not None and gap > 0:
        message = f"Le plan n’est pas équilibré : {_euros(gap)} restent sans financement."
        found.append(Alert("unbalanced", "warning", message, gap))
    found += _cumulation(grants)
    for grant in grants:
        if grant.deadline_state and grant.deadline_on:
            passed = grant.deadline_state == "deadline_passed"
            when = "est dépassée depuis le" if passed else "approche :"
            message = f"{grant.source} : l’échéance « {grant.deadline_label} » {when} {grant.deadline_on:%d/%m/%Y}."
            found.append(Alert(grant.deadline_state, "error" if passed else "warning", message))
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda alert: order[alert.severity])


def _cumulation(grants: Sequence[GrantFacts]) -> list[Alert]:
    """An exclusive scheme (the département's contrat de développement) bears no other aid of the same funder."""
    for grant in grants:
        if grant.exclusive:
            others = [other.source for other in grants if other is not grant and other.funder_id == grant.funder_id]
            if others:
                message = f"« {grant.source} » ne se cumule pas avec une autre aide du même financeur : {others[0]}."
                return [Alert("department_cumulation", "warning", message)]
    return []


# An equipment of a few thousand euros exists, but is rare enough to be asked about.
_LEAST_COST = Decimal(5_000)


def looks_like_thousands(cost: Decimal | None, before: Decimal | None) -> bool:
    """Whether a cost (euros) was typed in thousands: tiny for an equipment, or some thousandth of what it was."""
    if cost is None or cost <= 0:
        return False
    return cost < _LEAST_COST if before is None else before >= cost * 500


def project_errors(project: Mapping[str, Any]) -> list[FieldError]:
    """What makes a project's values contradict one another; ``project`` maps field → value."""
    errors = []
    starts, ends = project.get("starts_on"), project.get("ends_on")
    if starts and ends and ends < starts:
        message = f"Fin : {ends:%d/%m/%Y} trouvé ; une date à partir du début ({starts:%d/%m/%Y}) est attendue."
        errors.append(FieldError("ends_on", "invalid", message, ends.isoformat()))
    without, with_tax = project.get("cost_excl_tax"), project.get("cost_incl_tax")
    if without is not None and with_tax is not None and with_tax < without:
        message = f"Coût TTC : {_euros(with_tax)} trouvé ; au moins le coût HT ({_euros(without)}) est attendu."
        errors.append(FieldError("cost_incl_tax", "invalid", message, f"{with_tax:.2f}"))
    return errors


ALERT_WORDS = {
    "no_cost": "Coût inconnu",
    "owner_share_below_floor": "Sous le plancher",
    "over_funded": "Sur-financé",
    "unbalanced": "À équilibrer",
    "department_cumulation": "Cumul à vérifier",
    "deadline_near": "Échéance proche",
    "deadline_passed": "Échéance dépassée",
}
SEVERITY_WORDS = {"error": "Erreur", "warning": "À voir", "info": "Information"}
SEVERITY_TONES = {"error": "bad", "warning": "warn", "info": "info"}
