"""Writing files: opening, changing, moving along their two tracks, freezing, archiving."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from tracker import clock, policy
from tracker.extensions import db
from tracker.funding.models import Financing
from tracker.history.commands import Writing, plain, referenced
from tracker.policy import COMMAND_LINE, Actor, Conflict, FieldError, Forbidden, Invalid, NotReadable
from tracker.territory.models import Neighbourhood
from tracker.tfpb import rules
from tracker.tfpb.commands import letters
from tracker.tfpb.commands.comments import pin
from tracker.tfpb.models import Action, Convention, TfpbFile
from tracker.tfpb.queries.conventions import scope_of as convention_scope
from tracker.tfpb.queries.files import name_of, scope_of

# The file's column that says since when each track stands where it does.
MOVED_FIELDS = {rules.REPORT: "moved_on", rules.PROGRAMME: "programme_moved_on"}
IDENTITY = ("convention_id", "neighbourhood_id", "year")


def locked_file(file_id: int) -> TfpbFile:
    """The file, held until the end of the transaction: nothing is written in it while it is being submitted.

    Raises NotReadable.
    """
    file = db.session.get(TfpbFile, file_id, with_for_update=True)
    if file is None:
        raise NotReadable
    return file


def editable_file(write: Writing, file_id: int) -> TfpbFile:
    """The file, held, if the actor may change its content; raises NotReadable, Forbidden or Conflict ``locked``."""
    file = locked_file(file_id)
    write.require("edit_file", scope_of(file))
    return file


def parent(file: TfpbFile) -> tuple[str, int]:
    """Under what the history of a file's rows is read."""
    return ("tfpb_file", file.id)


def _told(file: TfpbFile) -> dict[str, Any]:
    return {"label": name_of(file), "parent": ("convention", file.convention_id)}


# -- opening and changing ------------------------------------------------------------------------------------------


def _convention(actor: Actor, convention_id: int) -> Convention:
    """The live convention a body points to; what the actor may not read does not exist."""
    convention: Convention = referenced(Convention, convention_id, "convention_id", "Convention")
    if not policy.can(actor, "read_convention", convention_scope(convention))[0]:
        message = f"Convention : aucun élément n° {convention_id} n’existe."
        raise Invalid(FieldError("convention_id", "unknown_reference", message, convention_id))
    return convention


def _check(convention: Convention, values: dict[str, Any]) -> None:
    """A neighbourhood of the contract and city, a year of convention and contract, dwellings and notice that agree."""
    neighbourhood: Neighbourhood = referenced(Neighbourhood, values["neighbourhood_id"], "neighbourhood_id", "Quartier")
    cities = neighbourhood.cities
    if neighbourhood.contract_id != convention.contract_id or (cities and convention.city not in cities):
        message = (
            f"Quartier : « {neighbourhood.name} » n’est pas un quartier de {convention.city.name} dans ce contrat."
        )
        raise Invalid(FieldError("neighbourhood_id", "unknown_reference", message, neighbourhood.id))
    contract, year = convention.contract, values["year"]
    first = max(convention.first_year, contract.first_year)
    last = min(convention.last_year, contract.last_year)
    outside = rules.year_error("year", "Année", year, first, last, "durée de la convention")
    errors = [outside] if outside else []
    errors += rules.dwelling_errors(values.get("dwellings"), values.get("abated_dwellings"))
    errors += rules.notice_errors(values.get("notice_on"), year)
    if errors:
        raise Invalid(errors)


def _refuse_double(convention: Convention, values: dict[str, Any], but: int | None = None) -> None:
    statement = select(TfpbFile.id).where(
        TfpbFile.convention_id == convention.id,
        TfpbFile.neighbourhood_id == values["neighbourhood_id"],
        TfpbFile.year == values["year"],
        TfpbFile.archived_at.is_(None),
        TfpbFile.id != (but or 0),
    )
    if db.session.scalars(statement).first() is not None:
        message = f"Le dossier {values['year']} existe déjà pour cette convention et ce quartier."
        raise Conflict("duplicate", message)


def open_file(actor: Actor, values: dict[str, Any]) -> TfpbFile:
    """Open the file of a year, neighbourhood and convention: by its landlord, or by the coordinator for it."""
    with Writing(actor) as write:
        convention = _convention(actor, values["convention_id"])
        write.require("open_file", convention_scope(convention))
        _check(convention, values)
        _refuse_double(convention, values)
        today = clock.today()
        file = TfpbFile(**values, status="draft", programme_status="proposed", moved_on=today, programme_moved_on=today)
        file.convention = convention
        db.session.add(file)
        db.session.flush()
        write.add(file, scope_of(file), **_told(file))
    return file


def update_file(actor: Actor, file_id: int, version: int | None, values: dict[str, Any]) -> TfpbFile:
    """Change the fields named, while the file is open to editing."""
    with Writing(actor) as write:
        file = editable_file(write, file_id)
        write.check_version(file, version)
        convention = file.convention
        if values.get("convention_id", convention.id) != convention.id:
            convention = _convention(actor, values["convention_id"])
            if convention_scope(convention) != convention_scope(file.convention):
                message = "Convention : une convention du même bailleur pour la même ville est attendue."
                raise Invalid(FieldError("convention_id", "invalid", message, convention.id))
        names = (*IDENTITY, "dwellings", "abated_dwellings", "notice_on")
        merged = {name: getattr(file, name) for name in names} | values
        _check(convention, merged)
        _refuse_double(convention, merged, but=file.id)
        write.change(file, values, scope_of(file), **_told(file))
        db.session.refresh(file, ["convention", "neighbourhood"])
    return file


def archive_file(actor: Actor, file_id: int, version: int | None, reason: str) -> TfpbFile:
    """Take a file out of lists and totals, with a reason; what was submitted is returned or reopened first."""
    with Writing(actor) as write:
        file = locked_file(file_id)
        write.require("archive_file", scope_of(file))
        write.check_version(file, version)
        write.archive(file, reason, scope_of(file), **_told(file))
        follow(file)
    return file


# -- moves ---------------------------------------------------------------------------------------------------------


def follow(file: TfpbFile) -> None:
    """Keep the financings of a file's actions in step: who may read their grants, and whether these may change."""
    scope = scope_of(file)
    own = select(Action.financing_id).where(Action.file_id == file.id)
    live = own.where(Action.archived_at.is_(None))
    db.session.execute(
        update(Financing).where(Financing.id.in_(own)).values(open_to_readers=scope.open_to_readers),
        execution_options={"synchronize_session": "fetch"},
    )
    db.session.execute(
        update(Financing).where(Financing.id.in_(live)).values(locked_reason=scope.locked_reason),
        execution_options={"synchronize_session": "fetch"},
    )


def move_file(actor: Actor, file_id: int, version: int | None, values: dict[str, Any]) -> TfpbFile:
    """Move a file along a track: ``to``, ``track`` (report by default), ``on`` (today by default), ``reason``.

    ``comments`` (``text``, ``action_id``, ``field`` of each) are pinned in the same go; those whose turn it becomes
    are written to. Raises NotReadable, Forbidden when the role may never make this move, Conflict
    ``transition_not_allowed`` when the file does not stand where it starts, Invalid when a reason or, to be
    submitted, values are missing.
    """
    track, target = values.get("track") or rules.REPORT, values["to"]
    if target not in rules.TRACK_STATUSES[track]:
        expected = ", ".join(rules.TRACK_STATUSES[track])
        message = f"Nouveau statut : « {target} » trouvé ; une de ces valeurs est attendue : {expected}."
        raise Invalid(FieldError("to", "unknown_value", message, target))
    with Writing(actor) as write:
        file = locked_file(file_id)
        move = _permitted(write, file, version, track, target)
        day = _day_of_move(actor, file, track, values.get("on"))
        reason = values.get("reason")
        if move.needs_reason and not reason:
            message = "Motif : un motif est attendu pour ce changement."
            raise Invalid(FieldError("reason", "required", message))
        if target == "submitted":
            errors = rules.submission_errors(file, live_actions(file))
            if errors:
                raise Invalid(errors)
        changes: dict[str, Any] = {rules.TRACK_FIELDS[track]: target, MOVED_FIELDS[track]: day}
        if target == "submitted":
            changes["returned_reason"] = None
            changes["first_submitted_at"] = file.first_submitted_at or _moment_of(day)
        if target == "to_correct":
            changes |= {"returned_reason": reason, "frozen_in": None}
        _tell_move(write, file, changes, day, reason)
        follow(file)
        pins = values.get("comments") or []
        if pins:
            write.require("comment_file", scope_of(file))
        for remark in pins:
            pin(write, file, remark)
        letters.tell_move(write, file, track, day, reason, len(pins))
    return file


def _permitted(write: Writing, file: TfpbFile, version: int | None, track: str, target: str) -> rules.Transition:
    """The transition asked for, if this actor may make it from here."""
    actor, scope = write.actor, scope_of(file)

    def may(verb: str) -> bool:
        return policy.can(actor, verb, scope)[0]

    status = getattr(file, rules.TRACK_FIELDS[track])
    frozen = file.frozen_in is not None
    here = next((move for move in rules.open_moves(track, status, frozen) if move.target == target), None)
    # A programme is discussed before anything was submitted: the move itself is then all the officer sees of the file.
    if not may("read_file") and (here is None or not may(here.verb)):
        raise NotReadable
    ways = rules.transitions_to(track, target)
    verbs = [move.verb for move in ways] or [move.verb for move in rules.TRANSITIONS if move.track == track]
    if not any(may(verb) for verb in verbs):
        raise Forbidden(policy.can(actor, verbs[0], scope)[1] or "")
    write.check_version(file, version)
    if file.archived_at is not None:
        raise Conflict("locked", "Le dossier est archivé : il ne peut plus changer.")
    if here is None:
        raise Conflict("transition_not_allowed", rules.transition_refusal(track, status, target, frozen=frozen))
    write.require(here.verb, scope)
    return here


def _day_of_move(actor: Actor, file: TfpbFile, track: str, on: date | None) -> date:
    today = clock.today()
    # The command line replays what happened, on a machine whose clock may be late.
    if on is not None and not actor.has(COMMAND_LINE) and actor.source != "command_line":
        status, since = getattr(file, rules.TRACK_FIELDS[track]), getattr(file, MOVED_FIELDS[track])
        error = rules.move_day_error(track, on, year=file.year, status=status, since=since, today=today)
        if error is not None:
            raise Invalid(error)
    return on or today


def _moment_of(day: date) -> datetime:
    return clock.now() if day == clock.today() else datetime.combine(day, time(12))


def _tell_move(write: Writing, file: TfpbFile, changes: dict[str, Any], day: date, reason: str | None) -> None:
    """Set the changes and tell them with the move's own day and reason."""
    told = {}
    for name, new in changes.items():
        old = getattr(file, name)
        if old != new:
            setattr(file, name, new)
            told[name] = [plain(old), plain(new)]
    told["on"] = [None, plain(day)]
    if reason:
        told["reason"] = [None, reason]
    db.session.flush()
    write.tell(file, "move", told, scope_of(file), **_told(file))


def live_actions(file: TfpbFile) -> Sequence[Action]:
    """The actions of a file that count, in the order of the axes."""
    statement = select(Action).where(Action.file_id == file.id, Action.archived_at.is_(None))
    statement = statement.options(selectinload(Action.residences), selectinload(Action.objective))
    return db.session.scalars(statement.order_by(Action.axis, Action.id)).all()


def freeze_files(write: Writing, file_ids: Sequence[int], label: str) -> None:
    """Lock the files an edition counts; call it in the Writing that freezes the edition, which has the permission.

    ``label`` names the edition in the reason readers see; a file already frozen keeps its first one.
    """
    for file_id in sorted(file_ids):
        file = locked_file(file_id)
        if file.frozen_in is None:
            write.change(file, {"frozen_in": label}, scope_of(file), verb="freeze", **_told(file))
            follow(file)
