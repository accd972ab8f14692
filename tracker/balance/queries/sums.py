"""The sums of a contract-year, each child table added up on its own, then joined: never a sum across a join.

Amounts stay integer cents until the last step: a contract-year of thousands of lines is rolled up by whole numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import add
from typing import Any

from sqlalchemy import BigInteger, Integer, and_, case, cast, func, literal_column, or_, select, type_coerce

from tracker.balance.rules import AMOUNTS, OF_FILES, Sum, Sums
from tracker.extensions import db
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.queries import has_award, house_sum
from tracker.money import CENT
from tracker.territory.models import City, Landlord, Neighbourhood
from tracker.tfpb.models import Action, Convention, TfpbFile
from tracker.tfpb.queries.files import awarded, awards_within
from tracker.tfpb.rules import COUNTED, abatement

# A tally of actions: how many, then (cents, known) for each amount, then how many awards have no amount.
_ACTIONS_WIDTH = 2 + 2 * len(AMOUNTS)
# A tally of files: how many, then (total, known) for dwellings, abated dwellings and abatement (cents).
_FILES_WIDTH = 1 + 2 * len(OF_FILES)

Tally = list[int]


def _nothing(width: int) -> Tally:
    return [0] * width


@dataclass(frozen=True)
class FileRow:
    """A file of the contract-year with the names it is grouped under, whatever its status."""

    id: int
    convention_id: int
    neighbourhood_id: int
    landlord_id: int
    city_id: int
    status: str
    first_submitted_at: datetime | None
    dwellings: int | None
    abated_dwellings: int | None
    abatement_estimated: Decimal | None
    abatement_actual: Decimal | None

    @property
    def counted(self) -> bool:
        """Only what its landlord has submitted counts."""
        return self.status in COUNTED

    @property
    def tally(self) -> Tally:
        """The file's own figures, to be added up."""
        amount = abatement(self.abatement_actual, self.abatement_estimated)
        cents = None if amount is None else int(amount / CENT)
        tally = [1]
        for value in (self.dwellings, self.abated_dwellings, cents):
            tally += (0, 0) if value is None else (value, 1)
        return tally


def files_of(contract_id: int, year: int, landlords: Sequence[int] | None) -> list[FileRow]:
    """The contract's live files of the year; ``landlords`` keeps to some, None is all."""
    statement = (
        select(
            TfpbFile.id,
            TfpbFile.convention_id,
            TfpbFile.neighbourhood_id,
            Convention.landlord_id,
            Convention.city_id,
            TfpbFile.status,
            TfpbFile.first_submitted_at,
            TfpbFile.dwellings,
            TfpbFile.abated_dwellings,
            TfpbFile.abatement_estimated,
            TfpbFile.abatement_actual,
        )
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .where(Convention.contract_id == contract_id, TfpbFile.year == year, TfpbFile.archived_at.is_(None))
        .order_by(TfpbFile.id)
    )
    if landlords is not None:
        statement = statement.where(Convention.landlord_id.in_(landlords))
    return [FileRow(*row) for row in db.session.execute(statement)]


def _amount_columns(awards: Any) -> list[Any]:
    """(cents, known) for each amount, then how many awards have no amount."""
    columns: list[Any] = []
    for name in AMOUNTS:
        amount = awarded(awards) if name == "other_funding" else getattr(Action, name)
        columns += [cast(func.sum(type_coerce(amount, BigInteger())), BigInteger), func.count(amount)]
    return [*columns, cast(func.coalesce(func.sum(awards.c.other_funding_unknown), 0), Integer)]


def by_file_and_axis(files: Sequence[int]) -> list[tuple[int, int, Tally]]:
    """(file, axis, tally) of these files' live actions, read from the covering index alone."""
    awards = awards_within(files)
    statement = (
        select(Action.file_id, Action.axis, func.count(), *_amount_columns(awards))
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(files), Action.archived_at.is_(None))
        .group_by(Action.file_id, Action.axis)
    )
    return [(row[0], row[1], [int(n or 0) for n in row[2:]]) for row in db.session.execute(statement)]


def by_priority(files: Sequence[int]) -> list[tuple[str | None, int, Tally]]:
    """(priority, files, tally) of these files' live actions; None gathers those that name no priority."""
    awards = awards_within(files)
    statement = (
        select(Action.priority, func.count(Action.file_id.distinct()), func.count(), *_amount_columns(awards))
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(files), Action.archived_at.is_(None))
        .group_by(Action.priority)
    )
    return [(row[0], int(row[1]), [int(n or 0) for n in row[2:]]) for row in db.session.execute(statement)]


def by_source(files: Sequence[int]) -> list[Any]:
    """(source code, its name, funder's id, code, name, amount): a scheme, else a funder, with what it awarded."""
    no_scheme = Grant.scheme_id.is_(None)
    own_funder = case((no_scheme, Grant.funder_id), else_=Scheme.funder_id)
    statement = (
        select(
            case((no_scheme, Funder.code), else_=Scheme.code).label("code"),
            case((no_scheme, Funder.name), else_=Scheme.name).label("name"),
            Funder.id,
            Funder.code,
            Funder.name,
            house_sum(Grant.awarded).label("amount"),
        )
        .join(Action, Action.financing_id == Grant.financing_id)
        .outerjoin(Scheme, Scheme.id == Grant.scheme_id)
        .join(Funder, Funder.id == own_funder)
        .where(has_award(), Action.file_id.in_(files), Action.archived_at.is_(None))
        .group_by(Grant.scheme_id, no_scheme, Scheme.code, Scheme.name, Funder.id, Funder.code, Funder.name)
        .order_by(Funder.name, literal_column("2"))
    )
    return list(db.session.execute(statement))


def suspect_actions(files: Sequence[int]) -> list[Any]:
    """(title, file, amounts…) of the actions whose amounts may not hold together; the rule decides."""
    awards = awards_within(files)
    other, skipped = awarded(awards), func.coalesce(awards.c.other_funding_unknown, 0)
    unbalanced = and_(skipped == 0, Action.actual_cost != Action.landlord_share + other)
    statement = (
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
        .where(
            Action.file_id.in_(files),
            Action.archived_at.is_(None),
            or_(
                unbalanced,
                Action.valued_amount > Action.actual_cost,
                Action.valued_amount > Action.landlord_share,
            ),
        )
        .order_by(Action.file_id, Action.axis, Action.id)
    )
    return list(db.session.execute(statement))


def actions_of(files: Sequence[int]) -> list[Any]:
    """The live actions of these files with their other funding, by file, axis and age."""
    awards = awards_within(files)
    statement = (
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
        .where(Action.file_id.in_(files), Action.archived_at.is_(None))
        .order_by(Action.file_id, Action.axis, Action.id)
    )
    return list(db.session.execute(statement))


# -- names ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConventionRow:
    """A convention in force that year."""

    id: int
    landlord_id: int
    city_id: int
    signed_on: date | None
    status: str


def conventions_of(contract_id: int, year: int, landlords: Sequence[int] | None) -> list[ConventionRow]:
    """The contract's live conventions whose years hold this one; a terminated one owes nothing any more."""
    statement = select(
        Convention.id, Convention.landlord_id, Convention.city_id, Convention.signed_on, Convention.status
    ).where(
        Convention.contract_id == contract_id,
        Convention.archived_at.is_(None),
        Convention.first_year <= year,
        Convention.last_year >= year,
        Convention.status != "terminated",
    )
    if landlords is not None:
        statement = statement.where(Convention.landlord_id.in_(landlords))
    return [ConventionRow(*row) for row in db.session.execute(statement.order_by(Convention.id))]


def named(model: type[Landlord | City | Neighbourhood], ids: Iterable[int], code: Any) -> dict[int, Any]:
    """id → (id, code, name) of these rows."""
    wanted = set(ids)
    if not wanted:
        return {}
    statement = select(model.id, code, model.name).where(model.id.in_(wanted))
    return {row[0]: row for row in db.session.execute(statement)}


# -- rolling up ----------------------------------------------------------------------------------------------------


class RollUp:
    """Tallies by group: ``actions`` and ``files`` are added to the line of a key, and to no other."""

    def __init__(self) -> None:
        self._actions: dict[Any, Tally] = {}
        self._files: dict[Any, Tally] = {}

    def add_file(self, key: Any, tally: Tally) -> None:
        """One more file under this key."""
        self._files[key] = list(map(add, self._files.get(key) or _nothing(_FILES_WIDTH), tally))

    def add_actions(self, key: Any, tally: Tally) -> None:
        """Some more actions under this key."""
        self._actions[key] = list(map(add, self._actions.get(key) or _nothing(_ACTIONS_WIDTH), tally))

    def keys(self) -> list[Any]:
        """Every key that has a file or an action."""
        return list(dict.fromkeys((*self._files, *self._actions)))

    def sums(self, key: Any, *, files: int | None = None) -> Sums:
        """The sums under this key; ``files`` is given where a file stands on several lines (axis, priority)."""
        actions = self._actions.get(key) or _nothing(_ACTIONS_WIDTH)
        amounts = amount_sums(actions)
        if files is not None:
            return Sums(files=files, actions=actions[0], of_files=None, amounts=amounts)
        tally = self._files.get(key) or _nothing(_FILES_WIDTH)
        return Sums(files=tally[0], actions=actions[0], of_files=_file_sums(tally), amounts=amounts)


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
