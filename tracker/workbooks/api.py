"""REST: the batches of uploaded workbooks. Sending one is the route of the item it is for."""

from typing import Any

import marshmallow as ma
from flask import Request, Response, request
from flask.views import MethodView

from tracker.api.parsing import Parser
from tracker.api.shell import ID, Blueprint, actor, expected_version, one
from tracker.workbooks import commands
from tracker.workbooks.about import MIME, attachment
from tracker.workbooks.files import annotated_file
from tracker.workbooks.queries import readable_batch
from tracker.workbooks.schemas import ApplySchema, ImportBatchSchema, UndoSchema


class _BodyOrNone(Parser):
    """A request without any body is one that chooses nothing."""

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        return super().load_json(req, schema) if req.get_data(cache=True) else {}


class _Batches(Blueprint):
    ARGUMENTS_PARSER = _BodyOrNone()


blp = _Batches("import_batches", __name__, "Classeurs déposés")
BLUEPRINTS = (blp,)
BATCH = f"/import-batches/<{ID}:batch_id>"


def _version() -> int | None:
    """If-Match where the client sends it: a batch is applied once, whoever is second is told so anyway."""
    return expected_version() if "If-Match" in request.headers else None


@blp.route(BATCH)
class BatchItem(MethodView):
    @blp.response(200, ImportBatchSchema)
    def get(self, batch_id: int) -> Any:
        return one(readable_batch(actor(), batch_id))


@blp.route(f"{BATCH}/apply", methods=["POST"])
@blp.arguments(ApplySchema, required=False)
@blp.response(200, ImportBatchSchema)
def apply_batch(values: dict[str, Any], batch_id: int) -> Any:
    hand_in = bool(values.get("hand_in"))
    return one(
        commands.apply_batch(actor(), batch_id, version=_version(), conflicts=values.get("conflicts"), hand_in=hand_in)
    )


@blp.route(f"{BATCH}/undo", methods=["POST"])
@blp.arguments(UndoSchema, required=False)
@blp.response(200, ImportBatchSchema)
def undo_batch(values: dict[str, Any], batch_id: int) -> Any:
    return one(commands.undo_batch(actor(), batch_id, version=_version(), reason=values.get("reason")))


@blp.route(f"{BATCH}/annotated.xlsx")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def annotated_workbook(batch_id: int) -> Response:
    content, name = annotated_file(actor(), batch_id)
    return Response(content, headers=attachment(name))
