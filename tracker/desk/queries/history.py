"""The lines of the contract's history that each reader may read."""

from collections.abc import Sequence

from tracker import policy
from tracker.history.models import HistoryEntry
from tracker.history.queries import Stretch, readable_history
from tracker.policy import ADMINISTRATOR, COORDINATOR, Actor

INVESTMENT_ITEMS = ("project", "cost_item", "budget_year", "financing_grant", "payment")
TFPB_ITEMS = (
    "convention",
    "amendment",
    "tfpb_file",
    "tfpb_action",
    "participation",
    "comment",
    "financing_grant",
    "payment",
    "document",
)
BALANCE_ITEMS = ("meeting", "edition", "publication")
DECISION_ITEMS = ("decision",)
REFERENCE_ITEMS = (
    "contract",
    "neighbourhood",
    "city",
    "landlord",
    "residence",
    "funder",
    "scheme",
    "axis",
    "objective",
)
MEMBER_ITEMS = ("user_account", "membership")
COORDINATED_ITEMS = ("residence", "objective", "membership")


def contract_history(actor: Actor, page: int, page_size: int) -> tuple[Sequence[HistoryEntry], int]:
    """The lines the actor may read across the contract, latest first, and how many there are.

    A reader who sees a TFPB file only once submitted reads its history on the file's own page, under its guard.
    """
    stretches = [Stretch(one, INVESTMENT_ITEMS, of_landlords=False) for one in policy.reach(actor, "read_project")]
    whole = [one for one in policy.reach(actor, "read_file") if not one.only_open]
    stretches += [Stretch(one, TFPB_ITEMS, of_landlords=True) for one in whole]
    stretches += [Stretch(one, BALANCE_ITEMS) for one in policy.reach(actor, "read_meeting")]
    stretches += [Stretch(one, DECISION_ITEMS) for one in policy.reach(actor, "read_decision")]
    if actor.has(ADMINISTRATOR):
        stretches += [Stretch(one, (*REFERENCE_ITEMS, *MEMBER_ITEMS)) for one in policy.reach(actor, "administer")]
    elif actor.has(COORDINATOR):
        stretches += [Stretch(one, COORDINATED_ITEMS) for one in policy.reach(actor, "manage_contract")]
    return readable_history(stretches, page=page, page_size=page_size)
