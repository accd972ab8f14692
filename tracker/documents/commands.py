"""Writing documents: attach, rename, archive, under the permission of the item they hang on."""

from collections.abc import Sequence
from typing import Any

from tracker import clock
from tracker.documents import parents, queries, rules, storage
from tracker.documents.models import Document
from tracker.documents.parents import Parent
from tracker.documents.reading import Received, Upload, receive
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Conflict, FieldError, Invalid


def _require(write: Writing, parent: Parent) -> None:
    """The actor may change the item's documents now, or the refusal is raised (403, 409)."""
    write.require(parent.write_verb, parent.scope)
    if parent.archived:
        raise Conflict("locked", parent.archived)


def attach(
    actor: Actor, item_type: str, item_id: int, uploads: Sequence[Upload], values: dict[str, Any]
) -> list[Document]:
    """Attach these files to an item, all of them or none; ``values``: ``title`` and ``kind``, both optional.

    Without a title each takes its file's name; without a kind a picture is a photograph and anything else what the
    item is usually proven by. Raises Invalid with one error per file that is not taken, or is already there.
    """
    parent = queries.readable_item(actor, item_type, item_id)
    # Reading a photograph takes a second: not for who may not write, and not while SQLite's one write lock is held,
    # which the end of this Writing lets go.
    with Writing(actor) as write:
        _require(write, parent)
    received = _all_received(uploads, values.get("kind"))
    with Writing(actor) as write:
        parent = parents.find(actor, item_type, item_id, hold=True)
        _require(write, parent)
        _refuse_twice(parent, received)
        found = []
        for position, one in enumerate(received, 1):
            title = values.get("title") or one.stem
            if values.get("title") and len(received) > 1:
                title = f"{title[: rules.TITLE_LENGTH - 5]} ({position})"
            found.append(_kept(write, parent, one, title, values.get("kind")))
    return found


def _all_received(uploads: Sequence[Upload], kind: str | None) -> list[Received]:
    errors: list[FieldError] = []
    received: list[Received] = []
    for upload in uploads:
        try:
            one = receive(upload)
        except Invalid as refused:
            errors += refused.errors
        else:
            errors += _kind_errors(kind, one.media_type, f"« {one.name} » est : ")
            received.append(one)
    if errors:
        raise Invalid(errors)
    return received


def _kind_errors(kind: str | None, media_type: str, found: str) -> list[FieldError]:
    if kind != rules.PHOTO or media_type in rules.IMAGES:
        return []
    message = f"Nature : {found}{rules.MEDIA_TYPES[media_type].word} ; une photo est une image JPEG, PNG ou WebP."
    return [FieldError("kind", "invalid", message, kind)]


def _refuse_twice(parent: Parent, received: Sequence[Received]) -> None:
    """The same bytes twice on one item prove nothing more: a second click, or a file already sent."""
    titles = {document.sha256: document.title for document in queries.documents(parent).items}
    errors = []
    for one in received:
        if one.sha256 in titles:
            message = f"Fichier : « {one.name} » est déjà joint ici : « {titles[one.sha256]} ». Un autre est attendu."
            errors.append(FieldError("file", "invalid", message, one.name))
        titles[one.sha256] = one.name
    if errors:
        raise Invalid(errors)


def _kept(write: Writing, parent: Parent, received: Received, title: str, kind: str | None) -> Document:
    # The bytes before the row: a row without its bytes is a loss, bytes without a row are not.
    digest = storage.keep(received.content)
    usual = rules.PHOTO if received.media_type in rules.IMAGES else parents.types()[parent.item_type].kind
    document = Document(
        parent_type=parent.item_type,
        parent_id=parent.item_id,
        kind=kind or usual,
        title=title,
        file_name=received.name,
        media_type=received.media_type,
        size=len(received.content),
        sha256=digest,
        added_at=clock.now(),
        added_by=write.actor.name,
    )
    row: Document = write.add(document, parent.scope, label=title, parent=_under(document))
    return row


def _under(document: Document) -> tuple[str, int]:
    return (document.parent_type, document.parent_id)


def _writable(write: Writing, document_id: int, version: int | None) -> tuple[Document, Parent]:
    document: Document = fetch(Document, document_id)
    parent = parents.find(write.actor, *_under(document), hold=True)
    _require(write, parent)
    write.check_version(document, version)
    if document.archived_at is not None:
        raise Conflict("locked", "Ce document est archivé : il ne peut plus changer.")
    return document, parent


def update_document(actor: Actor, document_id: int, version: int | None, values: dict[str, Any]) -> Document:
    """Change the title or the kind; the file itself never changes: a better one is another document."""
    with Writing(actor) as write:
        document, parent = _writable(write, document_id, version)
        errors = _kind_errors(values.get("kind"), document.media_type, "ce document est : ")
        if errors:
            raise Invalid(errors)
        write.change(document, values, parent.scope, label=document.title, parent=_under(document))
    return document


def archive_document(actor: Actor, document_id: int, version: int | None, reason: str) -> Document:
    """Take a document out of its item, with a reason; its bytes stay."""
    with Writing(actor) as write:
        document, parent = _writable(write, document_id, version)
        write.archive(document, reason, parent.scope, label=document.title, parent=_under(document))
    return document
