"""Reading the actions of a file with their other funding, and its residents' participation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, null, select
from sqlalchemy.orm import joinedload, selectinload

from tracker import policy
from tracker.api.shell import Page
from tracker.columns import Totals, add_up
from tracker.documents import queries as documents
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.history.queries import item_history
from tracker.money import divide
from tracker.policy import Actor, NotReadable
from tracker.tfpb import rules
from tracker.tfpb.models import Action, Axis, Baseline, Participation, TfpbFile
from tracker.tfpb.queries import files
from tracker.tfpb.queries.files import awarded, awards_within, scope_of

_file = joinedload(Action.file)
SHOWN = (
    _file.options(*files.SHOWN),
    joinedload(Action.financing),
)


@dataclass(frozen=True)
class Around:
    """What a file and its neighbourhood say of the axes, by number.

    closed    axes that a renewal quarter closes, when the neighbourhood is one.
    unproven  axes worth something only against a baseline, of which the file has no line.
    """

    closed: frozenset[int] = frozenset()
    unproven: frozenset[int] = frozenset()


# The fields of an action that its checks read.
READ_BY_CHECKS = (
    "axis",
    "status",
    "planned_cost",
    "planned_valued",
    "actual_cost",
    "landlord_share",
    "valued_amount",
    "indicator",
    "indicator_target",
    "indicator_actual",
    "result",
    "observation",
    "correction_reason",
)


@dataclass
class ActionLine:
    """An action with its other funding; its own fields answer by their names.

    other_funding  Σ awarded of its live grants of either nature (euros); ``unknown`` of them lack their amount.
    around         what its file and its neighbourhood say of the axes.
    evidence       how many documents prove it; None while nobody counted.
    """

    action: Action
    other_funding: Decimal | None
    unknown: int = 0
    around: "Around" = Around()
    evidence: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.action, name)

    @property
    def valuation_rate(self) -> Decimal | None:
        """Valued ÷ actual."""
        return rules.valuation_rate(self.action.valued_amount, self.action.actual_cost)

    @property
    def cost_gap(self) -> Decimal | None:
        """Actual − planned (euros); None when either is unknown."""
        actual, planned = self.action.actual_cost, self.action.planned_cost
        return None if actual is None or planned is None else actual - planned

    @property
    def alerts(self) -> list[rules.Alert]:
        """What does not hold in it; a sum that skipped an award is compared to nothing."""
        values = {name: getattr(self.action, name) for name in READ_BY_CHECKS}
        return rules.action_alerts(
            rules.ActionFacts(
                **values,
                other_funding=None if self.unknown else self.other_funding,
                unknown_awards=self.unknown,
                axis_closed=self.action.axis in self.around.closed,
                no_baseline=self.action.axis in self.around.unproven,
                evidence=self.evidence,
            )
        )


SORTABLE: dict[str, Any] = {
    name: getattr(Action, name)
    for name in (
        "id",
        "axis",
        "sub_action",
        "title",
        "location",
        "calendar",
        "status",
        "priority",
        "planned_cost",
        "planned_valued",
        "actual_cost",
        "landlord_share",
        "valued_amount",
        "indicator",
        "indicator_target",
        "indicator_actual",
    )
}
SORTS = (*SORTABLE, "cost_gap", "other_funding", "valuation_rate")
FILTERS = ("axis", "status", "priority")


def _valuation() -> Any:
    """rules.valuation_rate in SQL, for sorting; a parity test holds them together."""
    rate = Action.valued_amount * literal_column("1.0") / Action.actual_cost
    return case((Action.actual_cost > Decimal(0), rate), else_=null())


def _statement(awards: Any, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(Action, awarded(awards), func.coalesce(awards.c.other_funding_unknown, 0))
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(*conditions)
    )


def _lines(file: TfpbFile, statement: Select[Any]) -> list[ActionLine]:
    around = around_of(file)
    rows = list(db.session.execute(statement.options(selectinload(Action.residences), joinedload(Action.objective))))
    evidence = documents.counts("tfpb_action", [action.id for action, _, _ in rows])
    return [
        ActionLine(action, other, int(unknown), around, evidence.get(action.id, 0)) for action, other, unknown in rows
    ]


def around_of(file: TfpbFile) -> Around:
    """What the checks of this file's actions read beside them: one query."""
    based = select(Baseline.axis).where(Baseline.file_id == file.id, Baseline.archived_at.is_(None))
    statement = select(Axis.number, Axis.outside_renewal, Axis.needs_baseline, Axis.number.in_(based))
    axes = list(db.session.execute(statement))
    renewal = file.neighbourhood.urban_renewal
    return Around(
        frozenset(number for number, outside, _, _ in axes if outside and renewal),
        frozenset(number for number, _, needs, has in axes if needs and not has),
    )


def actions(file: TfpbFile, arguments: Mapping[str, Any] | None = None) -> Page:
    """The actions of a file the caller may read (ActionLine), by axis then age unless ``sort`` says otherwise.

    ``arguments``: filters ``axis``, ``status``, ``priority``, ``archived``; ``sort``; ``page``, ``page_size`` (None:
    all of them).
    """
    arguments = arguments or {}
    archived = Action.archived_at.is_not(None) if arguments.get("archived") else Action.archived_at.is_(None)
    chosen = {name: arguments[name] for name in FILTERS if arguments.get(name) is not None}
    conditions = [Action.file_id == file.id, archived, *(getattr(Action, name) == chosen[name] for name in chosen)]
    awards = awards_within([file.id])
    sort = arguments.get("sort") or "axis"
    gap = Action.actual_cost - Action.planned_cost
    sortable = {
        **SORTABLE,
        "cost_gap": gap,
        "other_funding": awarded(awards),
        "valuation_rate": _valuation(),
    }
    column = sortable[sort.removeprefix("-")]
    statement = _statement(awards, conditions).order_by(
        column.is_(None), column.desc() if sort.startswith("-") else column.asc(), Action.axis, Action.id
    )
    size = arguments.get("page_size")
    if not size:
        lines = _lines(file, statement)
        return Page(lines, len(lines))
    total = db.session.scalar(select(func.count()).select_from(Action).where(*conditions)) or 0
    return Page(_lines(file, statement.limit(size).offset((arguments.get("page", 1) - 1) * size)), total)


def readable_action(actor: Actor, action_id: int) -> ActionLine:
    """An action this actor may read, with its other funding; raises NotReadable."""
    action = db.session.get(Action, action_id, options=SHOWN)
    if action is None or not policy.can(actor, "read_file", scope_of(action.file))[0]:
        raise NotReadable
    return action_line(action)


def action_line(action: Action) -> ActionLine:
    """An action with its other funding, for a caller who may read it."""
    return _lines(action.file, _statement(awards_within([action.file_id]), [Action.id == action.id]))[0]


TOTALLED = ("planned_cost", "planned_valued", "actual_cost", "landlord_share", "other_funding", "valued_amount")


def totals(lines: Sequence[ActionLine]) -> Totals:
    """The last line of a list of actions already read whole: sums, what they skipped, the ratio and the gap of two.

    A ratio or a gap of sums that skipped a value says nothing: None.
    """
    values: dict[str, Any] = {name: add_up(getattr(line, name) for line in lines) for name in TOTALLED}
    unknown = {name: sum(getattr(line, name) is None for line in lines) for name in TOTALLED}
    unknown["cost_gap"] = sum(line.cost_gap is None for line in lines)
    values["cost_gap"] = None if unknown["cost_gap"] else add_up(line.cost_gap for line in lines)
    whole = None if unknown["valued_amount"] or unknown["actual_cost"] else values["actual_cost"]
    return Totals({**values, "valuation_rate": divide(values["valued_amount"], whole)}, unknown)


def revisions(action_id: int) -> Sequence[HistoryEntry]:
    """The reasoned revisions of an action's planned figures, latest first; the caller may read the action."""
    return [entry for entry in item_history("tfpb_action", action_id) if entry.verb == "revise"]


def participation_of(file: TfpbFile, *, archived: bool = False, stage: str | None = None) -> Sequence[Participation]:
    """The moments of participation of a file the caller may read, in the order of their days."""
    state = Participation.archived_at.is_not(None) if archived else Participation.archived_at.is_(None)
    statement = select(Participation).where(Participation.file_id == file.id, state)
    if stage is not None:
        statement = statement.where(Participation.stage == stage)
    return db.session.scalars(statement.order_by(Participation.held_on, Participation.id)).all()


def readable_participation(actor: Actor, participation_id: int) -> Participation:
    """A moment of participation of a file this actor may read; raises NotReadable."""
    moment = db.session.get(
        Participation, participation_id, options=[joinedload(Participation.file).options(*files.SHOWN)]
    )
    if moment is None or not policy.can(actor, "read_file", scope_of(moment.file))[0]:
        raise NotReadable
    return moment
