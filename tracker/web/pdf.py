"""A page of ours printed as a PDF, and the only importer of ``weasyprint``.

WeasyPrint takes half a second to import and needs Pango on the machine: it is imported when the first PDF is asked for,
and a machine without Pango serves everything else.
"""

import mimetypes
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from PIL import ImageFile

from tracker.policy import Refusal
from tracker.settings import ROOT

MIME: Final = "application/pdf"
STATIC: Final = "/static/"
# A host that cannot exist (RFC 2606): what a page names is looked for in our folder, whatever its address says.
HOME: Final = "http://tracker.invalid"
_FOLDER: Final = ROOT / "static"
PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PdfUnavailable(Refusal):
    """503: this machine lacks what writes PDFs; the sentence names it."""

    status = 503
    code = "pdf_unavailable"


@cache
def missing() -> str | None:
    """Why this machine writes no PDF, as a French sentence; None when it does. The first call imports WeasyPrint."""
    # FontTools dates the fonts it cuts out: a fixed date, so that equal pages are equal bytes.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    try:
        import weasyprint  # noqa: F401 - is it there?
    except ImportError as error:
        return _lacking(error.name or "weasyprint")
    except OSError as error:
        named = re.search(r"cannot load library '([^']+)'", str(error))
        return _lacking(named[1] if named else "Pango")
    # WeasyPrint tells Pillow to accept half pictures, for the whole process: a broken photograph sent as evidence, or
    # a text bomb in one, would pass unseen. Our pages hold no picture that needs it.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return None


def _lacking(what: str) -> str:
    return (
        f"Le PDF ne peut pas être écrit sur ce serveur : « {what} » manque. "
        f"Il faut WeasyPrint et les paquets Debian {PACKAGES}."
    )


def static_file(address: str) -> Path:
    """The file of our static folder that this address names; raises ValueError for anything else."""
    if not address.startswith(HOME + STATIC):
        raise ValueError(f"refused outside {STATIC}: {address}")
    path = (_FOLDER / address.removeprefix(HOME + STATIC).partition("?")[0]).resolve()
    if not path.is_relative_to(_FOLDER) or not path.is_file():
        raise ValueError(f"no file of {STATIC}: {address}")
    return path


def write_pdf(html: str, identifier: str) -> bytes:
    """The PDF of a whole HTML page, tagged for accessibility (PDF/UA-1): the same page gives the same bytes.

    ``identifier`` goes into the file, and comes from the content. Stylesheets, fonts and pictures are read from our
    ``static/`` and nowhere else. Raises PdfUnavailable.
    """
    reason = missing()
    if reason:
        raise PdfUnavailable(reason)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFiles(URLFetcher):
        """Serves ``static/``; whatever else a page names is refused and left out."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            path = static_file(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    page = HTML(string=html, base_url=HOME + "/", url_fetcher=OurFiles())
    written: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode())
    return written
