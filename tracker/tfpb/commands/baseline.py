"""Writing the baseline of a file: what ordinary management costs or takes outside the neighbourhood and inside."""

from typing import Any

from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict
from tracker.tfpb.commands.files import editable_file, parent
from tracker.tfpb.models import Baseline
from tracker.tfpb.queries.files import scope_of


def add_baseline(actor: Actor, file_id: int, values: dict[str, Any]) -> Baseline:
    """Add a line to a file's baseline."""
    with Writing(actor) as write:
        file = editable_file(write, file_id)
        line = Baseline(file_id=file.id, **values)
        write.add(line, scope_of(file), label=line.item, parent=parent(file))
    return line


def _writable(write: Writing, baseline_id: int, version: int | None) -> Baseline:
    line: Baseline = fetch(Baseline, baseline_id)
    editable_file(write, line.file_id)
    write.check_version(line, version)
    if line.archived_at is not None:
        raise Conflict("locked", "Cette référence de gestion est archivée : elle ne peut plus changer.")
    return line


def update_baseline(actor: Actor, baseline_id: int, version: int | None, values: dict[str, Any]) -> Baseline:
    """Change the fields named."""
    with Writing(actor) as write:
        line = _writable(write, baseline_id, version)
        write.change(line, values, scope_of(line.file), label=line.item, parent=parent(line.file))
    return line


def archive_baseline(actor: Actor, baseline_id: int, version: int | None, reason: str) -> Baseline:
    """Take a line out of the baseline, with a reason."""
    with Writing(actor) as write:
        line = _writable(write, baseline_id, version)
        write.archive(line, reason, scope_of(line.file), label=line.item, parent=parent(line.file))
    return line
