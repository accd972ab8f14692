"""What the meetings decided: recorded from a meeting's page, read and followed on their own."""

from functools import partial
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.balance import columns, commands, rules
from tracker.balance.models import Decision
from tracker.balance.pages.blueprint import MEETING, pages
from tracker.balance.pages.meetings import show_meeting
from tracker.balance.queries import decisions
from tracker.balance.schemas import DecisionSchema, DoneSchema
from tracker.history.queries import item_history
from tracker.policy import Conflict, FieldError
from tracker.tfpb.queries.files import scope_of as file_scope
from tracker.web import formats, story
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

DECISION = f"/decisions/<{ID}:decision_id>"


@pages.post(f"{MEETING}/decisions")
def record_decision(meeting_id: int) -> Response | BaseResponse:
    def act(values: dict[str, Any]) -> Decision:
        return commands.record_decision(actor(), meeting_id, values)

    try:
        decision, form = submit(DecisionSchema(), request.form, act)
    except Conflict as conflict:
        # A carry-over on a report that was not submitted: the form says so where the file is chosen.
        if conflict.code != "transition_not_allowed" or not request.form.get("file_id"):
            raise
        message = f"{rules.DECISION_FIELDS['file_id']} : {conflict.message}"
        form = Form(request.form, [FieldError("file_id", "invalid", message)])
    if form:
        return show_meeting(meeting_id, form)
    done(f"Décision enregistrée : {rules.DECISION_KINDS[decision.kind]}.")
    return go(url_for(".meeting_page", meeting_id=meeting_id) + "#decisions")


@pages.get(DECISION)
def decision_page(decision_id: int) -> Response:
    return _decision_page(decision_id)


def _decision_page(decision_id: int, form: Form | None = None, opened: str | None = None) -> Response:
    decision = decisions.readable_decision(actor(), decision_id)
    file = decision.file
    may_edit = policy.can(actor(), "record_decision", decisions.scope_of(decision))[0]
    return respond(
        "balance/decision.html",
        form.status if form else 200,
        decision=decision,
        word=rules.DECISION_KINDS[decision.kind],
        meeting_name=rules.meeting_name(decision.meeting.kind, decision.meeting.held_on),
        named=columns.named_by(decision),
        state=columns.decision_state(decision),
        states=rules.DECISION_STATES,
        tones=rules.DECISION_TONES,
        awaited=decision.kind in rules.AWAITED,
        may_open_file=file is not None and policy.can(actor(), "read_file", file_scope(file))[0],
        may_edit=may_edit and decision.archived_at is None,
        now=clock.today(),
        opened=opened,
        facts=_facts(decision),
        labels=rules.DECISION_FIELDS,
        forms_by={name: form if form and opened == name else Form(id=name) for name in ("done", "edit", "archive")},
        history=story.days(item_history("decision", decision.id)),
    )


def _facts(decision: Decision) -> list[tuple[str, str]]:
    """What is known beside the words of the decision; what its kind does not hold is not shown as missing."""
    facts = [("Pour", columns.named_by(decision))]
    if decision.amount is not None:
        facts.append(("Montant reporté", formats.money(decision.amount)))
    if decision.kind in rules.AWAITED:
        facts.append(("Échéance", formats.day(decision.due_on)))
        facts.append(("Faite le", formats.day(decision.done_on)))
    return facts


def _write(decision_id: int, name: str, schema: Any, act: Any, said: str) -> Response | BaseResponse:
    _, form = submit(schema, request.form, act, partial=bool(schema.partial))
    if form:
        form.id = name
        return _decision_page(decision_id, form, name)
    done(said)
    return go(url_for(".decision_page", decision_id=decision_id))


def _update(values: dict[str, Any], decision_id: int) -> Decision:
    return commands.update_decision(actor(), decision_id, posted_version(request.form), values)


@pages.post(DECISION)
def update_decision(decision_id: int) -> Response | BaseResponse:
    act = partial(_update, decision_id=decision_id)
    return _write(decision_id, "edit", DecisionSchema(partial=True), act, "Décision enregistrée.")


@pages.post(f"{DECISION}/faite")
def mark_done(decision_id: int) -> Response | BaseResponse:
    return _write(decision_id, "done", DoneSchema(), partial(_update, decision_id=decision_id), "Décision notée faite.")


@pages.post(f"{DECISION}/archiver")
def archive_decision(decision_id: int) -> Response | BaseResponse:
    def act(values: dict[str, Any]) -> Decision:
        return commands.archive_decision(actor(), decision_id, posted_version(request.form), values["reason"])

    return _write(decision_id, "archive", Reason(), act, "Décision archivée.")
