"""A batch as the API gives it, and what applying or undoing it asks for."""

import marshmallow as ma

from tracker.api.fields import Choice, Flag, Id, Moment, Schema, Text, Whole

STATUSES = {"checked": "À confirmer", "applied": "Appliqué", "undone": "Annulé"}
CONFLICTS = {"keep": "Garder ce qui est dans le suivi", "overwrite": "Écrire ce qui est dans le classeur"}
SEVERITIES = {"error": "Erreur", "warning": "À vérifier", "info": "Information"}
KINDS = {"created": "Ajouté", "changed": "Modifié", "unchanged": "Inchangé", "conflict": "Modifié des deux côtés"}


class ImportIssueSchema(Schema):
    """One fault of a workbook, at its cell."""

    sheet = Text("Feuille", dump_only=True)
    cell = Text("Cellule", dump_only=True)
    column = Text("Colonne", dump_only=True)
    code = Text("Code", dump_only=True)
    severity = Choice("Gravité", SEVERITIES, dump_only=True)
    value = Text("Valeur trouvée", dump_only=True)
    message = Text("Constat", max_length=2000, dump_only=True)


class ImportChangeSchema(Schema):
    """What applying the batch does, or did, to one record."""

    kind = Choice("Nature", KINDS, dump_only=True)
    sheet = Text("Code de la feuille", dump_only=True)
    row = Whole("Ligne", dump_only=True)
    id = Id("Élément", dump_only=True)
    version = Whole("Version", dump_only=True)
    label = Text("Libellé", max_length=2000, dump_only=True)
    fields_ = ma.fields.Dict(
        attribute="fields", data_key="fields", metadata={"description": "champ → [valeur du suivi, valeur du classeur]"}
    )
    written = Flag("Écrit dans le suivi", dump_only=True)


class ImportBatchSchema(Schema):
    """One uploaded workbook."""

    id = Id("Numéro", dump_only=True)
    version = Whole("Version", dump_only=True)
    target = Text("Nature du classeur", dump_only=True)
    parent_id = Id("Élément concerné", dump_only=True)
    status = Choice("État", STATUSES, dump_only=True)
    file_name = Text("Fichier", dump_only=True)
    sha256 = Text("Empreinte du fichier", dump_only=True)
    created_at = Moment("Déposé le")
    created_by = Text("Déposé par", dump_only=True)
    applied_at = Moment("Appliqué le")
    undone_at = Moment("Annulé le")
    issues = ma.fields.List(ma.fields.Nested(ImportIssueSchema))
    changes = ma.fields.List(ma.fields.Nested(ImportChangeSchema))


class ApplySchema(Schema):
    """How a batch is applied."""

    conflicts = Choice("Lignes modifiées des deux côtés", CONFLICTS)
    hand_in = Flag("Transmettre aussi", load_default=False, allow_none=True)


class UndoSchema(Schema):
    """Why a batch is undone."""

    reason = Text("Motif", max_length=1000, many_lines=True)


class ToldSchema(Schema):
    """What the history tells of a batch."""

    file_name = Text("Fichier")
    issues = Whole("Erreurs trouvées")
    changes = Whole("Lignes qui changent")
