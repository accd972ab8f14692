"""What a room's ``api.py`` is made of: blueprint, actor, version tags, created answers, pages of a list."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flask_smorest
from flask import after_this_request, g, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, UnicodeConverter

from tracker.api.parsing import Parser
from tracker.policy import Actor, Refusal, Stale

PREFIX = "/api/v1"
# SQLite's and PostgreSQL's integer: a longer id is nobody's, so the route answers 404.
ID = "int(max=2147483647)"


class Number(IntegerConverter):
    """``<int:…>`` in an address, of nine digits at most: a longer one fits no route at all and is 404.

    werkzeug checks ``max`` after it has noted the route's methods, and would answer 405 to the others.
    """

    regex = "[0-9]{1,9}"


class Word(UnicodeConverter):
    """``<code>`` in an address: PostgreSQL takes no NUL, not even to look for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


class Unauthorized(Refusal):
    """401: no token, or not a live one."""

    status = 401
    code = "unauthorized"


class VersionRequired(Refusal):
    """428: a write must say which version it read."""

    status = 428
    code = "version_required"


class TooManyRequests(Refusal):
    """429: slow down."""

    status = 429
    code = "too_many_requests"


class Blueprint(flask_smorest.Blueprint):
    """A room's API blueprint: our parser, and an actor on every request."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(f"api_{name}", import_name, url_prefix=PREFIX, description=description)
        self.before_request(require_actor)


def require_actor() -> ResponseReturnValue | None:
    """Refuse a request whose bearer token named nobody; ``accounts`` put the actor in ``g`` before."""
    if getattr(g, "api_actor", None) is None:
        raise Unauthorized("Un jeton valide est attendu : Authorization: Bearer …")
    return None


def actor() -> Actor:
    """Who asks."""
    found: Actor = g.api_actor
    return found


def tag(version: int) -> str:
    """The strong version tag of a row."""
    return f'"{version}"'


def one(row: Any, version: int | None = None) -> Any:
    """Answer one item with its version tag."""
    number = row.version if version is None else version

    @after_this_request
    def _tag(response: Any) -> Any:
        if response.status_code < 300:
            response.headers["ETag"] = tag(number)
        return response

    return row


def created(row: Any, location: str, version: int | None = None) -> Any:
    """Answer a created item: 201 by the route's declaration, its address, its version tag."""

    @after_this_request
    def _locate(response: Any) -> Any:
        if response.status_code < 300:
            response.headers["Location"] = location
        return response

    return one(row, version)


def expected_version() -> int:
    """The version ``If-Match`` names; raises VersionRequired (428) without it, Stale (412) when it names no version.

    ``*`` is refused: it would overwrite blindly.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionRequired("L’en-tête If-Match est attendu, avec l’ETag lu auparavant.")
    match = re.fullmatch(r'"(\d{1,9})"', header.strip())
    if match is None:
        raise Stale
    return int(match.group(1))


@dataclass(frozen=True)
class Page:
    """One page of a list and the whole's length."""

    items: Sequence[Any]
    total: int


def paged(page: Page, arguments: dict[str, Any]) -> Sequence[Any]:
    """Answer the page's items; the whole's length goes in ``X-Pagination``."""
    number, size = arguments["page"], arguments["page_size"]
    last = max(1, -(-page.total // size))
    summary = {"total": page.total, "total_pages": last, "first_page": 1, "last_page": last, "page": number}
    if number > 1:
        summary["previous_page"] = min(number - 1, last)
    if number < last:
        summary["next_page"] = number + 1

    @after_this_request
    def _count(response: Any) -> Any:
        response.headers["X-Pagination"] = json.dumps(summary)
        return response

    return page.items
