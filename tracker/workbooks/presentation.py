"""A batch as its page shows it: faults grouped by sentence, differences in words, choices of the moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.policy import Actor, Conflict
from tracker.web import formats
from tracker.workbooks.forms import Entry, SheetForm, Target, WorkbookForm
from tracker.workbooks.issues import MOST
from tracker.workbooks.layout import SEPARATOR, words_of
from tracker.workbooks.models import ImportBatch
from tracker.workbooks.queries import readable_batch, target_of, who_applied
from tracker.workbooks.schemas import SEVERITIES, STATUSES

TONES = {"error": "bad", "warning": "warn", "info": "info"}
SHOWN = 200  # records of one kind on the page; the API gives them all
_CELLS = 12  # cells quoted beside one sentence


@dataclass(frozen=True)
class Group:
    """The same sentence over the cells it is about."""

    severity: str
    sheet: str
    column: str | None
    message: str
    cells: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """Its severity in French."""
        return SEVERITIES[self.severity]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return TONES[self.severity]

    @property
    def places(self) -> str:
        """Its cells, the first of them when they are many."""
        more = len(self.cells) - _CELLS
        return ", ".join(self.cells[:_CELLS]) + (f" et {more} autres" if more > 0 else "")


@dataclass(frozen=True)
class Difference:
    """One record that changes: (field's label, value of the tracker, value of the workbook)."""

    label: str
    sheet: str
    row: int | None
    lines: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class BatchView:
    """Everything the page of a batch says."""

    batch: ImportBatch
    form: WorkbookForm
    item_url: str
    groups: Sequence[Group]
    errors: int
    warnings: int
    created: Sequence[Difference]
    changed: Sequence[Difference]
    conflicts: Sequence[Difference]
    counts: Mapping[str, int]
    refusal: str | None
    applied_by: str | None

    @property
    def writes(self) -> int:
        """How many records applying it writes."""
        return sum(self.counts[kind] for kind in ("created", "changed", "conflict"))

    @property
    def full_list(self) -> bool:
        """Whether every issue and every difference stands on the page."""
        return len(self.batch.issues) <= MOST and max(self.counts.values()) <= SHOWN


def state_of(batch: ImportBatch) -> tuple[str, str | None]:
    """The word of a batch's badge and its tone: one with errors cannot be confirmed."""
    if batch.status == "checked" and any(issue["severity"] == "error" for issue in batch.issues):
        return "À corriger", "bad"
    return STATUSES[batch.status], {"checked": "warn", "applied": "good"}.get(batch.status)


def batch_view(actor: Actor, batch_id: int) -> BatchView:
    """The page's content. Raises NotReadable."""
    batch = readable_batch(actor, batch_id)
    target = target_of(batch)
    form = target.form(actor, batch.parent_id)
    sheets = {sheet.code: sheet for sheet in form.sheets}
    kinds: dict[str, list[Mapping[str, Any]]] = {"created": [], "changed": [], "unchanged": [], "conflict": []}
    for change in batch.changes:
        kinds[change["kind"]].append(change)
    shown = {kind: [_difference(sheets, change) for change in changes[:SHOWN]] for kind, changes in kinds.items()}
    return BatchView(
        batch=batch,
        form=form,
        item_url=target.page(batch.parent_id),
        groups=_grouped(batch.issues),
        errors=sum(issue["severity"] == "error" for issue in batch.issues),
        warnings=sum(issue["severity"] == "warning" for issue in batch.issues),
        created=shown["created"],
        changed=shown["changed"],
        conflicts=shown["conflict"],
        counts={kind: len(changes) for kind, changes in kinds.items()},
        refusal=_refusal(target, actor, batch.parent_id),
        applied_by=who_applied(batch),
    )


def _refusal(target: Target, actor: Actor, parent_id: int) -> str | None:
    """Why nothing can be written now, when the item was handed in since."""
    try:
        target.require_edit(actor, parent_id)
    except Conflict as conflict:
        return conflict.message
    return None


def _grouped(issues: Sequence[Mapping[str, Any]]) -> list[Group]:
    groups: dict[tuple[Any, ...], Group] = {}
    for issue in sorted(issues, key=lambda one: list(SEVERITIES).index(one["severity"])):
        key = (issue["severity"], issue["sheet"], issue["column"], issue["message"])
        group = groups.setdefault(key, Group(*key))
        if issue["cell"]:
            group.cells.append(issue["cell"])
    return list(groups.values())


def _difference(sheets: Mapping[str, SheetForm], change: Mapping[str, Any]) -> Difference:
    sheet = sheets.get(change["sheet"])
    entries = {entry.column.key: entry for entry in sheet.entries} if sheet else {}
    lines = [
        (entries[key].column.label, shown(sheet, entries[key], old), shown(sheet, entries[key], new))
        for key, (old, new) in change["fields"].items()
        if sheet and key in entries
    ]
    return Difference(change["label"], sheet.name if sheet else change["sheet"], change["row"], lines)


def shown(sheet: SheetForm, entry: Entry, value: Any) -> str:
    """A value kept as the history keeps it, as a reader reads it."""
    words = words_of(sheet, entry)
    if value is None or value in ("", []):
        return formats.UNKNOWN
    if isinstance(value, list):
        return SEPARATOR.join(str(words.get(one, one)) for one in value)
    if words:
        return str(words.get(value, value))
    try:
        return _written(entry.column.type, value)
    except (ArithmeticError, ValueError):
        return str(value)


def _written(kind: str, value: Any) -> str:
    if kind == "money":
        return formats.money(Decimal(str(value)))
    if kind == "ratio":
        return formats.rate(Decimal(str(value)))
    if kind in ("integer", "number"):
        return formats.number(Decimal(str(value)))
    if kind == "date":
        return formats.day(date.fromisoformat(value))
    return str(value)
