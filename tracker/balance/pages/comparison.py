"""Two editions compared, or an edition and today."""

from flask import Response, request

from tracker.balance import compared
from tracker.balance.pages.blueprint import YEAR, pages
from tracker.balance.queries.comparison import LIVE, Comparison, Side, comparable, comparison
from tracker.balance.queries.sheet import OWN, contract_by_code
from tracker.balance.rules.comparison import SECTIONS
from tracker.policy import Conflict
from tracker.tfpb.queries.expected import Ref
from tracker.web.htmx import respond
from tracker.web.shell import actor

TODAY = "aujourdhui"


@pages.get(f"{YEAR}/comparer")
def compare_page(code: str, year: int) -> Response:
    contract = contract_by_code(code, year)
    editions = comparable(actor(), code)
    options = [(Side(one.year, one).token, compared.edition_name(one, year)) for one in editions]
    asked = request.args.get("de", "").strip() or next((token for token, _ in options if token[:4] == str(year)), None)
    other = request.args.get("a", "").strip() or TODAY
    found, refusal = None, None
    if asked is not None:
        try:
            found = comparison(actor(), code, year, _state(asked), _state(other))
        except Conflict as conflict:  # an edition that was altered: another one may be chosen
            refusal = conflict
    return respond(
        "balance/comparison.html",
        refusal.status if refusal else 200,
        contract=Ref(contract.id, contract.code, contract.name),
        year=year,
        options=[(TODAY, "Aujourd’hui"), *options],
        columns=compared.CHANGES,
        warning=refusal.message if refusal else None,
        **(_drawn(found, year) if found else {"found": None, "chosen": [asked, other]}),
    )


def _state(name: str) -> str:
    return LIVE if name == TODAY else name


def _drawn(found: Comparison, year: int) -> dict[str, object]:
    sides = (found.before, found.after)
    return {
        "found": found,
        "parts": compared.parts(found.changes),
        "chosen": [TODAY if side.token == LIVE else side.token for side in sides],
        "names": [compared.side_name(side, year) for side in sides],
        "own": found.scope == OWN,
        # A landlord's own programme is compared, presented or not.
        "as_frozen": found.scope != OWN and any(side.token == LIVE for side in sides),
        "left_out": [SECTIONS[section] for section in found.left_out],
    }
