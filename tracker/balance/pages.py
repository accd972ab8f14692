"""The pages of the balance sheet: a contract-year live, its frozen editions, the meetings."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.balance import columns, commands, rules, workbook
from tracker.balance.models import Edition, Meeting
from tracker.balance.queries import records
from tracker.balance.queries.content import BalanceSheet, DueLine, read_sheet
from tracker.balance.queries.sheet import OWN, balance_sheet, contract_by_code
from tracker.balance.schemas import EditionSchema, FreezeSchema, MeetingArguments, MeetingSchema
from tracker.history.queries import item_history
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE, Conflict, FieldError, Scope
from tracker.tfpb.rules import COUNTED
from tracker.web import navigation, story
from tracker.web.forms import Form, number_in, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor, page_blueprint
from tracker.workbooks.about import attachment

pages = page_blueprint("balance", __name__, "/bilan")
BLUEPRINTS = (pages,)

navigation.register(
    navigation.Entry(
        40,
        "Bilan",
        "balance.index",
        "/bilan",
        lambda who: who.has(COORDINATOR, FINANCE_OFFICER, LANDLORD, STATE, COPIL),
    )
)
story.describe("meeting", story.Kind("la réunion", MeetingSchema(), url=lambda entry: url_for("balance.meeting_list")))
story.describe("edition", story.Kind("le bilan", EditionSchema(), {"freeze": "a arrêté"}))

YEAR = f"/<code>/<{ID}:year>"
EDITION = f"{YEAR}/editions/<{ID}:number>"


# -- which sheet ---------------------------------------------------------------------------------------------------


@pages.get("")
def index() -> Response | BaseResponse:
    """Straight to the sheet under way when there is one contract; else the choice."""
    contracts = records.readable_contracts(actor())
    if not contracts:
        raise policy.NotReadable("Aucun bilan ne vous est ouvert : il se lit avec un rôle dans un contrat.")
    if len(contracts) == 1:
        return go(url_for(".sheet_page", code=contracts[0].code, year=records.latest_year(contracts[0])))
    choices = [(contract, records.latest_year(contract), contract_years(contract)) for contract in contracts]
    return respond("balance/index.html", choices=choices)


def contract_years(contract: Any) -> list[int]:
    """The years of a contract, latest first."""
    return list(range(contract.last_year, contract.first_year - 1, -1))


@pages.get("/<code>")
def choose_year(code: str) -> BaseResponse:
    """Where the year's picker leads."""
    contract = contract_by_code(code)
    year = number_in(request.args.get("annee")) or records.latest_year(contract)
    return go(url_for(".sheet_page", code=code, year=year))


# -- the live sheet ------------------------------------------------------------------------------------------------


@pages.get(YEAR)
def sheet_page(code: str, year: int) -> Response:
    sheet = balance_sheet(actor(), code, year, with_actions=False)
    contract = contract_by_code(code)
    may_freeze, _ = policy.can(actor(), "freeze_balance", Scope(contract.id))
    return respond(
        "balance/sheet.html",
        copil=records.copil_of(contract.id, year),
        years=contract_years(contract),
        editions=records.editions(actor(), code, year).items,
        may_freeze=may_freeze,
        may_open=lambda line: (
            line.file_id is not None and policy.can(actor(), "read_file", _scope(contract.id, line))[0]
        ),
        **_drawn(sheet),
    )


def _scope(contract_id: int, line: DueLine) -> Scope:
    return Scope(contract_id, line.city.id, line.landlord.id, open_to_readers=line.status != "draft")


def _drawn(sheet: BalanceSheet) -> dict[str, Any]:
    """What the template draws of a sheet, live or frozen."""
    open_checks = [check for check in sheet.checks if not check.ok]
    received = sum(line.status in COUNTED for line in sheet.completeness)
    return {
        "sheet": sheet,
        "own": sheet.scope == OWN,
        "to_mend": _todo([check for check in open_checks if check.severity != "info"], sheet),
        "to_know": _todo([check for check in open_checks if check.severity == "info"], sheet),
        "holding": [check for check in sheet.checks if check.ok],
        "received": received,
        "columns": columns,
        "totals": columns.totals_of(sheet),
        "source_totals": columns.source_totals(sheet),
        "heard": columns.heard_by_file(sheet),
        "landlord_cities": _cities_of_landlords(sheet),
        "shares": [(f"{line.axis.code} {line.axis.name}", line.share) for line in sheet.by_axis],
        "meeting_kinds": rules.MEETING_KINDS,
    }


def _todo(checks: list[rules.Check], sheet: BalanceSheet) -> list[dict[str, Any]]:
    return [
        {
            "word": rules.CHECK_WORDS[check.code],
            "tone": rules.SEVERITY_TONES[check.severity],
            "sentence": check.message,
            # A frozen sheet is mended nowhere: the next edition will tell.
            "url": check.link if sheet.edition is None else None,
            "act": "Ouvrir",
        }
        for check in checks
    ]


def _cities_of_landlords(sheet: BalanceSheet) -> dict[int | None, str]:
    """landlord → the cities of its counted files, for the small line under its name."""
    found: dict[int | None, list[str]] = {}
    for line in sheet.completeness:
        if line.status in COUNTED:
            named = found.setdefault(line.landlord.id, [])
            if line.city.name not in named:
                named.append(line.city.name)
    return {landlord: ", ".join(cities) for landlord, cities in found.items()}


@pages.get(f"{YEAR}/classeur.xlsx")
def live_workbook(code: str, year: int) -> Response:
    content, name = workbook.live_file(actor(), code, year)
    return Response(content, headers=attachment(name))


# -- freezing ------------------------------------------------------------------------------------------------------


@pages.get(f"{YEAR}/arreter")
def freeze_form(code: str, year: int) -> Response:
    return _freeze_page(code, year, Form())


def _freeze_page(code: str, year: int, form: Form) -> Response:
    contract = contract_by_code(code, year)
    policy.require(actor(), "freeze_balance", Scope(contract.id))
    sheet = balance_sheet(actor(), code, year, with_actions=False)
    listed = records.meetings(actor(), {"contract_id": contract.id, "sort": "-held_on"}).items
    copil = records.copil_of(contract.id, year)
    return respond(
        "balance/freeze.html",
        form.status if form.errors else 200,
        form=form,
        sheet=sheet,
        blocking=_todo(rules.open_errors(sheet.checks), sheet),
        received=sum(line.status in COUNTED for line in sheet.completeness),
        meeting_options=[(meeting.id, commands.name_of(meeting)) for meeting in listed],
        copil_id=copil.id if copil else None,
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


# -- editions ------------------------------------------------------------------------------------------------------


@pages.get(f"{YEAR}/editions")
def edition_list(code: str, year: int) -> Response:
    listed = records.editions(actor(), code, year).items
    contract = contract_by_code(code)
    return respond("balance/editions.html", contract=contract, year=year, editions=listed, columns=columns)


@pages.get(EDITION)
def edition_page(code: str, year: int, number: int) -> Response:
    edition = records.readable_edition(actor(), code, year, number)
    sheet = read_sheet(edition.content)
    return respond("balance/sheet.html", edition=edition, years=[], editions=(), **_drawn(sheet))


@pages.get(f"{EDITION}/classeur.xlsx")
def edition_workbook(code: str, year: int, number: int) -> Response:
    content, name = workbook.edition_file(records.readable_edition(actor(), code, year, number))
    return Response(content, headers=attachment(name))


# -- meetings ------------------------------------------------------------------------------------------------------


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
