"""The words of meetings, and the year they look at."""

from datetime import date

MEETING_KINDS = {"copil": "COPIL", "cotech": "COTECH", "thematic": "Réunion thématique"}


def report_year(on: date, first_year: int, last_year: int) -> int:
    """The year whose report is under way on a day: the last one that ended, within the contract's years."""
    return min(max(on.year - 1, first_year), last_year)
