"""The completeness board of a contract-year: who sees it, filters, order, totals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select

from tracker import policy
from tracker.columns import Totals
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import Contract
from tracker.tfpb.queries.board_lines import BoardLine, board_lines
from tracker.tfpb.queries.expected import Ref
from tracker.tfpb.rules import board as rules


@dataclass
class Board:
    """The lines of one page, and what is counted over all of them under the filters.

    total      lines under the filters; ``complete`` lack nothing, ``late`` are past their day.
    to_remind  how many landlords' lines are to be called for now.
    cities     of the whole board, as ``landlords`` are, for the filters; ``places``: how many neighbourhoods.
    """

    contract: Contract
    year: int
    lines: Sequence[BoardLine]
    total: int
    complete: int
    late: int
    to_remind: int
    totals: Totals
    cities: Sequence[Ref]
    landlords: Sequence[Ref]
    places: int


# -- who sees which board ------------------------------------------------------------------------------------------


def reads_board(actor: Actor) -> bool:
    """Whether there is a board for this actor at all."""
    return bool(policy.reach(actor, "read_board"))


def board_contracts(actor: Actor) -> Sequence[Contract]:
    """The live contracts whose board the actor reads, by name."""
    stretches = policy.reach(actor, "read_board")
    if not stretches:
        return []
    statement = select(Contract).where(Contract.archived_at.is_(None)).order_by(Contract.name)
    numbers = [stretch.contract_id for stretch in stretches if stretch.contract_id is not None]
    if len(numbers) == len(stretches):
        statement = statement.where(Contract.id.in_(numbers))
    return db.session.scalars(statement).all()


def contract_of(code: str, year: int) -> Contract:
    """The contract of this code, its years holding ``year``; raises NotReadable."""
    contract = db.session.scalars(select(Contract).where(Contract.code == code)).one_or_none()
    if contract is None or not contract.first_year <= year <= contract.last_year:
        raise NotReadable
    return contract


def _contract(actor: Actor, code: str, year: int) -> tuple[Contract, set[int] | None]:
    """The contract, and the cities whose lines the actor sees (None: all of them); raises NotReadable."""
    contract = contract_of(code, year)
    stretches = [one for one in policy.reach(actor, "read_board") if one.contract_id in (None, contract.id)]
    if not stretches:
        raise NotReadable
    if any(one.city_id is None for one in stretches):
        return contract, None
    return contract, {one.city_id for one in stretches if one.city_id is not None}


# -- the board -----------------------------------------------------------------------------------------------------

ANY, NONE = "any", "none"
LACKINGS = {ANY: "Au moins un manque", NONE: "Rien ne manque", **rules.BOXES}


def _named(line: BoardLine) -> tuple[str, str, str]:
    return line.landlord.name, line.city.name, line.neighbourhood.name


def _lacking(box: str, line: BoardLine) -> int:
    return len(line.lacks[box]) if box in line.boxes else 0


SORTED: dict[str, Callable[[BoardLine], Any]] = {
    "landlord": lambda line: line.landlord.name,
    "city": lambda line: line.city.name,
    "neighbourhood": lambda line: line.neighbourhood.name,
    **{box: partial(_lacking, box) for box in rules.BOXES},
    "lacking": lambda line: len(line.boxes),
    "since": lambda line: line.since,
    "days_late": lambda line: line.days_late,
    "turn": lambda line: line.turn,
    "reminded_on": lambda line: line.reminded_on,
}
SORTS = tuple(SORTED)
USUAL_SORT = "-days_late"


def _ordered(lines: Iterable[BoardLine], sort: str) -> list[BoardLine]:
    """By this key, unknown values last in either direction; then what lacks most, then by name."""
    key = SORTED[sort.removeprefix("-")]
    found = sorted(lines, key=lambda line: (-len(line.boxes), _named(line)))
    keys = {line.id: key(line) for line in found}
    known = [line for line in found if keys[line.id] is not None]
    known.sort(key=lambda line: keys[line.id], reverse=sort.startswith("-"))
    return known + [line for line in found if keys[line.id] is None]


def board(actor: Actor, code: str, year: int, arguments: Mapping[str, Any]) -> Board:
    """The board of a contract-year as the actor may see it: its whole contract, or the own city's lines.

    ``arguments``: ``city_id``, ``landlord_id``, ``lacking`` (a box, ``any``, ``none``), ``sort``, ``page``,
    ``page_size`` (None for everything, as an export wants). Raises NotReadable, also for a year of no contract.
    """
    contract, cities = _contract(actor, code, year)
    everything = board_lines(contract, year, cities)
    lines = [line for line in everything if _chosen(line, arguments)]
    found = _ordered(lines, arguments.get("sort") or USUAL_SORT)
    size = arguments.get("page_size")
    first = (arguments.get("page", 1) - 1) * size if size else 0
    counts: dict[str, Any] = {box: sum(box in line.boxes for line in lines) for box in rules.BOXES}
    return Board(
        contract=contract,
        year=year,
        lines=found[first : first + size] if size else found,
        total=len(found),
        complete=sum(not line.boxes for line in lines),
        late=sum(line.days_late is not None for line in lines),
        to_remind=sum(line.awaited and line.may_be_called for line in lines),
        totals=Totals(counts),
        cities=_refs(line.city for line in everything),
        landlords=_refs(line.landlord for line in everything),
        places=len({line.neighbourhood.id for line in everything}),
    )


def awaited_lines(actor: Actor, code: str, year: int, arguments: Mapping[str, Any]) -> tuple[Contract, list[BoardLine]]:
    """The lines of the board, under its filters, whose landlord is to be called now; raises NotReadable."""
    contract, cities = _contract(actor, code, year)
    lines = [line for line in board_lines(contract, year, cities) if _chosen(line, arguments)]
    return contract, [line for line in lines if line.awaited and line.may_be_called]


def _chosen(line: BoardLine, arguments: Mapping[str, Any]) -> bool:
    lacking = arguments.get("lacking")
    return (
        arguments.get("city_id") in (None, line.city.id)
        and arguments.get("landlord_id") in (None, line.landlord.id)
        and (
            lacking is None
            or (bool(line.boxes) is (lacking == ANY) if lacking in (ANY, NONE) else lacking in line.boxes)
        )
    )


def _refs(found: Iterable[Ref]) -> list[Ref]:
    return sorted({ref.id: ref for ref in found}.values(), key=lambda ref: ref.name)


def scope_of(contract: Contract, line: BoardLine) -> Scope:
    """Where a line belongs."""
    return Scope(contract.id, line.city.id, line.landlord.id, open_to_readers=line.open_to_readers)


def may_open(actor: Actor, contract: Contract, line: BoardLine) -> bool:
    """Whether the reader of the board may also read the file itself."""
    return line.file_id is not None and policy.can(actor, "read_file", scope_of(contract, line))[0]


def may_remind(actor: Actor, contract: Contract, line: BoardLine) -> bool:
    """Whether this reader may call the landlord for it now."""
    allowed = policy.can(actor, "remind_landlord", scope_of(contract, line))[0]
    return allowed and bool(line.landlords_turns) and line.may_be_called


def may_discuss(actor: Actor, contract: Contract, line: BoardLine) -> bool:
    """Whether the reader may say here that the programme was discussed: a city does before it may open the file."""
    proposed = line.programme_status == "proposed" and not may_open(actor, contract, line)
    return proposed and policy.can(actor, "discuss_programme", scope_of(contract, line))[0]


def for_reader(actor: Actor, found: Board) -> Sequence[BoardLine]:
    """The lines of the page, the number of a file left out where this reader may neither open nor move it."""
    for line in found.lines:
        line.hidden = not (may_open(actor, found.contract, line) or may_discuss(actor, found.contract, line))
    return found.lines
