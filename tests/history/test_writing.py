"""Every write: permission, version, change and history in one transaction."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests import builders as build
from tracker.extensions import db
from tracker.history.commands import Writing, fetch
from tracker.history.models import HistoryEntry
from tracker.policy import SYSTEM, Conflict, NotReadable, Scope, Stale
from tracker.territory.models import City, Landlord


def lines() -> list[HistoryEntry]:
    return list(db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)))


def test_a_change_is_told_field_by_field(app: Flask) -> None:
    with app.app_context():
        number = build.landlord(name="Avant", siren=None).id
        with Writing(SYSTEM) as write:
            write.change(fetch(Landlord, number), {"name": "Après", "siren": None}, Scope(contract_id=7), label="x")
        (line,) = lines()
        assert (line.item_type, line.item_id, line.verb, line.source) == ("landlord", number, "update", "command_line")
        assert (line.contract_id, line.changes) == (7, {"name": ["Avant", "Après"]})


def test_nothing_changed_is_not_told_and_keeps_the_version(app: Flask) -> None:
    with app.app_context():
        row = build.landlord(name="Même")
        with Writing(SYSTEM) as write:
            write.change(fetch(Landlord, row.id), {"name": "Même"}, Scope())
        assert lines() == []
        assert fetch(Landlord, row.id).version == 1


def test_an_error_leaves_neither_change_nor_history(app: Flask) -> None:
    with app.app_context():
        number = build.landlord(name="Avant").id

        def broken() -> None:
            with Writing(SYSTEM) as write:
                write.change(fetch(Landlord, number), {"name": "Après"}, Scope())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            broken()
        assert fetch(Landlord, number).name == "Avant"
        assert lines() == []


def test_an_inner_write_is_committed_by_the_outer_one_alone(app: Flask) -> None:
    with app.app_context():

        def broken() -> None:
            with Writing(SYSTEM) as write:
                with Writing(SYSTEM) as inner:
                    inner.add(Landlord(name="Dedans"), Scope())
                write.require("administer", Scope())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            broken()
        assert db.session.scalars(select(Landlord)).all() == []


def test_a_stale_version_is_refused(app: Flask) -> None:
    with app.app_context():
        row = build.landlord()
        with pytest.raises(Stale), Writing(SYSTEM) as write:
            write.check_version(fetch(Landlord, row.id), 2)


def test_the_database_has_the_last_word_on_versions(app: Flask) -> None:
    """Somebody else committed between our read and our write: the version column refuses, nothing is told."""
    with app.app_context():
        number = build.landlord(name="Avant").id
        db.session.rollback()

        def overtaken() -> None:
            with Writing(SYSTEM) as write:
                row = fetch(Landlord, number)
                db.session.execute(Landlord.__table__.update().values(version=5))
                write.change(row, {"name": "Après"}, Scope())

        with pytest.raises(Stale):
            overtaken()
        assert fetch(Landlord, number).name == "Avant"


def test_a_unique_key_taken_meanwhile_is_a_duplicate(app: Flask) -> None:
    with app.app_context():
        build.city(insee="92007")
        with pytest.raises(Conflict) as refused, Writing(SYSTEM) as write:
            write.add(City(insee="92007", name="Deux fois"), Scope())
        assert refused.value.code == "duplicate"


def test_archiving_keeps_the_row_and_its_reason(app: Flask) -> None:
    with app.app_context():
        number = build.landlord().id
        with Writing(SYSTEM) as write:
            write.archive(fetch(Landlord, number), "fusion", Scope())
        row = fetch(Landlord, number)
        assert row.archived_at is not None
        assert row.archived_reason == "fusion"
        assert [line.verb for line in lines()] == ["archive"]
        with pytest.raises(Conflict), Writing(SYSTEM) as write:
            write.archive(row, "encore", Scope())


def test_an_unknown_number_is_not_readable(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotReadable):
        fetch(Landlord, 999_999)


def test_a_line_of_history_neither_changes_nor_goes(app: Flask) -> None:
    with app.app_context():
        with Writing(SYSTEM) as write:
            write.add(Landlord(name="x"), Scope())
        (line,) = lines()
        line.actor_name = "personne"
        with pytest.raises(RuntimeError):
            db.session.commit()
        db.session.rollback()
        db.session.delete(line)
        with pytest.raises(RuntimeError):
            db.session.commit()
        db.session.rollback()
        assert len(lines()) == 1
