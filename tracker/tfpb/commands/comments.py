"""Writing comments: what was said stays as it was said; a thread is open, then resolved, and may be reopened."""

from typing import Any

from tracker import clock
from tracker.extensions import db
from tracker.history.commands import Writing, fetch, referenced
from tracker.policy import Actor, Conflict, FieldError, Invalid
from tracker.tfpb import rules
from tracker.tfpb.commands.letters import tell_comment
from tracker.tfpb.models import Action, Comment, TfpbFile
from tracker.tfpb.queries.comments import thread_of
from tracker.tfpb.queries.files import scope_of


def add_comment(actor: Actor, file_id: int, values: dict[str, Any]) -> Comment:
    """Begin a thread (``text``, ``action_id``, ``field``) or answer one (``text``, ``thread_id``).

    A reply is pinned where its thread is. Raises NotReadable, Forbidden, Conflict on an archived file, Invalid.
    """
    with Writing(actor) as write:
        file: TfpbFile = fetch(TfpbFile, file_id)
        _require(write, file)
        begin = _reply if values.get("thread_id") is not None else pin
        comment = begin(write, file, values)
        tell_comment(write, comment, thread_of(comment))
    return comment


def _require(write: Writing, file: TfpbFile) -> None:
    write.require("comment_file", scope_of(file))
    if file.archived_at is not None:
        raise Conflict("locked", "Le dossier est archivé : il ne peut plus changer.")


def pin(write: Writing, file: TfpbFile, values: dict[str, Any]) -> Comment:
    """Begin a thread in a Writing that has the permission; whoever calls writes the letter."""
    action = _action_of(file, values.get("action_id"))
    errors = rules.pin_errors(values.get("field"), on_action=action is not None)
    if errors:
        raise Invalid(errors)
    return _write(write, file, action, values.get("field"), values["text"])


def _action_of(file: TfpbFile, action_id: int | None) -> Action | None:
    if action_id is None:
        return None
    action: Action = referenced(Action, action_id, "action_id", "Action")
    if action.file_id != file.id:
        # Another file's action may be another landlord's: it is not told apart from none.
        message = f"Action : aucun élément n° {action_id} n’existe."
        raise Invalid(FieldError("action_id", "unknown_reference", message, action_id))
    return action


def _reply(write: Writing, file: TfpbFile, values: dict[str, Any]) -> Comment:
    number = values["thread_id"]
    first = db.session.get(Comment, number)
    if first is None or first.file_id != file.id or first.thread_id is not None:
        message = f"Échange : aucun échange n° {number} n’existe dans ce dossier."
        raise Invalid(FieldError("thread_id", "unknown_reference", message, number))
    for name, label in (("action_id", "Action"), ("field", "Champ")):
        if values.get(name) not in (None, getattr(first, name)):
            message = f"{label} : une réponse reste là où son échange est épinglé."
            raise Invalid(FieldError(name, "invalid", message, values[name]))
    return _write(write, file, first.action, first.field, values["text"], first.id)


def _write(
    write: Writing, file: TfpbFile, action: Action | None, field: str | None, text: str, thread_id: int | None = None
) -> Comment:
    comment = Comment(
        file_id=file.id,
        action_id=action.id if action else None,
        thread_id=thread_id,
        field=field,
        text=text,
        at=clock.now(),
        author_id=write.actor.user_id,
        author_name=write.actor.name,
    )
    comment.file, comment.action = file, action
    write.add(comment, scope_of(file), verb="reply" if thread_id else "create", **_told(comment))
    return comment


def _told(comment: Comment) -> dict[str, Any]:
    label = rules.pin_name(comment.action.title if comment.action else None, comment.field)
    return {"label": label, "parent": ("tfpb_file", comment.file_id)}


def resolve_comment(actor: Actor, comment_id: int, version: int | None) -> Comment:
    """Close a thread: what it asked for is done or answered."""
    return _turn(actor, comment_id, version, resolved=True)


def reopen_comment(actor: Actor, comment_id: int, version: int | None) -> Comment:
    """Open a resolved thread again."""
    return _turn(actor, comment_id, version, resolved=False)


def _turn(actor: Actor, comment_id: int, version: int | None, *, resolved: bool) -> Comment:
    with Writing(actor) as write:
        comment: Comment = fetch(Comment, comment_id)
        _require(write, comment.file)
        write.check_version(comment, version)
        if comment.thread_id is not None:
            message = "Une réponse n’est ni ouverte ni close : c’est l’échange qu’elle continue."
            raise Conflict("transition_not_allowed", message)
        if comment.open != resolved:
            message = "Cet échange est déjà clos." if resolved else "Cet échange est déjà ouvert."
            raise Conflict("transition_not_allowed", message)
        values = {"resolved_at": clock.now(), "resolved_by": actor.name} if resolved else _unresolved()
        verb = "resolve" if resolved else "reopen"
        write.change(comment, values, scope_of(comment.file), verb=verb, **_told(comment))
    return comment


def _unresolved() -> dict[str, Any]:
    return {"resolved_at": None, "resolved_by": None}
