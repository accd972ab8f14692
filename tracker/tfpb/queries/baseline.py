"""Reading the baseline of a file, and the carry-overs decided on it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker import policy
from tracker.extensions import db
from tracker.policy import Actor, NotReadable
from tracker.tfpb.models import Baseline, CarryOver, TfpbFile
from tracker.tfpb.queries import files
from tracker.tfpb.queries.files import scope_of


def _live(model: Any, *, archived: bool) -> Any:
    return model.archived_at.is_not(None) if archived else model.archived_at.is_(None)


def _readable(actor: Actor, model: Any, number: int) -> Any:
    row = db.session.get(model, number, options=[joinedload(model.file).options(*files.SHOWN)])
    if row is None or not policy.can(actor, "read_file", scope_of(row.file))[0]:
        raise NotReadable
    return row


def baseline_of(file: TfpbFile, *, archived: bool = False, axis: int | None = None) -> Sequence[Baseline]:
    """The baseline of a file the caller may read, by axis then age."""
    statement = select(Baseline).where(Baseline.file_id == file.id, _live(Baseline, archived=archived))
    if axis is not None:
        statement = statement.where(Baseline.axis == axis)
    return db.session.scalars(statement.order_by(Baseline.axis, Baseline.id)).all()


def readable_baseline(actor: Actor, baseline_id: int) -> Baseline:
    """A line of the baseline of a file this actor may read; raises NotReadable."""
    line: Baseline = _readable(actor, Baseline, baseline_id)
    return line


def carry_overs_of(file: TfpbFile, *, archived: bool = False) -> Sequence[CarryOver]:
    """What the COPIL let the landlord of this file do the year after, in the order of the decisions."""
    statement = select(CarryOver).where(CarryOver.file_id == file.id, _live(CarryOver, archived=archived))
    return db.session.scalars(statement.order_by(CarryOver.decided_on, CarryOver.id)).all()


def readable_carry_over(actor: Actor, carry_over_id: int) -> CarryOver:
    """A carry-over of a file this actor may read; raises NotReadable."""
    decision: CarryOver = _readable(actor, CarryOver, carry_over_id)
    return decision
