"""The browser plumbing reports what it is there to report."""

import pytest
from playwright.sync_api import Browser, Route

from tests.ground.browser import OpenPage, Watch, axe

pytestmark = pytest.mark.browser

SITE = "http://tracker.test"
CLEAN = "<!doctype html><html lang=fr><title>Bilan</title><main><h1>Bilan</h1></main></html>"


def reports(chromium: Browser, body: str) -> list[str]:
    """What the watch says of a page with this body, served without a server."""
    context = chromium.new_context()
    watch = Watch(context, SITE)
    page = context.new_page()

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html")

    page.route(SITE + "/", answer)
    page.goto(SITE + "/")
    context.close()
    return watch.reports


def test_a_clean_page_is_reported_for_nothing(chromium: Browser) -> None:
    assert reports(chromium, CLEAN) == []


@pytest.mark.parametrize(
    "fault, report",
    [
        ("<img alt='' src='http://elsewhere.test/x.png'>", "request to http://elsewhere.test/x.png"),
        ("<script>console.error('broken')</script>", "console: broken"),
        ("<script>throw new Error('thrown')</script>", "script error: thrown"),
    ],
)
def test_a_fault_is_reported(chromium: Browser, fault: str, report: str) -> None:
    assert any(line.startswith(report) for line in reports(chromium, CLEAN + fault))


def test_axe_finds_an_unlabelled_field_and_nothing_once_labelled(open_page: OpenPage) -> None:
    page = open_page()
    page.set_content(CLEAN.replace("</main>", "<input></main>"))
    assert [finding.split()[0] for finding in axe(page)] == ["label"]
    page.set_content(CLEAN.replace("</main>", "<label>Montant <input></label></main>"))
    assert axe(page) == []
