"""One contract with its places, another beside it, and a token for each role."""

from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as build


@dataclass
class Ground:
    """The numbers of what stands, and a client per role."""

    contract: int
    city: int
    neighbourhood: int
    landlord: int
    residence: int
    other_city: int
    other_neighbourhood: int
    other_residence: int
    api: dict[str, FlaskClient] = field(default_factory=dict)
    pages: dict[str, FlaskClient] = field(default_factory=dict)


@pytest.fixture
def ground(app: Flask) -> Ground:
    with app.app_context():
        contract, other = build.contract(), build.contract()
        here, there = build.neighbourhood(contract), build.neighbourhood(other)
        landlord = build.landlord()
        stands = Ground(
            contract=contract.id,
            city=contract.cities[0].id,
            neighbourhood=here.id,
            landlord=landlord.id,
            residence=build.residence(landlord, here).id,
            other_city=other.cities[0].id,
            other_neighbourhood=there.id,
            other_residence=build.residence(landlord, there).id,
        )
        people = {
            "administrator": build.user("administrator"),
            "coordinator": build.user("coordinator", contract),
            "finance_officer": build.user("finance_officer", contract, in_city=contract.cities[0]),
            "landlord": build.user("landlord", contract, of_landlord=landlord),
            "state": build.user("state", contract),
            "copil": build.user("copil", contract),
            "nobody": build.user(),
        }
        stands.api = {role: build.api_client(app, user) for role, user in people.items()}
        stands.pages = {role: build.page_client(app, user) for role, user in people.items()}
        return stands
