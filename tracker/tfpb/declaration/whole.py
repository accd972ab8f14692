"""A workbook's records put together again: which grant pays which action, what each action then adds up to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tracker.columns import add_up
from tracker.funding.rules import AWARDED, default_status
from tracker.tfpb.declaration import sheets
from tracker.tfpb.queries.declarations import Declaration
from tracker.workbooks.entries import folded_title
from tracker.workbooks.forms import Record


@dataclass
class DeclaredLine:
    """An action after the workbook: its record (None when its row was taken out of the workbook), its values."""

    record: Record | None
    id: int | None
    values: Mapping[str, Any]
    awards: list[Decimal | None] = field(default_factory=list)

    @property
    def other_funding(self) -> Decimal | None:
        """Σ awarded; None as soon as one award lacks its amount."""
        return None if None in self.awards else add_up(self.awards)


@dataclass
class FundingLine:
    """A grant's record, and the actions its title may mean."""

    record: Record
    candidates: Sequence[DeclaredLine]
    standing: Any = None  # the grant as it stands in the tracker, None for a new one
    action_id: int | None = None  # the action it pays there


@dataclass
class Whole:
    """The declaration as it would stand once the workbook is written."""

    file: Record | None
    actions: list[DeclaredLine]
    funding: list[FundingLine]
    participation: list[Record]
    baseline: list[Record]


def _by_sheet(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.sheet].append(record)
    return found


def put_together(declaration: Declaration, records: Sequence[Record]) -> Whole:
    """The records over what stands: a row taken out of the workbook stays as it is in the tracker."""
    sheet = _by_sheet(records)
    actions = _actions(declaration, sheet[sheets.ACTIONS])
    funding = _funding(declaration, sheet[sheets.FUNDING], actions)
    return Whole(
        next(iter(sheet[sheets.FILE]), None),
        actions,
        funding,
        sheet[sheets.PARTICIPATION],
        sheet[sheets.BASELINE],
    )


def _actions(declaration: Declaration, records: Sequence[Record]) -> list[DeclaredLine]:
    told = {record.id for record in records}
    lines = [DeclaredLine(record, record.id, record.values) for record in records]
    for action in declaration.actions:
        if action.id not in told:
            names = ("title", "axis", "planned_cost", "actual_cost", "landlord_share", "valued_amount")
            lines.append(DeclaredLine(None, action.id, {name: getattr(action, name) for name in names}))
    return lines


def _funding(declaration: Declaration, records: Sequence[Record], actions: Sequence[DeclaredLine]) -> list[FundingLine]:
    standing = {grant.id: (grant, action) for action in declaration.actions for grant in action.grants}
    by_id = {line.id: line for line in actions if line.id is not None}
    by_title: dict[str, list[DeclaredLine]] = defaultdict(list)
    for line in actions:
        by_title[folded_title(line.values.get("title"))].append(line)
    funding = []
    for record in records:
        grant, action = standing.get(record.id, (None, None)) if record.id else (None, None)
        title = folded_title(record.values.get("action"))
        candidates = by_title.get(title, []) if title else []
        own = by_id.get(action.id) if action is not None else None
        # A renamed action keeps its grants, under its old title or its new one.
        if own is not None and action is not None and (own in candidates or title == folded_title(action.title)):
            candidates = [own]
        funding.append(FundingLine(record, candidates, grant, action.id if action is not None else None))
        # Whom a lost title meant is told on its own cell; until then the aid pays what it pays.
        paid = candidates[0] if len(candidates) == 1 else own
        if paid is not None:
            _award(paid, record.values)
    told = {record.id for record in records}
    for number, (grant, action) in standing.items():
        if number not in told and action.id in by_id:
            _award(by_id[action.id], {"status": grant.status, "awarded": grant.awarded})
    return funding


def _award(line: DeclaredLine, values: Mapping[str, Any]) -> None:
    status = values.get("status") or default_status(values.get("awarded"))
    if status in AWARDED:
        line.awards.append(values.get("awarded"))
