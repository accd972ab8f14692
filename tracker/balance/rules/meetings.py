"""The words of meetings, and the year they look at."""

from datetime import date

MEETING_KINDS = {"copil": "COPIL", "cotech": "COTECH", "thematic": "Réunion thématique"}


def meeting_name(kind: str, held_on: date) -> str:
    """How a meeting is called: « COPIL du 18/06/2026 »."""
    return f"{MEETING_KINDS[kind]} du {held_on:%d/%m/%Y}"


def report_year(on: date, first_year: int, last_year: int) -> int:
    """The year whose report is under way on a day: the last one that ended, within the contract's years."""
    return min(max(on.year - 1, first_year), last_year)
