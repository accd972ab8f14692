"""Reading files: one with its scope, or a list with the sums of each and of all under the filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import contains_eager, joinedload

from tracker import clock, policy
from tracker.columns import Totals
from tracker.extensions import db
from tracker.funding.models import Grant
from tracker.funding.queries import has_award, house_sum, unknown_count
from tracker.money import Cents, divide
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import City, Landlord, Neighbourhood
from tracker.tfpb import rules
from tracker.tfpb.models import Action, Convention, TfpbFile

_convention = joinedload(TfpbFile.convention)
SHOWN = (
    _convention.joinedload(Convention.contract),
    _convention.joinedload(Convention.landlord),
    _convention.joinedload(Convention.city),
    joinedload(TfpbFile.neighbourhood),
)


def scope_of(file: TfpbFile) -> Scope:
    """Where a file belongs, whether readers may see it, and why its content may be locked."""
    convention = file.convention
    return Scope(
        convention.contract_id,
        convention.city_id,
        convention.landlord_id,
        open_to_readers=file.first_submitted_at is not None,
        locked_reason=rules.locked_reason(file.status, file.frozen_in, archived=file.archived_at is not None),
    )


def readable_file(actor: Actor, file_id: int) -> TfpbFile:
    """A file this actor may read; raises NotReadable."""
    file = db.session.get(TfpbFile, file_id, options=SHOWN)
    if file is None or not policy.can(actor, "read_file", scope_of(file))[0]:
        raise NotReadable
    return file


def name_of(file: TfpbFile) -> str:
    """How a file is called: its city, its neighbourhood, its year."""
    return f"{file.convention.city.name}, {file.neighbourhood.name} · {file.year}"


# -- the sums of some files ----------------------------------------------------------------------------------------

AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")


def awards_within(files: Any) -> Any:
    """``financing_id, other_funding, other_funding_unknown`` of the actions of these files (a SELECT of their ids).

    funding's own definition of the sum, kept to some financings: over all grants, one file would pay for a million.
    """
    return (
        select(
            Grant.financing_id,
            house_sum(Grant.awarded, has_award()).label("other_funding"),
            unknown_count(Grant.awarded, has_award()).label("other_funding_unknown"),
        )
        .join(Action, Action.financing_id == Grant.financing_id)  # one action per financing: nothing is counted twice
        .where(Action.file_id.in_(files))
        .group_by(Grant.financing_id)
        .subquery("awards")
    )


def awarded(awards: Any) -> Any:
    """An action's other funding in SQL: 0 where it has no grant at all, null where no award is known."""
    return type_coerce(
        case((awards.c.financing_id.is_(None), literal_column("0")), else_=awards.c.other_funding), Cents()
    )


def _action_sums(files: Any) -> Any:
    """One row per file that has live actions: how many, the sums, and how many values each sum skipped."""
    awards = awards_within(files)
    columns = [Action.file_id, func.count().label("actions")]
    for name in AMOUNTS:
        if name == "other_funding":
            skipped = func.coalesce(func.sum(awards.c.other_funding_unknown), 0)
            columns += [house_sum(awarded(awards)).label(name), skipped.label(f"{name}_unknown")]
        else:
            value = getattr(Action, name)
            columns += [house_sum(value).label(name), unknown_count(value, true()).label(f"{name}_unknown")]
    return (
        select(*columns)
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(files), Action.archived_at.is_(None))
        .group_by(Action.file_id)
        .subquery("action_sums")
    )


@dataclass
class FileLine:
    """A file with the sums of its live actions (euros); its own fields answer by their names.

    unknown  amount → how many values its sum skipped.
    missing  how many values a submission waits for.
    """

    file: TfpbFile
    actions: int
    amounts: Mapping[str, Decimal | None]
    unknown: Mapping[str, int]
    missing: int

    def __getattr__(self, name: str) -> Any:
        if name in AMOUNTS:
            return self.amounts[name]
        return getattr(self.file, name)

    @property
    def abatement(self) -> Decimal | None:
        """Actual where known, else estimated."""
        return rules.abatement(self.file.abatement_actual, self.file.abatement_estimated)

    def known(self, name: str) -> Decimal | None:
        """A sum that skipped nothing, else None: what a ratio may rest on."""
        return None if self.unknown[name] else self.amounts[name]

    @property
    def planned(self) -> bool:
        """Whether its programme may be discussed."""
        return rules.is_planned(self.actions, self.actions - self.unknown["planned_cost"])

    @property
    def completion_rate(self) -> Decimal | None:
        """Actual ÷ planned."""
        return divide(self.known("actual_cost"), self.known("planned_cost"))

    @property
    def valuation_rate(self) -> Decimal | None:
        """Valued ÷ actual."""
        return divide(self.known("valued_amount"), self.known("actual_cost"))

    @property
    def justified_rate(self) -> Decimal | None:
        """Valued ÷ abatement."""
        return divide(self.known("valued_amount"), self.abatement)

    @property
    def gap(self) -> Decimal | None:
        """Valued − abatement: negative, the landlord has not yet done what the abatement is the price of."""
        valued = self.known("valued_amount")
        return None if valued is None or self.abatement is None else valued - self.abatement

    @property
    def gate_alerts(self) -> list[rules.Alert]:
        """What keeps its year's abatement from being acquired (CGI, art. 1388 bis)."""
        return rules.year_alerts(self.file.year, self.file.convention, clock.today())

    @property
    def counterpart_alerts(self) -> list[rules.Alert]:
        """Its valued total against its abatement, once every action knows what it values; of a programme, nothing."""
        programme = rules.is_programme(self.file.year, self.file.status, clock.today())
        valued = self.known("valued_amount") if self.actions and not programme else None
        return rules.file_alerts(self.abatement, valued)

    @property
    def alerts(self) -> list[rules.Alert]:
        """What does not hold in it as a whole; what does not in its actions is told by each."""
        return [] if self.file.archived_at is not None else [*self.gate_alerts, *self.counterpart_alerts]


@dataclass
class FileList:
    """One page of files, how many there are, and the totals of all of them under the filters."""

    items: Sequence[FileLine]
    total: int
    totals: Totals = field(default_factory=Totals)


ABATEMENT = type_coerce(func.coalesce(TfpbFile.abatement_actual, TfpbFile.abatement_estimated), Cents())


def _reachable(actor: Actor, verb: str = "read_file") -> ColumnElement[bool] | None:
    clauses = []
    for stretch in policy.reach(actor, verb):
        limits = {
            Convention.contract_id: stretch.contract_id,
            Convention.city_id: stretch.city_id,
            Convention.landlord_id: stretch.landlord_id,
        }
        clause = [true(), *(column == value for column, value in limits.items() if value is not None)]
        if stretch.only_open:
            clause.append(TfpbFile.first_submitted_at.is_not(None))
        clauses.append(and_(*clause))
    return or_(*clauses) if clauses else None


OWN_FILTERS = ("convention_id", "neighbourhood_id", "year", "status", "programme_status")
CONVENTION_FILTERS = ("contract_id", "landlord_id", "city_id")


def _conditions(arguments: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    archived = TfpbFile.archived_at.is_not(None) if arguments.get("archived") else TfpbFile.archived_at.is_(None)
    columns = {name: getattr(TfpbFile, name) for name in OWN_FILTERS}
    columns |= {name: getattr(Convention, name) for name in CONVENTION_FILTERS}
    return [archived, *(columns[name] == arguments[name] for name in columns if arguments.get(name) is not None)]


class _Listing:
    """The statement of a list of files: the chosen files, and the sums of their actions alone."""

    def __init__(self, conditions: Sequence[ColumnElement[bool]]) -> None:
        chosen = select(TfpbFile.id).join(Convention, Convention.id == TfpbFile.convention_id).where(*conditions)
        self.conditions = conditions
        self.sums = _action_sums(chosen)
        self.sum_columns = {name: self._zero_without_actions(name) for name in AMOUNTS}
        self.unknown_columns = {name: func.coalesce(self.sums.c[f"{name}_unknown"], 0) for name in AMOUNTS}
        self.actions = func.coalesce(self.sums.c.actions, 0)
        unknown: list[Any] = [case((getattr(TfpbFile, name).is_(None), 1), else_=0) for name in rules.FILE_REQUIRED]
        unknown += [self.unknown_columns[name] for name in rules.ACTION_REQUIRED]
        self.missing = sum(unknown[1:], unknown[0])

    def _zero_without_actions(self, name: str) -> Any:
        value = case((self.sums.c.file_id.is_(None), literal_column("0")), else_=self.sums.c[name])
        return type_coerce(value, Cents())

    def joined(self, *columns: Any) -> Select[Any]:
        """These columns over the chosen files, one row each."""
        return (
            select(*columns)
            .select_from(TfpbFile)
            .join(TfpbFile.convention)
            .join(Convention.landlord)
            .join(Convention.city)
            .join(TfpbFile.neighbourhood)
            .outerjoin(self.sums, self.sums.c.file_id == TfpbFile.id)
            .where(*self.conditions)
        )

    def sortable(self) -> dict[str, Any]:
        """Sort key → SQL; a ratio is null on the very rows where the rule says None (a parity test holds them)."""
        return {
            **{name: getattr(TfpbFile, name) for name in OWN_SORTS},
            "landlord": Landlord.name,
            "city": City.name,
            "neighbourhood": Neighbourhood.name,
            "abatement": ABATEMENT,
            "actions": self.actions,
            "missing": self.missing,
            **self.sum_columns,
            "justified_rate": self._ratio("valued_amount", type_coerce(ABATEMENT, Cents())),
        }

    def _ratio(self, name: str, whole: Any) -> Any:
        known = and_(self.unknown_columns[name] == 0, whole > Decimal(0))
        return case((known, self.sum_columns[name] * literal_column("1.0") / whole), else_=null())


OWN_SORTS = (
    "id",
    "convention_id",
    "neighbourhood_id",
    "year",
    "dwellings",
    "abated_dwellings",
    "abatement_estimated",
    "abatement_actual",
    "status",
    "programme_status",
)
SORTS = (*OWN_SORTS, "landlord", "city", "neighbourhood", "abatement", "actions", "missing", *AMOUNTS, "justified_rate")


def files(actor: Actor, arguments: Mapping[str, Any]) -> FileList:
    """A page of the files the actor may read, under the filters, with the totals of all of them: two queries.

    ``arguments``: filters by field name (also ``contract_id``, ``landlord_id``, ``city_id``), ``archived``, ``sort``,
    ``page``, ``page_size`` (None for everything, as an export wants).
    """
    where = _reachable(actor)
    if where is None:
        return FileList([], 0)
    listing = _Listing([where, *_conditions(arguments)])
    total, totals = _totals(listing)
    sort = arguments.get("sort") or "-year"
    column = listing.sortable()[sort.removeprefix("-")]
    ordering = [
        column.is_(None),  # unknown values come last in either direction, on either engine
        column.desc() if sort.startswith("-") else column.asc(),
        TfpbFile.year.desc(),
        Landlord.name,
        City.name,
        TfpbFile.id,
    ]
    statement = _line_statement(listing).order_by(*ordering)
    size = arguments.get("page_size")
    if size:
        statement = statement.limit(size).offset((arguments.get("page", 1) - 1) * size)
    return FileList(_lines(statement), total, totals)


def file_line(file_id: int) -> FileLine:
    """A file with its sums, for a caller who may read it."""
    return _lines(_line_statement(_Listing([TfpbFile.id == file_id])))[0]


def programmes_to_discuss(actor: Actor, contract_id: int) -> list[FileLine]:
    """The programmes the actor may say were discussed although their files are not to be opened yet: one query."""
    where, readable = _reachable(actor, "discuss_programme"), _reachable(actor)
    if where is None:
        return []
    conditions = [where, *_conditions({"contract_id": contract_id, "programme_status": "proposed"})]
    if readable is not None:
        conditions.append(not_(readable))
    return _lines(_line_statement(_Listing(conditions)).order_by(TfpbFile.year, Landlord.name, TfpbFile.id))


def _line_statement(listing: _Listing) -> Select[Any]:
    columns = [TfpbFile, listing.actions.label("actions"), listing.missing.label("missing")]
    columns += [column.label(name) for name, column in listing.sum_columns.items()]
    columns += [column.label(f"{name}_unknown") for name, column in listing.unknown_columns.items()]
    convention = contains_eager(TfpbFile.convention)
    return listing.joined(*columns).options(
        convention.contains_eager(Convention.landlord),
        convention.contains_eager(Convention.city),
        contains_eager(TfpbFile.neighbourhood),
    )


def _lines(statement: Select[Any]) -> list[FileLine]:
    lines = []
    for row in db.session.execute(statement):
        values = row._mapping
        lines.append(
            FileLine(
                values[TfpbFile],
                values["actions"],
                {name: values[name] for name in AMOUNTS},
                {name: int(values[f"{name}_unknown"]) for name in AMOUNTS},
                values["missing"],
            )
        )
    return lines


TOTALLED = ("dwellings", "abated_dwellings", "abatement", *AMOUNTS)


def _totals(listing: _Listing) -> tuple[int, Totals]:
    """How many files, and sums of the files' own sums; ``unknown`` counts the files whose value is not whole."""
    columns: list[Any] = [func.count().label("files"), func.coalesce(func.sum(listing.actions), 0).label("actions")]
    for name in ("dwellings", "abated_dwellings"):
        value = getattr(TfpbFile, name)
        columns += [func.sum(value).label(name), unknown_count(value, true()).label(f"{name}_unknown")]
    columns += [house_sum(ABATEMENT).label("abatement"), unknown_count(ABATEMENT, true()).label("abatement_unknown")]
    for name, value in listing.sum_columns.items():
        skipped = func.count(case((listing.unknown_columns[name] > 0, 1)))
        columns += [house_sum(value).label(name), skipped.label(f"{name}_unknown")]
    row = db.session.execute(listing.joined(*columns)).one()._mapping
    values: dict[str, Any] = {name: row[name] for name in TOTALLED}
    if not row["files"]:
        values |= {"dwellings": 0, "abated_dwellings": 0}
    unknown = {name: row[f"{name}_unknown"] for name in TOTALLED}
    whole = None if unknown["valued_amount"] or unknown["abatement"] else values["abatement"]
    values["justified_rate"] = divide(values["valued_amount"], whole)
    values["actions"] = int(row["actions"])
    return row["files"], Totals(values, unknown)


# -- what the filters offer, and the year before --------------------------------------------------------------------


@dataclass(frozen=True)
class FileChoices:
    """The years, landlords, cities and neighbourhoods of the files an actor may read."""

    years: Sequence[int]
    landlords: Sequence[tuple[int, str]]
    cities: Sequence[tuple[int, str]]
    neighbourhoods: Sequence[tuple[int, str]]


def file_choices(actor: Actor) -> FileChoices:
    """One query: the distinct (year, landlord, city, neighbourhood) of the readable live files."""
    where = _reachable(actor)
    if where is None:
        return FileChoices([], [], [], [])
    statement = (
        select(TfpbFile.year, Landlord.id, Landlord.name, City.id, City.name, Neighbourhood.id, Neighbourhood.name)
        .join(TfpbFile.convention)
        .join(Convention.landlord)
        .join(Convention.city)
        .join(TfpbFile.neighbourhood)
        .where(where, TfpbFile.archived_at.is_(None))
        .distinct()
    )
    rows: list[Any] = list(db.session.execute(statement))

    def distinct(position: int) -> list[tuple[int, str]]:
        return sorted({(row[position], row[position + 1]) for row in rows}, key=lambda pair: pair[1])

    return FileChoices(sorted({row[0] for row in rows}, reverse=True), distinct(1), distinct(3), distinct(5))


def year_before(file: TfpbFile) -> TfpbFile | None:
    """The same landlord's live file for the same city and neighbourhood, the year before; None without one."""
    statement = (
        select(TfpbFile)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .where(
            TfpbFile.year == file.year - 1,
            TfpbFile.neighbourhood_id == file.neighbourhood_id,
            TfpbFile.archived_at.is_(None),
            Convention.landlord_id == file.convention.landlord_id,
            Convention.city_id == file.convention.city_id,
        )
        .options(*SHOWN)
        .order_by(TfpbFile.id)
    )
    return db.session.scalars(statement).first()
