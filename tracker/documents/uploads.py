"""The files of a multipart request, and a document on its way back: what both doors share."""

from flask import Response, request

from tracker.documents import images, rules, storage
from tracker.documents.models import Document
from tracker.documents.reading import Upload
from tracker.policy import FieldError, Invalid, NotReadable
from tracker.workbooks.about import attachment

FIELD = "file"
# Whatever a reader's program makes of it, it runs nothing, loads nothing and frames nothing.
CLOSED = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


def posted(*, most: int = rules.MAX_FILES) -> list[Upload]:
    """The files sent under ``file``, at least one and at most ``most``. Raises Invalid."""
    unknown = [
        FieldError(name, "unknown_field", f"Fichier : le champ « {name[:80]} » n’existe pas ici.")
        for name in request.files
        if name != FIELD
    ]
    if unknown:
        raise Invalid(unknown)
    # A browser sends an empty, nameless part for a field left alone.
    files = [file for file in request.files.getlist(FIELD) if file.filename]
    if not files:
        raise Invalid(FieldError(FIELD, "required", f"Fichier : {rules.EXPECTED}."))
    if len(files) > most:
        expected = "un seul fichier est attendu" if most == 1 else f"{most} fichiers au plus sont attendus"
        raise Invalid(FieldError(FIELD, "out_of_range", f"Fichier : {len(files)} fichiers trouvés ; {expected}."))
    return [Upload(file.filename or "", file.read()) for file in files]


def content_of(document: Document) -> Response:
    """The document's bytes: a picture, which we wrote ourselves, may be shown; anything else is only handed over."""
    disposition = "inline" if document.media_type in rules.IMAGES else "attachment"
    headers = attachment(document.file_name, document.media_type, disposition)
    headers |= {"Content-Length": str(document.size), **CLOSED}
    return Response(storage.read(document.sha256), headers=headers)


def thumbnail_of(document: Document) -> Response:
    """A small JPEG of a picture; raises NotReadable for what is no picture."""
    if document.media_type not in rules.IMAGES:
        raise NotReadable
    return Response(
        images.thumbnail(b"".join(storage.read(document.sha256))),
        # The content under a number never changes; it stays the reader's own.
        headers={"Content-Type": rules.JPEG, "Cache-Control": "private, max-age=3600", **CLOSED},
    )
