"""Every page a role can reach from the home page by following links, read once."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from werkzeug.test import TestResponse

from tests.house.conftest import House
from tests.house.reading import Document, Element, read_html

START = "/"
# Leaving the site, or what is no page of it.
ELSEWHERE = ("/static/", "/api/", "mailto:")
# The world is small: a walk beyond this has found pages that breed links without end.
MANY = 600


@dataclass
class Visit:
    """One address as it answered, and where the link to it stood."""

    url: str
    source: str
    answer: TestResponse
    page: Document | None = None


@dataclass
class PageForm:
    """A form of a page: where it is sent, how, with which controls."""

    page_url: str
    action: str
    method: str
    controls: list[Element] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """The names of its controls that take files: a form that has some is sent in parts."""
        return [control["name"] for control in self.controls if control.get("type") == "file"]

    @property
    def values(self) -> list[tuple[str, str]]:
        """What a browser would send if nothing were touched."""
        sent = []
        for control in self.controls:
            name, kind = control.get("name"), control.get("type")
            if not name or control.tag == "button" or kind in ("submit", "file"):
                continue
            if kind in ("checkbox", "radio") and "checked" not in control.attributes:
                continue
            sent.append((name, control.text if control.tag == "textarea" else control.get("value") or ""))
        return sent


def walk(house: House, role: str) -> list[Visit]:
    """Every page the role reaches, over the world as it was built; walked once per worker."""
    if role not in house.walks:
        house.walks[role] = _walk(house, role)
    return house.walks[role]


def _walk(house: House, role: str) -> list[Visit]:
    """Breadth first from the home page; two addresses whose queries differ by their numbers or order are one page."""
    client = house.client(role, START)
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    waiting = deque([(START, "")])
    visits: list[Visit] = []
    while waiting:
        url, source = waiting.popleft()
        parts = urlsplit(url)
        known_as = (parts.path, frozenset(_shape(*one) for one in parse_qsl(parts.query, keep_blank_values=True)))
        if known_as in seen:
            continue
        seen.add(known_as)
        visit = Visit(url, source, client.get(url))
        visits.append(visit)
        assert len(visits) < MANY, f"{role}: {url}"
        if visit.answer.status_code == 303:
            waiting.append((visit.answer.headers["Location"], url))
        elif visit.answer.mimetype == "text/html":
            visit.page = read_html(visit.answer)
            waiting.extend((link, url) for link in links_of(visit.page, url))
    return visits


def _shape(name: str, value: str) -> tuple[str, str]:
    return (name, "" if name == "sort" else re.sub(r"\d+", "N", value))


def links_of(page: Document, url: str) -> Iterator[str]:
    """The addresses of this site a page links to, by a link or by htmx."""
    for element in page.elements:
        for name in ("href", "hx-get"):
            target = element.get(name)
            if not target or element.tag == "link" or target.startswith("#"):
                continue
            address, _ = urldefrag(urljoin(url, target))
            if not address.startswith(ELSEWHERE):
                yield address


def forms_of(visit: Visit) -> Iterator[PageForm]:
    """The forms of a page, with the controls inside them and those that name them by ``form=``."""
    page = visit.page
    if page is None:
        return
    for form in page.all("form"):
        mine = [
            control
            for control in page.controls
            if control.get("form", "") == form.get("id", "no id") or control.within("form") is form
        ]
        mine += [
            Element("input", {"name": parent["name"], "value": option.get("value", option.text) or ""})
            for option in page.all("option")
            if "selected" in option.attributes and (parent := option.within("select")) in mine and parent is not None
        ]
        controls = [control for control in mine if control.tag != "select"]
        yield PageForm(
            visit.url, urljoin(visit.url, form.get("action") or ""), (form.get("method") or "get").lower(), controls
        )
