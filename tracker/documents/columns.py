"""The columns of an item's documents: one declaration for the page and the API's names."""

from typing import Any

from flask import url_for

from tracker.columns import Column
from tracker.documents import rules
from tracker.documents.models import Document


def content_link(document: Document) -> str:
    """Where its bytes are."""
    return url_for("documents.content", document_id=document.id)


def _kind_of_file(document: Document) -> Any:
    return f"{rules.MEDIA_TYPES[document.media_type].word}, {rules.size_in_words(document.size)}"


DOCUMENTS = (
    Column("title", "Titre", link=content_link),
    Column("kind", "Nature", "status", words=rules.KINDS),
    Column("media_type", "Fichier", get=_kind_of_file),
    Column("added_at", "Déposé le", "moment"),
    Column("added_by", "Par"),
)
