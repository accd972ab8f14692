"""What the small form beside the abatement proposes; nothing is written before the reader saves the field."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tracker.tfpb import rules
from tracker.web.formats import money, rate


def proposals(values: Mapping[str, Decimal | None]) -> dict[str, Any]:
    """By field of the file: the amount proposed (euros) and the French sentence of how it was found."""
    found: dict[str, Any] = {}
    paid, base, rates = (values.get(name) for name in ("tax_paid", "tax_base", "rates"))
    if paid is not None:
        amount = rules.abatement_from_tax_paid(paid)
        found["abatement_actual"] = {"amount": amount, "how": f"{money(paid)} payés × 30/70 = {money(amount)}"}
    if base is not None and rates is not None:
        amount = rules.abatement_from_base(base, rates)
        how = f"{money(base)} de base × {rate(rates)} × 30 % = {money(amount)}"
        found["abatement_estimated"] = {"amount": amount, "how": how}
    return found
