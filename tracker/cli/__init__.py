"""The command line: ``flask --app tracker …``."""

from flask import Flask

from tracker.cli import backup, export, generate, mail, seed, users, verify


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(users.user)
    app.cli.add_command(users.token)
    app.cli.add_command(backup.backup)
    app.cli.add_command(backup.restore)
    export.balance.add_command(verify.verify)
    app.cli.add_command(export.balance)
    app.cli.add_command(mail.mail)
    app.cli.add_command(seed.seed)
    app.cli.add_command(generate.generate)
