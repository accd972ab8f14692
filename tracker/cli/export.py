"""``flask --app tracker balance export``: the live workbook of a balance sheet, written to a file."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.balance.workbook import live_file
from tracker.policy import SYSTEM, NotReadable

balance = AppGroup("balance", help="The annual TFPB balance sheet.")


@balance.command("export")
@click.option("--contract", "code", required=True, help="the contract's code")
@click.option("--year", type=int, required=True, help="a year of the contract")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="the file to write")
def export(code: str, year: int, output: Path) -> None:
    """Write the live balance sheet of a contract-year as an Excel workbook (« PROVISOIRE »)."""
    try:
        content, _name = live_file(SYSTEM, code, year)
    except NotReadable as refusal:
        raise click.ClickException(f"Aucun contrat « {code} » ne couvre l’année {year}.") from refusal
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{output} : {error.strerror}.") from error
    click.echo(f"{output} : {len(content)} octets.")
