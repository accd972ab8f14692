"""Reading documents, and the items they hang on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from tracker.api.shell import Page
from tracker.documents import parents
from tracker.documents.models import Document
from tracker.documents.parents import Parent
from tracker.extensions import db
from tracker.policy import Actor, NotReadable

SORTABLE: dict[str, Any] = {
    name: getattr(Document, name) for name in ("id", "title", "kind", "file_name", "size", "added_at")
}
SORTS = tuple(SORTABLE)


def readable_item(actor: Actor, item_type: str, item_id: int) -> Parent:
    """What documents hang on, for an actor who may read it. Raises NotReadable, also of a type that carries none."""
    if item_type not in parents.types():
        raise NotReadable
    return parents.find(actor, item_type, item_id)


def readable_document(actor: Actor, document_id: int) -> Document:
    """A document of an item this actor may read. Raises NotReadable."""
    document = db.session.get(Document, document_id)
    if document is None:
        raise NotReadable
    readable_item(actor, document.parent_type, document.parent_id)
    return document


def documents(parent: Parent, arguments: Mapping[str, Any] | None = None) -> Page:
    """The documents of an item the caller may read, oldest first unless ``sort`` says otherwise.

    ``arguments``: ``kind``, ``archived``, ``sort``, ``page``, ``page_size`` (None: all of them).
    """
    arguments = arguments or {}
    conditions = [
        Document.parent_type == parent.item_type,
        Document.parent_id == parent.item_id,
        Document.archived_at.is_not(None) if arguments.get("archived") else Document.archived_at.is_(None),
    ]
    if arguments.get("kind") is not None:
        conditions.append(Document.kind == arguments["kind"])
    sort = arguments.get("sort") or "id"
    column = SORTABLE[sort.removeprefix("-")]
    statement = select(Document).where(*conditions).order_by(column.desc() if sort.startswith("-") else column)
    statement = statement.order_by(Document.id)
    size = arguments.get("page_size")
    if not size:
        found = db.session.scalars(statement).all()
        return Page(found, len(found))
    total = db.session.scalar(select(func.count()).select_from(Document).where(*conditions)) or 0
    return Page(db.session.scalars(statement.limit(size).offset((arguments.get("page", 1) - 1) * size)).all(), total)


def counts(item_type: str, item_ids: Any) -> dict[int, int]:
    """How many live documents hang on each of these items (numbers, or a SELECT of them): one query.

    An item without any is absent; the caller has checked that the items may be read.
    """
    statement = (
        select(Document.parent_id, func.count())
        .where(Document.parent_type == item_type, Document.parent_id.in_(item_ids), Document.archived_at.is_(None))
        .group_by(Document.parent_id)
    )
    return dict(iter(db.session.execute(statement)))
