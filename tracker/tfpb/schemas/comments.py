"""Comments pinned to a file, an action or a field of either."""

from tracker.api.fields import Choice, Flag, Id, Moment, Schema, Text, Whole
from tracker.api.parsing import ListArguments
from tracker.tfpb.rules import PINS

LONG = 4000


class CommentBody(Schema):
    """What somebody says, and where it is pinned; a reply names its thread alone."""

    text = Text("Commentaire", max_length=LONG, many_lines=True, required=True)
    action_id = Id("Action")
    field = Choice("Champ", PINS)
    thread_id = Id("Échange")


class CommentSchema(CommentBody):
    """A comment: its text is history, and never changes. ``open`` is null for a reply."""

    id = Id("Numéro", dump_only=True)
    version = Whole("Version", dump_only=True)
    file_id = Id("Dossier", dump_only=True)
    at = Moment("Écrit le")
    author = Text("Auteur", attribute="author_name", dump_only=True)
    open = Flag("Ouvert", dump_only=True)
    resolved_at = Moment("Clos le")
    resolved_by = Text("Clos par", dump_only=True)


class CommentArguments(ListArguments):
    """Filters of a file's comments."""

    open = Flag("Ouverts")
    action_id = Id("Action")
