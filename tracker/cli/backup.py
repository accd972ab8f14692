"""``flask --app tracker backup F`` and ``restore F``: every table in one file that either engine takes back.

The file is a zip: one ``<table>.jsonl`` per table (a JSON array per row, in the order of the manifest's columns:
amounts in cents, rates in millionths, days and instants in ISO, bytes in base64), the bytes of the documents under
``documents/<SHA-256>``, and ``manifest.json`` with the migration's number, for each table its columns, number of rows
and SHA-256, and the documents. It holds password hashes: only its owner may read it.
"""

import json
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import click
from flask.cli import with_appcontext
from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.cli.bulk import CHUNK, insert_rows, require_migrated, restart_sequences, snapshot, stored_tables
from tracker.documents import storage
from tracker.documents.models import Document
from tracker.extensions import db

FORMAT = "tracker-backup-1"
MANIFEST = "manifest.json"
DOCUMENTS = "documents/"
DECODERS: dict[type, Any] = {bytes: b64decode, date: date.fromisoformat, datetime: datetime.fromisoformat}


class Unreadable(Exception):
    """The file is not a whole backup; the text is a French sentence."""


# -- making --------------------------------------------------------------------------------------------------------


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database and its documents to FILE, as they stand at one instant, while the tracker serves.

    A document whose bytes are no longer on the disk is told, and ends the command in error: the rest is saved.
    """
    unfinished = None
    try:
        # A temporary file is made readable by its owner alone.
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as target:
            unfinished = Path(target.name)
            with ZipFile(target, "w", ZIP_DEFLATED) as archive, snapshot() as connection:
                rows, lost = _write(archive, connection)
            target.flush()
            os.fsync(target.fileno())
        # Whoever reads FILE finds the earlier backup or this one, never a part of it.
        unfinished.replace(file)
    except OSError as error:
        raise click.ClickException(f"La sauvegarde n’a pas pu être écrite : {error.strerror}.") from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
    click.echo(f"{rows} lignes sauvegardées dans {file}.")
    if lost:
        raise click.ClickException(f"{_lost(lost)} ; tout le reste est dans {file}.")


def _lost(digests: list[str]) -> str:
    return f"Contenus de documents absents ou altérés : {len(digests)} ({', '.join(digests)})"


def _write(archive: ZipFile, connection: Connection) -> tuple[int, list[str]]:
    """Every table, then every document; how many rows, and the documents whose bytes are lost."""
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds") + "Z",
        "revision": require_migrated(connection),
        "tables": {},
        "documents": {},
        "lost": [],
    }
    for name, table in stored_tables().items():
        digest, count = sha256(), 0
        with archive.open(f"{name}.jsonl", "w", force_zip64=True) as lines:
            for row in _rows(connection, table):
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"
                digest.update(line)
                lines.write(line)
                count += 1
        manifest["tables"][name] = {
            "columns": [column.name for column in table.columns],
            "rows": count,
            "sha256": digest.hexdigest(),
        }
    _write_documents(archive, connection, manifest)
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return sum(table["rows"] for table in manifest["tables"].values()), manifest["lost"]


def _write_documents(archive: ZipFile, connection: Connection, manifest: dict[str, Any]) -> None:
    """The bytes of every document; rows are added after their bytes and none ever go: what is named here is there."""
    for digest in connection.scalars(select(Document.sha256).distinct().order_by(Document.sha256)).all():
        size = _write_document(archive, digest)
        if size is None:
            manifest["lost"].append(digest)
        else:
            manifest["documents"][digest] = size


def _write_document(archive: ZipFile, digest: str) -> int | None:
    """The bytes of a document as a member; how many, None when they are lost."""
    if not storage.is_sound(digest):
        return None
    size = 0
    # PDFs, pictures and office documents are compressed already.
    member = ZipInfo(DOCUMENTS + digest)
    member.compress_type, member.external_attr = ZIP_STORED, 0o600 << 16
    with archive.open(member, "w", force_zip64=True) as target:
        for block in storage.read(digest):
            target.write(block)
            size += len(block)
    return size


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    statement = select(table).order_by(*table.primary_key)
    streamed = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(statement)
    for row in streamed:
        yield list(row)


def _plain(value: Any) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else str(value.isoformat())


# -- taking back ---------------------------------------------------------------------------------------------------


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="erase what the database holds first, history included")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Fill the empty, migrated database and the documents' folder with what FILE holds: whole, or not at all."""
    try:
        with _opened(file) as (archive, manifest), db.engine.begin() as connection:
            rows = _fill(archive, manifest, connection, replace)
            # Bytes before the rows that name them are committed; bytes of rows that are refused do no harm.
            for digest in manifest["documents"]:
                storage.keep(archive.read(DOCUMENTS + digest))
            lost = manifest.get("lost", [])
    except Unreadable as refusal:
        raise click.ClickException(f"{file} : {refusal}. Rien n’a été écrit.") from refusal
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error))
        raise click.ClickException(f"La base a refusé la restauration, rien n’a été écrit : {reason}") from error
    except OSError as error:
        message = f"Les documents n’ont pas pu être écrits, la base est inchangée : {error.strerror}."
        raise click.ClickException(message) from error
    click.echo(f"{rows} lignes restaurées depuis {file}.")
    if lost:
        click.echo(f"{_lost(lost)} dès la sauvegarde.", err=True)


@contextmanager
def _opened(file: Path) -> Iterator[tuple[ZipFile, dict[str, Any]]]:
    """The file and its manifest, once every table in it was found to be what the manifest says."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(ZipFile(file))
            manifest = _checked(archive)
        except (BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
            raise Unreadable("ce n’est pas une sauvegarde entière") from error
        yield archive, manifest


def _checked(archive: ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unreadable("ce n’est pas une sauvegarde de ce programme")
    for name, told in manifest["tables"].items():
        digest, count = sha256(), 0
        with archive.open(f"{name}.jsonl") as lines:
            for line in lines:
                digest.update(line)
                count += 1
        if (digest.hexdigest(), count) != (told["sha256"], told["rows"]):
            raise Unreadable(f"la table « {name} » a été altérée")
    # A backup from before documents goes on to be told its version.
    for digest, size in manifest.setdefault("documents", {}).items():
        content = archive.read(DOCUMENTS + digest)
        if (sha256(content).hexdigest(), len(content)) != (digest, size):
            raise Unreadable(f"le document {digest} a été altéré")
    return manifest


def _fill(archive: ZipFile, manifest: dict[str, Any], connection: Connection, replace: bool) -> int:
    revision = require_migrated(connection)
    if manifest["revision"] != revision:
        raise Unreadable(
            f"la sauvegarde vient de la version {manifest['revision']} de la base et celle-ci est à la version "
            f"{revision} ; restaurez-la avec le programme de sa version, puis migrez"
        )
    tables = stored_tables()
    columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
    if {name: told["columns"] for name, told in manifest["tables"].items()} != columns:
        raise Unreadable("ses tables ne sont pas celles de ce programme")
    filled = [name for name, table in tables.items() if connection.execute(select(table).limit(1)).first()]
    if filled and not replace:
        raise Unreadable("la base n’est pas vide ; ajoutez --replace pour remplacer ce qu’elle contient")
    for name in reversed(filled):
        connection.execute(delete(tables[name]))
    rows = sum(insert_rows(connection, table, _read(archive, table)) for table in tables.values())
    restart_sequences(connection, tables)
    return rows


def _read(archive: ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    kinds = {column.name: column.type.python_type for column in table.columns}
    decoders = {name: DECODERS[kind] for name, kind in kinds.items() if kind in DECODERS}
    with archive.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            row = dict(zip(names, json.loads(line), strict=True))
            for name, decode in decoders.items():
                if row[name] is not None:
                    row[name] = decode(row[name])
            yield row
