"""What is found in a workbook, gathered: all of it where it can be shown, and never more than a reader could use."""

from collections.abc import Iterable

from tracker.web import formats
from tracker.workbooks.forms import Issue

MOST = 1_000
_QUOTED = 200  # characters of a value
_SAID = 1_000  # characters of a sentence, which may quote a cell of 32,767


class Issues:
    """The issues of one workbook, in order; past ``MOST`` they are counted."""

    def __init__(self) -> None:
        self.kept: list[Issue] = []
        self._left_out = 0
        self._error_left_out = False

    def add(
        self,
        sheet: str,
        cell: str | None,
        column: str | None,
        code: str,
        message: str,
        *,
        severity: str = "error",
        value: str | None = None,
    ) -> None:
        """Keep one issue."""
        quoted = value if value is None else _short(value, _QUOTED)
        named = column if column is None else _short(column, _QUOTED)
        self.extend([Issue(sheet, cell, named, code, severity, quoted, _short(message, _SAID))])

    def extend(self, issues: Iterable[Issue]) -> None:
        """Keep several."""
        for issue in issues:
            if len(self.kept) < MOST:
                self.kept.append(issue)
            else:
                self._left_out += 1
                self._error_left_out |= issue.severity == "error"

    def all(self) -> list[Issue]:
        """What was kept, and how many were not: an error left out still keeps the workbook from being applied."""
        if not self._left_out:
            return self.kept
        severity = "error" if self._error_left_out else "info"
        advice = " : corrigez ceux-ci, puis déposez de nouveau" if self._error_left_out else ""
        told = f"{formats.number(self._left_out)} autres constats ne sont pas listés{advice}."
        return [*self.kept, Issue("", None, None, "out_of_range", severity, None, told)]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def has_errors(issues: Iterable[Issue]) -> bool:
    """Whether one of them keeps the workbook from being applied."""
    return any(issue.severity == "error" for issue in issues)
