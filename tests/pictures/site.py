"""The demonstration served for real, and a browser that enters it by its own sign-in page."""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.ground.browser import FLAGS, Watch
from tracker import create_app
from tracker.settings import Settings

TODAY = "2026-11-21"
HEIGHTS = {360: 800, 1440: 900}


class _Quiet(WSGIRequestHandler):
    """No line per request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        if type != "info":
            super().log(type, message, *args)


@contextmanager
def demonstration(directory: Path) -> Iterator[str]:
    """The address of a new demonstration whose data are in this folder."""
    os.environ["TRACKER_TODAY"] = TODAY
    app = create_app(
        Settings(
            database_url=f"sqlite:///{directory / 'demo.sqlite3'}",
            secret_key="pictures only",
            demo=True,
            secure_cookies=False,
            documents_path=directory / "documents",
        )
    )
    for words in (["db", "upgrade"], ["seed", "--demo"]):
        _command(app, words)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _command(app: Flask, words: list[str]) -> None:
    result = app.test_cli_runner().invoke(args=words, catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(f"flask {' '.join(words)}: {result.output}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        raise SystemExit("chromium is not installed (Debian's package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser, site: str, email: str | None, width: int) -> Iterator[tuple[Page, Watch]]:
    """A page of this width, signed in as a fictitious account (None is nobody), and what its console says."""
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": HEIGHTS[width]},
        locale="fr-FR",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    watch = Watch(context, site)
    page = context.new_page()
    if email is not None:
        page.goto("/connexion")
        page.locator("form button[name=user_id]").locator("xpath=..", has_text=email).get_by_role("button").click()
        page.wait_for_url(re.compile(rf"^{re.escape(site)}/$"))
    yield page, watch
    context.close()


def settled(page: Page, address: str) -> int:
    """Open an address and wait for its letters; the answer's status."""
    answer = page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready")
    return answer.status if answer else 0
