"""The calendar of the meetings, the page of each, its dossier."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.balance import columns, commands, dossier, rules
from tracker.balance.models import Meeting
from tracker.balance.pages.blueprint import MEETING, pages
from tracker.balance.queries import decisions, records
from tracker.balance.schemas import MeetingArguments, MeetingSchema
from tracker.history.queries import item_history
from tracker.policy import Scope
from tracker.web import story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import attachment


@pages.get("/reunions")
def meeting_list() -> Response:
    return _meetings_page()


def _meetings_page(form: Form | None = None, opened: str | int | None = None) -> Response:
    typed = {name: value for name, value in request.args.items() if value != "" and name != "edit"}
    arguments = {**MeetingArguments().read(typed), "page_size": None}
    asked = request.args.get("edit", "")
    editing = opened or number_in(asked) or asked or None
    editable = [
        contract
        for contract in records.readable_contracts(actor())
        if policy.can(actor(), "edit_meeting", Scope(contract.id))[0]
    ]
    listed = records.meetings(actor(), arguments).items
    edited = next((meeting for meeting in listed if meeting.id == editing), None)
    return respond(
        "balance/meetings.html",
        form.status if form else 200,
        meetings=listed,
        columns=columns.MEETINGS,
        arguments=arguments,
        kinds=rules.MEETING_KINDS,
        contract_options=[(contract.id, contract.name) for contract in editable],
        may_edit=lambda row: policy.can(actor(), "edit_meeting", records.scope_of(row))[0],
        editing=editing,
        relied=records.relied_on(edited) if edited is not None else None,
        kept_sentence=rules.kept_sentence,
        archive_refusal=rules.archive_refusal,
        form=form or Form(),
        sort_url=lambda order: url_for(".meeting_list", sort=order),
    )


@pages.post("/reunions")
def create_meeting() -> Response | BaseResponse:
    _, form = submit(MeetingSchema(), request.form, lambda values: commands.create_meeting(actor(), values))
    return _meetings_page(form, "new") if form else _meeting_saved("Réunion ajoutée.")


@pages.post(MEETING)
def update_meeting(meeting_id: int) -> Response | BaseResponse:
    _, form = submit(
        MeetingSchema(partial=True),
        request.form,
        lambda values: commands.update_meeting(actor(), meeting_id, posted_version(request.form), values),
        partial=True,
    )
    return _meetings_page(form, meeting_id) if form else _meeting_saved("Réunion enregistrée.")


@pages.post(f"{MEETING}/archiver")
def archive_meeting(meeting_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_meeting(actor(), meeting_id, posted_version(request.form), values["reason"]),
    )
    return _meetings_page(form, meeting_id) if form else _meeting_saved("Réunion archivée.")


@pages.get(MEETING)
def meeting_page(meeting_id: int) -> Response:
    return show_meeting(meeting_id)


def show_meeting(meeting_id: int, form: Form | None = None) -> Response:
    """The page of a meeting; ``form`` is a refused decision on its way back."""
    meeting: Meeting = records.readable_meeting(actor(), meeting_id)
    scope = records.scope_of(meeting)
    may_decide = policy.can(actor(), "record_decision", scope)[0] and meeting.archived_at is None
    adding = may_decide and (form is not None or request.args.get("edit") == "new")
    return respond(
        "balance/meeting.html",
        form.status if form else 200,
        meeting=meeting,
        name=rules.meeting_name(meeting.kind, meeting.held_on),
        columns=columns,
        kinds=rules.DECISION_KINDS,
        labels=rules.DECISION_FIELDS,
        editions=records.editions_of(meeting),
        decisions=decisions.decisions(actor(), {"meeting_id": meeting.id}).items,
        may_edit=policy.can(actor(), "edit_meeting", scope)[0] and meeting.archived_at is None,
        may_decide=may_decide,
        held=meeting.held_on <= clock.today(),
        adding=adding,
        form=form or Form(),
        choices=_choices(meeting) if adding else {},
        history=story.days(item_history("meeting", meeting.id)),
    )


def _choices(meeting: Meeting) -> dict[str, list[tuple[int, str]]]:
    """What a decision of this meeting may name, as the options of its form."""
    contract = meeting.contract
    return {
        "editions": [
            (one.id, f"Bilan {one.year}, édition n° {one.number}") for one in decisions.named_editions(meeting)
        ],
        "files": [
            (
                one.id,
                f"{one.year} · {one.convention.landlord.name}, {one.convention.city.name}, {one.neighbourhood.name}",
            )
            for one in decisions.named_files(contract)
        ],
        "landlords": [(one.id, one.name) for one in decisions.named_landlords(contract)],
        "cities": [(one.id, one.name) for one in decisions.named_cities(contract)],
    }


@pages.get(f"{MEETING}/dossier.zip")
def meeting_dossier(meeting_id: int) -> Response:
    content, name = dossier.dossier_file(actor(), meeting_id)
    return Response(content, headers=attachment(name, dossier.MIME))


def _meeting_saved(text: str) -> BaseResponse:
    done(text)
    return go(url_for(".meeting_list"))
