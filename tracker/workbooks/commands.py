"""A workbook that comes back: received and compared, applied in one transaction, undone in another."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple

from tracker import clock
from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, FieldError, Invalid, Stale
from tracker.workbooks.difference import compare, rebased
from tracker.workbooks.forms import TARGETS, Change, Issue, Known, Record, Target, WorkbookForm
from tracker.workbooks.issues import Issues, has_errors
from tracker.workbooks.models import ImportBatch
from tracker.workbooks.queries import readable_batch, since_download, target_of
from tracker.workbooks.reading import Reading, read
from tracker.workbooks.schemas import SEVERITIES


@dataclass(frozen=True)
class Analysis:
    """A workbook read against what stands at one moment: its records say that wherever nobody touched them."""

    records: Sequence[Record]
    issues: Sequence[Issue]
    changes: Sequence[Change]


def receive(actor: Actor, target_name: str, parent_id: int, file_name: str, content: bytes) -> ImportBatch:
    """Read a workbook somebody sent for this item: its batch says what is wrong and what it would change.

    Nothing else is written. Raises NotReadable, Forbidden or Conflict when the actor may not write the item now.
    """
    target = TARGETS[target_name]
    target.require_edit(actor, parent_id)
    form = target.form(actor, parent_id)
    reading = _read_outside(form, content)
    with Writing(actor) as write:
        target.require_edit(actor, parent_id)
        analysis = _analysed(target, actor, parent_id, form, reading)
        batch = ImportBatch(
            target=target_name,
            parent_id=parent_id,
            status="checked",
            file_name=file_name[-200:],
            sha256=hashlib.sha256(content).hexdigest(),
            content=content if reading.readable else b"",
            issues=[asdict(issue) for issue in analysis.issues],
            changes=[_kept(change) for change in analysis.changes],
            created_at=clock.now(),
            created_by=actor.name,
            created_by_id=actor.user_id,
        )
        db.session.add(batch)
        db.session.flush()
        told = {"file_name": [None, batch.file_name], "status": [None, "checked"], **_counted(analysis)}
        _tell(write, target, batch, "receive", told)
    return batch


def apply_batch(
    actor: Actor, batch_id: int, *, version: int | None = None, conflicts: str | None = None, hand_in: bool = False
) -> ImportBatch:
    """Write what the batch changes against what stands now, all of it or nothing, as the workbook's doing.

    conflicts  what becomes of rows changed in the tracker since the download: ``keep`` what stands, or ``overwrite``.
    hand_in    also hand the item in, where the form offers it.

    Raises Conflict ``open_errors`` (a fault found then or now), ``conflict`` (no choice made), ``locked`` (applied
    already); Invalid when a row is refused by the room's own rules; Stale when ``version`` is not the batch's.
    """
    batch = readable_batch(actor, batch_id)
    target, parent_id = target_of(batch), batch.parent_id
    form, content = target.form(actor, parent_id), batch.content
    if hand_in and form.hand_in is None:
        raise Invalid(FieldError("hand_in", "invalid", "Cet élément ne se transmet pas en même temps."))
    _refuse_unless(batch, "checked")
    reading = _read_outside(form, content)
    with Writing(replace(actor, source="workbook", source_ref=f"import_batch/{batch_id}")) as write:
        batch = fetch(ImportBatch, batch_id)
        write.check_version(batch, version)
        _refuse_unless(batch, "checked")
        target.require_edit(actor, parent_id)
        analysis = _analysed(target, actor, parent_id, form, reading)
        if not batch.content or has_errors(analysis.issues):
            raise Conflict(
                "open_errors", "Ce classeur contient des erreurs : corrigez-les, puis déposez-le de nouveau."
            )
        if conflicts is None and any(change.kind == "conflict" for change in analysis.changes):
            raise Conflict(
                "conflict",
                "Des lignes ont changé dans le suivi depuis le téléchargement : choisissez de garder le suivi (keep) "
                "ou d’écrire le classeur (overwrite).",
            )
        done = _written(write, target, parent_id, analysis, overwrite=conflicts == "overwrite")
        target.finish(write, parent_id, hand_in=hand_in)
        batch.changes = _with_versions(done, target.known(actor, parent_id))
        batch.issues = [asdict(issue) for issue in analysis.issues]
        values = {"status": "applied", "applied_at": clock.now()}
        _change(write, target, batch, values, "apply")
    return batch


def compare_again(actor: Actor, batch_id: int) -> ImportBatch:
    """Set a batch that waits against what stands now: the tracker went on since it was sent. Nothing else is written.

    Raises NotReadable, and Conflict when nothing can be written any more.
    """
    batch = readable_batch(actor, batch_id)
    target, parent_id = target_of(batch), batch.parent_id
    form, content = target.form(actor, parent_id), batch.content
    reading = _read_outside(form, content)
    with Writing(actor) as write:
        batch = fetch(ImportBatch, batch_id)
        _refuse_unless(batch, "checked")
        target.require_edit(actor, parent_id)
        analysis = _analysed(target, actor, parent_id, form, reading)
        batch.issues = [asdict(issue) for issue in analysis.issues]
        batch.changes = [_kept(change) for change in analysis.changes]
        db.session.flush()
        _tell(write, target, batch, "compare", _counted(analysis))
    return batch


def undo_batch(actor: Actor, batch_id: int, *, version: int | None = None, reason: str | None = None) -> ImportBatch:
    """Give every row the batch wrote its values of before; rows it created are archived.

    Raises Conflict ``changed_since`` naming the first row somebody changed after the batch: then nothing is undone.
    """
    target = target_of(readable_batch(actor, batch_id))
    with Writing(replace(actor, source="workbook", source_ref=f"import_batch/{batch_id}")) as write:
        batch = fetch(ImportBatch, batch_id)
        write.check_version(batch, version)
        _refuse_unless(batch, "applied")
        target.require_edit(actor, batch.parent_id)
        why = reason or f"Annulation du classeur « {batch.file_name} »"
        for kept in reversed(batch.changes):
            if not kept.get("written"):
                continue
            change = Change(**{name: value for name, value in kept.items() if name != "written"})
            try:
                target.undo(write, batch.parent_id, change, why)
            except Stale as stale:
                told = (
                    f"« {change.label} » ({_sheet_name(target, actor, batch, change.sheet)}) a changé depuis : "
                    "ce lot ne peut plus être annulé d’un coup. Rien n’a été modifié."
                )
                raise Conflict("changed_since", told) from stale
        _change(write, target, batch, {"status": "undone", "undone_at": clock.now()}, "undo")
    return batch


def _read_outside(form: WorkbookForm, content: bytes) -> Reading:
    """Seconds of parsing must not hold SQLite's one write lock: the request's transaction is ended first."""
    db.session.rollback()
    return read(form, content)


def _analysed(target: Target, actor: Actor, parent_id: int, form: WorkbookForm, reading: Reading) -> Analysis:
    if not reading.records and has_errors(reading.issues):
        return Analysis((), reading.issues, ())
    known = since_download(form, reading.records, target.known(actor, parent_id))
    told = [sheet for sheet in form.sheets if sheet.code not in reading.unread]
    records = rebased(told, reading.records, known)
    changes, compared = compare(told, records, known)
    found = Issues()
    checked = target.check(actor, parent_id, records)
    found.extend(sorted([*reading.issues, *compared, *checked], key=_place(form)))
    return Analysis(records, found.all(), changes)


def _place(form: WorkbookForm) -> Any:
    """Errors first, for they must be kept; then the order in which a reader walks through the workbook."""
    order = {sheet.name: number for number, sheet in enumerate(form.sheets)}

    def place(issue: Issue) -> tuple[int, int, int, int]:
        row, column = coordinate_to_tuple(issue.cell) if issue.cell else (0, 0)
        return list(SEVERITIES).index(issue.severity), order.get(issue.sheet, len(order)), row, column

    return place


def _written(
    write: Writing, target: Target, parent_id: int, analysis: Analysis, *, overwrite: bool
) -> list[dict[str, Any]]:
    records = {(record.sheet, record.row): record for record in analysis.records}
    done = []
    for change in analysis.changes:
        wanted = change.kind in ("created", "changed") or (change.kind == "conflict" and overwrite)
        if wanted and change.row is not None:
            try:
                number, version = target.save(write, parent_id, records[change.sheet, change.row], change)
            except Invalid as invalid:
                raise Invalid([_of_row(error, change) for error in invalid.errors]) from invalid
            done.append(_kept(replace(change, id=number, version=version), written=True))
        else:
            done.append(_kept(change))
    return done


def _of_row(error: FieldError, change: Change) -> FieldError:
    return replace(error, message=f"{change.label} (ligne {change.row}) : {error.message}")


def _with_versions(done: list[dict[str, Any]], known: Mapping[str, Sequence[Known]]) -> list[dict[str, Any]]:
    """A row may be touched again by the rows after it: what undoing compares with is its version at the end."""
    versions = {(code, row.id): row.version for code, rows in known.items() for row in rows}
    return [
        {**change, "version": versions.get((change["sheet"], change["id"]), change["version"])}
        if change["written"]
        else change
        for change in done
    ]


def _kept(change: Change, *, written: bool = False) -> dict[str, Any]:
    return {**asdict(change), "written": written}


def _refuse_unless(batch: ImportBatch, status: str) -> None:
    sentences = {
        "checked": "Ce classeur n’a pas été appliqué.",
        "applied": "Ce classeur a déjà été appliqué.",
        "undone": "Ce classeur a été appliqué puis annulé : déposez-le de nouveau.",
    }
    if batch.status != status:
        raise Conflict("locked", sentences[batch.status])


def _counted(analysis: Analysis) -> dict[str, list[Any]]:
    errors = sum(issue.severity == "error" for issue in analysis.issues)
    rows = sum(change.kind != "unchanged" for change in analysis.changes)
    return {"issues": [None, errors], "changes": [None, rows]}


def _sheet_name(target: Target, actor: Actor, batch: ImportBatch, code: str) -> str:
    form = target.form(actor, batch.parent_id)
    return next((sheet.name for sheet in form.sheets if sheet.code == code), code)


def _change(write: Writing, target: Target, batch: ImportBatch, values: dict[str, Any], verb: str) -> None:
    parent = (target.item_type, batch.parent_id)
    write.change(batch, values, target.scope(batch.parent_id), verb=verb, label=batch.file_name, parent=parent)


def _tell(write: Writing, target: Target, batch: ImportBatch, verb: str, told: Mapping[str, Any]) -> None:
    parent = (target.item_type, batch.parent_id)
    write.tell(batch, verb, told, target.scope(batch.parent_id), label=batch.file_name, parent=parent)
