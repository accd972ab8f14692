"""Writing the short evaluation of a year the contract asks for."""

from tracker.balance.models import Evaluation
from tracker.balance.queries.evaluation import evaluation_row
from tracker.balance.queries.sheet import contract_by_code
from tracker.history.commands import Writing
from tracker.policy import Actor, Scope, Stale


def write_evaluation(
    actor: Actor, code: str, year: int, version: int | None, content: str | None
) -> tuple[Evaluation, bool]:
    """Write the evaluation of a contract-year: create it (``version`` None) or replace it; tells whether it is new.

    ``content`` None withdraws the text; frozen editions keep theirs. Raises NotReadable, Forbidden; Stale when it
    exists and should not, or is another version, or does not exist and should.
    """
    with Writing(actor) as write:
        contract = contract_by_code(code, year)
        scope, label = Scope(contract.id), f"Évaluation {year}"
        write.require("write_evaluation", scope)
        row = evaluation_row(contract.id, year)
        new = row is None
        if row is None:
            if version is not None:
                raise Stale
            row = Evaluation(contract_id=contract.id, year=year, content=content)
            write.add(row, scope, label=label)
        else:
            write.check_version(row, version)
            if version is None:
                raise Stale(row)
            write.change(row, {"content": content}, scope, label=label)
    return row, new
