"""The batches somebody may see: those of the side that fills the item in; what a workbook started from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from tracker.extensions import db
from tracker.history.queries import item_history, values_at
from tracker.policy import Actor, Conflict, Forbidden, NotReadable
from tracker.workbooks.difference import moved, overtaken
from tracker.workbooks.forms import TARGETS, Known, Record, Target, WorkbookForm
from tracker.workbooks.models import ImportBatch


def target_of(batch: ImportBatch) -> Target:
    """Who takes the batch's rows in; a room that no longer does leaves its batches unreadable."""
    target = TARGETS.get(batch.target)
    if target is None:
        raise NotReadable
    return target


def readable_batch(actor: Actor, batch_id: int) -> ImportBatch:
    """The batch, for who may write the item it is for. Raises NotReadable."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotReadable
    require_side(target_of(batch), actor, batch.parent_id)
    return batch


def who_applied(batch: ImportBatch) -> str | None:
    """Who wrote what the batch changes, as the history names them; None for one that was never applied."""
    if batch.applied_at is None:
        return None
    lines = item_history(ImportBatch.__tablename__, batch.id)
    return next((line.actor_name for line in lines if line.verb == "apply"), None)


def require_side(target: Target, actor: Actor, parent_id: int) -> None:
    """The actor is of the side that fills the item in, even while it is locked. Raises NotReadable."""
    try:
        target.require_edit(actor, parent_id)
    except Conflict:
        return  # handed in since: what was sent can still be looked at
    except Forbidden as refusal:
        raise NotReadable from refusal


def batches_of(actor: Actor, target_name: str, parent_id: int, limit: int = 5) -> Sequence[ImportBatch]:
    """The item's last batches, latest first; none for those who may not see them. Their bytes are not read."""
    try:
        require_side(TARGETS[target_name], actor, parent_id)
    except NotReadable:
        return []
    statement = select(ImportBatch).where(ImportBatch.target == target_name, ImportBatch.parent_id == parent_id)
    return db.session.scalars(statement.order_by(ImportBatch.id.desc()).limit(limit)).all()


def since_download(
    form: WorkbookForm, records: Sequence[Record], known: Mapping[str, Sequence[Known]]
) -> Mapping[str, Sequence[Known]]:
    """What stands, and of each record that changed since the workbook was downloaded what it was then (``moved``).

    One statement, and none while nothing changed. Whoever sends a workbook reads the item it is of.
    """
    sheets, versions = {sheet.code: sheet for sheet in form.sheets}, overtaken(records, known)

    def item(code: str, row: Known) -> tuple[str, int]:
        return sheets[code].item_type, row.id

    late = [(code, row) for code, rows in known.items() for row in rows if (code, row.id) in versions]
    then = values_at({item(code, row): (versions[code, row.id], row.version) for code, row in late})
    told = {
        (code, row.id): replace(row, moved=moved(sheets[code], row, then[item(code, row)]))
        for code, row in late
        if item(code, row) in then
    }
    return {code: [told.get((code, row.id), row) for row in rows] for code, rows in known.items()} if told else known
