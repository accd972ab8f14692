"""What a page shows of a file's comments: its threads, the form that is open, and the remarks of a returned file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from tracker import policy
from tracker.policy import FieldError, Invalid
from tracker.tfpb import rules
from tracker.tfpb.models import Action, Comment, TfpbFile
from tracker.tfpb.pages.remarks import Remark
from tracker.tfpb.queries.comments import Thread, open_by_action
from tracker.tfpb.queries.files import scope_of
from tracker.tfpb.schemas import CommentBody
from tracker.web.forms import Form, number_in, read_form
from tracker.web.shell import actor

# How many remarks a return may carry at once; more are added afterwards, one by one.
RETURN_PINS = 3
# The fields of that form, as its errors name them.
RETURN_LABELS = {"reason": "Motif", "on": "Date"} | {
    f"pin-{position}-{name}": label
    for position in range(1, RETURN_PINS + 1)
    for name, label in (("action", "Action"), ("field", "Champ"), ("text", "Commentaire"))
}


@dataclass
class Talk:
    """The threads of a file, or of one action, as a page shows them to this reader.

    answering  the thread whose answer is being written; ``form`` is that form, or that of a new thread.
    beginning  whether a new thread is being written, on ``action`` or on the file itself.
    """

    file_id: int
    threads: Sequence[Thread]
    may: bool
    may_edit: bool
    action: Action | None = None
    beginning: bool = False
    answering: int | None = None
    form: Form = field(default_factory=Form)

    @property
    def open(self) -> list[Thread]:
        """The threads that wait for something."""
        return [thread for thread in self.threads if thread.first.open]

    @property
    def resolved(self) -> list[Thread]:
        """The threads that are over."""
        return [thread for thread in self.threads if not thread.first.open]

    @property
    def by_action(self) -> Counter[int | None]:
        """How many open threads each action has."""
        return open_by_action(self.threads)

    @property
    def place(self) -> str:
        """Where a new thread is pinned."""
        return rules.pin_name(self.action.title if self.action else None, None)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields a new thread may point at."""
        return list((rules.ACTION_PINS if self.action else rules.FILE_PINS).items())

    def begin_url(self, action_id: int | None = None) -> str:
        """Where a new thread is written."""
        place = "commenter" if action_id is None else f"commenter-{action_id}"
        return url_for("tfpb.file_page", file_id=self.file_id, edit=place, _anchor="commenter")

    def answer_url(self, comment: Comment) -> str:
        """Where an answer is written."""
        anchor = f"echange-{comment.id}"
        return url_for("tfpb.file_page", file_id=self.file_id, edit=f"repondre-{comment.id}", _anchor=anchor)

    def pin_url(self, comment: Comment) -> str:
        """What the remark points at: the row opened at that field for who may edit it, else the row."""
        action = comment.action
        if action is not None and action.archived_at is not None:
            return url_for("tfpb.action_page", action_id=action.id)
        row = "fiche" if action is None else f"action-{action.id}"
        if not self.may_edit:
            return url_for("tfpb.file_page", file_id=self.file_id, _anchor=row)
        opened = "fiche" if action is None else str(action.id)
        anchor = f"f-{comment.field}" if comment.field else row
        return url_for("tfpb.file_page", file_id=self.file_id, edit=opened, _anchor=anchor)


def may_comment(file: TfpbFile) -> bool:
    """Whether this reader may speak here."""
    return policy.can(actor(), "comment_file", scope_of(file))[0] and file.archived_at is None


def talk_of(
    file: TfpbFile, threads: Sequence[Thread], place: str | None, actions: Sequence[Any], form: Form, *, may_edit: bool
) -> Talk:
    """The threads of a file's page; ``place`` is ``commenter``, ``commenter-12`` (an action) or ``repondre-5``."""
    talk = Talk(file.id, threads, may_comment(file), may_edit)
    what, _, which = (place or "").partition("-")
    if not talk.may or what not in ("commenter", "repondre"):
        return talk
    number = number_in(which)
    talk.form = form
    if what == "repondre":
        talk.answering = number
    else:
        talk.action = next((line.action for line in actions if line.action.id == number), None)
        talk.beginning = number is None or talk.action is not None
    return talk


def open_remarks(threads: Sequence[Thread]) -> list[Remark]:
    """The open threads as lines of « ce qui manque »: each waits for an answer."""
    found = []
    for thread in threads:
        if thread.first.open:
            said = " ".join(thread.first.text.split())
            short = said if len(said) <= 140 else said[:139].rstrip() + "…"
            sentence = f"{thread.place} : « {short} » – {thread.first.author_name}"
            number = thread.first.id
            found.append(Remark("Échange", "warn", sentence, f"repondre-{number}", "Répondre", f"echange-{number}"))
    return found


def pins_in(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The remarks pinned while a file is returned: ``pin-1-action``, ``pin-1-field``, ``pin-1-text`` … Raises Invalid.

    A line where nothing was typed says nothing; one that only chose a place lacks its text.
    """
    found, errors = [], []
    for position in range(1, RETURN_PINS + 1):
        names = {
            "action_id": f"pin-{position}-action",
            "field": f"pin-{position}-field",
            "text": f"pin-{position}-text",
        }
        line = {name: typed.get(control, "").strip() for name, control in names.items()}
        if not any(line.values()):
            continue
        try:
            values = read_form(CommentBody(), line)
            wrong = rules.pin_errors(values.get("field"), on_action=values.get("action_id") is not None)
        except Invalid as invalid:
            wrong = invalid.errors
        errors += [
            FieldError(names.get(error.field, error.field), error.code, error.message, error.value) for error in wrong
        ]
        if not wrong:
            found.append(values)
    if errors:
        raise Invalid(errors)
    return found
