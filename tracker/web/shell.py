"""What a room's ``pages.py`` is made of: the actor, the public mark, the shell's context and headers."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock
from tracker.policy import Actor
from tracker.web import formats, navigation

View = TypeVar("View", bound=Callable[..., Any])

# htmx writes no style and no script; the SVG drawings use attributes only.
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def public(view: View) -> View:
    """Mark a view that answers without sign-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def actor() -> Actor:
    """Who asks; pages are closed to anonymous visitors, so there always is one outside ``public`` views."""
    found: Actor = g.page_actor
    return found


def maybe_actor() -> Actor | None:
    """Who asks, or None on a public page."""
    return getattr(g, "page_actor", None)


def guard_pages() -> BaseResponse | None:
    """Send a visitor without session to the sign-in page, and back afterwards."""
    if request.path.startswith(("/api/", "/static/")) or request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "is_public", False) or maybe_actor() is not None:
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("accounts.sign_in", next=target)
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": address})
    return redirect(address, 303)


def page_blueprint(name: str, import_name: str, url_prefix: str | None = None) -> Blueprint:
    """A room's pages."""
    return Blueprint(name, import_name, url_prefix=url_prefix)


@cache
def _fingerprint(path: Path) -> str:
    """A few letters that change with the file: a new release is fetched, the same one is kept by the browser."""
    return sha256(path.read_bytes()).hexdigest()[:12]


def _is_lasting() -> bool:
    """Whether this static address always answers the same: it names a fingerprint, or a vendored version."""
    return request.path.startswith("/static/vendor/") or "v" in request.args


def init_app(app: Flask) -> None:
    """Filters, the shell's context and the security headers of every answer."""
    formats.register(app)

    @app.url_defaults
    def _name_content(endpoint: str, values: dict[str, Any]) -> None:
        # A vendored file has its version in its folder, and fonts are named from style sheets.
        if endpoint == "static" and not values["filename"].startswith("vendor/"):
            values["v"] = _fingerprint(Path(app.static_folder or "") / values["filename"])

    @app.context_processor
    def _shell() -> dict[str, Any]:
        who = maybe_actor()
        return {
            "actor": who,
            "navigation": navigation.links(who),
            "demo": app.config["DEMO"],
            "today": clock.today(),
            "product_name": "Suivi Quartiers 2030",
        }

    @app.after_request
    def _secure(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if not request.path.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")
        elif response.status_code == 200 and _is_lasting():
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
