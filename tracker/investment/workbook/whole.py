"""A workbook's records put together again: which project each grant and each budget is of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.funding.queries import GrantLine
from tracker.investment.models import BudgetYear
from tracker.investment.queries import PlaceContent, ProjectLine
from tracker.investment.workbook import sheets
from tracker.investment.workbook.records import known_records
from tracker.workbooks.difference import same
from tracker.workbooks.entries import folded_title
from tracker.workbooks.forms import Known, Record


@dataclass
class ProjectRow:
    """A project after the workbook; ``record`` is None when its row was taken out, ``standing`` for a new one.

    values   what stands, under what the workbook says.
    grants   the values of its grants after the workbook.
    touched  whether the workbook changes it, one of its grants included.
    """

    record: Record | None
    standing: ProjectLine | None
    values: Mapping[str, Any]
    touched: bool
    grants: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass
class GrantRow:
    """A grant's row, and the projects its title may mean."""

    record: Record
    candidates: Sequence[ProjectRow]
    standing: GrantLine | None
    owner: ProjectRow | None
    touched: bool


@dataclass
class BudgetRow:
    """A budget's row, and the projects its title may mean."""

    record: Record
    candidates: Sequence[ProjectRow]
    standing: BudgetYear | None
    owner: ProjectRow | None


@dataclass
class Whole:
    """The place as it would stand once the workbook is written; ``left_out``: budgets whose row was taken out."""

    projects: list[ProjectRow]
    grants: list[GrantRow]
    budgets: list[BudgetRow]
    left_out: list[tuple[ProjectRow, BudgetYear]]


class _Titles:
    """Who a title may mean."""

    def __init__(self, rows: Sequence[ProjectRow]) -> None:
        self._rows: dict[str, list[ProjectRow]] = defaultdict(list)
        for row in rows:
            self._rows[folded_title(row.values.get("title"))].append(row)

    def candidates(self, record: Record, owner: ProjectRow | None) -> Sequence[ProjectRow]:
        """A renamed project keeps what it has, under its old title or its new one."""
        title = folded_title(record.values.get("project"))
        found = self._rows.get(title, []) if title else []
        if owner is not None and owner.standing is not None:
            own = owner in found or title == folded_title(owner.standing.title)
            return [owner] if own else found
        return found


def _touched(record: Record, known: Mapping[int, Known]) -> bool:
    stands = known.get(record.id) if record.id is not None else None
    if stands is None:
        return True
    return any(
        key not in stands.locked and not same(value, stands.values.get(key)) for key, value in record.values.items()
    )


def put_together(content: PlaceContent, records: Sequence[Record]) -> Whole:
    """The records over what stands: a row taken out of the workbook stays as it is in the tracker."""
    known = {code: {one.id: one for one in rows} for code, rows in known_records(content).items()}
    by_sheet: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_sheet[record.sheet].append(record)
    projects = _projects(content, by_sheet[sheets.PROJECTS], known[sheets.PROJECTS])
    by_number = {row.standing.id: row for row in projects if row.standing is not None}
    by_financing = {row.standing.financing_id: row for row in projects if row.standing is not None}
    titles = _Titles(projects)
    grants = _grants(content, by_sheet[sheets.GRANTS], known[sheets.GRANTS], by_financing, titles)
    budgets, standing = [], {budget.id: budget for budget in content.budgets}
    for record in by_sheet[sheets.BUDGETS]:
        budget = standing.pop(record.id, None) if record.id is not None else None
        owner = by_number[budget.project_id] if budget is not None else None
        budgets.append(BudgetRow(record, titles.candidates(record, owner), budget, owner))
    left_out = [(by_number[budget.project_id], budget) for budget in standing.values()]
    return Whole(projects, grants, budgets, left_out)


def _projects(content: PlaceContent, records: Sequence[Record], known: Mapping[int, Known]) -> list[ProjectRow]:
    lines = {line.id: line for line in content.projects}
    rows = []
    for record in records:
        line = lines.pop(record.id, None) if record.id is not None else None
        stands = known[line.id] if line is not None else None
        told = {key: value for key, value in record.values.items() if stands is None or key not in stands.locked}
        values = {**(stands.values if stands is not None else {}), **told}
        rows.append(ProjectRow(record, line, values, _touched(record, known)))
    return rows + [ProjectRow(None, line, known[line.id].values, touched=False) for line in lines.values()]


def _grants(
    content: PlaceContent,
    records: Sequence[Record],
    known: Mapping[int, Known],
    by_financing: Mapping[int, ProjectRow],
    titles: _Titles,
) -> list[GrantRow]:
    standing = {grant.id: grant for grant in content.grants}
    rows = []
    for record in records:
        grant = standing.pop(record.id, None) if record.id is not None else None
        owner = by_financing[grant.financing_id] if grant is not None else None
        row = GrantRow(record, titles.candidates(record, owner), grant, owner, _touched(record, known))
        if len(row.candidates) == 1:
            stands = known[grant.id].values if grant is not None else {}
            row.candidates[0].grants.append({**stands, **record.values})
            row.candidates[0].touched |= row.touched
        rows.append(row)
    for number, grant in standing.items():
        by_financing[grant.financing_id].grants.append(known[number].values)
    return rows
