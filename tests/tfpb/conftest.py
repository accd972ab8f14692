"""A small world: one contract, two cities, two landlords with their conventions, one user per role."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as build
from tracker.extensions import db
from tracker.history.models import HistoryEntry

API = "/api/v1"


@dataclass
class World:
    """Ids and clients; rows are built through ``app.app_context()``."""

    app: Flask
    contract: int = 0
    city: int = 0
    other_city: int = 0
    neighbourhood: int = 0
    landlord: int = 0
    other_landlord: int = 0
    convention: int = 0
    other_convention: int = 0
    users: dict[str, int] = field(default_factory=dict)
    _clients: dict[str, FlaskClient] = field(default_factory=dict)

    def api(self, name: str) -> FlaskClient:
        """The API client of a user: landlord, other_landlord, officer, other_officer, coordinator, state, copil …"""
        if name not in self._clients:
            with self.app.app_context():
                self._clients[name] = build.api_client(self.app, db.session.get(build.User, self.users[name]))
        return self._clients[name]

    def page(self, name: str) -> FlaskClient:
        """The browser of a user."""
        with self.app.app_context():
            return build.page_client(self.app, db.session.get(build.User, self.users[name]))

    def file(self, year: int = 2025, **fields: Any) -> int:
        """A file of the landlord in the city."""
        with self.app.app_context():
            convention = db.session.get(build.Convention, fields.pop("convention", self.convention))
            where = db.session.get(build.Neighbourhood, self.neighbourhood)
            return build.tfpb_file(convention, where, year, **fields).id

    def action(self, file_id: int, **fields: Any) -> int:
        """An action of that file."""
        with self.app.app_context():
            return build.action(db.session.get(build.TfpbFile, file_id), **fields).id

    def grant(self, action_id: int, **fields: Any) -> int:
        """A grant of that action."""
        with self.app.app_context():
            return build.grant(db.session.get(build.Action, action_id), **fields).id

    def history(self, item_type: str) -> list[HistoryEntry]:
        """What the history says of these items, oldest first."""
        with self.app.app_context():
            statement = db.select(HistoryEntry).where(HistoryEntry.item_type == item_type).order_by(HistoryEntry.id)
            return list(db.session.scalars(statement))

    def row(self, model: Any, number: int) -> Any:
        """A row as the database keeps it."""
        with self.app.app_context():
            found = db.session.get(model, number)
            db.session.refresh(found)
            db.session.expunge(found)
            return found


@pytest.fixture
def world(app: Flask) -> World:
    """See World."""
    with app.app_context():
        build.nomenclature()
        contract = build.contract()
        city, other_city = contract.cities
        own, other = build.landlord(), build.landlord()
        found = World(app, contract.id, city.id, other_city.id, build.neighbourhood(contract).id, own.id, other.id)
        found.convention = build.convention(contract, own, city).id
        found.other_convention = build.convention(contract, other, city).id
        elsewhere = build.contract([build.city()])
        found.users = {
            "landlord": build.user("landlord", contract, of_landlord=own).id,
            "other_landlord": build.user("landlord", contract, of_landlord=other).id,
            "officer": build.user("finance_officer", contract, in_city=city).id,
            "other_officer": build.user("finance_officer", contract, in_city=other_city).id,
            "coordinator": build.user("coordinator", contract).id,
            "other_coordinator": build.user("coordinator", elsewhere).id,
            "state": build.user("state", contract).id,
            "copil": build.user("copil", contract).id,
            "administrator": build.user("administrator").id,
        }
    return found


@pytest.fixture
def etag() -> Callable[[FlaskClient, str], dict[str, str]]:
    """The ``If-Match`` header for what stands at an address now."""

    def header(client: FlaskClient, path: str) -> dict[str, str]:
        return {"If-Match": client.get(path).headers["ETag"]}

    return header


def codes(answer: Any) -> list[tuple[str, str]]:
    """(field, code) of a refused write."""
    return [(error["field"], error["code"]) for error in answer.json["errors"]]
