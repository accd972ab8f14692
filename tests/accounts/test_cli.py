"""``flask user add`` and ``flask token create``."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests import builders as build
from tests.accounts.conftest import PASSWORD
from tracker.accounts.models import Membership, User
from tracker.extensions import db
from tracker.history.models import HistoryEntry


def add(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["user", "add", *words])
    return result.exit_code, result.output


def test_the_first_administrator_comes_in(app: Flask) -> None:
    code, output = add(app, "--email", "Chef@Ville.fr", "--name", "Chef", "--role", "administrator")
    assert code == 0
    assert output.startswith("/connexion/lien/")
    client = app.test_client()
    client.post(output.strip(), data={"password": PASSWORD, "again": PASSWORD})
    assert client.get("/comptes/membres").status_code == 200
    # Forgotten since: the same command prints another link.
    code, again = add(app, "--email", "chef@ville.fr", "--name", "Chef", "--role", "administrator")
    assert code == 0
    assert again != output
    with app.app_context():
        assert len(db.session.scalars(select(Membership)).all()) == 1
        assert {line.source for line in db.session.scalars(select(HistoryEntry))} == {"command_line", "page"}


def test_places_are_named_as_people_name_them(app: Flask) -> None:
    with app.app_context():
        contract = build.contract(code="blagis", cities=[build.city(insee="92007")])
        landlord = build.landlord(name="Bailleur A")
        siren = landlord.siren
        contract_id, city_id, landlord_id = contract.id, contract.cities[0].id, landlord.id
    who = ("--email", "a@b.fr", "--name", "A", "--contract", "blagis")
    assert add(app, *who, "--role", "finance_officer", "--city", "92007")[0] == 0
    assert add(app, *who, "--role", "landlord", "--landlord", "Bailleur A")[0] == 0
    code, output = add(app, *who, "--role", "landlord", "--landlord", siren)
    assert code == 0, output
    with app.app_context():
        held = db.session.scalars(select(Membership).order_by(Membership.id)).all()
        assert [(one.role, one.contract_id, one.city_id, one.landlord_id) for one in held] == [
            ("finance_officer", contract_id, city_id, None),
            ("landlord", contract_id, None, landlord_id),
        ]


@pytest.mark.parametrize(
    "words, told",
    [
        (("--role", "finance_officer", "--contract", "blagis"), "Commune : une valeur est attendue"),
        (("--role", "state", "--contract", "inconnu"), "no live contract answers to « inconnu »"),
        (("--role", "maire"), "Invalid value for '--role'"),
        (("--role", "administrator", "--email", "sans arobase"), "une adresse électronique est attendue"),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(app: Flask, words: tuple[str, ...], told: str) -> None:
    with app.app_context():
        build.contract(code="blagis")
    code, output = add(app, "--email", "a@b.fr", "--name", "A", *words)
    assert code != 0
    assert told in output
    assert "Traceback" not in output
    with app.app_context():
        assert db.session.scalars(select(User)).all() == []


def test_a_token_stands_alone_on_the_output(app: Flask) -> None:
    with app.app_context():
        email = build.user("copil", build.contract()).email
    result = app.test_cli_runner().invoke(args=["token", "create", "--email", email.upper()])
    assert result.exit_code == 0
    secret = result.stdout.removesuffix("\n")
    assert "\n" not in secret
    answer = app.test_client().get("/api/v1/cities", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    unknown = app.test_cli_runner().invoke(args=["token", "create", "--email", "personne@ville.fr"])
    assert unknown.exit_code != 0
    assert "no live user" in unknown.output
