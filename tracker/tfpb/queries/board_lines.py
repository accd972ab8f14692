"""The lines of the completeness board: each expected file with what it lacks, since when, and whose turn it is.

Read in a constant number of queries: each child table (actions, participation) is added up by file on its own,
then joined. What the sums mean is decided by ``rules.board`` alone.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, case, func, select

from tracker import clock
from tracker.extensions import Statement, run
from tracker.history.models import HistoryEntry
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb.models import Action, Convention, Participation, TfpbFile
from tracker.tfpb.queries.expected import ConventionRow, Ref, conventions_of, pairs_of, unproven, was_held
from tracker.tfpb.rules import (
    ACTION_REQUIRED,
    PROGRAMME,
    REPORT,
    SIGNATORIES,
    STAGES,
    Turn,
    inside,
    missing_signatories,
    over,
    report_due,
    together,
    year_alerts,
)
from tracker.tfpb.rules import board as rules

REMIND = "remind"


@dataclass(slots=True)
class Reminder:
    """The last time the landlord was called for a file: the day, and who called."""

    on: date
    by: str


class BoardYear:
    """A contract-year being read: what is the same for many of its lines is worked out once."""

    def __init__(self, contract: Contract, year: int) -> None:
        self.year, self.today = year, clock.today()
        self.when = rules.phase(year, self.today)
        self.reminders = _last_reminders(contract.id, year)
        self._days: dict[str | None, date | None] = {}
        self._alerts: dict[tuple[Any, ...], list[str]] = {}
        self._boxes: dict[tuple[str, ...], frozenset[str]] = {}

    def due(self, convention: ConventionRow | None) -> date | None:
        """The day of the report: the convention's own, else the usual one."""
        own = convention.report_due if convention is not None else None
        if own not in self._days:
            self._days[own] = report_due(self.year, own)
        return self._days[own]

    def alerts(self, convention: ConventionRow | None) -> list[str]:
        """What is wrong with the convention's own dates for that year; many are signed on the same days."""
        if convention is None:
            return []
        dates = _dates(convention)
        if dates not in self._alerts:
            self._alerts[dates] = [alert.code for alert in year_alerts(self.year, convention, self.today)]
        return self._alerts[dates]

    def line(
        self, number: int, convention: ConventionRow | None, landlord: Ref, city: Ref, place: Ref, row: Any
    ) -> "BoardLine":
        """The line of a file; ``row`` None: nobody opened it."""
        contents = None if row is None else _contents(row)
        lacks = tuple(rules.lacks(contents, self.when, self.alerts(convention)))
        boxes = self._boxes.setdefault(lacks, frozenset(lacks))
        status = contents.status if contents else None
        late = rules.days_late(status, self.due(convention), self.today)
        turns = rules.turns_of(contents, self.year, self.today)
        awaited = rules.is_awaited(status, self.when, turns)
        reminder = self.reminders.get((number, place.id or 0))
        return BoardLine(self, number, landlord, city, place, convention, row, boxes, late, awaited, reminder)


_dates = attrgetter("status", "signed_on", *SIGNATORIES, "declared_on")


@dataclass(slots=True)
class BoardLine:
    """One expected file. What orders and counts all the lines is kept; the rest is worked out when it is shown.

    convention  None when the file stands although nothing expects it any more (its convention archived since).
    row         of ``_files``; None when there is no file.
    boxes       those that lack something.
    hidden      whether this reader is told the file's number.
    """

    of: BoardYear
    convention_id: int
    landlord: Ref
    city: Ref
    neighbourhood: Ref
    convention: ConventionRow | None
    row: Any
    boxes: frozenset[str]
    days_late: int | None
    awaited: bool
    reminder: Reminder | None
    hidden: bool = False

    @property
    def id(self) -> str:
        """What the page calls the line."""
        return f"{self.convention_id}-{self.neighbourhood.id}"

    @property
    def file_id(self) -> int | None:
        """The file's number; None without a file, or for a reader who may not open it."""
        return None if self.row is None or self.hidden else int(self.row[1])

    @property
    def file_version(self) -> int | None:
        """The version of the file, for who may make a move from here; None with its number."""
        return None if self.file_id is None else int(self.row[10])

    @property
    def open_to_readers(self) -> bool:
        """Whether the file was ever submitted."""
        return self.row is not None and bool(self.row[7])

    @property
    def outside(self) -> bool:
        """Whether nothing expects the file any more."""
        return self.convention is None

    @property
    def contents(self) -> rules.Contents | None:
        """What the file holds; None without a file."""
        return None if self.row is None else _contents(self.row)

    @property
    def lacks(self) -> dict[str, list[str]]:
        """Box → the codes of what it lacks."""
        return rules.lacks(self.contents, self.of.when, self.of.alerts(self.convention))

    @property
    def states(self) -> dict[str, str]:
        """Box → ``ok``, ``lacking``, or ``later`` while nothing is expected of it yet."""
        return rules.states(self.contents, self.of.when, self.boxes)

    @property
    def missing(self) -> list[str]:
        """Every code of what it lacks, in the order of the boxes."""
        lacks = self.lacks
        return [code for box in rules.BOXES for code in lacks.get(box, ())]

    @property
    def status(self) -> str | None:
        """The report's status; None without a file."""
        return None if self.row is None else str(self.row[2])

    @property
    def programme_status(self) -> str | None:
        """The programme's status; None without a file."""
        return None if self.row is None else str(self.row[3])

    @property
    def due_on(self) -> date | None:
        """The day of the report."""
        return self.of.due(self.convention)

    @property
    def since(self) -> date | None:
        """The day from which it waits: when its report became due (it is late), else of the last move of the track
        that has waited longest."""
        if self.row is None or (self.days_late and self.status == "draft"):
            return self.due_on if self.days_late else None
        moved = {PROGRAMME: self.row[9], REPORT: self.row[8]}
        tracks = self.whose or (REPORT if self.status == "transmitted" else PROGRAMME,)
        return min((moved[track] for track in tracks if moved[track] is not None), default=None)

    @property
    def whose(self) -> dict[str, Turn]:
        """Whose acts it waits for, by track."""
        return rules.turns_of(self.contents, self.of.year, self.of.today)

    @property
    def turn(self) -> str | None:
        """French: « Au bailleur de déposer le bilan », « Bilan transmis »; None while nothing is expected."""
        if self.whose:
            return together([turn.sentence(yours=False) for turn in self.whose.values()])
        return None if self.status is None else over(self.status)

    @property
    def landlords_turns(self) -> dict[str, Turn]:
        """What it waits for from the landlord, by track."""
        return rules.landlords(self.whose)

    @property
    def reminded_on(self) -> date | None:
        """The day the landlord was last called for it."""
        return self.reminder.on if self.reminder else None

    @property
    def reminded_by(self) -> str | None:
        """Who called."""
        return self.reminder.by if self.reminder else None

    @property
    def may_be_called(self) -> bool:
        """Whether the last call is old enough for another."""
        return rules.may_call_again(self.reminded_on, self.of.today)

    @property
    def lacking(self) -> str | None:
        """Everything it lacks, box by box: « Montants : logements ; Programme : à valider »."""
        told = [f"{word} : {self.words(box)}" for box, word in rules.BOXES.items() if box in self.boxes]
        return " ; ".join(told) or None

    def words(self, box: str) -> str | None:
        """What a box lacks, in few French words."""
        if box not in self.boxes:
            return None
        unsigned = [inside(who) for who in missing_signatories(self.convention)] if self.convention else []
        contents = self.contents
        return rules.words(self.lacks[box], contents.unproven if contents else 0, unsigned)


def board_lines(contract: Contract, year: int, cities: set[int] | None = None) -> list[BoardLine]:
    """Every line of a contract-year, in no particular order; ``cities`` keeps to some, None is all. Four queries."""
    of = BoardYear(contract, year)
    rows = run(_files(), contract=contract.id, year=year, today=of.today)
    files = {(row[0], row[_NAMES]): row for row in rows}
    lines = []
    for convention, place in pairs_of(contract.id, conventions_of(contract.id, year, None)):
        row = files.pop((convention.id, place.id or 0), None)
        if cities is None or convention.city.id in cities:
            lines.append(of.line(convention.id, convention, convention.landlord, convention.city, place, row))
    for row in files.values():
        place, landlord, city = (Ref(*row[at : at + 3]) for at in (_NAMES, _NAMES + 3, _NAMES + 6))
        if cities is None or city.id in cities:
            lines.append(of.line(row[0], None, landlord, city, place, row))
    return lines


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
            TfpbFile.first_submitted_at.is_not(None),
            TfpbFile.moved_on,
            TfpbFile.programme_moved_on,
            TfpbFile.version,
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
        .where(Participation.file_id.in_(files), was_held())
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


_KNOWN = 14  # the place of the first of the counts of known amounts in a row of ``_files``
_HELD = _KNOWN + len(ACTION_REQUIRED)
_NAMES = _HELD + len(STAGES)


def _contents(row: Any) -> rules.Contents:
    return rules.Contents(
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[11] or 0,
        dict(zip(ACTION_REQUIRED, row[_KNOWN:_HELD], strict=True)),
        row[12] or 0,
        row[13] or 0,
        [stage for stage, held in zip(STAGES, row[_HELD:_NAMES], strict=True) if held],
    )
