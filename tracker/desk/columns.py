"""The columns of the agenda."""

from tracker.clock import today
from tracker.columns import Column
from tracker.desk.rules import KINDS, STATE_TONES, STATES, AgendaItem, state_of


def _state(item: AgendaItem) -> str | None:
    return state_of(item.on, today())


AGENDA = (
    Column("on", "Date", "date"),
    Column("kind", "Nature", get=lambda item: KINDS[item.kind]),
    Column("title", "Échéance"),
    Column("what", "Objet"),
    Column("where", "Où"),
    Column("state", "État", "status", get=_state, words=STATES, tone=lambda item: STATE_TONES.get(_state(item) or "")),
)
