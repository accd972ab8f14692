"""``flask --app tracker mail send | remind | waiting``: for a timer of the server."""

import click
from flask import current_app
from flask.cli import AppGroup

from tracker.mail.queries import outbox
from tracker.mail.sending import MailError, send_waiting
from tracker.policy import SYSTEM
from tracker.tfpb.commands.schedule import write_due_reminders

mail = AppGroup("mail", help="Letters: sending, reminders, the outbox.")


@mail.command("send")
@click.option("--again", is_flag=True, help="first take back the letters given up or interrupted")
def send(again: bool) -> None:
    """Send the letters that wait through SMTP_URL. Ends with 1 when the server could not be used."""
    url = current_app.config["SMTP_URL"]
    if not url:
        raise click.ClickException("SMTP_URL n’est pas réglé : les courriels attendent.")
    try:
        outcome = send_waiting(url, current_app.config["MAIL_FROM"], again=again)
    except MailError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Envoyés : {outcome.sent} ; refusés : {outcome.refused}.")
    if outcome.error:
        raise click.ClickException(outcome.error)


@mail.command("remind")
def remind() -> None:
    """Write the reminders due today; each is written once, however often this runs."""
    click.echo(f"Rappels écrits : {write_due_reminders(SYSTEM)}.")


@mail.command("waiting")
def waiting() -> None:
    """Say how many letters wait, were given up, withheld or interrupted, and the last error."""
    box = outbox()
    click.echo(f"En attente : {box.waiting}" + (f" (depuis le {box.oldest:%d/%m/%Y %H:%M} UTC)" if box.oldest else ""))
    click.echo(f"Abandonnés après refus : {box.given_up}")
    click.echo(f"Retenus (compte fermé ou sans rôle, courriels désactivés) : {box.withheld}")
    click.echo(f"Interrompus, peut-être partis : {box.interrupted}")
    click.echo(f"Envoyés : {box.sent}")
    if box.last_error:
        click.echo(f"Dernière erreur : {box.last_error}")
