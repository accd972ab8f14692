"""Ratios from sums. A sum knows how many values it skipped; a ratio over a sum that skipped one is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tracker.money import ZERO, divide, round_euros

OF_FILES = ("dwellings", "abated_dwellings", "abatement")
AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
# What the lines of a group must add up to.
ADDED = ("files", "actions", *OF_FILES, *AMOUNTS)


@dataclass(frozen=True)
class Sum:
    """A sum over ``rows`` values, of which ``known`` are known and ``skipped`` hide something unknown.

    ``skipped`` is not ``rows − known``: an action paid by two grants of which one has no amount is known in part.
    """

    total: Decimal | int = ZERO
    rows: int = 0
    known: int = 0
    skipped: int = 0

    @property
    def value(self) -> Decimal | int | None:
        """The house's sum: zero over no rows, unknown values skipped, None when all are unknown."""
        return self.total if self.known or not self.rows else None

    @property
    def whole(self) -> Decimal | int | None:
        """The value if nothing was skipped; None otherwise."""
        return None if self.skipped else self.value


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What a group adds up: amounts in euros, counts. On axis and priority lines the sums of files are None."""

    files: int = 0
    actions: int = 0
    of_files: Mapping[str, Sum] | None = None
    amounts: Mapping[str, Sum] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of a line: sums in euros, ratios with four decimals, amounts per dwelling and ``gap`` in euros.

    Those with a default are None in an edition frozen before they existed.
    """

    files: int
    actions: int
    dwellings: int | None
    abated_dwellings: int | None
    abatement: Decimal | None
    planned_cost: Decimal | None
    actual_cost: Decimal | None
    landlord_share: Decimal | None
    other_funding: Decimal | None
    valued_amount: Decimal | None
    completion_rate: Decimal | None
    valuation_rate: Decimal | None
    justified_rate: Decimal | None
    leverage: Decimal | None
    valued_per_dwelling: Decimal | None
    gap: Decimal | None
    actual_cost_per_dwelling: Decimal | None = None
    coverage_rate: Decimal | None = None


def ratio(part: Sum, whole: Sum) -> Decimal | None:
    """``part ÷ whole``: None when either skipped a value or when ``whole`` ≤ 0."""
    return divide(part.whole, whole.whole)


def figures(sums: Sums) -> Figures:
    """The figures of a line from its sums.

    Worked: dwellings 400 of which 350 abated, abatement 58 000, actual 60 000, valued 43 000 → valuation
    43 000 ÷ 60 000 = 0.7167, justified 43 000 ÷ 58 000 = 0.7414, leverage 60 000 ÷ 43 000 = 1.3953, valued per dwelling
    43 000 ÷ 350 = 122.86, gap −15 000, spent per dwelling 60 000 ÷ 400 = 150.00, coverage 58 000 ÷ 60 000 = 0.9667.
    """
    none = Sum(rows=1, skipped=1)
    added = {name: sums.amounts.get(name, Sum()) for name in AMOUNTS}
    files = {name: (sums.of_files.get(name, Sum(0)) if sums.of_files is not None else none) for name in OF_FILES}
    valued, actual = added["valued_amount"], added["actual_cost"]
    return Figures(
        files=sums.files,
        actions=sums.actions,
        dwellings=_count(files["dwellings"]),
        abated_dwellings=_count(files["abated_dwellings"]),
        abatement=_euros(files["abatement"]),
        **{name: _euros(total) for name, total in added.items()},
        completion_rate=ratio(actual, added["planned_cost"]),
        valuation_rate=ratio(valued, actual),
        justified_rate=ratio(valued, files["abatement"]),
        leverage=ratio(actual, valued),
        valued_per_dwelling=_per_dwelling(valued, files["abated_dwellings"]),
        gap=_gap(valued, files["abatement"]),
        actual_cost_per_dwelling=_per_dwelling(actual, files["dwellings"]),
        coverage_rate=ratio(files["abatement"], actual),
    )


def cumulated(total: Figures) -> Figures:
    """The figures of several years together: the same dwellings come back each year, so their number means nothing
    there, nor does an amount per dwelling; all of them are None."""
    return replace(
        total, dwellings=None, abated_dwellings=None, valued_per_dwelling=None, actual_cost_per_dwelling=None
    )


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A line's part of all valued: None when either is unknown or ``whole`` ≤ 0."""
    return divide(part, whole)


# What a known ratio says of its sums: they skipped nothing.
_WHOLE_WHEN: Mapping[str, tuple[str, ...]] = {
    "dwellings": ("actual_cost_per_dwelling",),
    "abated_dwellings": ("valued_per_dwelling",),
    "abatement": ("gap", "coverage_rate"),
    "planned_cost": ("completion_rate",),
    "actual_cost": ("completion_rate", "valuation_rate", "leverage", "actual_cost_per_dwelling", "coverage_rate"),
    "valued_amount": ("gap", "valuation_rate", "leverage"),
}


def change(name: str, now: Figures, before: Figures) -> Decimal | int | None:
    """``now − before`` of one figure, in its own unit (a ratio: in points, once multiplied by 100); None when either
    is unknown or may hide an unknown value.

    A sum that skipped a value would make a rise or a fall that nobody lived: a sum is compared where a ratio made of
    it is known, in both years; what the landlord and the others paid, where together they make all that was spent.
    """
    value, old = getattr(now, name), getattr(before, name)
    if value is None or old is None or not (_whole(name, now) and _whole(name, before)):
        return None
    difference: Decimal | int = value - old
    return difference


def _whole(name: str, line: Figures) -> bool:
    if name in ("landlord_share", "other_funding"):
        own, other, spent = line.landlord_share, line.other_funding, line.actual_cost
        return own is not None and other is not None and own + other == spent and _whole("actual_cost", line)
    told = _WHOLE_WHEN.get(name)
    return told is None or any(getattr(line, one) is not None for one in told)


def partial(line: Figures) -> frozenset[str]:
    """The sums of a line that may hide an unknown value, as no ratio made of them is known: by how much they changed is
    unknown too."""
    return frozenset(name for name in _WHOLE_WHEN if not _whole(name, line))


def _euros(total: Sum) -> Decimal | None:
    return None if total.value is None else Decimal(total.value) + ZERO


def _count(total: Sum) -> int | None:
    return None if total.value is None else int(total.value)


def _per_dwelling(spent: Sum, counted: Sum) -> Decimal | None:
    amount, dwellings = spent.whole, counted.whole
    if amount is None or dwellings is None or dwellings <= 0:
        return None
    return round_euros(Decimal(amount) / Decimal(dwellings))


def _gap(valued: Sum, abatement: Sum) -> Decimal | None:
    if valued.whole is None or abatement.whole is None:
        return None
    return Decimal(valued.whole) - Decimal(abatement.whole) + ZERO


def differences(
    totals: Figures, groups: Mapping[str, Iterable[Figures]], sources: Iterable[Decimal | None]
) -> list[tuple[str, str]]:
    """(group, figure) pairs where the lines of a group do not add up to the totals; ``source`` is the last group.

    Unknown values are skipped on both sides; what a group does not carry (dwellings by axis) is not compared; a file
    stands on several axes, so files are only compared where lines carry dwellings.
    """
    found = []
    for group, lines in groups.items():
        listed = list(lines)
        by_file = group not in ("axis", "priority")
        compared = ADDED if by_file else ("actions", *AMOUNTS)
        found += [
            (group, name)
            for name in compared
            if sum(getattr(line, name) or 0 for line in listed) != (getattr(totals, name) or 0)
        ]
    if sum((amount or ZERO for amount in sources), ZERO) != (totals.other_funding or ZERO):
        found.append(("source", "other_funding"))
    return found
