"""The finance officer's workbook in the pages, without JavaScript."""

import io
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders as build
from tracker.extensions import db
from tracker.investment.models import Project


@dataclass
class Desk:
    """An officer, a coordinator and a reader of one contract; the place of the officer's city, and another one's."""

    officer: FlaskClient
    coordinator: FlaskClient
    reader: FlaskClient
    project: int
    here: str
    there: str


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        contract = build.contract([build.city(name="Clairval"), build.city(name="Montjoie")])
        here, there = contract.cities
        project = build.project(contract, title="École")
        build.project(contract, there, title="Gymnase")
        return Desk(
            build.page_client(app, build.user("finance_officer", contract, in_city=here)),
            build.page_client(app, build.user("coordinator", contract)),
            build.page_client(app, build.user("copil", contract)),
            project.id,
            f"{contract.id}-{here.id}",
            f"{contract.id}-{there.id}",
        )


def filled(desk: Desk) -> io.BytesIO:
    """The officer's workbook, downloaded from the page, with one cost typed in."""
    answer = desk.officer.get(f"/projets/classeur.xlsx?place={desk.here}")
    book = load_workbook(io.BytesIO(answer.data))
    book["Projets"]["H7"] = "80 000,50 €"
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return content


def test_the_list_offers_it_to_who_may_edit(desk: Desk) -> None:
    assert "Mettre à jour avec Excel" in desk.officer.get("/projets").text
    assert "Mettre à jour avec Excel" not in desk.reader.get("/projets").text


def test_an_officer_goes_round_and_back(app: Flask, desk: Desk) -> None:
    page = desk.officer.get("/projets/classeur").text
    assert "Projets de Clairval avec Excel" in page
    assert "Montjoie" not in page
    sent = desk.officer.post(f"/projets/classeur?place={desk.here}", data={"file": (filled(desk), "a.xlsx")})
    assert sent.status_code == 303
    batch = desk.officer.get(sent.location).text
    assert "80\u202f000,50" in batch
    assert f"/projets/classeur?place={desk.here}" in batch
    written = desk.officer.post(f"{sent.location}/appliquer", data={"version": "1"})
    assert written.status_code == 303
    with app.app_context():
        assert db.session.get(Project, desk.project).cost_excl_tax == Decimal("80000.50")
    assert "Appliqué" in desk.officer.get("/projets/classeur").text
    assert desk.officer.post(f"{sent.location}/annuler", data={"version": "2"}).status_code == 303
    with app.app_context():
        assert db.session.get(Project, desk.project).cost_excl_tax is None


def test_no_file_is_asked_for_again(desk: Desk) -> None:
    answer = desk.officer.post(
        f"/projets/classeur?place={desk.here}", data={}, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 422
    assert "choisissez le fichier" in answer.text


def test_a_coordinator_chooses_the_city(desk: Desk) -> None:
    page = desk.coordinator.get(f"/projets/classeur?place={desk.there}").text
    assert "Projets de Montjoie avec Excel" in page
    assert f'value="{desk.here}"' in page


@pytest.mark.parametrize("place", ["1", "1-", "-1", "a-b", "1-1-1", "999999999-999999999", "²-1", "1-99999999999"])
def test_a_place_that_is_none(desk: Desk, place: str) -> None:
    for address in ("/projets/classeur", "/projets/classeur.xlsx"):
        assert desk.officer.get(address, query_string={"place": place}).status_code == 404
