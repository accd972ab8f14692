"""What the home page and the agenda say: pure functions on plain values."""

from collections.abc import Set
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
    "decision": "Décision",
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
    """Something to do next. ``rank`` orders: what blocks others first, then what is late, then the rest.

    ``item_id`` is the number of the ``kind`` it opens; of a ``board``, its year.
    """

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


def lateness(due: date | None, today: date) -> str:
    """How a task's day is told, after its name: the day, and by how many it is passed; nothing without a day."""
    if due is None:
        return ""
    days = (today - due).days
    told = f", échéance le {due:%d/%m/%Y}"
    return told if days <= 0 else f"{told} dépassée de {days} jour{'s' if days > 1 else ''}"


def part_in_decision(
    landlord_id: int | None,
    city_id: int | None,
    file_city_id: int | None,
    *,
    landlords: Set[int],
    cities: Set[int],
    coordinates: bool,
    late: bool,
) -> str | None:
    """What an open decision is to a reader of these landlords and cities; None when it does not concern him.

    ``own``        it names his landlord or his city: his to do.
    ``everybody``  it names nobody: each landlord's, each city's and the coordination's.
    ``late``       somebody else's, whose day is passed: the coordination's to chase.
    ``told``       a landlord's, about a file of his city: to be known, not done.
    """
    if landlord_id is None and city_id is None:
        return "everybody" if landlords or cities or coordinates else None
    if landlord_id in landlords or city_id in cities:
        return "own"
    if coordinates and late:
        return "late"
    return "told" if file_city_id in cities else None


def ordered(tasks: list[Task]) -> list[Task]:
    """The most pressing first."""
    return sorted(tasks, key=lambda task: (task.rank, task.sentence))
