"""The totals a second time, by plain statements of their own: what the checks compare the sheet's sums with.

Nothing here is shared with ``sums.py``: no join of a sum, no table of lines kept between two steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, type_coerce

from tracker.balance.queries.sums import FILES
from tracker.extensions import Statement, run
from tracker.funding.models import Grant
from tracker.funding.queries import has_award
from tracker.money import CENT
from tracker.tfpb.models import Action, TfpbFile

OF_ACTIONS = ("planned_cost", "actual_cost", "landlord_share", "valued_amount")
OF_FILES = ("dwellings", "abated_dwellings")


@dataclass(frozen=True)
class Recount:
    """What the rows say: figure → its sum, unknown values skipped; file → what was awarded to its actions."""

    figures: Mapping[str, Decimal | int]
    grants: Mapping[int, Decimal]


def _cents(column: Any) -> Any:
    return cast(func.sum(type_coerce(column, BigInteger())), BigInteger)


@cache
def _actions() -> Statement:
    return select(func.count(), *(_cents(getattr(Action, name)) for name in OF_ACTIONS)).where(
        Action.file_id.in_(FILES), Action.archived_at.is_(None)
    )


@cache
def _files() -> Statement:
    abatement = func.coalesce(TfpbFile.abatement_actual, TfpbFile.abatement_estimated)
    counts = (cast(func.sum(getattr(TfpbFile, name)), BigInteger) for name in OF_FILES)
    return select(func.count(), *counts, _cents(abatement)).where(TfpbFile.id.in_(FILES))


@cache
def _grants() -> Statement:
    return (
        select(Action.file_id, _cents(Grant.awarded))
        .select_from(Grant)
        .join(Action, Action.financing_id == Grant.financing_id)
        .where(has_award(), Action.file_id.in_(FILES), Action.archived_at.is_(None))
        .group_by(Action.file_id)
    )


def recount(files: Sequence[int]) -> Recount:
    """The rows of these files added up again: three queries."""
    actions, *amounts = run(_actions(), files=files)[0]
    count, *dwellings, abatement = run(_files(), files=files)[0]
    figures: dict[str, Decimal | int] = {"files": count, "actions": actions, "abatement": _euros(abatement)}
    figures |= {name: _euros(cents) for name, cents in zip(OF_ACTIONS, amounts, strict=True)}
    figures |= {name: total or 0 for name, total in zip(OF_FILES, dwellings, strict=True)}
    return Recount(figures, {file_id: _euros(cents) for file_id, cents in run(_grants(), files=files)})


def _euros(cents: int | None) -> Decimal:
    return (Decimal(cents or 0) * CENT).quantize(CENT)
