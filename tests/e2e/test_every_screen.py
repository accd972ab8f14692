"""Every kind of screen of the loaded demo, found by following links: axe at 1440 px, nothing sideways at 360 px.

A form is looked at open and refused too. Of each kind of screen one stands for all: the same address but for its
numbers, the same parameters but for their values.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests import builders as build
from tests.ground.browser import OpenPage, axe
from tests.house.reading import read_html
from tracker.accounts.queries import user_by_email

# Minutes long. Each room looks at its own screens in `make test`.
pytestmark = [pytest.mark.browser, pytest.mark.proof]

# Who looks at what: between them every screen of every room, the shared ones by whoever sees most of them.
LOOKERS = {
    "visitor": (None, ("/connexion",)),
    "administrator": ("admin@demo.test", ("/comptes", "/referentiels")),
    "coordinator": ("coordination@demo.test", ("/bilan", "/agenda", "/historique")),
    "finance": ("finance.bagneux@demo.test", ("/projets", "/subventions")),
    "landlord": ("bailleur.a@demo.test", ("/tfpb",)),
    "state": ("etat@demo.test", ("/nulle-part",)),
}
# Half of what the tables show is read from left to right: the same list again is no other screen.
SAME_LIST = re.compile(r"(sort|page|page_size|next|[a-z_]+_id|status|kind|state|source|q|year)$")
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def demo(app: Flask, today: Any, monkeypatch: pytest.MonkeyPatch) -> Flask:
    today(date(2026, 11, 21))
    monkeypatch.setitem(app.config, "DEMO", True)
    loaded = app.test_cli_runner().invoke(args=["seed", "--demo"])
    assert loaded.exit_code == 0, loaded.output
    return app


def kind_of(url: str) -> str:
    parts = urlsplit(url)
    query = {
        name: re.sub(r"\d+", "n", value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not SAME_LIST.match(name)
    }
    return re.sub(r"\d+", "n", parts.path) + str(sorted(query.items()))


def screens(app: Flask, session: str | None, within: tuple[str, ...]) -> Iterator[str]:
    """The first address of each kind, by following links from the home page within some parts of the site."""
    client = app.test_client()
    if session:
        client.set_cookie("session", session)
    waiting = ["/", *within] if session else list(within)
    seen = {kind_of(url) for url in waiting}
    while waiting:
        url = waiting.pop(0)
        answer = client.get(url)
        if answer.status_code == 303:
            targets = [answer.headers["Location"]]
        elif answer.mimetype == "text/html":
            yield url
            targets = [one.get("href") or "" for one in read_html(answer).all("a")]
        else:
            continue
        for target in targets:
            address, _ = urldefrag(urljoin(url, target))
            if address.startswith(within) and kind_of(address) not in seen:
                seen.add(kind_of(address))
                waiting.append(address)


def session_of(app: Flask, email: str | None) -> str | None:
    if email is None:
        return None
    with app.app_context():
        user = user_by_email(email)
        assert user is not None
        cookie = build.page_client(app, user).get_cookie("session")
        assert cookie is not None
        return cookie.value


def refuse_a_form(page: Page) -> bool:
    """Send the page's first form with a number nobody can read; False when it has none."""
    typed = page.locator("main form[method=post] input.amount:visible, main form[method=post] input[name$=_on]:visible")
    if not typed.count():
        return False
    typed.first.fill("douze")
    with page.expect_response(lambda answer: answer.request.method == "POST") as waiting:
        typed.first.press("Enter")
    assert waiting.value.status in (422, 409), page.url
    page.wait_for_selector(".error-summary")
    return True


def faults_of(page: Page, url: str) -> Iterator[str]:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(url)
    yield from axe(page)
    page.set_viewport_size({"width": 360, "height": 780})
    if page.evaluate(SIDEWAYS):
        yield "scrolls sideways at 360 px"
    if refuse_a_form(page):
        yield from (f"refused: {finding}" for finding in axe(page))
        if page.evaluate(SIDEWAYS):
            yield "refused: scrolls sideways at 360 px"


@pytest.mark.parametrize("looker", LOOKERS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    demo: Flask, open_page: OpenPage, site: str, looker: str
) -> None:
    email, within = LOOKERS[looker]
    session = session_of(demo, email)
    page = open_page()
    if session:
        page.context.add_cookies([{"name": "session", "value": session, "url": site}])
    looked = list(screens(demo, session, within))
    faults = [f"{url}: {fault}" for url in looked for fault in faults_of(page, url)]
    print(f"{looker}: {len(looked)} screens")
    assert not faults, "\n".join(faults)
    assert looked
