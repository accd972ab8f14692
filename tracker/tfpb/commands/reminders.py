"""Calling landlords for the files a year waits for: letters, and a line of history for each file called for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import select

from tracker import clock, policy
from tracker.accounts.queries import people_of_landlords
from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.mail.commands import write_letters
from tracker.mail.rules import CALL, News
from tracker.policy import Actor, Conflict, FieldError, Invalid, NotReadable
from tracker.territory.models import Contract
from tracker.tfpb.models import Convention
from tracker.tfpb.queries import board
from tracker.tfpb.queries.board_lines import REMIND, BoardLine, Reminder, board_lines
from tracker.tfpb.queries.conventions import scope_of
from tracker.tfpb.rules import REPORT, together
from tracker.tfpb.rules import reminders as rules


@dataclass
class Reminded:
    """What a call did: the lines called for, how many letters, the landlords nobody reads letters for."""

    lines: list[BoardLine] = field(default_factory=list)
    letters: int = 0
    unreached: list[str] = field(default_factory=list)


def remind_landlords(actor: Actor, code: str, year: int, values: Mapping[str, Any]) -> Reminded:
    """Call for one expected file (``convention_id`` and ``neighbourhood_id``), else for all awaited under the filters.

    One letter to each person of a landlord, whatever the number of files. Raises Conflict when there is nobody to
    call: it is not the landlord's turn, the last call is too recent, nobody reads letters.
    """
    with Writing(actor) as write:
        if values.get("convention_id") is None and values.get("neighbourhood_id") is None:
            contract, lines = _awaited(actor, code, year, values)
        else:
            contract, lines = _one(write, code, year, values)
        lines.sort(key=lambda line: (line.landlord.name, line.landlord.id or 0, line.city.name))
        readers = people_of_landlords(contract.id, {line.landlord.id for line in lines})
        conventions = _conventions({line.convention_id for line in lines})
        done = Reminded()
        for landlord, group in groupby(lines, key=lambda line: line.landlord):
            called = list(group)
            letters = write_letters(write, readers.get(landlord.id, []), _news(actor, contract, year, called))
            if not letters:
                done.unreached.append(landlord.name)
                continue
            done.letters += len(letters)
            for line in called:
                _tell(write, conventions[line.convention_id], year, line)
                line.reminder = Reminder(clock.today(), actor.name)
                done.lines.append(line)
        if not done.lines:
            raise Conflict("transition_not_allowed", rules.unreached(done.unreached))
        return done


def _awaited(actor: Actor, code: str, year: int, values: Mapping[str, Any]) -> tuple[Contract, list[BoardLine]]:
    contract, awaited = board.awaited_lines(actor, code, year, values)
    lines = [line for line in awaited if policy.can(actor, "remind_landlord", board.scope_of(contract, line))[0]]
    if not lines:
        raise Conflict("transition_not_allowed", rules.NOTHING)
    return contract, lines


def _one(write: Writing, code: str, year: int, values: Mapping[str, Any]) -> tuple[Contract, list[BoardLine]]:
    contract = board.contract_of(code, year)
    for name, label in (("convention_id", "Convention"), ("neighbourhood_id", "Quartier")):
        if values.get(name) is None:
            raise Invalid(FieldError(name, "required", f"{label} : une valeur est attendue."))
    convention: Convention = fetch(Convention, values["convention_id"])
    if convention.contract_id != contract.id:
        raise NotReadable
    write.require("remind_landlord", scope_of(convention))
    wanted = values["convention_id"], values["neighbourhood_id"]
    lines = board_lines(contract, year, {convention.city_id})
    line = next((one for one in lines if (one.convention_id, one.neighbourhood.id) == wanted), None)
    if line is None:
        message = f"Quartier : cette convention n’y attend aucun dossier pour {year}."
        raise Invalid(FieldError("neighbourhood_id", "unknown_reference", message, values["neighbourhood_id"]))
    if not line.landlords_turns:
        raise Conflict("transition_not_allowed", rules.not_waiting(line.turn))
    if line.reminder is not None and not line.may_be_called:
        raise Conflict("duplicate", rules.too_soon(line.reminder.on, line.reminder.by))
    return contract, [line]


def _conventions(numbers: set[int]) -> dict[int, Convention]:
    statement = select(Convention).where(Convention.id.in_(numbers))
    return {convention.id: convention for convention in db.session.scalars(statement)}


def _news(actor: Actor, contract: Contract, year: int, lines: Sequence[BoardLine]) -> News:
    files = [_called(line) for line in lines]
    landlord = lines[0].landlord.name
    alone = lines[0].file_id if len(lines) == 1 else None
    keys = ",".join(line.id for line in lines)
    return News(
        CALL,
        rules.subject(contract.name, landlord, year, len(lines)),
        rules.sentences(actor.name, landlord, year, files),
        f"/tfpb?year={year}" if alone is None else f"/tfpb/dossiers/{alone}",
        "Ouvrir la liste de vos dossiers" if alone is None else "Ouvrir le dossier",
        f"vous représentez {landlord} dans le contrat « {contract.name} »",
        # Of two calls for the same files at the same moment, the database keeps one.
        occasion=f"call:{year}:{clock.today():%Y-%m-%d}:{sha256(keys.encode()).hexdigest()[:32]}",
    )


def _called(line: BoardLine) -> rules.Called:
    """The landlord's own acts; the day is the report's, and says nothing of a programme."""
    acts = line.landlords_turns
    return rules.Called(
        f"{line.city.name}, {line.neighbourhood.name}",
        together([turn.sentence(yours=False) for turn in acts.values()]),
        line.due_on if REPORT in acts else None,
        line.days_late,
        line.lacking,
    )


def _tell(write: Writing, convention: Convention, year: int, line: BoardLine) -> None:
    write.tell(
        convention,
        REMIND,
        {
            "on": [None, clock.today().isoformat()],
            "year": [None, year],
            "neighbourhood_id": [None, line.neighbourhood.id],
        },
        scope_of(convention),
        label=f"{line.landlord.name}, {line.city.name}, {line.neighbourhood.name} · {year}",
        parent=None if line.file_id is None else ("tfpb_file", line.file_id),
    )
