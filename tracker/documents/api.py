"""REST: documents. They are created under the item they hang on, by that item's own room."""

from typing import Any

from flask import Response, request
from flask.views import MethodView

from tracker.api.parsing import Reason, WrongMediaType
from tracker.api.shell import ID, PREFIX, Blueprint, actor, created, expected_version, one, paged
from tracker.documents import commands, queries, uploads
from tracker.documents.rules import KINDS, MEDIA_TYPES, TITLE_LENGTH
from tracker.documents.schemas import DocumentArguments, DocumentSchema, NewDocumentSchema
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine

blp = Blueprint("documents", __name__, "Documents joints")
BLUEPRINTS = (blp,)

DOCUMENT = f"/documents/<{ID}:document_id>"
MULTIPART = "multipart/form-data"
BINARY = {"type": "string", "format": "binary"}
# For ``blueprint.doc``: what a route that creates a document reads.
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [uploads.FIELD],
                    "properties": {
                        uploads.FIELD: BINARY,
                        "title": {"type": "string", "maxLength": TITLE_LENGTH},
                        "kind": {"type": "string", "enum": list(KINDS)},
                    },
                }
            }
        },
    }
}


def listed(item_type: str, item_id: int, arguments: dict[str, Any]) -> Any:
    """Answer the documents of an item."""
    return paged(queries.documents(queries.readable_item(actor(), item_type, item_id), arguments), arguments)


def added(item_type: str, item_id: int) -> Any:
    """Attach the request's one file to an item, and answer the document."""
    # What does not exist for the actor says nothing about what was sent.
    queries.readable_item(actor(), item_type, item_id)
    if request.mimetype != MULTIPART:
        raise WrongMediaType(f"Le corps doit être un formulaire avec un fichier (Content-Type: {MULTIPART}).")
    values = NewDocumentSchema().read(request.form.to_dict())
    (document,) = commands.attach(actor(), item_type, item_id, uploads.posted(most=1), values)
    return created(document, f"{PREFIX}/documents/{document.id}")


@blp.route("/documents")
@blp.arguments(DocumentArguments, location="query")
@blp.response(200, DocumentSchema(many=True))
def documents(arguments: dict[str, Any]) -> Any:
    return listed(arguments["parent_type"], arguments["parent_id"], arguments)


@blp.route(DOCUMENT)
class DocumentItem(MethodView):
    @blp.response(200, DocumentSchema)
    def get(self, document_id: int) -> Any:
        return one(queries.readable_document(actor(), document_id))

    @blp.arguments(DocumentSchema(partial=True))
    @blp.response(200, DocumentSchema)
    def patch(self, values: dict[str, Any], document_id: int) -> Any:
        return one(commands.update_document(actor(), document_id, expected_version(), values))


@blp.route(f"{DOCUMENT}/content")
@blp.doc(responses={"200": {"description": "OK", "content": {name: {"schema": BINARY} for name in MEDIA_TYPES}}})
def content(document_id: int) -> Response:
    return uploads.content_of(queries.readable_document(actor(), document_id))


@blp.route(f"{DOCUMENT}/archive", methods=["POST"])
@blp.arguments(Reason)
@blp.response(200, DocumentSchema)
def archive_document(values: dict[str, Any], document_id: int) -> Any:
    return one(commands.archive_document(actor(), document_id, expected_version(), values["reason"]))


@blp.route(f"{DOCUMENT}/history")
@blp.response(200, HistoryLine(many=True))
def document_history(document_id: int) -> Any:
    return item_history("document", queries.readable_document(actor(), document_id).id)
