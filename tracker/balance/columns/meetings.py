"""The columns of meetings, of what they decide, and of the editions frozen for them."""

from typing import Any

from tracker.balance.rules import DECISION_KINDS, DECISION_STATES, DECISION_TONES, MEETING_KINDS, meeting_name, state_of
from tracker.clock import today
from tracker.columns import Column

MEETINGS = (
    Column("held_on", "Date", "date", sort=True),
    Column("kind", "Réunion", sort=True, get=lambda meeting: MEETING_KINDS[meeting.kind]),
    Column("place", "Lieu", sort=True),
    Column("notes", "Notes"),
)


def named_by(decision: Any) -> str:
    """Whom a decision names: a file's landlord and city, a landlord, a city, or the whole contract."""
    if decision.file is not None:
        convention = decision.file.convention
        return f"{convention.landlord.name}, {convention.city.name}, {decision.file.year}"
    named = decision.landlord or decision.city
    return named.name if named else "Tous"


def decision_state(decision: Any) -> str:
    """Where a decision stands today, as a code of ``DECISION_STATES``."""
    return state_of(decision.kind, decision.due_on, decision.done_on, today())


DECISIONS = (
    Column("subject", "Décision"),
    Column("kind", "Nature", get=lambda decision: DECISION_KINDS[decision.kind]),
    Column("named", "Pour", get=named_by),
    Column("due_on", "Échéance", "date"),
    Column(
        "state",
        "État",
        "status",
        get=decision_state,
        words=DECISION_STATES,
        tone=lambda decision: DECISION_TONES[decision_state(decision)],
    ),
)

EDITIONS = (
    Column("number", "Édition", get=lambda edition: f"Édition n° {edition.number}"),
    Column(
        "meeting",
        "Arrêtée pour",
        get=lambda edition: meeting_name(edition.meeting.kind, edition.meeting.held_on),
    ),
    Column("frozen_at", "Arrêtée le", "moment"),
    Column("frozen_by", "Par"),
    Column("reason", "Motif"),
    Column(
        "publication",
        "Données ouvertes",
        "status",
        get=lambda edition: "open" if edition.published_at else None,
        words={"open": "Ouverte au public"},
        tone=lambda _edition: "good",
    ),
)
