"""The one door to the documents' bytes on disk.

A content lies under its SHA-256, in two levels of folders (``ab/cd/abcd…``): no name anybody typed ever reaches the
disk, the same bytes are kept once, and what is read is compared to what it is called. Nothing is deleted: an archived
document keeps its bytes.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog
from flask import current_app

from tracker.policy import Refusal

BLOCK = 64 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")

log = structlog.get_logger()


class Unavailable(Refusal):
    """503: the bytes are not on the disk, or no longer those that were kept; the log says which."""

    status = 503
    code = "content_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "Le contenu de ce document est introuvable ou abîmé sur le serveur : prévenez l’administration technique."
        )


def root() -> Path:
    """The folder of this installation."""
    return Path(current_app.config["DOCUMENTS_PATH"])


def _place(digest: str) -> Path:
    if not _SHA256.fullmatch(digest):
        raise ValueError(f"not a SHA-256: {digest[:80]!r}")
    return root() / digest[:2] / digest[2:4] / digest


def is_sound(digest: str) -> bool:
    """Whether the bytes lie there and are those they are called by."""
    try:
        with _place(digest).open("rb") as stored:
            return file_digest(stored, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def keep(content: bytes) -> str:
    """Keep these bytes, whole or not at all, and give their SHA-256. Raises OSError when the disk refuses."""
    digest = sha256(content).hexdigest()
    if is_sound(digest):
        return digest
    place = _place(digest)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = None
    try:
        # In the same folder, so that the renaming is one step; readable by its owner alone.
        with NamedTemporaryFile(dir=place.parent, prefix=".new-", delete=False) as target:
            unfinished = Path(target.name)
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(place)
    except BaseException:
        if unfinished is not None:
            with suppress(FileNotFoundError):
                unfinished.unlink()
        raise
    # The names too must outlive a power cut: the file's, and those of folders made for it.
    for folder in (place.parent, place.parent.parent, root()):
        _sync(folder)
    return digest


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(digest: str) -> Iterator[bytes]:
    """The bytes in blocks, once all of them were found to be those that were kept. Raises Unavailable at once."""
    if not is_sound(digest):
        log.error("document_unavailable", sha256=digest, path=str(_place(digest)))
        raise Unavailable
    return _blocks(_place(digest))


def _blocks(place: Path) -> Iterator[bytes]:
    with place.open("rb") as stored:
        while block := stored.read(BLOCK):
            yield block
