"""Fixtures of the balance sheet's tests."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.ground.papers import stand_in
from tracker.territory.models import Contract
from tracker.web import pdf


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


@pytest.fixture
def real_pdf() -> None:
    """Asked for by the tests that are about the PDF itself."""


@pytest.fixture(autouse=True)
def _quick_pdf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others freeze and download without paying for the printing."""
    if "real_pdf" not in request.fixturenames:
        monkeypatch.setattr(pdf, "write_pdf", stand_in)
