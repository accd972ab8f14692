"""The writes of a file's threads: begin, answer, close, open again."""

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from tracker.api.shell import ID
from tracker.tfpb import commands
from tracker.tfpb.models import Comment
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.pages.file import saved, show_file
from tracker.tfpb.pages.view import FILE
from tracker.tfpb.queries.comments import readable_comment
from tracker.tfpb.schemas import CommentBody
from tracker.web.forms import number_in, posted_version, submit
from tracker.web.shell import actor

COMMENT = f"/echanges/<{ID}:comment_id>"


def _thread(comment: Comment, text: str) -> BaseResponse:
    return saved(comment.file_id, text, f"echange-{comment.thread_id or comment.id}")


@pages.post(f"{FILE}/echanges")
def add_comment(file_id: int) -> Response | BaseResponse:
    comment, form = submit(CommentBody(), request.form, lambda values: commands.add_comment(actor(), file_id, values))
    if form:
        action = number_in(request.form.get("action_id"))
        return show_file(file_id, form, "commenter" if action is None else f"commenter-{action}")
    return _thread(comment, "Commentaire ajouté.")


@pages.post(f"{COMMENT}/repondre")
def answer_comment(comment_id: int) -> Response | BaseResponse:
    file_id = readable_comment(actor(), comment_id).file_id

    def act(values: dict[str, Any]) -> Comment:
        return commands.add_comment(actor(), file_id, {"text": values["text"], "thread_id": comment_id})

    comment, form = submit(CommentBody(only=("text",)), request.form, act)
    return show_file(file_id, form, f"repondre-{comment_id}") if form else _thread(comment, "Réponse ajoutée.")


@pages.post(f"{COMMENT}/clore")
def resolve_comment(comment_id: int) -> BaseResponse:
    comment = commands.resolve_comment(actor(), comment_id, posted_version(request.form))
    return _thread(comment, "Échange clos.")


@pages.post(f"{COMMENT}/rouvrir")
def reopen_comment(comment_id: int) -> BaseResponse:
    comment = commands.reopen_comment(actor(), comment_id, posted_version(request.form))
    return _thread(comment, "Échange rouvert.")
