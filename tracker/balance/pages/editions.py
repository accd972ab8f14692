"""Freezing an edition, and the frozen editions."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.balance import columns, commands, rules, workbook
from tracker.balance.models import Edition
from tracker.balance.pages.blueprint import EDITION, YEAR, pages
from tracker.balance.pages.drawn import drawn, todo
from tracker.balance.queries import decisions, records
from tracker.balance.queries.content import read_sheet
from tracker.balance.queries.integrity import altered_parts
from tracker.balance.queries.missing_pieces import copil_of
from tracker.balance.queries.sheet import balance_sheet, contract_by_code
from tracker.balance.rules.integrity import altered_sentence
from tracker.balance.schemas import FreezeSchema
from tracker.policy import Conflict, FieldError, Scope
from tracker.web import pdf
from tracker.web.forms import Form, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import attachment


@pages.get(f"{YEAR}/arreter")
def freeze_form(code: str, year: int) -> Response:
    return _freeze_page(code, year, Form())


def _freeze_page(code: str, year: int, form: Form) -> Response:
    contract = contract_by_code(code, year)
    policy.require(actor(), "freeze_balance", Scope(contract.id))
    sheet = balance_sheet(actor(), code, year, with_actions=False, with_beside=False)
    listed = records.meetings(actor(), {"contract_id": contract.id, "sort": "-held_on"}).items
    copil = copil_of(contract.id, year)
    return respond(
        "balance/freeze.html",
        form.status if form.errors else 200,
        form=form,
        sheet=sheet,
        blocking=todo(rules.open_errors(sheet.checks), sheet),
        received=columns.received(sheet),
        meeting_options=[(meeting.id, rules.meeting_name(meeting.kind, meeting.held_on)) for meeting in listed],
        copil_id=copil.id if copil else None,
        pdf_missing=pdf.missing(),
    )


@pages.post(f"{YEAR}/arreter")
def freeze(code: str, year: int) -> Response | BaseResponse:
    def act(values: dict[str, Any]) -> Edition:
        return commands.freeze_edition(actor(), code, year, values["meeting_id"], values.get("reason"))

    try:
        edition, form = submit(FreezeSchema(), request.form, act)
    except Conflict as conflict:
        if conflict.code != "open_errors":
            raise
        form = Form(request.form, [FieldError("reason", "required", f"Motif : {conflict.message}")])
    if form:
        return _freeze_page(code, year, form)
    done(f"Édition n° {edition.number} arrêtée. Les dossiers qu’elle compte sont verrouillés.")
    return go(url_for(".edition_page", code=code, year=year, number=edition.number))


@pages.get(f"{YEAR}/editions")
def edition_list(code: str, year: int) -> Response:
    listed = records.editions(actor(), code, year).items
    contract = contract_by_code(code)
    return respond("balance/editions.html", contract=contract, year=year, editions=listed, columns=columns)


@pages.get(EDITION)
def edition_page(code: str, year: int, number: int) -> Response:
    edition = records.readable_edition(actor(), code, year, number)
    altered = altered_parts(edition)
    warning = altered_sentence(altered) if altered else None
    if "content" in altered:
        # Its figures are not those that were presented, and it may not even be JSON any more.
        return respond("balance/altered.html", edition=edition, altered=altered, warning=warning)
    sheet = read_sheet(edition.content)
    decided = decisions.decisions(actor(), {"edition_id": edition.id}).items
    return respond(
        "balance/sheet.html",
        edition=edition,
        altered=altered,
        warning=warning,
        decisions=decided,
        years=[],
        editions=(),
        **drawn(sheet),
    )


@pages.get(f"{EDITION}/classeur.xlsx")
def edition_workbook(code: str, year: int, number: int) -> Response:
    content, name = workbook.edition_file(records.readable_edition(actor(), code, year, number))
    return Response(content, headers=attachment(name))
