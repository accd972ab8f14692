"""A project's financing plan as a workbook would leave it: what ``funding.queries`` adds up in SQL, on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.columns import add_up
from tracker.funding.commands import DEFAULT_NATURE
from tracker.funding.models import Funder, Scheme
from tracker.funding.rules import AWARDED, LIVE, default_status
from tracker.investment.rules import Alert, Sums, alerts


@dataclass(frozen=True)
class Payers:
    """Of each choice of « Dispositif ou financeur »: whether it lends, whether it is a private body."""

    loans: frozenset[str]
    private: frozenset[str]


def payers_among(schemes: Sequence[Scheme], funders: Sequence[Funder]) -> Payers:
    """What the sums need to know of these sources."""
    bodies = [(f"scheme:{one.id}", one.funder) for one in schemes] + [(f"funder:{one.id}", one) for one in funders]
    return Payers(
        frozenset(f"scheme:{one.id}" for one in schemes if one.is_loan),
        frozenset(code for code, funder in bodies if not funder.public_body),
    )


def sums_after(grants: Sequence[Mapping[str, Any]], payers: Payers) -> Sums:
    """What these grants add up to (euros); an empty status or nature is what the command makes of it."""
    live = [grant for grant in grants if _status(grant) in LIVE]
    investment = DEFAULT_NATURE["project"]
    subsidies = [
        grant
        for grant in live
        if (grant.get("nature") or investment) == investment and grant.get("source") not in payers.loans
    ]
    awards = [grant for grant in subsidies if _status(grant) in AWARDED]
    loans = [grant for grant in live if grant.get("source") in payers.loans and _status(grant) in AWARDED]
    requested, awarded, lent = _named(subsidies, "requested"), _named(awards, "awarded"), _named(loans, "awarded")
    private = [grant for grant in awards if grant.get("source") in payers.private]
    return Sums(
        requested=add_up(requested),
        awarded=add_up(awarded),
        loans=add_up(lent),
        awarded_private=add_up(_named(private, "awarded")),
        requested_unknown=requested.count(None),
        awarded_unknown=awarded.count(None),
        loans_unknown=lent.count(None),
    )


def alerts_after(values: Mapping[str, Any], sums: Sums, floor_rate: Decimal | None) -> list[Alert]:
    """What the plan breaks: more money than cost, less of the owner's than the law asks. Never what it still lacks."""
    cost, own, owner = (values.get(name) for name in ("cost_excl_tax", "self_funding", "owner_kind"))
    return [alert for alert in alerts(cost, own, sums, owner, floor_rate, []) if alert.severity == "error"]


def _status(grant: Mapping[str, Any]) -> str:
    return grant.get("status") or default_status(grant.get("awarded"))


def _named(grants: Sequence[Mapping[str, Any]], name: str) -> list[Decimal | None]:
    return [grant.get(name) for grant in grants]
