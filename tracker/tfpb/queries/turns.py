"""Whose turn a file is, for whoever reads it: the same words on every screen."""

from dataclasses import dataclass
from datetime import date

from tracker import policy
from tracker.policy import Actor
from tracker.tfpb import rules
from tracker.tfpb.queries.files import FileLine, scope_of


@dataclass(frozen=True)
class Waiting:
    """What a file waits for: the sentence for this reader, whether the act is the reader's own, and since when.

    track, verb  ``programme`` or ``report``, and the act (of ``policy``); None for a file that waits for nobody.
    """

    sentence: str
    yours: bool = False
    since: date | None = None
    track: str | None = None
    verb: str | None = None


def waiting(actor: Actor | None, line: FileLine, today: date) -> list[Waiting]:
    """One for each track that waits, else one that says it is over; without an actor nobody is « vous ».

    Nothing is read but the file, its sums and its convention.
    """
    file = line.file
    if file.archived_at is not None:
        return [Waiting(rules.ARCHIVED)]
    since = {rules.PROGRAMME: file.programme_moved_on, rules.REPORT: file.moved_on}
    found = []
    turns = rules.turns_of(file.year, file.status, file.programme_status, today, planned=line.planned)
    for track, turn in turns.items():
        yours = actor is not None and policy.can(actor, turn.verb, scope_of(file))[0]
        found.append(Waiting(turn.sentence(yours=yours), yours, since[track], track, turn.verb))
    last = rules.REPORT if file.status == "transmitted" else rules.PROGRAMME
    return found or [Waiting(rules.over(file.status), since=since[last])]


def told(waited: list[Waiting]) -> str:
    """What it waits for in one cell of a workbook."""
    return rules.together([one.sentence for one in waited])


def since(waited: list[Waiting]) -> date | None:
    """The day from which it waits: the earlier of its tracks'."""
    return min((one.since for one in waited if one.since is not None), default=None)
