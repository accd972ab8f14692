"""The completeness board: each file a contract-year waits for, what it lacks, since when, and whose turn it is.

Read in a constant number of queries: each child table (actions, participation) is added up by file on its own,
then joined. What the sums mean is decided by ``rules.board`` alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, case, func, select

from tracker import clock, policy
from tracker.columns import Totals
from tracker.extensions import Statement, db, run
from tracker.history.models import HistoryEntry
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb.models import Action, Convention, Participation, TfpbFile
from tracker.tfpb.queries.expected import ConventionRow, Ref, conventions_of, pairs_of, unproven
from tracker.tfpb.rules import (
    ACTION_REQUIRED,
    OVER,
    STAGES,
    Turn,
    inside,
    is_programme,
    missing_signatories,
    report_due,
    year_alerts,
)
from tracker.tfpb.rules import board as rules

REMIND = "remind"


@dataclass(slots=True)
class Reminder:
    """The last time the landlord was called for a file: the day, and who called."""

    on: date
    by: str


@dataclass(slots=True)
class BoardLine:
    """One expected file. ``lacks``: box → codes; ``states``: box → ``ok``, ``lacking`` or ``later``.

    file_id      None when there is none.
    since        the day from which it waits: when its report became due, else of its last move.
    unsigned     who has not signed the convention, where its signatures are told one by one.
    outside      it stands although nothing expects it any more (its convention archived since).
    """

    convention_id: int
    landlord: Ref
    city: Ref
    neighbourhood: Ref
    file_id: int | None
    open_to_readers: bool
    contents: rules.Contents | None
    lacks: dict[str, list[str]]
    states: dict[str, str]
    due_on: date | None
    since: date | None
    days_late: int | None
    whose: Turn | None
    awaited: bool
    reminder: Reminder | None
    unsigned: Sequence[str]
    outside: bool

    @property
    def id(self) -> str:
        """What the page calls the line."""
        return f"{self.convention_id}-{self.neighbourhood.id}"

    @property
    def status(self) -> str | None:
        """The report's status; None without a file."""
        return self.contents.status if self.contents else None

    @property
    def programme_status(self) -> str | None:
        """The programme's status; None without a file."""
        return self.contents.programme_status if self.contents else None

    @property
    def missing(self) -> list[str]:
        """Every code of what it lacks, in the order of the boxes."""
        return [code for box in rules.BOXES for code in self.lacks.get(box, ())]

    @property
    def turn(self) -> str | None:
        """French: « Au bailleur de déposer le bilan », « Bilan transmis »; None while nothing is expected."""
        if self.whose is not None:
            return self.whose.sentence(yours=False)
        if self.contents is None:
            return None
        return OVER[self.contents.programme_status if self.contents.status == "draft" else self.contents.status]

    @property
    def reminded_on(self) -> date | None:
        """The day the landlord was last called for it."""
        return self.reminder.on if self.reminder else None

    @property
    def reminded_by(self) -> str | None:
        """Who called."""
        return self.reminder.by if self.reminder else None

    @property
    def is_landlords(self) -> bool:
        """Whether it is the landlord's turn."""
        return self.whose is not None and self.whose.verb in rules.LANDLORD_ACTS

    @property
    def lacking(self) -> str | None:
        """Everything it lacks, box by box: « Montants : logements ; Programme : à valider »."""
        told = [f"{word} : {self.words(box)}" for box, word in rules.BOXES.items() if box in self.lacks]
        return " ; ".join(told) or None

    def words(self, box: str) -> str | None:
        """What a box lacks, in few French words."""
        if box not in self.lacks:
            return None
        return rules.words(self.lacks[box], self.contents.unproven if self.contents else 0, self.unsigned)


@dataclass
class Board:
    """The lines of one page, and what is counted over all of them under the filters.

    total     lines under the filters; ``complete`` lack nothing, ``late`` are past their day.
    to_remind the lines whose landlord is to be called now (whatever page they stand on).
    choices   the cities and landlords of the whole board, for the filters.
    """

    contract: Contract
    year: int
    lines: Sequence[BoardLine]
    total: int
    complete: int
    late: int
    to_remind: Sequence[BoardLine]
    totals: Totals
    cities: Sequence[Ref]
    landlords: Sequence[Ref]
    places: int = field(default=1)


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


# -- the statements ------------------------------------------------------------------------------------------------


@cache
def _files() -> Statement:
    """The contract's live files of the year, each with its actions and its participation added up."""
    chosen = (
        select(TfpbFile.id)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .where(
            Convention.contract_id == bindparam("contract"),
            TfpbFile.year == bindparam("year"),
            TfpbFile.archived_at.is_(None),
        )
        .cte("chosen")
    )
    numbers = select(chosen.c.id)
    actions, moments = _actions(numbers), _moments(numbers)
    return (
        select(
            TfpbFile.convention_id,
            TfpbFile.id,
            TfpbFile.status,
            TfpbFile.programme_status,
            TfpbFile.dwellings,
            TfpbFile.abated_dwellings,
            func.coalesce(TfpbFile.abatement_actual, TfpbFile.abatement_estimated).is_not(None),
            TfpbFile.first_submitted_at,
            TfpbFile.moved_on,
            TfpbFile.programme_moved_on,
            *(actions.c[name] for name in ("actions", "valued", "unproven", *ACTION_REQUIRED)),
            *(moments.c[stage] for stage in STAGES),
            Neighbourhood.id,
            Neighbourhood.code,
            Neighbourhood.name,
            Landlord.id,
            Landlord.siren,
            Landlord.name,
            City.id,
            City.insee,
            City.name,
        )
        .join(chosen, chosen.c.id == TfpbFile.id)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .join(Neighbourhood, Neighbourhood.id == TfpbFile.neighbourhood_id)
        .outerjoin(actions, actions.c.file_id == TfpbFile.id)
        .outerjoin(moments, moments.c.file_id == TfpbFile.id)
    )


def _actions(files: Any) -> Any:
    """By file: its live actions, how many know each amount, how many value something, with nothing to prove it."""
    return (
        select(
            Action.file_id,
            func.count().label("actions"),
            *(func.count(getattr(Action, name)).label(name) for name in ACTION_REQUIRED),
            func.count(case((Action.valued_amount > 0, 1))).label("valued"),
            func.count(case((unproven(), 1))).label("unproven"),
        )
        .where(Action.file_id.in_(files), Action.archived_at.is_(None))
        .group_by(Action.file_id)
        .subquery("actions")
    )


def _moments(files: Any) -> Any:
    """By file: whether each stage of participation was held."""
    return (
        select(
            Participation.file_id,
            *(func.max(case((Participation.stage == stage, 1), else_=0)).label(stage) for stage in STAGES),
        )
        .where(Participation.file_id.in_(files), Participation.archived_at.is_(None))
        .group_by(Participation.file_id)
        .subquery("moments")
    )


@cache
def _reminders() -> Statement:
    year = HistoryEntry.changes["year"][1].as_integer()
    conventions = select(Convention.id).where(Convention.contract_id == bindparam("contract"))
    return (
        select(HistoryEntry.item_id, HistoryEntry.changes, HistoryEntry.actor_name)
        .where(
            HistoryEntry.item_type == Convention.__tablename__,
            HistoryEntry.item_id.in_(conventions),
            HistoryEntry.verb == REMIND,
            year == bindparam("year"),
        )
        .order_by(HistoryEntry.id)
    )


def _last_reminders(contract_id: int, year: int) -> dict[tuple[int, int], Reminder]:
    """(convention, neighbourhood) → the last call of that year's file."""
    rows = run(_reminders(), contract=contract_id, year=year)
    return {
        (number, told["neighbourhood_id"][1]): Reminder(date.fromisoformat(told["on"][1]), by)
        for number, told, by in rows
    }


# -- the lines -----------------------------------------------------------------------------------------------------

_KNOWN = 13  # the place of the first of the counts of known amounts in a row of ``_files``
_HELD = _KNOWN + len(ACTION_REQUIRED)
_NAMES = _HELD + len(STAGES)


def _contents(row: Any) -> rules.Contents:
    return rules.Contents(
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[10] or 0,
        dict(zip(ACTION_REQUIRED, row[_KNOWN:_HELD], strict=True)),
        row[11] or 0,
        row[12] or 0,
        [stage for stage, held in zip(STAGES, row[_HELD:_NAMES], strict=True) if held],
    )


def board_lines(contract: Contract, year: int, cities: set[int] | None = None) -> list[BoardLine]:
    """Every line of a contract-year, in no particular order; ``cities`` keeps to some, None is all. Four queries."""
    today = clock.today()
    when = rules.phase(year, today)
    files = {(row[0], row[_NAMES]): row for row in run(_files(), contract=contract.id, year=year)}
    reminders = _last_reminders(contract.id, year)
    conventions = conventions_of(contract.id, year, None)
    own_days = {one.id: one.report_due for one in conventions}
    unsigned = {one.id: [inside(who) for who in missing_signatories(one)] for one in conventions}

    def line(
        convention_id: int, landlord: Ref, city: Ref, place: Ref, row: Any, alerts: Sequence[str], outside: bool
    ) -> BoardLine:
        contents = _contents(row) if row is not None else None
        lacks = rules.lacks(contents, when, alerts)
        turn = rules.turn_of(contents, year, today)
        due = report_due(year, own_days.get(convention_id))
        late = rules.days_late(contents.status if contents else None, due, today)
        return BoardLine(
            convention_id=convention_id,
            landlord=landlord,
            city=city,
            neighbourhood=place,
            file_id=None if row is None else row[1],
            open_to_readers=row is not None and row[7] is not None,
            contents=contents,
            lacks=lacks,
            states=rules.states(contents, when, lacks),
            due_on=due,
            since=_since(row, year, today, due if late else None),
            days_late=late,
            whose=turn,
            awaited=rules.is_awaited(contents, year, today),
            reminder=reminders.get((convention_id, place.id or 0)),
            unsigned=unsigned.get(convention_id, ()),
            outside=outside,
        )

    lines = []
    alerts = {one.id: _alerts(one, year, today) for one in conventions}
    for convention, place in pairs_of(contract.id, conventions):
        if cities is None or convention.city.id in cities:
            row = files.get((convention.id, place.id or 0))
            lines.append(
                line(
                    convention.id,
                    convention.landlord,
                    convention.city,
                    place,
                    row,
                    alerts[convention.id],
                    outside=False,
                )
            )
        files.pop((convention.id, place.id or 0), None)
    for row in files.values():
        place, landlord, city = (Ref(*row[at : at + 3]) for at in (_NAMES, _NAMES + 3, _NAMES + 6))
        if cities is None or city.id in cities:
            lines.append(line(row[0], landlord, city, place, row, (), outside=True))
    return lines


def _alerts(convention: ConventionRow, year: int, today: date) -> Sequence[str]:
    """What is wrong with the convention's own dates for that year; one that is over is not chased any more."""
    return [alert.code for alert in year_alerts(year, convention, today)]


def _since(row: Any, year: int, today: date, due: date | None) -> date | None:
    """Since when it waits: the day its report became due (``due``: it is late), else the day it last moved."""
    if row is None or (due is not None and row[2] == "draft"):
        return due
    moved: date | None = row[9] if is_programme(year, row[2], today) else row[8]
    return moved


# -- the board -----------------------------------------------------------------------------------------------------

ANY, NONE = "any", "none"
LACKINGS = {ANY: "Au moins un manque", NONE: "Rien ne manque", **rules.BOXES}


def _named(line: BoardLine) -> tuple[str, str, str]:
    return line.landlord.name, line.city.name, line.neighbourhood.name


def _lacking(box: str, line: BoardLine) -> int:
    return len(line.lacks.get(box, ()))


SORTED: dict[str, Callable[[BoardLine], Any]] = {
    "landlord": lambda line: line.landlord.name,
    "city": lambda line: line.city.name,
    "neighbourhood": lambda line: line.neighbourhood.name,
    **{box: partial(_lacking, box) for box in rules.BOXES},
    "lacking": lambda line: len(line.lacks),
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
    found = sorted(lines, key=lambda line: (-len(line.lacks), _named(line)))
    known = [line for line in found if key(line) is not None]
    known.sort(key=key, reverse=sort.startswith("-"))
    return known + [line for line in found if key(line) is None]


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
    counts: dict[str, Any] = {box: sum(box in line.lacks for line in lines) for box in rules.BOXES}
    today = clock.today()
    return Board(
        contract=contract,
        year=year,
        lines=found[first : first + size] if size else found,
        total=len(found),
        complete=sum(not line.lacks for line in lines),
        late=sum(line.days_late is not None for line in lines),
        to_remind=[line for line in found if line.awaited and may_call(line, today)],
        totals=Totals(counts),
        cities=_refs(line.city for line in everything),
        landlords=_refs(line.landlord for line in everything),
        places=len({line.neighbourhood.id for line in everything}),
    )


def may_call(line: BoardLine, today: date) -> bool:
    """Whether the last call is old enough for another."""
    return rules.may_call_again(line.reminder.on if line.reminder else None, today)


def _chosen(line: BoardLine, arguments: Mapping[str, Any]) -> bool:
    lacking = arguments.get("lacking")
    return (
        arguments.get("city_id") in (None, line.city.id)
        and arguments.get("landlord_id") in (None, line.landlord.id)
        and (
            lacking is None
            or (bool(line.lacks) is (lacking == ANY) if lacking in (ANY, NONE) else lacking in line.lacks)
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
    return allowed and line.is_landlords and may_call(line, clock.today())


def for_reader(actor: Actor, found: Board) -> list[BoardLine]:
    """The lines of the page, the number of a file left out where the file itself is not open to this reader."""
    return [
        line if line.file_id is None or may_open(actor, found.contract, line) else replace(line, file_id=None)
        for line in found.lines
    ]
