"""What a figure of the balance sheet may be compared with, and what makes such a value wrong."""

from decimal import Decimal
from typing import Any

from tracker.policy import FieldError

# The figures that have the same meaning for any contract: a sum of euros compares with nothing elsewhere.
REFERENCED = {
    "valued_per_dwelling": "Valorisé par logement",
    "actual_cost_per_dwelling": "Dépense par logement",
    "coverage_rate": "Couverture de la dépense",
    "leverage": "Effet de levier",
    "justified_rate": "Abattement justifié",
    "valuation_rate": "Taux de valorisation",
    "completion_rate": "Taux de réalisation",
}
# Kept in millionths in 32 bits: 2 147 is the most they hold. No ratio nor euros per dwelling comes near.
MAX_REFERENCE = Decimal(2000)


def reference_errors(low: Decimal, high: Decimal | None) -> list[FieldError]:
    """A range goes up: its high end stands above its value."""
    if high is None or high > low:
        return []
    message = (
        f"Haut de la fourchette : {_plain(high)} trouvé ; un nombre au-dessus de {_plain(low)} (valeur) est attendu."
    )
    return [FieldError("high", "out_of_range", message, f"{high:f}")]


def _plain(value: Any) -> str:
    return f"{Decimal(value).normalize():f}".replace(".", ",")
