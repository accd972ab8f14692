"""The documents of an item: its section on the item's own page, its page, and each document's page and content."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.columns import Column
from tracker.documents import columns, commands, parents, queries, rules, uploads
from tracker.documents.models import Document
from tracker.documents.parents import Parent
from tracker.documents.schemas import DocumentSchema, NewDocumentSchema, ToldSchema
from tracker.history.queries import item_history
from tracker.web import story
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint

pages = page_blueprint("documents", __name__, "/documents")
BLUEPRINTS = (pages,)

ITEM = f"/<slug>/<{ID}:item_id>"
DOCUMENT = f"/<{ID}:document_id>"


def _address(entry: Any) -> str:
    return url_for("documents.document_page", document_id=entry.item_id)


story.describe("document", story.Kind("le document", ToldSchema(), {"create": "a déposé"}, _address))


@dataclass
class Panel:
    """What the macro of ``documents/_section.html`` shows: an item's documents, and the form that adds some."""

    parent: Parent
    photos: Sequence[Document]
    others: Sequence[Document]
    may_add: bool
    refusal: str | None
    action: str
    form: Form
    columns: Sequence[Column] = columns.DOCUMENTS
    kinds: Sequence[tuple[str, str]] = tuple(rules.KINDS.items())
    accepted: str = rules.ACCEPTED

    @property
    def count(self) -> int:
        """How many documents."""
        return len(self.photos) + len(self.others)


def panel(item_type: str, item_id: int, form: Form | None = None) -> Panel:
    """The documents of an item, for its own page. Raises NotReadable."""
    return _panel(queries.readable_item(actor(), item_type, item_id), form)


def _panel(parent: Parent, form: Form | None) -> Panel:
    found = queries.documents(parent).items
    may_add, refusal = parent.may_write(actor())
    return Panel(
        parent,
        [one for one in found if one.media_type in rules.IMAGES],
        [one for one in found if one.media_type not in rules.IMAGES],
        may_add,
        refusal,
        item_address(parent.item_type, parent.item_id),
        form or Form(id="documents"),
    )


def item_address(item_type: str, item_id: int) -> str:
    """The page of an item's documents."""
    return url_for("documents.item_page", slug=parents.types()[item_type].slug, item_id=item_id)


# -- an item's documents -------------------------------------------------------------------------------------------


@pages.get(ITEM)
def item_page(slug: str, item_id: int) -> Response:
    return _item_page(slug, item_id)


def _item(slug: str, item_id: int) -> Parent:
    return queries.readable_item(actor(), parents.type_of(slug) or "", item_id)


def _item_page(slug: str, item_id: int, form: Form | None = None) -> Response:
    parent = _item(slug, item_id)
    return respond(
        "documents/item.html",
        form.status if form else 200,
        parent=parent,
        parent_url=parents.page_of(parent),
        noun=parents.types()[parent.item_type].noun,
        panel=_panel(parent, form),
    )


@pages.post(ITEM)
def add_documents(slug: str, item_id: int) -> Response | BaseResponse:
    parent = _item(slug, item_id)
    found, form = submit(
        NewDocumentSchema(),
        request.form,
        lambda values: commands.attach(actor(), parent.item_type, item_id, uploads.posted(), values),
    )
    if form:
        form.id = "documents"
        return _item_page(slug, item_id, form)
    done("Document ajouté." if len(found) == 1 else f"{len(found)} documents ajoutés.")
    seen = parents.is_listed_there(parent)
    return go(f"{parents.page_of(parent)}#documents" if seen else item_address(parent.item_type, item_id))


# -- one document --------------------------------------------------------------------------------------------------


@pages.get(DOCUMENT)
def document_page(document_id: int) -> Response:
    return _document_page(document_id)


def _document_page(document_id: int, form: Form | None = None, opened: str | None = None) -> Response:
    document = queries.readable_document(actor(), document_id)
    parent = queries.readable_item(actor(), document.parent_type, document.parent_id)
    may_edit, refusal = parent.may_write(actor())
    if document.archived_at is not None:
        may_edit, refusal = False, "Ce document est archivé : il ne peut plus changer."
    return respond(
        "documents/document.html",
        form.status if form else 200,
        document=document,
        about=rules.MEDIA_TYPES[document.media_type],
        size=rules.size_in_words(document.size),
        is_image=document.media_type in rules.IMAGES,
        content_url=columns.content_link(document),
        parent=parent,
        parent_url=parents.page_of(parent),
        kinds=rules.KINDS,
        may_edit=may_edit,
        refusal=refusal,
        form=form or Form(),
        opened=opened or request.args.get("ouvrir"),
        history=story.days(item_history("document", document_id)),
    )


def _saved(document_id: int, text: str) -> BaseResponse:
    done(text)
    return go(url_for(".document_page", document_id=document_id))


@pages.post(DOCUMENT)
def update_document(document_id: int) -> Response | BaseResponse:
    _, form = submit(
        DocumentSchema(partial=True),
        request.form,
        lambda values: commands.update_document(actor(), document_id, posted_version(request.form), values),
        partial=True,
    )
    return _document_page(document_id, form, "fiche") if form else _saved(document_id, "Document enregistré.")


@pages.post(f"{DOCUMENT}/archiver")
def archive_document(document_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_document(actor(), document_id, posted_version(request.form), values["reason"]),
    )
    return _document_page(document_id, form, "archiver") if form else _saved(document_id, "Document archivé.")


@pages.get(f"{DOCUMENT}/fichier")
def content(document_id: int) -> Response:
    return uploads.content_of(queries.readable_document(actor(), document_id))


@pages.get(f"{DOCUMENT}/vignette")
def thumbnail(document_id: int) -> Response:
    return uploads.thumbnail_of(queries.readable_document(actor(), document_id))
