"""Chromium on the running application: a server thread, pages that report every error, and axe."""

import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright
from werkzeug.serving import make_server

from tests.ground.tools import program

AXE = Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"

# Without the background flags Chromium looks up its maker's hosts at each start; as root it has no sandbox.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

# Milliseconds: a busy machine is slow, what never comes is still told.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """The address of ``app`` served for real, without a final slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once per worker."""
    executable = program("chromium", "chromium-browser", "google-chrome", package="chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(executable), args=list(FLAGS))
        yield browser
        browser.close()


class Watch:
    """What a context must not do: an error in the console (a refusal of the CSP is one), a request elsewhere."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.reports: list[str] = []
        self._site = site
        context.route("**/*", self._keep_home)
        context.on("console", self._read_console)
        context.on("weberror", lambda error: self.reports.append(f"script error: {error.error}"))

    def _keep_home(self, route: Route) -> None:
        url = route.request.url
        if url.startswith((self._site + "/", "data:", "blob:")):
            route.continue_()
        else:
            self.reports.append(f"request to {url}")
            route.abort()

    def _read_console(self, message: ConsoleMessage) -> None:
        # Chromium reports each 4xx answer as a failed resource: a refused form is no error of the page.
        if message.type == "error" and "responded with a status of 4" not in message.text:
            self.reports.append(f"console: {message.text}")


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """``open_page(javascript=True, width=1440, height=900)``: a page of a visitor of his own, without a cookie.

    At the end the test fails if any page wrote an error to the console or asked anything of another host.
    """
    watched: list[tuple[BrowserContext, Watch]] = []

    def open_page(*, javascript: bool = True, width: int = 1440, height: int = 900, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=site,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            accept_downloads=True,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        watched.append((context, Watch(context, site)))
        return context.new_page()

    yield open_page
    for context, _ in watched:
        context.close()
    reports = [report for _, watch in watched for report in watch.reports]
    assert not reports, "\n".join(reports)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A visitor's page, 1440 px wide, with JavaScript."""
    return open_page()


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Every violation axe finds on the page as it stands, one readable line per element."""
    page.evaluate(_axe_source())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with axe's findings, if it has any."""
    findings = axe(page)
    assert not findings, f"{page.url}\n" + "\n".join(findings)
