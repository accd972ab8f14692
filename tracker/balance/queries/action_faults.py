"""How many actions of each file have a fault, counted by the database: the rules of ``tfpb.rules.action_alerts``.

A test holds each of these conditions to the rule; only the counts leave the database, whatever the number of actions.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, case, cast, exists, func, or_, select

from tracker.balance.queries.sums import FILES
from tracker.extensions import Statement, run
from tracker.territory.models import Neighbourhood
from tracker.tfpb.models import Action, Axis, Baseline, TfpbFile
from tracker.tfpb.rules import CORRECTABLE, FINISHED


def _blank(column: Any) -> Any:
    return func.coalesce(column, "") == ""


def _conditions() -> dict[str, Any]:
    based = exists().where(
        Baseline.file_id == Action.file_id, Baseline.axis == Action.axis, Baseline.archived_at.is_(None)
    )
    return {
        "negative_unexplained": and_(
            or_(*(getattr(Action, name) < 0 for name in CORRECTABLE)), _blank(Action.correction_reason)
        ),
        "axis_closed": and_(Axis.outside_renewal, Neighbourhood.urban_renewal),
        "no_baseline": and_(Axis.needs_baseline, ~based),
        "result_missing": and_(Action.status.in_(FINISHED), _blank(Action.result), _blank(Action.indicator_actual)),
        "not_seen": and_(Action.status == "done", Action.observation == "not_seen"),
        "indicator_untargeted": and_(~_blank(Action.indicator), _blank(Action.indicator_target)),
    }


@cache
def _faults() -> tuple[list[str], Statement]:
    conditions = _conditions()
    counts = [cast(func.sum(case((condition, 1), else_=0)), Integer) for condition in conditions.values()]
    statement = (
        select(Action.file_id, *counts)
        .join(TfpbFile, TfpbFile.id == Action.file_id)
        .join(Neighbourhood, Neighbourhood.id == TfpbFile.neighbourhood_id)
        .outerjoin(Axis, Axis.number == Action.axis)
        .where(Action.file_id.in_(FILES), Action.archived_at.is_(None))
        .group_by(Action.file_id)
    )
    return list(conditions), statement


def action_faults(files: Sequence[int]) -> dict[int, dict[str, int]]:
    """File → code of a fault → how many of its live actions have it; what no action has is left out."""
    codes, statement = _faults()
    return {
        file_id: {code: count for code, count in zip(codes, counts, strict=True) if count}
        for file_id, *counts in run(statement, files=files)
    }
