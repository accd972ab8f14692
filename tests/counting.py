"""How many statements a piece of work sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from tracker.extensions import db


@contextmanager
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The statements sent while inside, in order; BEGIN, COMMIT and pragmas left out."""
    with app.app_context():
        engine = db.engine
    sent: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", remember)
