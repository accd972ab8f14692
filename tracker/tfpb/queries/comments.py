"""Reading the comments of a file: one by one for the API, by thread for a page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from tracker import policy
from tracker.api.shell import Page
from tracker.extensions import db
from tracker.policy import Actor, NotReadable
from tracker.tfpb import rules
from tracker.tfpb.models import Comment, TfpbFile
from tracker.tfpb.queries import files
from tracker.tfpb.queries.files import scope_of


def readable_comment(actor: Actor, comment_id: int) -> Comment:
    """A comment of a file this actor may read; raises NotReadable."""
    comment = db.session.get(Comment, comment_id, options=[joinedload(Comment.file).options(*files.SHOWN)])
    if comment is None or not policy.can(actor, "read_file", scope_of(comment.file))[0]:
        raise NotReadable
    return comment


def comments(file: TfpbFile, arguments: Mapping[str, Any]) -> Page:
    """A page of the comments of a file the caller may read: each thread's first, then its replies in their order.

    ``arguments``: ``open`` keeps the threads that are open (or the resolved ones, with their replies), ``action_id``
    those pinned to an action.
    """
    first = aliased(Comment)
    conditions = [Comment.file_id == file.id]
    if arguments.get("action_id") is not None:
        conditions.append(Comment.action_id == arguments["action_id"])
    if arguments.get("open") is not None:
        conditions.append(first.resolved_at.is_(None) if arguments["open"] else first.resolved_at.is_not(None))
    head = func.coalesce(Comment.thread_id, Comment.id)
    total = db.session.scalar(
        select(func.count()).select_from(Comment).join(first, first.id == head).where(*conditions)
    )
    size = arguments["page_size"]
    statement = select(Comment).join(first, first.id == head).where(*conditions).order_by(head, Comment.id)
    items = db.session.scalars(statement.limit(size).offset((arguments["page"] - 1) * size)).all()
    return Page(items, total or 0)


def thread_of(comment: Comment) -> list[Comment]:
    """The whole thread a comment belongs to, in the order it was written."""
    head = comment.thread_id or comment.id
    statement = select(Comment).where((Comment.id == head) | (Comment.thread_id == head))
    return list(db.session.scalars(statement.order_by(Comment.id)))


@dataclass
class Thread:
    """A first remark and what was answered."""

    first: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it is pinned, as a reader calls it."""
        return rules.pin_name(self.first.action.title if self.first.action else None, self.first.field)

    @property
    def last(self) -> Comment:
        """The latest thing said."""
        return self.replies[-1] if self.replies else self.first


def threads(file: TfpbFile) -> list[Thread]:
    """The threads of a file the caller may read: the open ones first, then the resolved, each from the oldest."""
    statement = (
        select(Comment)
        .where(Comment.file_id == file.id)
        .options(joinedload(Comment.action))
        .order_by(func.coalesce(Comment.thread_id, Comment.id), Comment.id)
    )
    found: dict[int, Thread] = {}
    for comment in db.session.scalars(statement):
        if comment.thread_id is None:
            found[comment.id] = Thread(comment)
        else:
            found[comment.thread_id].replies.append(comment)
    return sorted(found.values(), key=lambda thread: not thread.first.open)


def open_by_action(some: Sequence[Thread]) -> Counter[int | None]:
    """How many open threads each action has; None counts those of the file itself."""
    return Counter(thread.first.action_id for thread in some if thread.first.open)
