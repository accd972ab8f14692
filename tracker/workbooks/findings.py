"""What a room's own rules find in a workbook, each finding on its cell."""

from collections.abc import Iterable

from tracker.policy import FieldError
from tracker.workbooks.forms import Issue, Record, SheetForm
from tracker.workbooks.layout import as_text, written


class Findings:
    """Issues gathered under the French names of the sheets."""

    def __init__(self, forms: Iterable[SheetForm]) -> None:
        sheets = list(forms)
        self._names = {form.code: form.name for form in sheets}
        self._entries = {(form.code, one.column.key): one for form in sheets for one in form.entries}
        self.issues: list[Issue] = []

    def add(self, record: Record, key: str, code: str, severity: str, message: str) -> None:
        """A finding on the cell of ``key`` in that record."""
        entry = self._entries.get((record.sheet, key))
        value = record.values.get(key)
        self.issues.append(
            Issue(
                self._names[record.sheet],
                record.cells.get(key),
                entry.column.label if entry else None,
                code,
                severity,
                as_text(written(entry, value) if entry else value),
                message,
            )
        )

    def refuse(self, record: Record, errors: Iterable[FieldError]) -> None:
        """A rule's own errors, each on its field's cell."""
        for error in errors:
            self.add(record, error.field, error.code, "error", error.message)
