"""Every page of every role, read by a linter: no dead link, sound HTML, names for everything, nothing inline."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.house.conftest import House
from tests.house.crawl import Visit, walk
from tests.house.reading import Document, Element, read_html
from tests.house.world import ROLES

HEADERS = {
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
}
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "for", "form", "headers")
# What a French reader expects before these signs, and inside quotation marks, is a space that does not break.
LOOSE_SPACE = re.compile(r"[^\W\d] [;:!?»](?!\w)|« \S")
STRAIGHT_APOSTROPHE = re.compile(r"[^\W\d]'[^\W\d]")


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ROLES)
def test_every_page_a_role_reaches_is_sound(house: House, role: str) -> None:
    before = house.ledger.fingerprint()
    visits = walk(house, role)
    assert house.ledger.fingerprint() == before, "reading wrote something"
    faults = [f"{visit.url} (from {visit.source}): {fault}" for visit in visits for fault in faults_of(visit)]
    assert not faults, "\n".join(sorted(set(faults)))
    assert role == "anonymous" or len(visits) > 5


def faults_of(visit: Visit) -> Iterator[str]:
    answer = visit.answer
    missing = HEADERS - set(answer.headers.keys())
    if missing:
        yield f"without {', '.join(sorted(missing))}"
    if answer.status_code not in (200, 303):
        yield f"answers {answer.status}"
    if visit.page is not None:
        if "HX-Request" not in answer.headers.get("Vary", ""):
            yield "Vary does not tell HX-Request"
        yield from page_faults(visit.page)


def page_faults(page: Document) -> Iterator[str]:
    yield from page.faults
    yield from _heading_faults(page)
    yield from _reference_faults(page)
    yield from _control_faults(page)
    yield from _link_faults(page)
    yield from _form_faults(page)
    yield from _inline_faults(page)
    yield from _table_faults(page)
    yield from _wording_faults(page)


def _heading_faults(page: Document) -> Iterator[str]:
    if page.all("html")[0].get("lang") != "fr":
        yield "is not in French"
    if len(page.h1) != 1:
        yield f"has {len(page.h1)} main headings"
    elif not page.h1[0] or not page.title.startswith(page.h1[0]):
        yield f"is titled « {page.title} » under « {page.h1[0]} »"
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"goes from h{above} to h{below}"


def _reference_faults(page: Document) -> Iterator[str]:
    ids = Counter(one["id"] for one in page.elements if "id" in one.attributes)
    yield from (f"has {count} elements with id {name}" for name, count in ids.items() if count > 1 or not name)
    for element in page.elements:
        for name in REFERRING:
            for target in (element.get(name) or "").split():
                if target not in ids:
                    yield f"<{element.tag} {name}={target}> leads to nothing"
        target = element.get("href") or ""
        if target.startswith("#") and target[1:] not in ids:
            yield f"the link {target} leads to nothing"


def _control_faults(page: Document) -> Iterator[str]:
    labelled = {one["for"] for one in page.all("label") if "for" in one.attributes}
    for control in page.controls:
        if control.get("type") == "hidden":
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        if control.tag == "button" or control.get("type") in ("submit", "button"):
            if not (named or control.text or control.get("value")):
                yield "has a button without words"
            if control.within("form") is None and not control.get("form") and control.get("type") != "button":
                yield f"has a button « {control.text} » that sends no form"
        elif not named and control.get("id") not in labelled and control.within("label") is None:
            yield f"<{control.tag} name={control.get('name')}> has no label"


def _link_faults(page: Document) -> Iterator[str]:
    for link in page.all("a"):
        if "href" not in link.attributes:
            yield f"<a>{link.text}</a> leads nowhere"
        pictured = [one for one in page.all("img") if one.within("a") is link and one.get("alt")]
        if not (link.text or link.get("aria-label") or pictured):
            yield f"a link to {link.get('href')} has no words"


def _form_faults(page: Document) -> Iterator[str]:
    for form in page.all("form"):
        if not form.get("action"):
            yield "has a form without action"
        inside = {one.get("name") for one in page.controls if one.within("form") is form}
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in inside:
            yield f"posts to {form.get('action')} without csrf_token"


def _inline_faults(page: Document) -> Iterator[str]:
    for element in page.elements:
        for name, value in element.attributes.items():
            if name.startswith(("on", "hx-on")) or name == "style":
                yield f"<{element.tag} {name}=…> is inline"
            if name in ("href", "src", "action", "hx-get", "hx-post") and re.match(
                r"(?i)\s*(javascript|https?):|//", value
            ):
                yield f"<{element.tag} {name}={value}> leaves the site"
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"<{element.tag}> is inline"
        if element.tag == "img" and "alt" not in element.attributes:
            yield "has an image without alternative"
        if element.tag == "svg" and element.get("role") != "img" and not _is_hidden(element):
            yield "has a drawing that is neither told nor hidden"


def _is_hidden(element: Element) -> bool:
    return any(one.get("aria-hidden") == "true" for one in (element, *element.parents))


def _table_faults(page: Document) -> Iterator[str]:
    for table in page.all("table"):
        inside = [one for one in page.elements if one.within("table") is table]
        if not any(one.tag == "caption" and one.text for one in inside):
            yield "has a table without caption"
        for head in inside:
            if head.tag == "th" and head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"has a heading « {head.text} » without scope"
            if head.tag == "th" and not head.text:
                yield "has an empty heading of a column"


def _wording_faults(page: Document) -> Iterator[str]:
    raw = "".join(page.all("main")[0].parts)
    for found in LOOSE_SPACE.findall(raw) + STRAIGHT_APOSTROPHE.findall(raw):
        place = raw.index(found)
        yield f"writes « {' '.join(raw[max(0, place - 30) : place + 20].split())} »"


# -- fragments -----------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_a_page_asked_for_by_htmx_comes_without_its_shell(house: House) -> None:
    client = house.client("coordinator", "/")
    # One of each kind: the same address but for its numbers.
    kinds = {re.sub(r"\d+", "N", visit.url): visit for visit in walk(house, "coordinator")}
    for visit in kinds.values():
        # What is printed is a document of its own, with nothing of the shell: plain links alone lead to it.
        if visit.page is None or visit.answer.status_code != 200 or visit.url.endswith("/imprimer"):
            continue
        fragment = client.get(visit.url, headers={"HX-Request": "true"})
        assert fragment.status_code == 200, visit.url
        assert "HX-Request" in fragment.headers["Vary"]
        part = read_html(fragment)
        assert not part.all("html", "header", "link", "script"), visit.url
        assert part.title == visit.page.title
        assert part.h1 == visit.page.h1
        restored = client.get(visit.url, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
        assert read_html(restored).all("html"), visit.url


def test_the_linter_sees_what_is_wrong() -> None:
    markup = (
        "<html lang='fr'><head><title>Projets</title></head><body><main><h1>Projet</h1><h3>Trop bas</h3>"
        "<p id='a'></p><p id='a' style='x'></p><input name='n'><a href='#nowhere'>ici</a><form method='post'></form>"
        "<table><tr><th></th></tr></table><p>Attention : l'erreur</p></div></main></body></html>"
    )
    faults = " ".join(page_faults(Document(markup)))
    for sign in (
        "h1 to h3",
        "id a",
        "is inline",
        "has no label",
        "#nowhere",
        "without action",
        "without csrf_token",
        "without caption",
        "without scope",
        "empty heading",
        "Attention",
        "</div>",
    ):
        assert sign in faults
