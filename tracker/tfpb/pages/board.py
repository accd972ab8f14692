"""The completeness board: what each expected file lacks, filters in the address, export of exactly that."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock
from tracker.columns import by_key
from tracker.policy import NotReadable
from tracker.territory.models import Contract
from tracker.tfpb import columns
from tracker.tfpb.commands.reminders import Reminded, remind_landlords
from tracker.tfpb.pages.blueprint import pages
from tracker.tfpb.queries import board
from tracker.tfpb.rules.board import BOX_STATES, BOX_TONES
from tracker.tfpb.schemas.board import BoardArguments, ReminderSchema
from tracker.web import formats
from tracker.web.forms import number_in, read_form
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.writing import list_workbook

FILTERS = ("city_id", "landlord_id", "lacking")


def _place(typed: dict[str, Any]) -> tuple[list[Contract], Contract, int]:
    """The boards the actor reads, the contract asked for (else the first), and the year (else the one under way)."""
    contracts = list(board.board_contracts(actor()))
    wanted = typed.get("contract")
    contract = next((one for one in contracts if wanted in (None, "", one.code)), None)
    if contract is None:
        raise NotReadable
    usual = min(max(clock.today().year - 1, contract.first_year), contract.last_year)
    asked = typed.get("year")
    year = number_in(asked) if asked else usual
    if year is None:
        raise NotReadable
    return contracts, contract, year


def _asked() -> tuple[list[Contract], board.Board, dict[str, Any]]:
    """The contracts offered, the board of the address, and the filters it was read with."""
    typed = {name: value for name, value in request.args.items() if value != ""}
    contracts, contract, year = _place(typed)
    arguments = BoardArguments().read({name: typed[name] for name in typed if name not in ("contract", "year")})
    return contracts, board.board(actor(), contract.code, year, arguments), arguments


def _active(found: board.Board, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the address has to carry to show the same board again."""
    active = {"contract": found.contract.code, "year": found.year}
    active |= {name: arguments[name] for name in FILTERS if arguments.get(name)}
    if arguments["sort"] != board.USUAL_SORT:
        active["sort"] = arguments["sort"]
    return active


@pages.get("/completude")
def completeness() -> Response:
    contracts, found, arguments = _asked()
    active = _active(found, arguments)
    contract = found.contract
    return respond(
        "tfpb/board.html",
        board=found,
        columns=by_key(columns.BOARD, columns.BOARD_SHOWN),
        arguments=arguments,
        box_states=BOX_STATES,
        box_tones=BOX_TONES,
        lackings=board.LACKINGS,
        contract_options=[(one.code, one.name) for one in contracts],
        years=range(contract.last_year, contract.first_year - 1, -1),
        filtered=any(arguments.get(name) for name in FILTERS),
        active={**active, "page": arguments["page"]},
        may_remind=lambda line: board.may_remind(actor(), contract, line),
        may_discuss=lambda line: board.may_discuss(actor(), contract, line),
        may_open=lambda line: board.may_open(actor(), contract, line),
        page_count=max(1, -(-found.total // arguments["page_size"])),
        board_url=lambda **changes: url_for(".completeness", **{**active, **changes}),
        sort_url=lambda order: url_for(".completeness", **{**active, "sort": order}),
        page_url=lambda page: url_for(".completeness", **{**active, "page": page}),
        export_url=url_for(".export_board", **active),
    )


@pages.post("/completude/relances")
def remind_landlord() -> BaseResponse:
    """Back to the board as it was: the form carries its address along with whom to call."""
    typed = {name: value for name, value in request.form.items() if value != ""}
    _contracts, contract, year = _place(typed)
    called = {name: value for name, value in typed.items() if name in ReminderSchema().fields}
    result = remind_landlords(actor(), contract.code, year, read_form(ReminderSchema(), called))
    done(_reminded(result))
    back: dict[str, Any] = {
        name: typed[name] for name in ("contract", "year", *FILTERS, "sort", "page") if name in typed
    }
    return go(url_for(".completeness", **back))


def _reminded(result: Reminded) -> str:
    landlords = list(dict.fromkeys(line.landlord.name for line in result.lines))
    who = f"{landlords[0]} relancé" if len(landlords) == 1 else f"{len(landlords)} bailleurs relancés"
    sentence = f"{who} par {formats.plural(result.letters, 'courriel')}."
    if result.unreached:
        sentence += f" Personne ne reçoit de courriel chez {', '.join(result.unreached)}."
    return sentence


@pages.get("/completude.xlsx")
def export_board() -> Response:
    typed = {name: value for name, value in request.args.items() if value != ""}
    _contracts, contract, year = _place(typed)
    arguments = BoardArguments().read({name: typed[name] for name in typed if name not in ("contract", "year")})
    found = board.board(actor(), contract.code, year, {**arguments, "page_size": None})
    about = About(
        on=clock.today(), author=actor().name, filters=_told(found, arguments), sort=_told_sort(arguments["sort"])
    )
    title = f"Dossiers attendus {year}"
    content = list_workbook(title, columns.BOARD, found.lines, found.totals, about)
    return Response(content, headers=attachment(file_name("completude-tfpb", contract.code, str(year), about=about)))


def _told(found: board.Board, arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """The contract, the year and the active filters, as « À propos » says them."""
    names: dict[str, dict[Any, str]] = {
        "city_id": {ref.id: ref.name for ref in found.cities},
        "landlord_id": {ref.id: ref.name for ref in found.landlords},
        "lacking": board.LACKINGS,
    }
    fields = BoardArguments().fields
    told = [("Contrat", found.contract.name), ("Année", str(found.year))]
    for name in FILTERS:
        value = arguments.get(name)
        if value is not None:
            told.append((str(getattr(fields[name], "label", name)), str(names[name].get(value, value))))
    return told


def _told_sort(sort: str) -> str:
    label = {column.key: column.label for column in columns.BOARD}[sort.removeprefix("-")]
    return f"{label}, décroissant" if sort.startswith("-") else label
