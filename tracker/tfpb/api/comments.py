"""REST: comments on a file and its actions, in threads that are open, then resolved."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView

from tracker.api.shell import PREFIX, actor, created, expected_version, one, paged
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import COMMENT, FILE, file_blp
from tracker.tfpb.queries import comments, files
from tracker.tfpb.schemas import CommentArguments, CommentSchema


@file_blp.route(f"{FILE}/comments")
class FileComments(MethodView):
    @file_blp.arguments(CommentArguments, location="query")
    @file_blp.response(200, CommentSchema(many=True))
    def get(self, arguments: dict[str, Any], file_id: int) -> Sequence[Any]:
        file = files.readable_file(actor(), file_id)
        return paged(comments.comments(file, arguments), arguments)

    @file_blp.arguments(CommentSchema)
    @file_blp.response(201, CommentSchema)
    def post(self, values: dict[str, Any], file_id: int) -> Any:
        comment = commands.add_comment(actor(), file_id, values)
        return created(comment, f"{PREFIX}/comments/{comment.id}")


@file_blp.route(COMMENT)
class CommentItem(MethodView):
    @file_blp.response(200, CommentSchema)
    def get(self, comment_id: int) -> Any:
        return one(comments.readable_comment(actor(), comment_id))


@file_blp.route(f"{COMMENT}/resolve", methods=["POST"])
@file_blp.response(200, CommentSchema)
def resolve_comment(comment_id: int) -> Any:
    return one(commands.resolve_comment(actor(), comment_id, expected_version()))


@file_blp.route(f"{COMMENT}/reopen", methods=["POST"])
@file_blp.response(200, CommentSchema)
def reopen_comment(comment_id: int) -> Any:
    return one(commands.reopen_comment(actor(), comment_id, expected_version()))


@file_blp.route(f"{COMMENT}/history")
@file_blp.response(200, HistoryLine(many=True))
def comment_history(comment_id: int) -> Any:
    return item_history("comment", comments.readable_comment(actor(), comment_id).id)
