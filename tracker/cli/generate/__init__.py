"""``flask --app tracker generate --contracts N --seed S``: whole contracts of volume data, the same for the same seed.

For measuring, and for tests that need many rows. They go past the commands in bulk inserts, so that the history has one
line for each contract, which says so, and none for each row. Every code starts with ``volume-``.
One million actions and ten thousand projects: ``--contracts 100 --projects 100 --actions-per-file 125``.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from random import Random
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select, text
from stdnum import luhn

from tracker import clock
from tracker.cli.bulk import require_migrated
from tracker.cli.generate.contract import Sizes, Sources, VolumeContract
from tracker.cli.generate.rows import Rows
from tracker.extensions import db
from tracker.policy import SYSTEM
from tracker.territory.models import City, Contract, Landlord

MANY = click.IntRange(0, 100_000)


@click.command("generate")
@click.option("--contracts", required=True, type=click.IntRange(1, 10_000))
@click.option("--seed", required=True, type=click.IntRange(0))
@click.option("--cities", default=4, show_default=True, type=click.IntRange(1, 100), help="per contract")
@click.option("--projects", default=100, show_default=True, type=MANY, help="per contract, shared between its cities")
@click.option("--landlords", default=5, show_default=True, type=click.IntRange(0, 1000), help="per contract")
@click.option("--years", default=4, show_default=True, type=click.IntRange(1, 7), help="of TFPB files, from 2025 on")
@click.option("--actions-per-file", default=20, show_default=True, type=MANY, help="a file per landlord, city and year")
@with_appcontext
def generate(contracts: int, seed: int, **sizes: int) -> None:
    """Add CONTRACTS contracts with their projects and TFPB files: all of them, or nothing."""
    wanted = Sizes(**sizes)
    with db.engine.begin() as connection:
        require_migrated(connection)
        if connection.scalar(select(Contract.id).where(Contract.code == f"volume-{seed}-1")) is not None:
            raise click.ClickException(f"Les contrats « volume-{seed}-… » existent déjà : choisissez un autre --seed.")
        rows = Rows(connection)
        sources = Sources(rows)
        # From 99999 down: no commune of France has a code in 99.
        insees = _free(range(99_999, 1_000, -1), "{:05d}".format, set(connection.scalars(select(City.insee))))
        taken = {*connection.scalars(select(City.siren)), *connection.scalars(select(Landlord.siren))}
        sirens = _free(count(1), _siren, taken)
        for number in range(1, contracts + 1):
            # A generator of its own for each contract: the tenth is the same among ten and among a hundred.
            contract = VolumeContract(rows, Random(f"{seed}/{number}"), sources, wanted)  # noqa: S311 - figures
            contract.generate(f"volume-{seed}-{number}", insees, sirens)
            rows.add("history_entry", **_told(contract, wanted))
            rows.write()
        rows.finish()
        connection.execute(text("ANALYZE"))
    click.echo(", ".join(f"{added} {table}" for table, added in rows.written.items() if added))


def _free(numbers: Iterable[int], code: Any, taken: set[Any]) -> Iterator[str]:
    return (written for written in map(code, numbers) if written not in taken)


def _siren(number: int) -> str:
    start = f"{number:08d}"
    return start + str(luhn.calc_check_digit(start))


def _told(contract: VolumeContract, sizes: Sizes) -> dict[str, Any]:
    """The one line of history of a generated contract."""
    return {
        "at": clock.now(),
        "actor_name": SYSTEM.name,
        "source": SYSTEM.source,
        "source_ref": "generate",
        "verb": "generate",
        "item_type": Contract.__tablename__,
        "item_id": contract.number,
        "contract_id": contract.number,
        "label": contract.name,
        "changes": {name: [None, size] for name, size in sizes.told.items()},
    }
