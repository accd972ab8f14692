"""The balance sheet of a contract-year, as the actor may see it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import select

from tracker import clock, policy
from tracker.balance.models import Evaluation
from tracker.balance.queries import sums
from tracker.balance.queries.content import ActionLine, BalanceSheet, EditionRef, ParticipationLine
from tracker.balance.queries.facts import facts_of
from tracker.balance.queries.figures import body_of
from tracker.balance.queries.investment import investment_of
from tracker.balance.queries.missing_pieces import beside_facts
from tracker.balance.queries.programme import programme_of
from tracker.balance.queries.references import references
from tracker.balance.queries.years import beside
from tracker.balance.rules import by_severity, checks, checks_beside
from tracker.extensions import Statement, db, run
from tracker.policy import LANDLORD, Actor, NotReadable, Scope
from tracker.territory.models import Contract
from tracker.tfpb.models import Participation
from tracker.tfpb.queries.expected import FileRow, Ref, dues_of, files_of, was_held
from tracker.tfpb.rules import valuation_rate

ALL, OWN = "all", "own"

# May this scope's file be read? An edition is written for everybody: only what was once submitted.
Sees = Callable[[Scope], bool]


def contract_by_code(code: str, year: int | None = None) -> Contract:
    """The contract of this code, its years holding ``year``; raises NotReadable."""
    contract = db.session.scalars(select(Contract).where(Contract.code == code)).one_or_none()
    if contract is None or (year is not None and not contract.first_year <= year <= contract.last_year):
        raise NotReadable
    return contract


def own_landlords(actor: Actor, contract_id: int) -> list[int]:
    """The landlords this actor speaks for in the contract."""
    return sorted(
        role.landlord_id
        for role in actor.roles
        if role.name == LANDLORD and role.contract_id == contract_id and role.landlord_id is not None
    )


def balance_sheet(
    actor: Actor, code: str, year: int, *, with_actions: bool = True, with_beside: bool = True
) -> BalanceSheet:
    """The live sheet: whole for its readers, a landlord's own lines for a landlord. Raises NotReadable (404).

    ``with_actions`` false leaves the actions out: a page of totals does not list them. ``with_beside`` false leaves
    out what stands beside the figures: other years, programme, investment, evaluation, reference values.
    """
    contract = contract_by_code(code, year)
    where = Scope(contract.id)
    if policy.can(actor, "read_balance", where)[0]:
        landlords = None
    else:
        policy.require(actor, "read_own_balance", where)
        landlords = own_landlords(actor, contract.id)

    def sees(scope: Scope) -> bool:
        return policy.can(actor, "read_file", scope)[0]

    sheet = compose(contract, year, sees, landlords, with_actions=with_actions)
    if not with_beside:
        return sheet
    projects = policy.can(actor, "read_project", where)[0]
    return with_what_stands_beside(sheet, contract, sees, landlords, with_projects=projects)


def once_submitted(scope: Scope) -> bool:
    """What everybody may know of: an edition tells nothing of a file never submitted."""
    return scope.open_to_readers


def whole_sheet(
    contract: Contract, year: int, edition: EditionRef | None = None, *, with_projects: bool = True
) -> BalanceSheet:
    """The sheet as an edition freezes it, or would today: written for everybody, so only what was once submitted or
    presented."""
    sheet = compose(contract, year, once_submitted, edition=edition)
    return with_what_stands_beside(sheet, contract, once_submitted, with_projects=with_projects, presented=True)


def with_what_stands_beside(
    sheet: BalanceSheet,
    contract: Contract,
    sees: Sees,
    landlords: Sequence[int] | None = None,
    *,
    with_projects: bool,
    presented: bool = False,
) -> BalanceSheet:
    """The same sheet with what a committee reads beside its figures: a constant number of queries more.

    ``presented`` adds the programmes already presented, whoever may read their files.
    """
    years, previous = beside(contract, sheet.year, landlords)
    side = investment_of(contract, sheet.year) if with_projects else None
    evaluation = evaluation_of(contract.id, sheet.year)
    facts = beside_facts(contract, sheet, landlords, evaluation, side.projects if side else None)
    return replace(
        sheet,
        checks=tuple(by_severity((*sheet.checks, *checks_beside(facts)))),
        previous=previous,
        by_year=years.by_year,
        cumulated=years.cumulated,
        programme=programme_of(contract, sheet.year + 1, sees, landlords, presented=presented),
        investment=side.investment if side else None,
        evaluation=evaluation,
        references=references(),
    )


def compose(
    contract: Contract,
    year: int,
    sees: Sees,
    landlords: Sequence[int] | None = None,
    *,
    edition: EditionRef | None = None,
    with_actions: bool = True,
) -> BalanceSheet:
    """The figures, their checks and their lines, once it is known who looks: a constant number of queries."""
    files = files_of(contract.id, year, landlords)
    dues = dues_of(contract, year, landlords, files)
    counted = [file for file in files if file.counted]
    counted_ids = {file.id for file in counted}
    tallies = sums.tallies_of([file.id for file in files], [file.id for file in counted])
    body = body_of(counted, tallies)
    actions = _actions(counted) if with_actions else ()
    moments = _participation(files)
    facts = facts_of(contract, year, files, dues, tallies, moments, body, sees, actions if with_actions else None)
    return BalanceSheet(
        contract=Ref(contract.id, contract.code, contract.name),
        year=year,
        edition=edition,
        scope=ALL if landlords is None else OWN,
        totals=body.totals,
        by_landlord=body.by_landlord,
        by_city=body.by_city,
        by_neighbourhood=body.by_neighbourhood,
        by_axis=body.by_axis,
        by_priority=body.by_priority,
        by_source=body.by_source,
        actions=actions,
        participation=tuple(moment for moment in moments if moment.file_id in counted_ids),
        completeness=facts.completeness,
        checks=tuple(checks(facts.facts)),
    )


# -- lines ---------------------------------------------------------------------------------------------------------


def _names(file: FileRow) -> dict[str, Any]:
    return {"landlord": file.landlord, "city": file.city, "neighbourhood": file.neighbourhood}


def _actions(counted: Sequence[FileRow]) -> tuple[ActionLine, ...]:
    """The actions of these files, by city, landlord, file, axis and age."""
    called = {file.id: _names(file) for file in counted}
    place = {file.id: (file.city.name, file.landlord.name, file.id) for file in counted}
    rows = sums.actions_of(list(called))
    rows.sort(key=lambda row: place[row.file_id])
    return tuple(
        ActionLine(
            **row._mapping,
            **called[row.file_id],
            valuation_rate=valuation_rate(row.valued_amount, row.actual_cost),
        )
        for row in rows
    )


@cache
def _moments() -> Statement:
    return (
        select(
            Participation.file_id,
            Participation.stage,
            Participation.held_on,
            Participation.audience,
            Participation.participants,
            Participation.summary,
            Participation.outcome,
            Participation.place,
        )
        .where(Participation.file_id.in_(sums.FILES), was_held())
        .order_by(Participation.held_on, Participation.id)
    )


def _participation(files: Sequence[FileRow]) -> tuple[ParticipationLine, ...]:
    """The moments held in all the files: those not counted yet are only asked whether a stage is missing."""
    called = {file.id: _names(file) for file in files}
    rows = run(_moments(), files=list(called), today=clock.today())
    return tuple(ParticipationLine(**row._mapping, **called[row.file_id]) for row in rows)


# -- what stands beside --------------------------------------------------------------------------------------------


def evaluation_of(contract_id: int, year: int) -> str | None:
    """The coordinator's short evaluation of the year; None while nothing is written."""
    statement = select(Evaluation.content).where(Evaluation.contract_id == contract_id, Evaluation.year == year)
    return db.session.scalar(statement) or None
