"""What documents hang on in this room: whoever reads the item reads them, whoever edits it adds them."""

from sqlalchemy.orm import joinedload

from tracker import policy
from tracker.documents import parents
from tracker.documents.parents import Kind, Parent
from tracker.extensions import db
from tracker.policy import Actor, NotReadable
from tracker.tfpb import rules
from tracker.tfpb.commands.files import locked_file
from tracker.tfpb.models import Action, Amendment, Convention, Participation, TfpbFile
from tracker.tfpb.queries import actions, conventions, files


def _in_file(actor: Actor, file: TfpbFile, hold: bool) -> TfpbFile:
    """The file of an item, for an actor who may read it; held, nothing is added while it is being submitted."""
    if hold:
        file = locked_file(file.id)
    if not policy.can(actor, "read_file", files.scope_of(file))[0]:
        raise NotReadable
    return file


def _file(actor: Actor, item_id: int, *, hold: bool = False) -> Parent:
    file = _in_file(actor, files.readable_file(actor, item_id), hold)
    return Parent("tfpb_file", item_id, files.name_of(file), files.scope_of(file), "edit_file")


def _action(actor: Actor, item_id: int, *, hold: bool = False) -> Parent:
    action = db.session.get(Action, item_id, options=actions.SHOWN)
    if action is None:
        raise NotReadable
    file = _in_file(actor, action.file, hold)
    archived = "Cette action est archivée : ses documents ne changent plus." if action.archived_at else None
    return Parent("tfpb_action", item_id, action.title, files.scope_of(file), "edit_file", archived)


def _participation(actor: Actor, item_id: int, *, hold: bool = False) -> Parent:
    moment: Participation = actions.readable_participation(actor, item_id)
    file = _in_file(actor, moment.file, hold)
    label = f"{rules.STAGES[moment.stage]}, {moment.held_on:%d/%m/%Y}"
    archived = "Ce moment est archivé : ses documents ne changent plus." if moment.archived_at else None
    return Parent("participation", item_id, label, files.scope_of(file), "edit_file", archived, seen_on=file.id)


def _held(actor: Actor, convention_id: int, hold: bool) -> Convention:
    if hold:
        db.session.get(Convention, convention_id, with_for_update=True)
    return conventions.readable_convention(actor, convention_id)


def _convention(actor: Actor, item_id: int, *, hold: bool = False) -> Parent:
    convention = _held(actor, item_id, hold)
    archived = "Cette convention est archivée : ses documents ne changent plus." if convention.archived_at else None
    label = f"{convention.landlord.name}, {convention.city.name}, {convention.first_year}-{convention.last_year}"
    return Parent("convention", item_id, label, conventions.scope_of(convention), "manage_contract", archived)


def _amendment(actor: Actor, item_id: int, *, hold: bool = False) -> Parent:
    amendment = db.session.get(Amendment, item_id, options=[joinedload(Amendment.convention)])
    if amendment is None:
        raise NotReadable
    convention = _held(actor, amendment.convention_id, hold)
    over = amendment.archived_at or convention.archived_at
    archived = "Cet avenant est archivé : ses documents ne changent plus." if over else None
    return Parent(
        "amendment",
        item_id,
        amendment.subject,
        conventions.scope_of(convention),
        "manage_contract",
        archived,
        seen_on=convention.id,
    )


parents.register("tfpb_file", Kind(_file, "le dossier", "dossier", "evidence"))
parents.register("tfpb_action", Kind(_action, "l’action", "action", "evidence"))
parents.register("participation", Kind(_participation, "le moment de participation", "participation", "minutes"))
parents.register("convention", Kind(_convention, "la convention", "convention", "convention"))
parents.register("amendment", Kind(_amendment, "l’avenant", "avenant", "amendment"))
