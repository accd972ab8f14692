"""The HTMX glue, and the only importer of ``htmx_flask``: one address answers a page or its fragment."""

import json
from typing import Any

from flask import Flask, Response, flash, make_response, redirect, render_template, request
from htmx_flask import Htmx
from werkzeug.wrappers import Response as BaseResponse

FRAGMENT = "web/fragment.html"
PAGE = "web/layout.html"


def init_app(app: Flask) -> None:
    """Teach requests about htmx, and caches that fragment and page share an address."""
    Htmx(app)

    @app.after_request
    def _vary(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.vary.add("HX-Request")
        return response

    @app.context_processor
    def _layout() -> dict[str, Any]:
        return {"layout": FRAGMENT if wants_fragment() else PAGE}


def wants_fragment() -> bool:
    """Whether htmx asks for a part: not on a boosted link, nor when Back restores a page from nothing."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def respond(template: str, status: int = 200, *, announce: str | None = None, **context: Any) -> Response:
    """Render a page or its fragment. ``announce`` is read out by the page's status region."""
    response = make_response(render_template(template, **context), status)
    if announce and wants_fragment():
        # Escaped to ASCII: a header cannot carry « ’ » or « € » under a real server.
        response.headers["HX-Trigger"] = json.dumps({"announce": {"text": announce}})
    return response


def go(address: str) -> BaseResponse:
    """After a write: read that page. htmx follows the redirection and gets its fragment."""
    return redirect(address, 303)


def done(text: str) -> None:
    """Say on the next page what was just done."""
    flash(text, "done")
