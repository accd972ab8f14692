"""The columns of the years of a contract: all of them one under the other, and this year beside the last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import methodcaller
from typing import Any

from tracker.balance.columns.references import of_figure
from tracker.balance.columns.sheet import AXIS, FIGURES, figures
from tracker.balance.queries.content import BalanceSheet, Reference
from tracker.balance.rules import Figures, change
from tracker.columns import Column, Kind, Totals, by_key
from tracker.web.formats import plural

# -- the years one under the other ---------------------------------------------------------------------------------

YEAR = Column("year", "Année", get=lambda line: str(line.year), width=10)
YEARS_OWED = (
    YEAR,
    *figures(
        "files",
        "dwellings",
        "abated_dwellings",
        "abatement",
        "valued_amount",
        "justified_rate",
        "gap",
        "valued_per_dwelling",
        "coverage_rate",
    ),
)
YEARS_SPENT = (
    YEAR,
    *figures(
        "actions",
        "planned_cost",
        "actual_cost",
        "completion_rate",
        "landlord_share",
        "other_funding",
        "valued_amount",
        "valuation_rate",
        "leverage",
        "actual_cost_per_dwelling",
    ),
)
CUMULATED_RULE = (
    "Sur la ligne « Cumul », les logements et les montants par logement restent vides : les mêmes logements reviennent "
    "chaque année, les additionner les compterait plusieurs fois. Les taux y sont ceux des sommes."
)


def cumulated_totals(cumulated: Figures | None) -> Totals:
    """The last line of the years' tables: all of them together, ratios of the sums; empty when they are not known."""
    return Totals({} if cumulated is None else {column.key: getattr(cumulated, column.key) for column in FIGURES})


# -- this year beside the last -------------------------------------------------------------------------------------

# In the order a committee asks: what was promised, what was done, what it is worth.
COMPARED = tuple(
    figures(
        "files",
        "abatement",
        "planned_cost",
        "actual_cost",
        "completion_rate",
        "other_funding",
        "valued_amount",
        "valuation_rate",
        "justified_rate",
        "gap",
        "leverage",
        "valued_per_dwelling",
        "actual_cost_per_dwelling",
        "coverage_rate",
    )
)


@dataclass(frozen=True)
class Compared:
    """A figure of the year, of the year before, their difference (a ratio's in points) and its reference values.

    ``before`` and ``change`` are None when the year before has no counted file: nothing was done then or nothing told.
    """

    key: str
    label: str
    type: Kind
    now: Decimal | int | None
    before: Decimal | int | None
    change: Decimal | int | None
    references: tuple[Reference, ...]


def compared(sheet: BalanceSheet, listed: Sequence[Column] = FIGURES) -> list[Compared]:
    """These figures of a sheet's totals, one a line, each beside what it is compared with."""
    previous = sheet.previous
    past = previous.totals if previous is not None and previous.totals.files else None
    return [
        Compared(
            column.key,
            column.label,
            column.type,
            getattr(sheet.totals, column.key),
            getattr(past, column.key, None),
            change(column.key, sheet.totals, past) if past is not None and sheet.totals.files else None,
            of_figure(sheet.references, column.key),
        )
        for column in listed
    ]


def comparison_columns(year: int, keys: Sequence[str] = ("label", "before", "now", "change")) -> list[Column]:
    """A figure, the year before, this year, the difference: those of ``keys``, in their order."""
    declared = (
        Column("label", "Chiffre"),
        Column("before", str(year - 1), "number"),
        Column("now", str(year), "number"),
        Column("change", "Évolution", "number"),
    )
    return by_key(declared, keys)


@dataclass(frozen=True)
class GroupChange:
    """A line of a group (a landlord, a city, an axis) this year and the year before; None where it has none."""

    now: Figures | None
    before: Figures | None

    def of(self, key: str, *, past: bool = False) -> Any:
        """The figure of this year, or of the year before."""
        return getattr(self.before if past else self.now, key, None)

    def change(self, key: str) -> Decimal | int | None:
        """Its difference; None when it cannot be told."""
        return None if self.now is None or self.before is None else change(key, self.now, self.before)


def changes_by(sheet: BalanceSheet, group: Column) -> list[GroupChange]:
    """The lines of either year of the group that ``group`` names, by name; axes by number."""
    name = group.key

    def lines(of: Any) -> dict[Any, Any]:
        return {getattr(line, name).id: line for line in getattr(of, f"by_{name}", ())}

    def order(line: GroupChange) -> tuple[Any, ...]:
        named = getattr(line.now or line.before, name)
        return (named.code,) if name == AXIS.key else (named.name, named.id)

    now, before = lines(sheet), lines(sheet.previous)
    return sorted((GroupChange(now.get(one), before.get(one)) for one in {**before, **now}), key=order)


# figure → its name before a year, its name after « Évolution ».
_WORDS = {
    "abatement": ("Abattement", "de l’abattement"),
    "actual_cost": ("Réalisé", "du réalisé"),
    "valued_amount": ("Valorisé", "du valorisé"),
    "justified_rate": ("Justifié", "du taux"),
    "gap": ("Écart", "de l’écart"),
}
# What an axis knows from one year to the next: the rest belongs to whole files.
SPENT_CHANGES = (
    "actual_cost_before",
    "actual_cost",
    "actual_cost_change",
    "valued_amount_before",
    "valued_amount",
    "valued_amount_change",
)


def change_columns(group: Column, year: int, keys: Sequence[str] | None = None) -> list[Column]:
    """The columns of ``changes_by``: the group, then figures of the year before, of this year, and their difference.

    ``keys`` chooses among them: ``gap_before``, ``gap``, ``gap_change``; all of them when it is None. Where another
    number of files is counted than the year before, the group's name says so: a fall may be a file still awaited.
    """

    def named(line: GroupChange) -> str:
        name = str(group.value(line.now or line.before))
        # A file stands on several axes, as its actions do: there the number says nothing of what is awaited.
        if group.key == AXIS.key or line.now is None or line.before is None or line.now.files == line.before.files:
            return name
        return f"{name} ({plural(line.now.files, 'dossier')}, {line.before.files} en {year - 1})"

    declared = [replace(group, get=named)]
    for figure in figures(*_WORDS):
        key, (word, of_it) = figure.key, _WORDS[figure.key]
        declared += [
            Column(f"{key}_before", f"{word} {year - 1}", figure.type, get=methodcaller("of", key, past=True)),
            Column(key, f"{word} {year}", figure.type, get=methodcaller("of", key)),
            Column(f"{key}_change", f"Évolution {of_it}", figure.type, get=methodcaller("change", key)),
        ]
    return declared if keys is None else by_key(declared, (group.key, *keys))
