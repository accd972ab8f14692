"""``flask --app tracker seed [--demo]``: ``seeds/`` loaded once, through the commands every write takes.

A second run writes nothing, whatever was changed, renamed or archived since.
"""

import click
from flask.cli import with_appcontext

from tracker.cli.bulk import require_migrated
from tracker.cli.seed import demo, reference
from tracker.cli.seed.loading import Seeding
from tracker.extensions import db
from tracker.history.commands import Writing
from tracker.policy import SYSTEM, Refusal


@click.command("seed")
@click.option("--demo", "with_demo", is_flag=True, help="also load the fictitious figures and accounts of seeds/demo")
@with_appcontext
def seed(with_demo: bool) -> None:
    """Load the contract, its cities, projects, funders, schemes and nomenclature: all of them, or nothing."""
    with db.engine.connect() as connection:
        require_migrated(connection)
    seeding = Seeding()
    try:
        with Writing(SYSTEM):
            reference.load(seeding)
            if with_demo:
                demo.load(seeding)
    except Refusal as refusal:
        raise click.ClickException(f"{seeding.at} : {refusal.message}") from refusal
    click.echo(f"{seeding.created} éléments créés, {seeding.kept} déjà présents.")
