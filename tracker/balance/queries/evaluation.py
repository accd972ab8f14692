"""Reading the coordinator's evaluation of a year as an item of its own: whoever writes it needs its version."""

from sqlalchemy import select

from tracker import policy
from tracker.balance.models import Evaluation
from tracker.balance.queries.sheet import contract_by_code
from tracker.extensions import db
from tracker.policy import Actor, NotReadable, Scope


def evaluation_row(contract_id: int, year: int) -> Evaluation | None:
    """The evaluation of a contract-year, None while none was ever written."""
    statement = select(Evaluation).where(Evaluation.contract_id == contract_id, Evaluation.year == year)
    return db.session.scalars(statement).one_or_none()


def readable_evaluation(actor: Actor, code: str, year: int) -> Evaluation:
    """The evaluation, for any member of the contract: it stands in the sheet of each. Raises NotReadable."""
    contract = contract_by_code(code, year)
    policy.require(actor, "read_edition", Scope(contract.id))
    row = evaluation_row(contract.id, year)
    if row is None:
        raise NotReadable
    return row
