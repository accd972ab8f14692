"""What holds for every answer, whoever asks for whatever: CSRF, sign-in, headers, cookies, errors."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.house.conftest import House
from tests.house.reading import read_html
from tracker.settings import Settings

# The only views that answer without sign-in; the API asks for a token by itself.
PUBLIC = {
    "accounts.sign_in",
    "accounts.open_by_password",
    "accounts.open_demo",
    "accounts.link",
    "accounts.open_by_link",
    # Editions their coordinator opened to everybody.
    *(f"open_data.{name}" for name in ("index", "dictionary_csv", "dictionary_json", "edition_csv", "edition_json")),
}


@pytest.fixture
def other_app(house: House) -> Iterator[Callable[..., Flask]]:
    """``other_app(secure_cookies=True)``: an application over the house's database, with settings that differ."""
    from tracker import create_app

    url = house.app.config["SQLALCHEMY_DATABASE_URI"]
    built: list[Flask] = []

    def build(**changes: Any) -> Flask:
        defaults = {"secret_key": "tests only", "testing": True, "secure_cookies": False, "demo": True}
        built.append(create_app(Settings(database_url=url, **{**defaults, **changes})))
        return built[-1]

    yield build
    for app in built:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def guarded(other_app: Callable[..., Flask], house: House) -> FlaskClient:
    """The coordinator's browser before an application that checks CSRF, as everywhere but in tests."""
    app = other_app(testing=False)
    assert app.config["WTF_CSRF_ENABLED"]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    client.set_cookie("session", house.world.sessions["coordinator"])
    return client


# -- CSRF ----------------------------------------------------------------------------------------------------------


def test_no_form_is_taken_without_its_token(house: House, guarded: FlaskClient) -> None:
    before = house.ledger.fingerprint()
    numbers = {"slug": "communes", "code": "ici", "year": 2026, "secret": "secret"}
    tried = 0
    for rule in house.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith("/api/"):
            continue
        address = house.app.url_map.bind("").build(
            rule.endpoint, {name: numbers.get(name, 1) for name in rule.arguments}
        )
        for token in (None, "forged"):
            answer = guarded.post(address.removeprefix("http://"), data={"csrf_token": token} if token else {})
            assert answer.status_code == 400, rule.rule
            assert "Rien n’a été modifié" in answer.text
        tried += 1
    assert tried > 40
    assert house.ledger.fingerprint() == before


def test_a_form_is_taken_with_the_token_of_its_page(house: House, guarded: FlaskClient) -> None:
    path = f"/projets/{house.world['plain_project']}"
    page = read_html(guarded.get(f"{path}?fiche=ouverte"))
    token = next(one["value"] for one in page.controls if one.get("name") == "csrf_token")
    version = next(one["value"] for one in page.controls if one.get("name") == "version")
    body = {"title": "Square", "version": version}
    assert guarded.post(path, data={**body, "csrf_token": token}).status_code == 303
    # htmx sends it as a header, from <body hx-headers>.
    stale = guarded.post(path, data=body, headers={"X-CSRFToken": token, "HX-Request": "true"})
    assert stale.status_code == 409


def test_the_token_of_another_session_is_refused(house: House, guarded: FlaskClient) -> None:
    other = guarded.application.test_client()
    page = read_html(other.get("/connexion"))
    token = next(one["value"] for one in page.controls if one.get("name") == "csrf_token")
    assert guarded.post("/comptes/moi/jetons", data={"name": "x", "csrf_token": token}).status_code == 400


def test_the_api_asks_for_a_bearer_token_and_takes_no_cookie(house: House, guarded: FlaskClient) -> None:
    assert guarded.get("/api/v1/projects").status_code == 401
    client = house.client("coordinator", "/")
    assert client.get("/api/v1/projects").status_code == 401
    bearer = house.client("coordinator", "/api/v1")
    assert bearer.get("/projets").status_code == 303


# -- sign-in -------------------------------------------------------------------------------------------------------


def test_the_public_views_are_these_and_no_other(house: House) -> None:
    public = {name for name, view in house.app.view_functions.items() if getattr(view, "is_public", False)}
    assert public == PUBLIC


def test_a_visitor_is_brought_back_where_he_was_going(house: House) -> None:
    client = house.app.test_client()
    answer = client.get("/projets?city_id=1")
    assert answer.headers["Location"] == "/connexion?next=/projets?city_id%3D1"
    body = {"email": "finance@exemple.fr", "password": "Une phrase de passe 42 !", "next": "/projets?city_id=1"}
    assert client.post("/connexion", data=body).headers["Location"] == "/projets?city_id=1"


@pytest.mark.parametrize(
    "target",
    ["//autre.fr", "https://autre.fr/", "/\\autre.fr", "\\\\autre.fr", "javascript:alert(1)", "/\t/autre.fr", ""],
)
def test_a_visitor_is_never_sent_elsewhere(house: House, target: str) -> None:
    body = {"email": "finance@exemple.fr", "password": "Une phrase de passe 42 !", "next": target}
    assert house.app.test_client().post("/connexion", data=body).headers["Location"] == "/"


def test_htmx_is_told_to_leave_for_the_sign_in_page(house: House) -> None:
    answer = house.app.test_client().get("/projets", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/connexion")


def test_without_the_demonstration_its_door_is_not_there(house: House, other_app: Callable[..., Flask]) -> None:
    client = other_app(demo=False).test_client()
    assert client.post("/connexion/demonstration", data={"user_id": house.world["visitor"]}).status_code == 404
    assert "démonstration" not in client.get("/connexion").text.lower()


def test_nothing_is_served_without_a_secret_key(other_app: Callable[..., Flask]) -> None:
    with pytest.raises(RuntimeError, match=r"(?i)secret.key"):
        other_app(secret_key=None).test_client().get("/connexion")


# -- headers and cookies -------------------------------------------------------------------------------------------

ANSWERS = [
    ("coordinator", "/projets", 200),
    ("coordinator", "/projets/export.xlsx", 200),
    ("coordinator", "/projets/999999", 404),
    ("coordinator", "/nulle-part", 404),
    ("coordinator", "/projets?page=0", 422),
    ("anonymous", "/projets", 303),
    ("anonymous", "/connexion", 200),
    ("anonymous", "/static/web/app.js", 200),
    ("anonymous", "/static/nulle-part.js", 404),
    ("coordinator", "/api/v1/projects", 200),
    ("coordinator", "/api/v1/projects/999999", 404),
    ("coordinator", "/api/v1/nulle-part", 404),
    ("anonymous", "/api/v1/projects", 401),
    ("anonymous", "/api/v1/openapi.json", 200),
    ("anonymous", "/api/v1/docs", 200),
    ("coordinator", "/api/v1/contracts/ici/balance-sheets/2026.xlsx", 200),
]


@pytest.mark.parametrize("role, path, status", ANSWERS)
def test_every_kind_of_answer_carries_the_security_headers(house: House, role: str, path: str, status: int) -> None:
    answer = house.client(role, path).get(path)
    answer.close()  # a file stays open until then
    assert answer.status_code == status
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert ("no-store" in answer.headers.get("Cache-Control", "")) is not path.startswith("/static/")
    if answer.mimetype == "text/html":
        assert "HX-Request" in answer.headers["Vary"]


def test_cookies_travel_alone_and_over_https(house: House, other_app: Callable[..., Flask]) -> None:
    client = other_app(secure_cookies=True).test_client()
    body = {"email": "finance@exemple.fr", "password": "Une phrase de passe 42 !"}
    answer = client.post("/connexion", data=body, base_url="https://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


# -- errors --------------------------------------------------------------------------------------------------------


def test_an_error_of_ours_is_told_in_both_faces_and_told_nothing_more(
    house: House, other_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.investment import queries

    def fail(*_: Any) -> Any:
        raise ValueError("un secret de la maison")

    monkeypatch.setattr(queries, "projects", fail)
    app = other_app(testing=False)
    page = app.test_client()
    page.set_cookie("session", house.world.sessions["coordinator"])
    answer = page.get("/projets")
    assert answer.status_code == 500
    assert read_html(answer).h1 == ["Erreur de notre côté"]
    assert "secret" not in answer.text
    fragment = page.get("/projets", headers={"HX-Request": "true"})
    assert fragment.status_code == 500
    assert "Rien n’a été modifié" in fragment.text
    api = app.test_client().get(
        "/api/v1/projects", headers={"Authorization": f"Bearer {house.world.tokens['coordinator']}"}
    )
    assert (api.status_code, api.mimetype) == (500, "application/problem+json")
    assert "secret" not in api.text


@pytest.mark.parametrize("path, status", [("/projets/999999", 404), ("/projets?page=0", 422)])
def test_an_error_page_keeps_the_navigation_and_says_what_to_do(house: House, path: str, status: int) -> None:
    answer = house.client("coordinator", path).get(path)
    page = read_html(answer)
    assert answer.status_code == status
    assert f"Erreur {status}" in page.text
    assert page.all("nav")
    assert any(link.get("href") == "/" for link in page.all("a") if link.within("main"))
