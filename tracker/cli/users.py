"""``flask --app tracker user add`` and ``token create``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup

from tracker.accounts import queries as accounts
from tracker.accounts.commands.passwords import issue_one_time_link
from tracker.accounts.commands.tokens import create_token
from tracker.accounts.commands.users import add_member
from tracker.accounts.models import User
from tracker.accounts.schemas import MemberSchema
from tracker.policy import ROLES, SYSTEM, Conflict, Refusal
from tracker.territory import queries as territory

user = AppGroup("user", help="Users and their roles.")
token = AppGroup("token", help="API tokens.")


@contextmanager
def _told() -> Iterator[None]:
    """A refusal ends the command with its sentence instead of a traceback."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal


@user.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--contract", help="the contract's code")
@click.option("--city", help="the city's INSEE code")
@click.option("--landlord", help="the landlord's SIREN, or its name")
def add(email: str, name: str, role: str, contract: str | None, city: str | None, landlord: str | None) -> None:
    """Give a role to a person, and print the one-time link to a password, good for three days.

    The account is created when the e-mail is unknown. Whoever already has the role only gets a new link: this is how
    a forgotten password is mended when no administrator can sign in.
    """
    values = {
        "email": email,
        "name": name,
        "role": role,
        "contract_id": _number("contract", contract),
        "city_id": _number("city", city),
        "landlord_id": _number("landlord", landlord),
    }
    with _told():
        added = _member(MemberSchema().read(values))
        secret, _expires_at = issue_one_time_link(SYSTEM, added.id)
    click.echo(f"/connexion/lien/{secret}")


def _member(values: dict[str, Any]) -> User:
    try:
        return add_member(SYSTEM, values)
    except Conflict as conflict:
        known = accounts.user_by_email(values["email"])
        if conflict.code != "duplicate" or known is None:
            raise
        return known


def _number(what: str, named: str | None) -> int | None:
    if named is None:
        return None
    found = territory.by_name(what, named)
    if found is None:
        raise click.BadParameter(f"no live {what} answers to « {named} »", param_hint=f"--{what}")
    return int(found.id)


@token.command("create")
@click.option("--email", required=True)
@click.option("--name", default="Ligne de commande", show_default=True, help="what the token is for")
def create(email: str, name: str) -> None:
    """Print a new API token of this user, alone on the standard output."""
    holder = accounts.user_by_email(email)
    if holder is None:
        raise click.BadParameter(f"no live user has the e-mail « {email} »", param_hint="--email")
    with _told():
        click.echo(create_token(SYSTEM, holder.id, name))
