"""The live sheet of a contract-year."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.balance import workbook
from tracker.balance.pages.blueprint import YEAR, pages
from tracker.balance.pages.drawn import drawn
from tracker.balance.queries import records
from tracker.balance.queries.content import DueLine
from tracker.balance.queries.missing_pieces import copil_of
from tracker.balance.queries.sheet import balance_sheet, contract_by_code
from tracker.policy import Scope
from tracker.web import pdf
from tracker.web.forms import number_in
from tracker.web.htmx import go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import attachment


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


@pages.get(YEAR)
def sheet_page(code: str, year: int) -> Response:
    sheet = balance_sheet(actor(), code, year, with_actions=False)
    contract = contract_by_code(code)
    may_freeze, _ = policy.can(actor(), "freeze_balance", Scope(contract.id))
    may_evaluate, _ = policy.can(actor(), "write_evaluation", Scope(contract.id))
    return respond(
        "balance/sheet.html",
        copil=copil_of(contract.id, year),
        years=contract_years(contract),
        editions=records.editions(actor(), code, year).items,
        may_freeze=may_freeze,
        may_evaluate=may_evaluate,
        pdf_missing=pdf.missing(),
        may_open=lambda line: (
            line.file_id is not None and policy.can(actor(), "read_file", _scope(contract.id, line))[0]
        ),
        **drawn(sheet),
    )


def _scope(contract_id: int, line: DueLine) -> Scope:
    return Scope(contract_id, line.city.id, line.landlord.id, open_to_readers=line.status != "draft")


@pages.get(f"{YEAR}/classeur.xlsx")
def live_workbook(code: str, year: int) -> Response:
    content, name = workbook.live_file(actor(), code, year)
    return Response(content, headers=attachment(name))
