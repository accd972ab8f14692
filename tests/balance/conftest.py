"""Fixtures of the balance sheet's tests."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tracker.territory.models import Contract


@pytest.fixture
def blank(app: Flask, today: Callable[[date], None]) -> Iterator[Flask]:
    """The application inside a context, on 21 November 2026."""
    today(date(2026, 11, 21))
    with app.app_context():
        yield app


@pytest.fixture
def api(blank: Flask) -> Callable[..., FlaskClient]:
    """``api(role, contract, …)``: a client that carries a token of a new user of this role."""

    def client(role: str, contract: Contract | None = None, **where: object) -> FlaskClient:
        return make.api_client(blank, make.user(role, contract, **where))

    return client


@pytest.fixture
def browse(blank: Flask) -> Callable[..., FlaskClient]:
    """``browse(role, contract, …)``: a client signed in as a new user of this role."""

    def client(role: str, contract: Contract | None = None, **where: object) -> FlaskClient:
        return make.page_client(blank, make.user(role, contract, **where))

    return client
