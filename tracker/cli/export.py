"""``flask --app tracker balance export``: the live workbook or PDF of a balance sheet, written to a file."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.balance import document, workbook
from tracker.policy import SYSTEM, NotReadable
from tracker.web.pdf import PdfUnavailable

WRITERS = {".xlsx": workbook.live_file, ".pdf": document.live_file}

balance = AppGroup("balance", help="The annual TFPB balance sheet.")


@balance.command("export")
@click.option("--contract", "code", required=True, help="the contract's code")
@click.option("--year", type=int, required=True, help="a year of the contract")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="the file to write: .xlsx or .pdf"
)
def export(code: str, year: int, output: Path) -> None:
    """Write the live balance sheet of a contract-year as an Excel workbook or a PDF (« PROVISOIRE »)."""
    write = WRITERS.get(output.suffix.lower())
    if write is None:
        raise click.ClickException(f"{output} : une extension .xlsx ou .pdf est attendue.")
    try:
        content, _name = write(SYSTEM, code, year)
    except NotReadable as refusal:
        raise click.ClickException(f"Aucun contrat « {code} » ne couvre l’année {year}.") from refusal
    except PdfUnavailable as refusal:
        raise click.ClickException(refusal.message) from refusal
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{output} : {error.strerror}.") from error
    click.echo(f"{output} : {len(content)} octets.")
