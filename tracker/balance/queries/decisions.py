"""Reading what the meetings decided, and what a decision may name."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from tracker import policy
from tracker.api.shell import Page
from tracker.balance.models import Decision, Edition, Meeting
from tracker.balance.queries import records
from tracker.balance.rules import AWAITED, citable
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Reach, Scope
from tracker.territory.models import City, Contract, Landlord
from tracker.tfpb.models import Convention, TfpbFile
from tracker.tfpb.queries.files import SHOWN as FILE_SHOWN

_meeting = joinedload(Decision.meeting)
SHOWN = (
    _meeting.joinedload(Meeting.contract),
    joinedload(Decision.edition),
    joinedload(Decision.landlord),
    joinedload(Decision.city),
    joinedload(Decision.carry_over),
    joinedload(Decision.file).options(*FILE_SHOWN),
)
SORTABLE: dict[str, Any] = {"id": Decision.id, "due_on": Decision.due_on, "held_on": Meeting.held_on}
FILTERS = {
    "contract_id": Meeting.contract_id,
    **{name: getattr(Decision, name) for name in ("meeting_id", "edition_id", "landlord_id", "city_id", "kind")},
}


def scope_of(decision: Decision) -> Scope:
    """Where a decision belongs: whoever it names. A file's is its landlord's."""
    return Scope(decision.meeting.contract_id, decision.city_id, decision.landlord_id)


def readable_decision(actor: Actor, decision_id: int) -> Decision:
    """A decision this actor may read, archived or not; raises NotReadable."""
    decision = db.session.get(Decision, decision_id, options=SHOWN)
    if decision is None or not policy.can(actor, "read_decision", scope_of(decision))[0]:
        raise NotReadable
    return decision


def held_decision(decision_id: int) -> Decision:
    """A decision held until the end of the transaction: of two writers the second reads what the first wrote."""
    decision = db.session.get(Decision, decision_id, with_for_update=True)
    if decision is None:
        raise NotReadable
    return decision


def _within(stretch: Reach) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = []
    if stretch.contract_id is not None:
        clauses.append(Meeting.contract_id == stretch.contract_id)
    if stretch.landlord_id is not None:
        own = Decision.landlord_id == stretch.landlord_id
        nobodys = and_(Decision.landlord_id.is_(None), Decision.city_id.is_(None))
        clauses.append(or_(own, nobodys) if stretch.or_nobodys else own)
    return and_(*clauses) if clauses else Decision.id.is_not(None)


def decisions(actor: Actor, arguments: Mapping[str, Any]) -> Page:
    """A page of the decisions the actor may read under the filters, in the order they were recorded unless ``sort``
    says otherwise; ``open`` keeps those that wait for somebody, or the others."""
    stretches = policy.reach(actor, "read_decision")
    if not stretches:
        return Page([], 0)
    archived = Decision.archived_at.is_not(None) if arguments.get("archived") else Decision.archived_at.is_(None)
    conditions = [or_(*(_within(stretch) for stretch in stretches)), archived]
    conditions += [column == arguments[name] for name, column in FILTERS.items() if arguments.get(name) is not None]
    if arguments.get("open") is not None:
        waiting = and_(Decision.kind.in_(AWAITED), Decision.done_on.is_(None))
        conditions.append(waiting if arguments["open"] else ~waiting)
    found = select(Decision).join(Meeting, Meeting.id == Decision.meeting_id).where(*conditions)
    sort = arguments.get("sort") or "id"
    column = SORTABLE[sort.removeprefix("-")]
    statement = found.options(*SHOWN).order_by(
        column.is_(None), column.desc() if sort.startswith("-") else column, Decision.id
    )
    size = arguments.get("page_size")
    if not size:
        listed = db.session.scalars(statement).all()
        return Page(listed, len(listed))
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    statement = statement.limit(size).offset((arguments.get("page", 1) - 1) * size)
    return Page(db.session.scalars(statement).all(), total)


def open_decisions(actor: Actor, contract_id: int | None = None) -> Sequence[Decision]:
    """The readable decisions that wait for somebody, the most pressing first."""
    page: Page = decisions(actor, {"contract_id": contract_id, "open": True, "sort": "due_on"})
    return page.items


# -- what a decision may name --------------------------------------------------------------------------------------


def named_editions(meeting: Meeting) -> Sequence[Edition]:
    """The editions a meeting may decide of, the latest year and number first."""
    known = records.editions_of_contract(meeting.contract_id)
    return [edition for edition in known if citable(edition.meeting.held_on, meeting.held_on)]


def named_landlords(contract: Contract) -> Sequence[Landlord]:
    """The landlords that have a convention under a contract, by name."""
    bound = select(Convention.landlord_id).where(
        Convention.contract_id == contract.id, Convention.archived_at.is_(None)
    )
    statement = select(Landlord).where(Landlord.id.in_(bound), Landlord.archived_at.is_(None))
    return db.session.scalars(statement.order_by(Landlord.name, Landlord.id)).all()


def named_cities(contract: Contract) -> Sequence[City]:
    """The cities of a contract, by name."""
    return sorted((city for city in contract.cities if city.archived_at is None), key=lambda city: city.name)


def named_files(contract: Contract) -> Sequence[TfpbFile]:
    """The live files of a contract, the latest year first, then by landlord and city."""
    statement = (
        select(TfpbFile)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .join(Landlord, Landlord.id == Convention.landlord_id)
        .join(City, City.id == Convention.city_id)
        .where(Convention.contract_id == contract.id, TfpbFile.archived_at.is_(None))
        .options(*FILE_SHOWN)
        .order_by(TfpbFile.year.desc(), Landlord.name, City.name, TfpbFile.id)
    )
    return db.session.scalars(statement).all()
