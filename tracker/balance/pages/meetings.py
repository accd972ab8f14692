"""The calendar of the meetings."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.balance import columns, commands, rules
from tracker.balance.models import Meeting
from tracker.balance.pages.blueprint import pages
from tracker.balance.queries import records
from tracker.balance.schemas import MeetingArguments, MeetingSchema
from tracker.history.queries import item_history
from tracker.policy import Scope
from tracker.web import story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor


@pages.get("/reunions")
def meeting_list() -> Response:
    return _meetings_page()


def _meetings_page(form: Form | None = None, opened: str | int | None = None) -> Response:
    typed = {name: value for name, value in request.args.items() if value != "" and name != "edit"}
    arguments = {**MeetingArguments().read(typed), "page_size": None}
    edited = request.args.get("edit", "")
    editable = [
        contract
        for contract in records.readable_contracts(actor())
        if policy.can(actor(), "edit_meeting", Scope(contract.id))[0]
    ]
    return respond(
        "balance/meetings.html",
        form.status if form else 200,
        meetings=records.meetings(actor(), arguments).items,
        columns=columns.MEETINGS,
        arguments=arguments,
        kinds=rules.MEETING_KINDS,
        contract_options=[(contract.id, contract.name) for contract in editable],
        may_edit=lambda row: policy.can(actor(), "edit_meeting", records.scope_of(row))[0],
        editing=opened or number_in(edited) or edited or None,
        form=form or Form(),
        sort_url=lambda order: url_for(".meeting_list", sort=order),
    )


@pages.post("/reunions")
def create_meeting() -> Response | BaseResponse:
    _, form = submit(MeetingSchema(), request.form, lambda values: commands.create_meeting(actor(), values))
    return _meetings_page(form, "new") if form else _meeting_saved("Réunion ajoutée.")


@pages.post(f"/reunions/<{ID}:meeting_id>")
def update_meeting(meeting_id: int) -> Response | BaseResponse:
    _, form = submit(
        MeetingSchema(partial=True),
        request.form,
        lambda values: commands.update_meeting(actor(), meeting_id, posted_version(request.form), values),
        partial=True,
    )
    return _meetings_page(form, meeting_id) if form else _meeting_saved("Réunion enregistrée.")


@pages.post(f"/reunions/<{ID}:meeting_id>/archiver")
def archive_meeting(meeting_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_meeting(actor(), meeting_id, posted_version(request.form), values["reason"]),
    )
    return _meetings_page(form, meeting_id) if form else _meeting_saved("Réunion archivée.")


@pages.get(f"/reunions/<{ID}:meeting_id>")
def meeting_page(meeting_id: int) -> Response:
    meeting: Meeting = records.readable_meeting(actor(), meeting_id)
    return respond(
        "balance/meeting.html",
        meeting=meeting,
        name=commands.name_of(meeting),
        history=story.days(item_history("meeting", meeting.id)),
    )


def _meeting_saved(text: str) -> BaseResponse:
    done(text)
    return go(url_for(".meeting_list"))
