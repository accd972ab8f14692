"""The command line: ``flask --app tracker …``."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the commands."""
