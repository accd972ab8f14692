"""``backup`` and ``restore``: the same rows, the same figures, the same bytes, from one engine to the other."""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import builders as build
from tests.cli.tables import contents, counts, run
from tests.ground.postgres import PostgresServer
from tracker.accounts.queries import user_by_email
from tracker.balance.models import Edition
from tracker.cli import backup as module
from tracker.cli.bulk import snapshot, stored_tables
from tracker.documents import storage
from tracker.documents.models import Document
from tracker.extensions import db
from tracker.territory.models import City, Contract

BuildApp = Callable[..., Flask]


@pytest.fixture
def other_engine(request: pytest.FixtureRequest, build_app: BuildApp, database: str, tmp_path: Path) -> Flask:
    """The application over an empty, migrated database of the engine the test does not run on."""
    if database == "sqlite":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database(f"other_{uuid4().hex}")
    else:
        url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    other = build_app(database_url=url)
    with other.app_context():
        flask_migrate.upgrade()
    return other


def digests(file: Path) -> dict[str, str]:
    """Table → the SHA-256 of its rows in a backup."""
    with ZipFile(file) as archive:
        manifest = json.loads(archive.read(module.MANIFEST))
    return {name: told["sha256"] for name, told in manifest["tables"].items()}


def balance_sheets(app: Flask) -> list[str]:
    """The live balance sheets of the demo's three years, and the frozen edition, as the API gives them."""
    with app.app_context():
        user = user_by_email("coordination@demo.test")
        assert user is not None
        client = build.api_client(app, user)
    addresses = ["2025", "2026", "2027", "2025/editions/1"]
    answers = [client.get(f"/api/v1/contracts/blagis/balance-sheets/{address}") for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.text for answer in answers]


def test_there_and_back(app: Flask, other_engine: Flask, empty_database: Callable[[], None], tmp_path: Path) -> None:
    run(app, "seed", "--demo")
    before, sheets = contents(app), None
    file, again = tmp_path / "backup.zip", tmp_path / "again.zip"
    run(app, "backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with app.app_context():
        workbook = db.session.scalars(select(Edition.workbook)).one()
    assert workbook.startswith(b"PK")

    run(other_engine, "restore", str(file))
    assert contents(other_engine) == before
    with other_engine.app_context():
        assert db.session.scalars(select(Edition.workbook)).one() == workbook
    # The other engine tells every row in the very same words.
    run(other_engine, "backup", str(again))
    assert digests(again) == digests(file)

    sheets = balance_sheets(app)
    assert balance_sheets(other_engine) == sheets

    empty_database()
    run(app, "restore", str(again))
    assert contents(app) == before
    assert balance_sheets(app) == sheets
    for restored in (app, other_engine):
        with restored.app_context():
            last = db.session.scalar(select(City.id).order_by(City.id.desc()).limit(1)) or 0
            assert build.city().id == last + 1


def test_exact_values(app: Flask, empty_database: Callable[[], None], tmp_path: Path) -> None:
    with app.app_context():
        contract = build.contract()
        project = build.project(
            contract, title='« œuvre » – 1\u202f000\u00a0€ \\ "x"\n\t😀', cost_excl_tax="9999999999.99"
        )
        build.grant(project, awarded="0.01", rate="0.333333", eligible_base="0.00")
    before = contents(app)
    run(app, "backup", str(tmp_path / "f.zip"))
    empty_database()
    run(app, "restore", str(tmp_path / "f.zip"))
    assert contents(app) == before
    assert [row for row in before["project"] if 999999999999 in row]


# -- documents -----------------------------------------------------------------------------------------------------


@pytest.fixture
def other_folder(build_app: BuildApp, tmp_path: Path) -> Flask:
    """The application over the same database, with an empty folder of documents."""
    return build_app(documents_path=tmp_path / "elsewhere" / "documents")


def bytes_of(app: Flask) -> dict[str, bytes]:
    """Title → bytes of every document, as the storage gives them."""
    with app.app_context():
        return {one.title: b"".join(storage.read(one.sha256)) for one in db.session.scalars(select(Document))}


def test_documents_there_and_back(
    app: Flask, other_folder: Flask, empty_database: Callable[[], None], tmp_path: Path
) -> None:
    with app.app_context():
        contract = build.contract()
        build.document(contract, build.pdf("un"), title="Un")
        build.document(contract, build.pdf("un"), title="Le même")
        build.document(contract, build.picture(size=(900, 700)), title="Photo", media_type="image/jpeg")
    before, kept = contents(app), bytes_of(app)
    assert sorted(kept) == ["Le même", "Photo", "Un"]
    file = tmp_path / "backup.zip"
    run(app, "backup", str(file))
    with ZipFile(file) as archive:
        assert len([name for name in archive.namelist() if name.startswith("documents/")]) == 2

    empty_database()
    run(other_folder, "restore", str(file))
    assert contents(other_folder) == before
    assert bytes_of(other_folder) == kept


def test_a_document_lost_on_the_disk_is_told_and_the_rest_is_saved(
    app: Flask, other_folder: Flask, empty_database: Callable[[], None], tmp_path: Path
) -> None:
    with app.app_context():
        contract = build.contract()
        kept = build.document(contract, title="Gardé")
        lost = build.document(contract, build.pdf("perdu"), title="Perdu")
        digest = lost.sha256
        assert kept.sha256 != digest
        (storage.root() / digest[:2] / digest[2:4] / digest).unlink()
    before, file = contents(app), tmp_path / "backup.zip"
    said = run(app, "backup", str(file), fails=True)
    assert digest in said
    assert "tout le reste est dans" in said

    empty_database()
    assert digest in run(other_folder, "restore", str(file))
    assert contents(other_folder) == before
    with other_folder.app_context():
        assert storage.is_sound(before_hash(before, "Gardé"))
        assert not storage.is_sound(digest)


def before_hash(rows: dict[str, list[tuple[object, ...]]], title: str) -> str:
    """The SHA-256 of the document of this title among the contents of a database."""
    (row,) = (row for row in rows["document"] if title in row)
    return next(str(value) for value in row if isinstance(value, str) and len(value) == 64)


def test_an_altered_document_is_refused(app: Flask, empty_database: Callable[[], None], tmp_path: Path) -> None:
    with app.app_context():
        digest = build.document(build.contract()).sha256
    file = tmp_path / "backup.zip"
    run(app, "backup", str(file))
    empty_database()
    changed = rewritten(file, f"documents/{digest}", lambda data: data.replace(b"obj", b"bjo"))
    assert f"le document {digest} a été altéré" in run(app, "restore", str(changed), fails=True)
    assert set(counts(app).values()) == {0}


def test_a_disk_that_refuses_the_documents_leaves_the_database_empty(
    app: Flask, empty_database: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        build.document(build.contract())
    file = tmp_path / "backup.zip"
    run(app, "backup", str(file))
    empty_database()

    def full(_content: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "keep", full)
    assert "la base est inchangée" in run(app, "restore", str(file), fails=True)
    assert set(counts(app).values()) == {0}


# -- refusals ------------------------------------------------------------------------------------------------------


@dataclass
class Kept:
    """A backup of one contract, and what the database then held."""

    file: Path
    rows: dict[str, int]


@pytest.fixture
def kept(app: Flask, tmp_path: Path) -> Kept:
    with app.app_context():
        build.contract(name="Avant")
    file = tmp_path / "kept.zip"
    run(app, "backup", str(file))
    return Kept(file, counts(app))


def rewritten(file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of the backup with one member changed."""
    copy = file.with_name("changed.zip")
    with ZipFile(file) as source, ZipFile(copy, "w") as target:
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, change(data) if member == name else data)
    return copy


def test_a_filled_database_is_kept(app: Flask, kept: Kept) -> None:
    before = contents(app)
    assert "n’est pas vide" in run(app, "restore", str(kept.file), fails=True)
    assert contents(app) == before


def test_replace(app: Flask, kept: Kept) -> None:
    before = contents(app)
    with app.app_context():
        db.session.execute(update(Contract).values(name="Après"))
        db.session.commit()
        build.city()
    run(app, "restore", "--replace", str(kept.file))
    assert contents(app) == before


def test_another_migration_is_refused(app: Flask, kept: Kept, empty_database: Callable[[], None]) -> None:
    empty_database()
    file = rewritten(kept.file, module.MANIFEST, lambda data: data.replace(b'"revision": "', b'"revision": "x'))
    assert "version x" in run(app, "restore", str(file), fails=True)
    assert set(counts(app).values()) == {0}


@pytest.mark.parametrize(
    "member, change",
    [
        ("contract.jsonl", lambda data: data.replace(b"Avant", b"Apres")),
        ("contract.jsonl", lambda data: b""),
        ("city.jsonl", lambda data: data + data),
    ],
    ids=["a changed value", "an emptied table", "rows twice"],
)
def test_an_altered_table_is_refused(
    app: Flask, kept: Kept, empty_database: Callable[[], None], member: str, change: Callable[[bytes], bytes]
) -> None:
    empty_database()
    said = run(app, "restore", str(rewritten(kept.file, member, change)), fails=True)
    assert f"la table « {member.removesuffix('.jsonl')} » a été altérée" in said
    assert set(counts(app).values()) == {0}


@pytest.mark.parametrize("name", ["truncated", "flipped", "text", "other zip", "list"])
def test_what_is_no_backup_is_refused(app: Flask, kept: Kept, empty_database: Callable[[], None], name: str) -> None:
    empty_database()
    whole = kept.file.read_bytes()
    bad = kept.file.with_name("bad.zip")
    if name == "truncated":
        bad.write_bytes(whole[: len(whole) // 2])
    elif name == "flipped":
        place = whole.index(b"contract.jsonl") + len(b"contract.jsonl") + 25
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
    elif name == "text":
        bad.write_text("Bonjour")
    elif name == "other zip":
        with ZipFile(bad, "w") as archive:
            archive.writestr("a.txt", "a")
    else:
        bad = rewritten(kept.file, module.MANIFEST, lambda data: b"[]")
    said = run(app, "restore", str(bad), fails=True)
    assert "Rien n’a été écrit" in said
    assert set(counts(app).values()) == {0}


def test_a_refusal_of_the_database_undoes_everything(
    app: Flask, kept: Kept, empty_database: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        build.landlord()
    before = contents(app)
    # Children without their parents: the foreign keys refuse them once the earlier rows are already gone.
    read = module._read
    monkeypatch.setattr(
        module, "_read", lambda archive, table: iter(()) if table.name == "city" else read(archive, table)
    )
    assert "rien n’a été écrit" in run(app, "restore", "--replace", str(kept.file), fails=True)
    assert contents(app) == before


def test_a_failed_backup_leaves_the_earlier_one(app: Flask, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.file.read_bytes()

    def disk_full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write", disk_full)
    assert "n’a pas pu être écrite" in run(app, "backup", str(kept.file), fails=True)
    assert kept.file.read_bytes() == before
    assert [path.name for path in kept.file.parent.iterdir() if path.name.startswith(".")] == []


def test_a_database_without_tables(build_app: BuildApp, kept: Kept, tmp_path: Path) -> None:
    empty = build_app(database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert "db upgrade" in run(empty, "backup", str(tmp_path / "f.zip"), fails=True)
    assert "db upgrade" in run(empty, "restore", str(kept.file), fails=True)


def test_a_backup_neither_sees_nor_stops_later_writes(app: Flask, build_app: BuildApp) -> None:
    writer = build_app()
    with app.app_context():
        build.city()
    with app.app_context(), snapshot() as connection:
        table = stored_tables()["city"]
        assert len(connection.execute(select(table)).all()) == 1
        with writer.app_context():
            build.city()
        assert len(connection.execute(select(table)).all()) == 1
    assert counts(app)["city"] == 2
