"""Reading meetings and the editions frozen for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import joinedload, undefer

from tracker import clock, policy
from tracker.api.shell import Page
from tracker.balance import rules
from tracker.balance.models import Decision, Edition, Meeting
from tracker.balance.queries.sheet import contract_by_code
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Scope
from tracker.territory.models import Contract
from tracker.tfpb.models import Convention, TfpbFile
from tracker.tfpb.rules import COUNTED

# -- meetings ------------------------------------------------------------------------------------------------------

SORTABLE: dict[str, Any] = {"id": Meeting.id, "held_on": Meeting.held_on, "kind": Meeting.kind, "place": Meeting.place}
FILTERS = ("contract_id", "kind")


def scope_of(meeting: Meeting) -> Scope:
    """Where a meeting belongs."""
    return Scope(meeting.contract_id)


def _in_reach(actor: Actor, verb: str, column: Any) -> ColumnElement[bool] | None:
    stretches = policy.reach(actor, verb)
    if not stretches:
        return None
    if any(stretch.contract_id is None for stretch in stretches):
        return true()
    return or_(*(column == stretch.contract_id for stretch in stretches))


def readable_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """A meeting of a contract the actor is a member of, archived or not; raises NotReadable."""
    meeting = db.session.get(Meeting, meeting_id, options=[joinedload(Meeting.contract)])
    if meeting is None or not policy.can(actor, "read_meeting", scope_of(meeting))[0]:
        raise NotReadable
    return meeting


def meetings(actor: Actor, arguments: Mapping[str, Any]) -> Page:
    """A page of meetings under the filters, latest first unless ``sort`` says otherwise."""
    where = _in_reach(actor, "read_meeting", Meeting.contract_id)
    if where is None:
        return Page([], 0)
    archived = Meeting.archived_at.is_not(None) if arguments.get("archived") else Meeting.archived_at.is_(None)
    chosen = {name: arguments[name] for name in FILTERS if arguments.get(name) is not None}
    conditions = [where, archived, *(getattr(Meeting, name) == value for name, value in chosen.items())]
    total = db.session.scalar(select(func.count()).select_from(Meeting).where(*conditions)) or 0
    sort = arguments.get("sort") or "-held_on"
    column = SORTABLE[sort.removeprefix("-")]
    statement = (
        select(Meeting)
        .where(*conditions)
        .options(joinedload(Meeting.contract))
        .order_by(column.is_(None), column.desc() if sort.startswith("-") else column, Meeting.id)
    )
    size = arguments.get("page_size")
    if size:
        statement = statement.limit(size).offset((arguments.get("page", 1) - 1) * size)
    return Page(db.session.scalars(statement).all(), total)


def hold_meeting(meeting_id: int) -> None:
    """Hold a meeting until the end of the transaction: it does not move while something comes to stand on it."""
    db.session.get(Meeting, meeting_id, with_for_update=True)


def relied_on(meeting: Meeting) -> str | None:
    """What stands on a meeting (an edition frozen for it, a live decision), as the rule says it; None: nothing yet."""
    frozen = exists().where(Edition.meeting_id == meeting.id)
    decided = exists().where(Decision.meeting_id == meeting.id, Decision.archived_at.is_(None))
    found = db.session.execute(select(frozen.label("frozen"), decided.label("decided"))).one()
    return rules.relied_on(frozen=found.frozen, decided=found.decided)


# -- editions ------------------------------------------------------------------------------------------------------


def _readable_contract(actor: Actor, code: str, year: int) -> Contract:
    contract = contract_by_code(code, year)
    policy.require(actor, "read_edition", Scope(contract.id))
    return contract


def editions(actor: Actor, code: str, year: int, arguments: Mapping[str, Any] | None = None) -> Page:
    """The editions of a contract-year, latest first, all of them without ``arguments``; raises NotReadable."""
    contract = _readable_contract(actor, code, year)
    mine = (Edition.contract_id == contract.id, Edition.year == year)
    statement = (
        select(Edition)
        .where(*mine)
        .options(joinedload(Edition.meeting), joinedload(Edition.contract), joinedload(Edition.publication))
        .order_by(Edition.number.desc())
    )
    if arguments is None:
        listed = db.session.scalars(statement).all()
        return Page(listed, len(listed))
    total = db.session.scalar(select(func.count()).select_from(Edition).where(*mine)) or 0
    size = arguments["page_size"]
    statement = statement.limit(size).offset((arguments["page"] - 1) * size)
    return Page(db.session.scalars(statement).all(), total)


def editions_of(meeting: Meeting) -> Sequence[Edition]:
    """The editions frozen for a meeting its caller may read, in the order of their years and numbers."""
    statement = (
        select(Edition)
        .where(Edition.meeting_id == meeting.id)
        .options(joinedload(Edition.meeting), joinedload(Edition.contract))
        .order_by(Edition.year, Edition.number)
    )
    return db.session.scalars(statement).all()


def whole_editions_of(meeting: Meeting) -> Sequence[Edition]:
    """The same with everything they keep: content, workbook and PDF."""
    kept = (undefer(Edition.content), undefer(Edition.workbook), undefer(Edition.pdf))
    statement = select(Edition).where(Edition.meeting_id == meeting.id).options(joinedload(Edition.contract), *kept)
    return db.session.scalars(statement.order_by(Edition.year, Edition.number)).all()


def readable_edition(actor: Actor, code: str, year: int, number: int) -> Edition:
    """An edition with its content, for any member of the contract; raises NotReadable."""
    contract = _readable_contract(actor, code, year)
    statement = (
        select(Edition)
        .where(Edition.contract_id == contract.id, Edition.year == year, Edition.number == number)
        .options(joinedload(Edition.meeting), joinedload(Edition.contract), undefer(Edition.content))
    )
    edition = db.session.scalars(statement).one_or_none()
    if edition is None:
        raise NotReadable
    return edition


def editions_of_contract(contract_id: int) -> Sequence[Edition]:
    """Every edition of a contract, latest year and number first."""
    statement = (
        select(Edition)
        .where(Edition.contract_id == contract_id)
        .options(joinedload(Edition.meeting), joinedload(Edition.contract))
        .order_by(Edition.year.desc(), Edition.number.desc())
    )
    return db.session.scalars(statement).all()


def next_number(contract_id: int, year: int) -> int:
    """The number of the next edition of a contract-year."""
    last = select(func.max(Edition.number)).where(Edition.contract_id == contract_id, Edition.year == year)
    return (db.session.scalar(last) or 0) + 1


def hold_counted_files(contract_id: int, year: int) -> Sequence[int]:
    """The numbers of the files that count, held until the end of the transaction: what is frozen is what was read."""
    statement = (
        select(TfpbFile.id)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .where(
            Convention.contract_id == contract_id,
            TfpbFile.year == year,
            TfpbFile.archived_at.is_(None),
            TfpbFile.status.in_(COUNTED),
        )
        .order_by(TfpbFile.id)
        .with_for_update(of=TfpbFile)
    )
    return db.session.scalars(statement).all()


# -- where to go ---------------------------------------------------------------------------------------------------


def readable_contracts(actor: Actor) -> Sequence[Contract]:
    """The live contracts whose editions the actor reads, by name."""
    where = _in_reach(actor, "read_edition", Contract.id)
    if where is None:
        return []
    return db.session.scalars(
        select(Contract).where(where, Contract.archived_at.is_(None)).order_by(Contract.name)
    ).all()


def latest_year(contract: Contract) -> int:
    """The year whose balance sheet is under way: this one, within the contract's."""
    return max(contract.first_year, min(clock.today().year, contract.last_year))
