"""``flask --app tracker balance verify``: are the frozen editions still what was frozen?"""

import click
from flask.cli import with_appcontext

from tracker.balance.queries.integrity import verified
from tracker.balance.rules.integrity import altered_sentence
from tracker.policy import NotReadable


@click.command("verify")
@click.option("--contract", "code", help="the code of one contract; all of them without it")
@with_appcontext
def verify(code: str | None) -> None:
    """Take the SHA-256 of every edition's content, workbook and PDF again; ends with 1 when one of them differs."""
    sound, wrong = 0, 0
    try:
        for edition, altered in verified(code):
            if altered:
                wrong += 1
                name = f"{edition.contract.code}, {edition.year}, édition n° {edition.number}"
                click.echo(f"{name}\u00a0: {altered_sentence(altered)}")
            else:
                sound += 1
    except NotReadable as refusal:
        raise click.ClickException(f"Aucun contrat ne porte le code « {code} ».") from refusal
    click.echo(f"Éditions conformes à leur empreinte\u00a0: {sound}.")
    if wrong:
        raise click.ClickException(f"Éditions altérées\u00a0: {wrong}.")
