"""The file of a multipart request, for the routes of the rooms that take workbooks back."""

import re

from flask import request

from tracker.api.parsing import WrongMediaType
from tracker.policy import FieldError, Invalid

FIELD = "file"
MULTIPART = "multipart/form-data"
# For ``blueprint.doc``: what a route that takes a workbook reads.
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


def uploaded_workbook() -> tuple[str, bytes]:
    """(name, bytes) of the request's part ``file``.

    Raises WrongMediaType (415) when the request is not multipart and Invalid (422) when the part is missing or empty.
    A body past the server's limit was answered 413 before.
    """
    if request.mimetype != MULTIPART:
        raise WrongMediaType("Le classeur est attendu en multipart/form-data, dans la partie « file ».")
    part = request.files.get(FIELD)
    if part is None or not part.filename:
        raise Invalid(FieldError(FIELD, "required", "Classeur : choisissez le fichier .xlsx à déposer."))
    content = part.read()
    if not content:
        raise Invalid(FieldError(FIELD, "invalid", "Classeur : le fichier choisi est vide.", part.filename[:200]))
    return _bare_name(part.filename), content


def _bare_name(name: str) -> str:
    """A name to show: without folders, control characters or invisible marks that turn the writing round."""
    last = re.split(r"[\\/]", name)[-1]
    return (
        re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", last)[-200:]
        or "classeur.xlsx"
    )
