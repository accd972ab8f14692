"""The sums of a contract-year, each child table added up on its own, then joined: never a sum across a join.

The actions are read once, grouped as finely as any line needs them; amounts stay integer cents until the last step.
Statements are built once and take the files as a parameter: building them again costs more than running them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from tracker.balance.rules import AMOUNTS, OF_FILES, Sum, Sums
from tracker.extensions import db
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.queries import has_award, house_sum
from tracker.money import CENT
from tracker.tfpb.models import Action
from tracker.tfpb.queries.files import awarded, awards_within

# A SELECT of plain columns.
Statement = Select[*tuple[Any, ...]]

FILES: BindParameter[Any] = bindparam("files", expanding=True)

# A tally of actions: how many, then (cents, known) for each amount, then how many awards have no amount.
_ACTIONS_WIDTH = 2 + 2 * len(AMOUNTS)
# A tally of files: how many, then (total, known) for dwellings, abated dwellings and abatement (cents).
_FILES_WIDTH = 1 + 2 * len(OF_FILES)

Tally = list[int]


def run(statement: Statement, **parameters: Any) -> Any:
    """The rows of a statement of plain columns, in the session's transaction but past its object loading."""
    return db.session.connection().execute(statement, parameters)


@dataclass(frozen=True)
class Cell:
    """The actions of one file, axis and priority; ``suspects`` of them have amounts that may not hold together."""

    file_id: int
    axis: int
    priority: str | None
    suspects: int
    tally: Tally


def _suspect(other: Any, skipped: Any) -> Any:
    """Amounts that may not hold together; the rule itself (``tfpb.rules.action_alerts``) decides."""
    return or_(
        and_(skipped == 0, Action.actual_cost != Action.landlord_share + other),
        Action.valued_amount > Action.actual_cost,
        Action.valued_amount > Action.landlord_share,
    )


def _other(awards: Any) -> tuple[Any, Any]:
    return awarded(awards), func.coalesce(awards.c.other_funding_unknown, 0)


@cache
def _cells() -> Statement:
    awards = awards_within(FILES)
    other, skipped = _other(awards)
    columns: list[Any] = []
    for name in AMOUNTS:
        amount = other if name == "other_funding" else getattr(Action, name)
        columns += [cast(func.sum(type_coerce(amount, BigInteger())), BigInteger), func.count(amount)]
    return (
        select(
            Action.file_id,
            Action.axis,
            Action.priority,
            func.count(case((_suspect(other, skipped), 1))),
            func.count(),
            *columns,
            cast(func.sum(skipped), Integer),
        )
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(FILES), Action.archived_at.is_(None))
        .group_by(Action.file_id, Action.axis, Action.priority)
    )


def cells_of(files: Sequence[int]) -> list[Cell]:
    """The live actions of these files, added up by file, axis and priority."""
    return [Cell(row[0], row[1], row[2], row[3], [n or 0 for n in row[4:]]) for row in run(_cells(), files=files)]


@cache
def _sources() -> Statement:
    no_scheme = Grant.scheme_id.is_(None)
    return (
        select(
            case((no_scheme, Funder.code), else_=Scheme.code).label("code"),
            case((no_scheme, Funder.name), else_=Scheme.name).label("name"),
            Funder.id,
            Funder.code,
            Funder.name,
            house_sum(Grant.awarded).label("amount"),
        )
        .join(Action, Action.financing_id == Grant.financing_id)  # one action per financing: nothing is counted twice
        .outerjoin(Scheme, Scheme.id == Grant.scheme_id)
        .join(Funder, Funder.id == case((no_scheme, Grant.funder_id), else_=Scheme.funder_id))
        .where(has_award(), Action.file_id.in_(FILES), Action.archived_at.is_(None))
        .group_by(Grant.scheme_id, no_scheme, Scheme.code, Scheme.name, Funder.id, Funder.code, Funder.name)
        .order_by(Funder.name, literal_column("2"))
    )


def by_source(files: Sequence[int]) -> list[Any]:
    """(source code, its name, funder's id, code, name, amount): a scheme, else a funder, with what it awarded."""
    return list(run(_sources(), files=files))


@cache
def _suspects() -> Statement:
    awards = awards_within(FILES)
    other, skipped = _other(awards)
    return (
        select(
            Action.title,
            Action.file_id,
            Action.planned_cost,
            Action.actual_cost,
            Action.landlord_share,
            case((skipped == 0, other)).label("other_funding"),
            Action.valued_amount,
        )
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(FILES), Action.archived_at.is_(None), _suspect(other, skipped))
        .order_by(Action.file_id, Action.axis, Action.id)
    )


def suspect_actions(files: Sequence[int]) -> list[Any]:
    """(title, file, amounts…) of the actions whose amounts may not hold together."""
    return list(run(_suspects(), files=files))


@cache
def _actions() -> Statement:
    awards = awards_within(FILES)
    return (
        select(
            Action.id,
            Action.file_id,
            Action.axis,
            Action.title,
            Action.location,
            Action.calendar,
            Action.status,
            Action.priority,
            Action.planned_cost,
            Action.planned_valued,
            Action.actual_cost,
            Action.landlord_share,
            awarded(awards).label("other_funding"),
            Action.valued_amount,
            Action.indicator,
            Action.indicator_target,
            Action.indicator_actual,
            Action.result,
        )
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(FILES), Action.archived_at.is_(None))
        .order_by(Action.file_id, Action.axis, Action.id)
    )


def actions_of(files: Sequence[int]) -> list[Any]:
    """The live actions of these files with their other funding, by file, axis and age."""
    return list(run(_actions(), files=files))


# -- rolling up ----------------------------------------------------------------------------------------------------


class RollUp:
    """Tallies by group: ``actions`` and ``files`` are added to the line of a key, and to no other."""

    def __init__(self) -> None:
        self._actions: dict[Any, Tally] = {}
        self._files: dict[Any, Tally] = {}
        self._holders: dict[Any, set[int]] = {}

    def add_file(self, key: Any, tally: Tally) -> None:
        """One more file under this key."""
        before = self._files.get(key)
        self._files[key] = tally if before is None else list(map(add, before, tally))

    def add_actions(self, key: Any, tally: Tally, file_id: int | None = None) -> None:
        """Some more actions under this key; ``file_id`` counts the file on a line that gathers parts of files."""
        before = self._actions.get(key)
        self._actions[key] = tally if before is None else list(map(add, before, tally))
        if file_id is not None:
            self._holders.setdefault(key, set()).add(file_id)

    def keys(self) -> list[Any]:
        """Every key that has a file or an action."""
        return list(dict.fromkeys((*self._files, *self._actions)))

    def tally(self, key: Any) -> Tally:
        """The actions' tally under this key."""
        return self._actions.get(key) or [0] * _ACTIONS_WIDTH

    def sums(self, key: Any) -> Sums:
        """The sums under this key; those of whole files are None where the line gathers parts of files."""
        actions = self.tally(key)
        if key in self._holders:
            return Sums(files=len(self._holders[key]), actions=actions[0], amounts=amount_sums(actions))
        files = self._files.get(key) or [0] * _FILES_WIDTH
        return Sums(files=files[0], actions=actions[0], of_files=_file_sums(files), amounts=amount_sums(actions))


def amount_sums(tally: Tally) -> dict[str, Sum]:
    """The sums of a tally of actions, in euros."""
    rows, unknown_awards = tally[0], tally[-1]
    sums = {}
    for place, name in enumerate(AMOUNTS):
        cents, known = tally[1 + 2 * place], tally[2 + 2 * place]
        skipped = unknown_awards if name == "other_funding" else rows - known
        sums[name] = Sum(_euros(cents), rows, known, skipped)
    return sums


def _file_sums(tally: Tally) -> Mapping[str, Sum]:
    rows = tally[0]
    sums = {}
    for place, name in enumerate(OF_FILES):
        total, known = tally[1 + 2 * place], tally[2 + 2 * place]
        sums[name] = Sum(_euros(total) if name == "abatement" else total, rows, known, rows - known)
    return sums


def _euros(cents: int) -> Decimal:
    return (Decimal(cents) * CENT).quantize(CENT)
