"""The tables of the printed document: their columns, and the rows that stand nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracker.balance import columns
from tracker.balance.queries.content import ActionLine, BalanceSheet, PlannedLine
from tracker.balance.rules import AMOUNTS
from tracker.columns import Column, Totals, add_up, by_key
from tracker.tfpb.rules import ACTION_STATUSES, PRIORITIES
from tracker.web.formats import display

# Printing costs some ten milliseconds a row: what is longer is printed in part, says so, and is whole in the workbook.
PRINTED: Final = 500
# A text is printed up to here; the workbook has all of it.
LONGEST: Final = 600

COUNTERPART: Final = (
    *columns.figures("abated_dwellings", "abatement", "valued_amount"),
    columns.COUNTERPART,
    *columns.figures("justified_rate", "gap", "valued_per_dwelling"),
)
EXPENSE: Final = tuple(
    columns.figures(
        "files",
        "actions",
        "dwellings",
        "planned_cost",
        "actual_cost",
        "completion_rate",
        "landlord_share",
        "other_funding",
    )
)
VALUED: Final = tuple(columns.figures("valued_amount", "valuation_rate", "leverage"))
PARTS_EXPENSE: Final = tuple(
    columns.figures(
        "files", "actions", "planned_cost", "actual_cost", "completion_rate", "landlord_share", "other_funding"
    )
)
# Of an axis or a priority, the drawing of its share before its figure.
SHARED: Final = (*VALUED, Column("bar", "Répartition", get=lambda line: line.share), columns.SHARE)
# Of a landlord or a city, from one year to the next: what a line has room for, the workbook has the other changes.
OWED_CHANGES: Final = (
    "abatement_before",
    "abatement",
    "justified_rate_before",
    "justified_rate",
    "justified_rate_change",
    "gap_before",
    "gap",
)
# The years' figures in as many tables as a page is wide.
_YEARS: Final = (*columns.YEARS_OWED, *columns.YEARS_SPENT)
YEARS: Final[Mapping[str, Sequence[Column]]] = {
    "Contrepartie de l’abattement": by_key(
        _YEARS,
        (
            *("year", "files", "dwellings", "abated_dwellings", "abatement", "valued_amount"),
            *("justified_rate", "gap", "valued_per_dwelling"),
        ),
    ),
    "Dépense": by_key(
        _YEARS,
        ("year", "actions", "planned_cost", "actual_cost", "completion_rate", "landlord_share", "other_funding"),
    ),
    "Valorisation de la dépense": by_key(
        _YEARS,
        ("year", "valued_amount", "valuation_rate", "leverage", "actual_cost_per_dwelling", "coverage_rate"),
    ),
}
ACTIONS: Final = tuple(by_key(columns.ACTIONS, ["title", "axis", *AMOUNTS, "valuation_rate"]))
PROGRAMME: Final = tuple(by_key(columns.PROGRAMME, ["title", "axis", "programme_status", *columns.PLANNED_AMOUNTS]))
MOMENTS: Final = tuple(by_key(columns.PARTICIPATION, ["held_on", "stage", "audience", "participants"]))


def short(text: str | None, longest: int = LONGEST) -> str | None:
    """A text no longer than what is printed of it; one that is cut says so."""
    if text is None or len(text) <= longest:
        return text
    return f"{text[:longest].rstrip()} […] (suite dans le classeur)"


# -- long lists ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A long list as it is printed: groups for ``data_table``, its totals, and how many rows the workbook alone has."""

    rows: Sequence[Any]
    groups: Sequence[dict[str, Any]]
    totals: Totals
    left_out: int


def _sums(rows: Sequence[Any], keys: Sequence[str]) -> Totals:
    return Totals({key: add_up(getattr(row, key) for row in rows) for key in keys}, columns.unknown_counts(rows, keys))


def _listed(
    rows: Sequence[Any], name: Callable[[Any], str], keys: Sequence[str], totals: Totals, printed: int
) -> Listed:
    shown, left_out = rows[:printed], rows[printed:]
    by_name: dict[str, list[Any]] = {}
    for row in shown:
        by_name.setdefault(name(row), []).append(row)
    groups = [{"label": label, "rows": held, "totals": _sums(held, keys)} for label, held in by_name.items()]
    if left_out:
        label = f"{display(len(left_out), 'integer')} autres actions, dans le classeur"
        groups.append({"label": label, "rows": [], "totals": _sums(left_out, keys)})
    return Listed(shown, groups, totals, len(left_out))


def _place(several: bool) -> Callable[[Any], str]:
    def name(line: Any) -> str:
        words = [getattr(line, key) for key in ("city", "landlord", "neighbourhood")]
        said = [getattr(word, "name", word) for word in (words if several else words[:2])]
        return ", ".join(said)

    return name


def _several(lines: Sequence[ActionLine] | Sequence[PlannedLine]) -> bool:
    return len({line.neighbourhood for line in lines}) > 1


def actions(sheet: BalanceSheet, printed: int = PRINTED) -> Listed:
    """The actions by city and landlord, with what each group adds up to."""
    name = _place(_several(sheet.actions))
    return _listed(sheet.actions, name, AMOUNTS, columns.action_totals(sheet), printed)


def programme(sheet: BalanceSheet, printed: int = PRINTED) -> Listed:
    """Next year's actions by city and landlord."""
    name = _place(_several(sheet.programme))
    return _listed(sheet.programme, name, columns.PLANNED_AMOUNTS, columns.programme_totals(sheet), printed)


# -- words ---------------------------------------------------------------------------------------------------------


def status_of(line: ActionLine) -> str:
    """An action's status, as a reader says it."""
    return ACTION_STATUSES.get(line.status, line.status)


def priority_of(line: ActionLine | PlannedLine) -> str | None:
    """An action's priority, as a reader says it; None when it names none."""
    return PRIORITIES.get(line.priority, line.priority) if line.priority else None
