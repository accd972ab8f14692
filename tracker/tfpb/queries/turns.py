"""Whose turn a file is, for whoever reads it: the same words on every screen."""

from dataclasses import dataclass
from datetime import date

from tracker import policy
from tracker.policy import Actor
from tracker.tfpb import rules
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries.files import scope_of


@dataclass(frozen=True)
class Waiting:
    """What a file waits for: the sentence for this reader, whether the act is the reader's own, and since when."""

    sentence: str
    yours: bool
    since: date | None


def waiting(actor: Actor | None, file: TfpbFile, today: date) -> Waiting:
    """Nothing is read but the file and its convention; without an actor nobody is « vous »."""
    programme = rules.is_programme(file.year, file.status, today)
    since = file.programme_moved_on if programme else file.moved_on
    if file.archived_at is not None:
        return Waiting(rules.ARCHIVED, yours=False, since=None)
    turn = rules.turn_of(file.year, file.status, file.programme_status, today)
    if turn is None:
        return Waiting(rules.OVER[file.programme_status if programme else file.status], yours=False, since=since)
    yours = actor is not None and policy.can(actor, turn.verb, scope_of(file))[0]
    return Waiting(turn.sentence(yours=yours), yours, since)
