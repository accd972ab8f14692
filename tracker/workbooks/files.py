"""The annotated workbook of a batch, with the name it is sent under."""

import re

from tracker.policy import Actor, Conflict
from tracker.workbooks.marking import annotated
from tracker.workbooks.opening import Unreadable
from tracker.workbooks.queries import readable_batch


def annotated_file(actor: Actor, batch_id: int) -> tuple[bytes, str]:
    """(bytes, name). Raises NotReadable; Conflict ``unreadable_file`` when what was sent is no workbook."""
    batch = readable_batch(actor, batch_id)
    if not batch.content:
        raise Conflict("unreadable_file", "Ce fichier n’a pas pu être ouvert : il ne peut pas être annoté.")
    try:
        content = annotated(batch.content, batch.issues, batch.file_name, batch.created_at)
    except Unreadable as refusal:
        raise Conflict("unreadable_file", str(refusal)) from refusal
    bare = re.sub(r"(-annoté)?\.xlsx$", "", batch.file_name, flags=re.IGNORECASE)
    return content, f"{bare}-annoté.xlsx"
