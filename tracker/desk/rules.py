"""What the home page and the agenda say: pure functions on plain values."""

from dataclasses import dataclass
from datetime import date, timedelta

SOON = timedelta(days=60)

# How pressing an item of the agenda is.
STATES = {"passed": "Dépassée", "soon": "Dans les 60 jours", "later": "À venir"}
STATE_TONES = {"passed": "bad", "soon": "warn", "later": None}

KINDS = {
    "grant": "Subvention",
    "report": "Bilan TFPB",
    "meeting": "Réunion",
    "convention": "Convention",
}


@dataclass(frozen=True)
class AgendaItem:
    """A day to keep. ``kind`` and ``item_id`` say what it opens; ``where`` is the city or the landlord.

    Without ``item_id``: a report nobody began, opened on the completeness board.
    """

    on: date
    kind: str
    item_id: int | None
    title: str
    what: str
    where: str


@dataclass(frozen=True)
class Task:
    """Something to do next. ``rank`` orders: what blocks others first, then what is late, then the rest."""

    rank: int
    word: str
    tone: str
    sentence: str
    kind: str
    item_id: int | None = None
    act: str | None = None


def state_of(on: date, today: date, *, past_is_done: bool = False) -> str | None:
    """``passed``, ``soon`` or ``later``; None for a meeting that was held, of which nothing is expected any more."""
    if on < today:
        return None if past_is_done else "passed"
    return "soon" if on - today <= SOON else "later"


def report_year(today: date, first_year: int, last_year: int) -> int:
    """The year whose report is under way: the last one that ended, within the contract's years."""
    return min(max(today.year - 1, first_year), last_year)


def ordered(tasks: list[Task]) -> list[Task]:
    """The most pressing first."""
    return sorted(tasks, key=lambda task: (task.rank, task.sentence))
