"""REST: yearly files and their moves."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, Page, actor, created, expected_version, one, paged
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import FILE, file_blp
from tracker.tfpb.queries import files
from tracker.tfpb.schemas import (
    ActionSchema,
    CopyActions,
    FileArguments,
    FileMove,
    TfpbFileSchema,
)


@file_blp.route("/tfpb-files")
class Files(MethodView):
    @file_blp.arguments(FileArguments, location="query")
    @file_blp.response(200, TfpbFileSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Sequence[Any]:
        found = files.files(actor(), arguments)
        return paged(Page(found.items, found.total), arguments)

    @file_blp.arguments(TfpbFileSchema)
    @file_blp.response(201, TfpbFileSchema)
    def post(self, values: dict[str, Any]) -> Any:
        file = commands.open_file(actor(), values)
        return created(files.file_line(file.id), f"{PREFIX}/tfpb-files/{file.id}")


@file_blp.route(FILE)
class FileItem(MethodView):
    @file_blp.response(200, TfpbFileSchema)
    def get(self, file_id: int) -> Any:
        return one(files.file_line(files.readable_file(actor(), file_id).id))

    @file_blp.arguments(TfpbFileSchema(partial=True))
    @file_blp.response(200, TfpbFileSchema)
    def patch(self, values: dict[str, Any], file_id: int) -> Any:
        return one(files.file_line(commands.update_file(actor(), file_id, expected_version(), values).id))


@file_blp.route(f"{FILE}/transitions", methods=["POST"])
@file_blp.arguments(FileMove)
@file_blp.response(200, TfpbFileSchema)
def move_file(values: dict[str, Any], file_id: int) -> Any:
    return one(files.file_line(commands.move_file(actor(), file_id, expected_version(), values).id))


@file_blp.route(f"{FILE}/archive", methods=["POST"])
@file_blp.arguments(Reason)
@file_blp.response(200, TfpbFileSchema)
def archive_file(values: dict[str, Any], file_id: int) -> Any:
    return one(files.file_line(commands.archive_file(actor(), file_id, expected_version(), values["reason"]).id))


@file_blp.route(f"{FILE}/history")
@file_blp.response(200, HistoryLine(many=True))
def file_history(file_id: int) -> Any:
    return item_history("tfpb_file", files.readable_file(actor(), file_id).id)


@file_blp.route(f"{FILE}/copy-actions", methods=["POST"])
@file_blp.arguments(CopyActions)
@file_blp.response(201, ActionSchema(many=True))
def copy_actions(values: dict[str, Any], file_id: int) -> Any:
    return commands.copy_actions_from(actor(), file_id, values["from_file_id"])
