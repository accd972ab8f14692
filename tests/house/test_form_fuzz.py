"""A fuzz of every form a role finds by walking through the pages: odd values, missing and unknown fields, no 500."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import builders as build
from tests.house.conftest import House
from tests.house.crawl import PageForm, forms_of, walk
from tests.house.world import ROLES

# What people paste and attackers send.
ODD = (
    "",
    " ",
    "\u00a0",
    "0",
    "-0",
    "-1",
    "1",
    "2",
    "9",
    "²",
    "٣",
    "１２",
    "1e9",
    "1e99999999",
    "NaN",
    "-Infinity",
    "9" * 30,
    "9" * 5000,
    "0" * 400,
    "1 234,56 €",
    "1.234,56",
    "1,005",
    "-3 000",
    "80 %",
    "300%",
    "100,0000001 %",
    "31/02/2026",
    "1/1/26",
    "21/11/2026",
    "2026-11-21",
    "00/00/0000",
    "99/99/9999",
    "2026",
    "2031",
    "on",
    "true",
    "None",
    "null",
    "submitted",
    "to_correct",
    "awarded",
    "é" * 5000,
    "a\0b",
    "\ufffd",
    "\u202e\u200f",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "%s%n",
    "../../etc/passwd",
    "//autre.fr",
)
NAMES = ("id", "status", "version", "archived_at", "reason", "csrf_token", "next", "colour", "", "a.b", "a[0]", "\0")
ANSWERS = {200, 303, 400, 403, 404, 409, 413, 422, 429}
# These count the attempts they refuse, to slow guessing down.
COUNTED = ("/connexion", "/comptes/moi/mot-de-passe")


def forms(house: House, role: str) -> list[PageForm]:
    """Each form once: the same fields sent to the same address, its numbers apart."""
    found: dict[tuple[Any, ...], PageForm] = {}
    for visit in walk(house, role):
        for form in forms_of(visit):
            path = re.sub(r"\d+", "N", urlsplit(form.action).path)
            fields = frozenset(name for name, _ in form.values)
            found.setdefault((form.method, path, fields), form)
    return list(found.values())


def bodies(form: PageForm) -> st.SearchStrategy[list[tuple[str, str]]]:
    """What the form would send, some of its values odd, some left out, some told twice, some of elsewhere."""
    own = form.values
    touched = st.lists(
        st.tuples(
            st.sampled_from([name for name, _ in own] or ["x"]) | st.sampled_from(NAMES),
            st.sampled_from(ODD) | st.text(max_size=20).filter(lambda text: text.isprintable()),
        ),
        max_size=5,
    )
    dropped = st.sets(st.sampled_from([name for name, _ in own] or ["x"]), max_size=2)

    def put_together(odd: list[tuple[str, str]], without: set[str], told_twice: bool) -> list[tuple[str, str]]:
        replaced = {name for name, _ in odd} if not told_twice else set()
        kept = [(name, value) for name, value in own if name not in without | replaced]
        return kept + odd

    return st.builds(put_together, touched, dropped, st.booleans())


def attempt(house: House, role: str, form: PageForm) -> Callable[[list[tuple[str, str]], bool], None]:
    def send(fields: list[tuple[str, str]], by_htmx: bool) -> None:
        client = house.client(role, form.action)
        body: dict[str, list[Any]] = {}
        for name, value in fields:
            body.setdefault(name, []).append(value)
        parts = {"content_type": "multipart/form-data"} if form.files else {}
        for name in form.files if by_htmx else ():  # half of them without any file
            body[name] = [(BytesIO(build.pdf()), "../pièce\u202e.pdf")]
        headers = {"HX-Request": "true"} if by_htmx else {}
        before = house.ledger.fingerprint()
        if form.method == "get":
            answer = client.get(urlsplit(form.action).path, query_string=body, headers=headers)
            assert answer.status_code in (200, 303, 404, 422), answer.status
        else:
            answer = client.post(form.action, data=body, headers=headers, **parts)
            assert answer.status_code in ANSWERS, answer.status
        if answer.status_code >= 400:
            assert "<h1" in answer.text or 'class="failure' in answer.text
        if house.ledger.fingerprint() != before:
            assert answer.status_code in (200, 303) or form.action.startswith(COUNTED), "a refused form wrote something"
            house.ledger.restore()

    return send


def _fuzz(house: House, role: str, examples: int) -> None:
    found = forms(house, role)
    assert found
    for form in found:
        run = settings(
            max_examples=examples,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )(given(bodies(form), st.booleans())(attempt(house, role, form)))
        run()


# The roles between whom every form is met; the others meet some of the same.
@pytest.mark.sqlite
@pytest.mark.parametrize("role", ["anonymous", "administrator", "coordinator", "landlord"])
def test_no_form_breaks_a_page(house: House, role: str) -> None:
    _fuzz(house, role, 5)


@pytest.mark.proof
@pytest.mark.parametrize("role", ROLES)
def test_no_form_of_very_many_breaks_a_page(house: House, role: str) -> None:
    _fuzz(house, role, 120)


def test_every_form_of_the_pages_is_met(house: House) -> None:
    """Every address that takes a form is the action of a form some role finds, or named here with its reason."""
    met = set()
    adapter = house.app.url_map.bind("localhost")
    for role in ("anonymous", "administrator", "coordinator", "landlord"):
        for visit in walk(house, role):
            for form in forms_of(visit):
                if form.method == "post":
                    met.add(adapter.match(urlsplit(form.action).path, method="POST")[0])
    posts = {
        rule.endpoint
        for rule in house.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    # Reached by a secret address, not by a link.
    assert posts - met == {"accounts.open_by_link"}
