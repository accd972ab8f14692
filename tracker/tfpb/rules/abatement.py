"""How much the abatement is, from what a tax notice says. Source: CGI, art. 1388 bis (30 % off the tax base)."""

from decimal import Decimal

from tracker.money import round_euros

ABATED = Decimal("0.30")


def abatement_from_tax_paid(paid: Decimal) -> Decimal:
    """The abatement (euros) behind a tax already reduced by it: paid is 70 % of the full tax, so paid × 30 ÷ 70.

    The household waste tax (TEOM) is on the same notice and is no part of ``paid``. Rounded half up, at the line.
    """
    return round_euros(paid * ABATED / (1 - ABATED))


def abatement_from_base(base: Decimal, rates: Decimal) -> Decimal:
    """The abatement (euros) of a net tax base (euros) under the sum of the voted rates: base × rates × 30 %."""
    return round_euros(base * rates * ABATED)


def abatement(actual: Decimal | None, estimated: Decimal | None) -> Decimal | None:
    """The abatement that counts, in euros: the tax notice's where known, else the estimate."""
    return estimated if actual is None else actual
