"""Reading whole declarations: files with their actions, other funding and participation, for what leaves the house."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.extensions import db
from tracker.funding.queries import GrantLine, grants_of
from tracker.policy import Actor
from tracker.territory.models import Contract
from tracker.tfpb.models import Action, Participation, TfpbFile
from tracker.tfpb.queries import files
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.files import FileLine, awarded, awards_within


@dataclass(frozen=True)
class DeclaredAction:
    """An action as its landlord declares it: with its other funding and the grants this is the sum of."""

    line: ActionLine
    grants: Sequence[GrantLine]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.line, name)


@dataclass(frozen=True)
class Declaration:
    """A file with everything its landlord declares in it."""

    file: FileLine
    contract: Contract
    actions: Sequence[DeclaredAction]
    participation: Sequence[Participation]


def declaration_of(actor: Actor, file_id: int) -> Declaration:
    """The declaration of a file the actor may read; raises NotReadable."""
    file = files.readable_file(actor, file_id)
    return _whole([files.file_line(file.id)])[0]


def declarations(actor: Actor, arguments: Mapping[str, Any]) -> list[Declaration]:
    """The declarations of every file the actor reads under the filters of the list, in its order.

    The same number of queries whatever the number of files.
    """
    return _whole(files.files(actor, {**arguments, "page_size": None}).items)


def _whole(lines: Sequence[FileLine]) -> list[Declaration]:
    # Written out in the statement: a parameter for each file would meet SQLite's limit on a whole installation.
    numbers: Any = bindparam("files", [line.id for line in lines], expanding=True, literal_execute=True)
    chosen = select(TfpbFile.id).where(TfpbFile.id.in_(numbers))
    actions = _actions(chosen)
    live = select(Action.financing_id).where(Action.file_id.in_(chosen), Action.archived_at.is_(None))
    grants: dict[int, list[GrantLine]] = defaultdict(list)
    for grant in grants_of(live):
        grants[grant.financing_id].append(grant)
    by_file: dict[int, list[DeclaredAction]] = defaultdict(list)
    for line in actions:
        by_file[line.file_id].append(DeclaredAction(line, grants[line.financing_id]))
    moments: dict[int, list[Participation]] = defaultdict(list)
    statement = select(Participation).where(Participation.file_id.in_(chosen), Participation.archived_at.is_(None))
    for moment in db.session.scalars(statement.order_by(Participation.held_on, Participation.id)):
        moments[moment.file_id].append(moment)
    contracts = _contracts(lines)
    return [
        Declaration(line, contracts[line.convention.contract_id], by_file[line.id], moments[line.id]) for line in lines
    ]


def _contracts(lines: Sequence[FileLine]) -> dict[int, Contract]:
    numbers = {line.convention.contract_id for line in lines}
    return {one.id: one for one in db.session.scalars(select(Contract).where(Contract.id.in_(numbers)))}


def _actions(chosen: Any) -> list[ActionLine]:
    awards = awards_within(chosen)
    statement = (
        select(Action, awarded(awards), awards.c.other_funding_unknown)
        .outerjoin(awards, awards.c.financing_id == Action.financing_id)
        .where(Action.file_id.in_(chosen), Action.archived_at.is_(None))
        .options(joinedload(Action.objective), selectinload(Action.residences), joinedload(Action.financing))
        .order_by(Action.axis, Action.id)
    )
    return [ActionLine(action, other, int(skipped or 0)) for action, other, skipped in db.session.execute(statement)]
