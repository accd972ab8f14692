"""One schema validates the API's multipart fields and the forms of a document."""

from tracker.api.fields import Choice, Flag, Id, Moment, Schema, Text, Whole
from tracker.api.parsing import ListArguments, Sort
from tracker.documents.queries import SORTS
from tracker.documents.rules import KINDS, TITLE_LENGTH


class DocumentSchema(Schema):
    """A document: its title and kind may change, what it is may not."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    archived_at = Moment("Archivé le")
    archived_reason = Text("Motif d’archivage", dump_only=True)
    parent_type = Text("Type d’élément", dump_only=True)
    parent_id = Id("Élément", dump_only=True)
    title = Text("Titre", max_length=TITLE_LENGTH, required=True)
    kind = Choice("Nature", KINDS, required=True)
    file_name = Text("Fichier", dump_only=True)
    media_type = Text("Type de contenu", dump_only=True)
    size = Whole("Taille en octets", dump_only=True)
    sha256 = Text("SHA-256", dump_only=True)
    added_at = Moment("Déposé le")
    added_by = Text("Déposé par", dump_only=True)


class ToldSchema(Schema):
    """What the history says of a document."""

    title = Text("Titre")
    kind = Choice("Nature", KINDS)
    file_name = Text("Fichier")


class NewDocumentSchema(Schema):
    """What comes beside the file."""

    title = Text("Titre", max_length=TITLE_LENGTH)
    kind = Choice("Nature", KINDS)


class ItemDocumentArguments(ListArguments):
    """Filters of an item's documents."""

    kind = Choice("Nature", KINDS)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(SORTS, "id")


class DocumentArguments(ItemDocumentArguments):
    """The same, with the item named."""

    parent_type = Text("Type d’élément", max_length=40, required=True)
    parent_id = Id("Élément", required=True)
