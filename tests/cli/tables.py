"""What the tests of the command line compare: whole tables, as the database keeps them."""

from typing import Any

from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from tracker.cli.bulk import snapshot, stored_tables


def counts(app: Flask) -> dict[str, int]:
    """Table → number of rows."""
    with app.app_context(), snapshot() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in stored_tables().items()
        }


def contents(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Table → every row, in the order of its key."""
    with app.app_context(), snapshot() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in stored_tables().items()
        }


def run(app: Flask, *arguments: str, fails: bool = False) -> str:
    """Run ``flask --app tracker`` with these arguments; what it printed. It ends well, or as ``fails`` says, badly."""
    runner: FlaskCliRunner = app.test_cli_runner()
    result = runner.invoke(args=list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) is fails, result.output
    return result.output
