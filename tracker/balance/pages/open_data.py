"""What everybody may read without signing in: the published editions, as tables and their dictionary."""

from collections.abc import Callable, Iterator

from flask import Response, request

from tracker.api.shell import ID
from tracker.balance import open_data, rules
from tracker.balance.queries.content import read_sheet
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.publications import published_edition, published_editions
from tracker.web.htmx import respond
from tracker.web.shell import page_blueprint, public
from tracker.workbooks.about import attachment

public_pages = page_blueprint("open_data", __name__, "/donnees-ouvertes")

OF_EDITION = f"/<code>/<{ID}:year>/edition-<{ID}:number>"
NAMES = ", ".join(open_data.BY_NAME)


@public_pages.get("")
@public
def index() -> Response:
    return respond(
        "balance/open_data.html",
        publications=published_editions(),
        tables=open_data.TABLES,
        dictionary=open_data.entries(),
        meeting_name=rules.meeting_name,
    )


@public_pages.get(f"/{open_data.DICTIONARY}.csv")
@public
def dictionary_csv() -> Response:
    return _sent(open_data.tag("csv"), open_data.CSV, f"{open_data.DICTIONARY}.csv", open_data.dictionary_csv)


@public_pages.get(f"/{open_data.DICTIONARY}.json")
@public
def dictionary_json() -> Response:
    return _sent(open_data.tag("json"), open_data.JSON, f"{open_data.DICTIONARY}.json", open_data.dictionary_json)


@public_pages.get(f"{OF_EDITION}.json")
@public
def edition_json(code: str, year: int, number: int) -> Response:
    edition = published_edition(code, year, number)

    def written() -> Iterator[bytes]:
        require_sound(edition, "content")
        return open_data.sheet_json(read_sheet(edition.content), edition.content_sha256)

    name = f"bilan-tfpb-{code}-{year}-edition-{number}.json"
    return _sent(open_data.tag("json", edition.content_sha256), open_data.JSON, name, written)


@public_pages.get(f"{OF_EDITION}-<any({NAMES}):table>.csv")
@public
def edition_csv(code: str, year: int, number: int, table: str) -> Response:
    edition = published_edition(code, year, number)

    def written() -> Iterator[bytes]:
        require_sound(edition, "content")
        return open_data.table_csv(read_sheet(edition.content), open_data.BY_NAME[table])

    name = f"bilan-tfpb-{code}-{year}-edition-{number}-{table}.csv"
    return _sent(open_data.tag(table, edition.content_sha256), open_data.CSV, name, written)


def _sent(tag: str, media_type: str, name: str, written: Callable[[], Iterator[bytes]]) -> Response:
    """The file, or 304 without reading the content at all when the reader's copy is the same.

    Caches may keep it but ask each time: what is closed is closed at once. Any site may read it (CORS): it is public.
    """
    response = Response(status=304) if request.if_none_match.contains(tag) else Response(written())
    response.headers.update(attachment(name, media_type, "inline"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(tag)
    return response
