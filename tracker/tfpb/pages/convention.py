"""One convention: who signed, what it opens, its amendments, its files year by year."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.documents.pages import item_address, panel
from tracker.history.queries import family_history
from tracker.tfpb import columns, commands, rules
from tracker.tfpb.models import Convention
from tracker.tfpb.pages.blueprint import apart, number_of, opened, pages
from tracker.tfpb.queries import conventions, files
from tracker.tfpb.queries.turns import waiting
from tracker.tfpb.schemas import AmendmentSchema, ConventionSchema
from tracker.web import story
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

CONVENTION = f"/conventions/<{ID}:convention_id>"
AMENDMENT = f"/avenants/<{ID}:amendment_id>"
AMENDMENT_PLACE = "avenant-"

# A convention's readers do not all read its files: a draft's lines stay on the file's own page.
TOLD = ("amendment", "document")
# Which act mends an alert, and where on the page.
MENDED_AT = {"not_signed": "signatures", "not_declared": "signatures", "overlap": "fiche"}


@pages.get(CONVENTION)
def convention_page(convention_id: int) -> Response:
    return _page(convention_id)


def _page(convention_id: int, form: Form | None = None, open_at: str | None = None, *, archiving: bool = False) -> Any:
    """``open_at`` is what a refused form opens again: ``fiche``, ``signatures``, ``avenant-3``, ``archiver``."""
    status = form.status if form else 200
    form, archive_form = apart(form, archiving=archiving)
    convention = conventions.readable_convention(actor(), convention_id)
    line = conventions.line_of(convention)
    allowed, refusal = policy.can(actor(), "manage_contract", conventions.scope_of(convention))
    may_edit = allowed and convention.archived_at is None
    place = (open_at or opened() or "") if may_edit else ""
    contracts = conventions.managed_contracts(actor()) if place in ("fiche", "archiver") else ()
    return respond(
        "tfpb/convention.html",
        status,
        line=line,
        title=title_of(convention),
        url=url_for(".convention_page", convention_id=convention_id),
        alerts=_alerts(line, may_edit),
        signatories=_signatories(convention),
        usual_day=_usual_day(convention),
        amendments=conventions.amendments_of(convention),
        amendment_columns=columns.AMENDMENTS,
        editing=number_of(place.removeprefix(AMENDMENT_PLACE)) if place.startswith(AMENDMENT_PLACE) else None,
        files=files.files(actor(), {"page_size": None, "convention_id": convention_id, "sort": "year"}).items,
        file_columns=columns.CONVENTION_FILES,
        turn_of=lambda line: waiting(actor(), line, clock.today()),
        place=place,
        may_edit=may_edit,
        refusal=refusal or "Cette convention est archivée.",
        landlord_options=[(one.id, one.name) for one in conventions.landlord_choices()] if contracts else (),
        city_options=[(city.id, city.name) for city in convention.contract.cities],
        documents_url=lambda amendment: item_address("amendment", amendment.id),
        documents_panel=panel("convention", convention_id),
        history=story.days(family_history("convention", convention_id, of=TOLD)),
        rules=rules,
        form=form,
        archive_form=archive_form,
    )


def title_of(convention: Convention) -> str:
    """What a convention is called: its landlord and its city."""
    return f"{convention.landlord.name}, {convention.city.name}"


def _alerts(line: conventions.ConventionLine, may_edit: bool) -> list[dict[str, Any]]:
    base = url_for(".convention_page", convention_id=line.id)
    found = []
    for alert in line.alerts:
        place = MENDED_AT.get(alert.code) if may_edit else None
        found.append(
            {
                "word": columns.GATE_WORDS[alert.code],
                "tone": rules.ALERT_TONES[alert.severity],
                "sentence": alert.message,
                "url": f"{base}?edit={place}#{place}" if place else None,
                "act": "Compléter" if place == "signatures" else "Modifier",
            }
        )
    return found


def _signatories(convention: Convention) -> list[dict[str, Any]]:
    """The four lines of the table; ``missing`` is only said when the signatures are told one by one."""
    names = {
        "landlord_signed_on": convention.landlord.name,
        "city_signed_on": convention.city.name,
        "intermunicipal_signed_on": convention.contract.intercommunal_name,
        "prefect_signed_on": None,
    }
    missing = rules.missing_signatories(convention)
    return [
        {
            "field": field,
            "who": who,
            "name": names[field],
            "on": getattr(convention, field),
            "missing": who in missing,
        }
        for field, who in rules.SIGNATORIES.items()
    ]


def _usual_day(convention: Convention) -> str | None:
    """The habit for a convention that names no day, as the database would keep it: « 03-31 »."""
    due = rules.report_due(max(convention.first_year, clock.today().year))
    return f"{due:%m-%d}" if due else None


def _saved(convention_id: int, text: str) -> BaseResponse:
    done(text)
    return go(url_for(".convention_page", convention_id=convention_id))


@pages.post(CONVENTION)
def update_convention(convention_id: int) -> Response | BaseResponse:
    _, form = submit(
        ConventionSchema(partial=True),
        request.form,
        lambda values: commands.update_convention(actor(), convention_id, posted_version(request.form), values),
        partial=True,
    )
    if form:
        return _page(convention_id, form, "signatures" if opened() == "signatures" else "fiche")
    return _saved(convention_id, "Convention enregistrée.")


@pages.post(f"{CONVENTION}/archiver")
def archive_convention(convention_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_convention(
            actor(), convention_id, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return _page(convention_id, form, "archiver", archiving=True)
    done("Convention archivée.")
    return go(url_for(".convention_list"))


# -- amendments ----------------------------------------------------------------------------------------------------


@pages.post(f"{CONVENTION}/avenants")
def add_amendment(convention_id: int) -> Response | BaseResponse:
    _, form = submit(
        AmendmentSchema(), request.form, lambda values: commands.add_amendment(actor(), convention_id, values)
    )
    if form:
        return _page(convention_id, form, f"{AMENDMENT_PLACE}new")
    return _saved(convention_id, "Avenant ajouté.")


def _convention_of(amendment_id: int) -> int:
    return conventions.readable_amendment(actor(), amendment_id).convention_id


@pages.post(AMENDMENT)
def update_amendment(amendment_id: int) -> Response | BaseResponse:
    convention_id = _convention_of(amendment_id)
    _, form = submit(
        AmendmentSchema(partial=True),
        request.form,
        lambda values: commands.update_amendment(actor(), amendment_id, posted_version(request.form), values),
        partial=True,
    )
    if form:
        return _page(convention_id, form, f"{AMENDMENT_PLACE}{amendment_id}")
    return _saved(convention_id, "Avenant enregistré.")


@pages.post(f"{AMENDMENT}/archiver")
def archive_amendment(amendment_id: int) -> Response | BaseResponse:
    convention_id = _convention_of(amendment_id)
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_amendment(
            actor(), amendment_id, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return _page(convention_id, form, f"{AMENDMENT_PLACE}{amendment_id}", archiving=True)
    return _saved(convention_id, "Avenant archivé.")
