"""The sums of a contract-year, each child table added up on its own, then joined: never a sum across a join.

The actions are read once, whatever the number of groups; amounts stay integer cents until the last step.
Statements are built once and take the files as a parameter: building them again costs more than running them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from tracker.balance.rules import AMOUNTS, OF_FILES, Sum, Sums
from tracker.extensions import Statement, run
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.queries import has_award, house_sum
from tracker.money import CENT
from tracker.tfpb.models import Action
from tracker.tfpb.queries.expected import FileRow, unproven
from tracker.tfpb.queries.files import awarded, awards_within
from tracker.tfpb.rules import abatement

FILES: BindParameter[Any] = bindparam("files", expanding=True)
COUNTED_FILES: BindParameter[Any] = bindparam("counted", expanding=True)

# A tally of actions: how many, then (cents, known) for each amount, then how many awards have no amount.
_ACTIONS_WIDTH = 2 + 2 * len(AMOUNTS)
# A tally of files: how many, then (total, known) for dwellings, abated dwellings and abatement (cents).
_FILES_WIDTH = 1 + 2 * len(OF_FILES)

Tally = list[int]


def file_tally(file: FileRow) -> Tally:
    """A file's own figures, to be added up."""
    amount = abatement(file.abatement_actual, file.abatement_estimated)
    cents = None if amount is None else int(amount / CENT)
    tally = [1]
    for value in (file.dwellings, file.abated_dwellings, cents):
        tally += (0, 0) if value is None else (value, 1)
    return tally


@dataclass(frozen=True)
class Tallies:
    """The actions of some files added up by file, and of those counted by axis and by priority.

    files     axis or priority → how many files have a part in it.
    unproven  file → how many of its actions value something that no document proves.
    suspects  whether a counted file has actions whose amounts may not hold together.
    """

    by_file: dict[int, Tally]
    unproven: dict[int, int]
    by_axis: dict[int, Tally]
    by_priority: dict[str | None, Tally]
    files: dict[int | str | None, int]
    suspects: bool


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
def _tallies() -> Any:
    awards = awards_within(FILES)
    other, skipped = _other(awards)
    # Kept by the database for the three sums over it: the actions and their grants are read once.
    line = (
        select(
            Action.file_id,
            Action.axis,
            Action.priority,
            *(getattr(Action, name).label(name) for name in AMOUNTS if name != "other_funding"),
            other.label("other_funding"),
            skipped.label("skipped"),
            case((_suspect(other, skipped), 1), else_=0).label("suspect"),
            case((unproven(), 1), else_=0).label("unproven"),
        )
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(FILES), Action.archived_at.is_(None))
        .cte("line")
    )
    columns: list[Any] = [func.count().label("actions")]
    for name in AMOUNTS:
        amount = line.c[name]
        columns += [cast(func.sum(type_coerce(amount, BigInteger())), BigInteger), func.count(amount)]
    columns.append(cast(func.sum(line.c.skipped), Integer))
    number, word = cast(null(), Integer), cast(null(), String)
    suspects, files = cast(func.sum(line.c.suspect), Integer), func.count(line.c.file_id.distinct())
    bare = cast(func.sum(line.c.unproven), Integer)
    of_counted = line.c.file_id.in_(COUNTED_FILES)
    return union_all(
        select(literal_column("'file'"), line.c.file_id, word, suspects, bare, *columns).group_by(line.c.file_id),
        select(literal_column("'axis'"), line.c.axis, word, files, number, *columns)
        .where(of_counted)
        .group_by(line.c.axis),
        select(literal_column("'priority'"), number, line.c.priority, files, number, *columns)
        .where(of_counted)
        .group_by(line.c.priority),
    )


def tallies_of(files: Sequence[int], counted: Sequence[int]) -> Tallies:
    """The live actions of these files, added up; ``counted`` are those of the files that enter the figures."""
    found = Tallies({}, {}, {}, {}, {}, suspects=False)
    suspects = set()
    for group, number, word, other, bare, *sums in run(_tallies(), files=files, counted=counted):
        tally = [amount or 0 for amount in sums]
        if group == "file":
            found.by_file[number] = tally
            found.unproven[number] = bare
            if other:
                suspects.add(number)
        elif group == "axis":
            found.by_axis[number], found.files[number] = tally, other
        else:
            found.by_priority[word], found.files[word] = tally, other
    return replace(found, suspects=not suspects.isdisjoint(counted))


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


def by_source(files: Sequence[int]) -> Sequence[Any]:
    """(source code, its name, funder's id, code, name, amount): a scheme, else a funder, with what it awarded."""
    return run(_sources(), files=files)


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


def suspect_actions(files: Sequence[int]) -> Sequence[Any]:
    """(title, file, amounts…) of the actions whose amounts may not hold together."""
    return run(_suspects(), files=files)


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
    """Tallies by group: those of files and of their actions are added to the line of a key, and to no other."""

    def __init__(self) -> None:
        self._actions: dict[Any, Tally] = {}
        self._files: dict[Any, Tally] = {}

    def add(self, key: Any, file: Tally, actions: Tally | None) -> None:
        """One more file under this key, and its actions (None: it has none)."""
        _add(self._files, key, file)
        if actions is not None:
            _add(self._actions, key, actions)

    def keys(self) -> list[Any]:
        """Every key that has a file."""
        return list(self._files)

    def sums(self, key: Any) -> Sums:
        """The sums under this key."""
        files = self._files.get(key) or [0] * _FILES_WIDTH
        actions = self._actions.get(key) or [0] * _ACTIONS_WIDTH
        return Sums(files=files[0], actions=actions[0], of_files=_file_sums(files), amounts=amount_sums(actions))


def _add(sums: dict[Any, Tally], key: Any, tally: Tally) -> None:
    before = sums.get(key)
    sums[key] = tally if before is None else list(map(add, before, tally))


def sums_of_parts(files: int, actions: Tally) -> Sums:
    """The sums of a line that gathers parts of files: what belongs to whole files is None there."""
    return Sums(files=files, actions=actions[0], amounts=amount_sums(actions))


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
