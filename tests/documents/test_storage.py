"""The bytes on disk: whole or absent, once, under their own hash, and never given back altered."""

import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from tracker.documents import storage
from tracker.documents.storage import Unavailable


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty storage, inside a bare application's context."""
    app = Flask("storage")
    app.config["DOCUMENTS_PATH"] = tmp_path / "documents"
    with app.app_context():
        yield tmp_path / "documents"


def kept(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_there_and_back(folder: Path) -> None:
    content = os.urandom(200_000)
    digest = storage.keep(content)
    assert digest == sha256(content).hexdigest()
    assert kept(folder) == [f"{digest[:2]}/{digest[2:4]}/{digest}"]
    assert b"".join(storage.read(digest)) == content
    assert max(len(block) for block in storage.read(digest)) <= storage.BLOCK


def test_the_same_bytes_are_kept_once_and_for_their_owner_alone(folder: Path) -> None:
    digest = storage.keep(b"facture")
    (place,) = kept(folder)
    written = (folder / place).stat()
    assert storage.keep(b"facture") == digest
    assert kept(folder) == [place]
    assert (folder / place).stat().st_ino == written.st_ino
    assert stat.S_IMODE(written.st_mode) == 0o600


def test_what_is_missing_or_altered_is_not_given_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = storage.keep(b"facture")
    place = folder / kept(folder)[0]
    place.write_bytes(b"fbcture")
    with pytest.raises(Unavailable):
        storage.read(digest)
    place.unlink()
    with pytest.raises(Unavailable):
        storage.read(digest)
    assert capsys.readouterr().out.count(digest) >= 2
    # The right bytes, sent again, mend it.
    assert storage.keep(b"facture") == digest
    assert b"".join(storage.read(digest)) == b"facture"


def test_a_disk_that_refuses_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            storage.keep(b"facture")
    assert kept(folder) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n", "/etc/passwd"])
def test_only_a_hash_names_a_content(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        storage.read(name)
