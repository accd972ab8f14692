"""The words of meetings, what they keep once something stands on them, and the year they look at."""

from collections.abc import Mapping
from datetime import date
from typing import Any

MEETING_KINDS = {"copil": "COPIL", "cotech": "COTECH", "thematic": "Réunion thématique"}

# What an edition prints of its meeting, and what its decisions are called and dated by.
KEPT = {"kind": "Type", "held_on": "Date"}


def meeting_name(kind: str, held_on: date) -> str:
    """How a meeting is called: « COPIL du 18/06/2026 »."""
    return f"{MEETING_KINDS[kind]} du {held_on:%d/%m/%Y}"


def relied_on(*, frozen: bool, decided: bool) -> str | None:
    """What stands on a meeting, as the beginning of a sentence; None while nothing does."""
    if frozen:
        return "Une édition du bilan a été arrêtée pour cette réunion"
    return "Une décision de cette réunion est enregistrée" if decided else None


def kept_sentence(relied: str) -> str:
    """Why the kind and the day of a meeting that something stands on are no longer offered."""
    return f"{relied} : ni son type ni sa date ne changent plus."


def archive_refusal(relied: str) -> str:
    """Why a meeting that something stands on is not archived."""
    return f"{relied} : elle ne peut être archivée."


def kept_refusal(old: Mapping[str, Any], new: Mapping[str, Any], relied: str | None) -> str | None:
    """Why this change is refused: what was presented or decided at a meeting keeps naming that very meeting."""
    if relied is None:
        return None
    for name, label in KEPT.items():
        if name in new and new[name] != old[name]:
            found, expected = _said(new[name]), _said(old[name])
            return f"{label} : {found} trouvé ; {expected} est attendu. {kept_sentence(relied)}"
    return None


def _said(value: str | date) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else MEETING_KINDS[value]


def report_year(on: date, first_year: int, last_year: int) -> int:
    """The year whose report is under way on a day: the last one that ended, within the contract's years."""
    return min(max(on.year - 1, first_year), last_year)
