"""REST: what documents hang on in this room, one address each."""

from typing import Any

from flask.views import MethodView

from tracker.api.shell import ID
from tracker.documents.api import UPLOAD, added, listed
from tracker.documents.schemas import DocumentSchema, ItemDocumentArguments
from tracker.tfpb.api.blueprints import ACTION, CONVENTION, FILE, PARTICIPATION, convention_blp, file_blp


@file_blp.route(f"{ACTION}/documents")
class ActionDocuments(MethodView):
    @file_blp.arguments(ItemDocumentArguments, location="query")
    @file_blp.response(200, DocumentSchema(many=True))
    def get(self, arguments: dict[str, Any], action_id: int) -> Any:
        return listed("tfpb_action", action_id, arguments)

    @file_blp.doc(**UPLOAD)
    @file_blp.response(201, DocumentSchema)
    def post(self, action_id: int) -> Any:
        return added("tfpb_action", action_id)


@file_blp.route(f"{FILE}/documents")
class FileDocuments(MethodView):
    @file_blp.arguments(ItemDocumentArguments, location="query")
    @file_blp.response(200, DocumentSchema(many=True))
    def get(self, arguments: dict[str, Any], file_id: int) -> Any:
        return listed("tfpb_file", file_id, arguments)

    @file_blp.doc(**UPLOAD)
    @file_blp.response(201, DocumentSchema)
    def post(self, file_id: int) -> Any:
        return added("tfpb_file", file_id)


@file_blp.route(f"{PARTICIPATION}/documents")
class ParticipationDocuments(MethodView):
    @file_blp.arguments(ItemDocumentArguments, location="query")
    @file_blp.response(200, DocumentSchema(many=True))
    def get(self, arguments: dict[str, Any], participation_id: int) -> Any:
        return listed("participation", participation_id, arguments)

    @file_blp.doc(**UPLOAD)
    @file_blp.response(201, DocumentSchema)
    def post(self, participation_id: int) -> Any:
        return added("participation", participation_id)


@convention_blp.route(f"{CONVENTION}/documents")
class ConventionDocuments(MethodView):
    @convention_blp.arguments(ItemDocumentArguments, location="query")
    @convention_blp.response(200, DocumentSchema(many=True))
    def get(self, arguments: dict[str, Any], convention_id: int) -> Any:
        return listed("convention", convention_id, arguments)

    @convention_blp.doc(**UPLOAD)
    @convention_blp.response(201, DocumentSchema)
    def post(self, convention_id: int) -> Any:
        return added("convention", convention_id)


@convention_blp.route(f"/amendments/<{ID}:amendment_id>/documents")
class AmendmentDocuments(MethodView):
    @convention_blp.arguments(ItemDocumentArguments, location="query")
    @convention_blp.response(200, DocumentSchema(many=True))
    def get(self, arguments: dict[str, Any], amendment_id: int) -> Any:
        return listed("amendment", amendment_id, arguments)

    @convention_blp.doc(**UPLOAD)
    @convention_blp.response(201, DocumentSchema)
    def post(self, amendment_id: int) -> Any:
        return added("amendment", amendment_id)
