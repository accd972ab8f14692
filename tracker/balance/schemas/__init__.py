"""One schema validates the JSON body and the HTML form of the same write; the sheet's tell the shape of its JSON."""

from tracker.balance.schemas.comparison import ComparisonArguments, ComparisonSchema
from tracker.balance.schemas.editions import EditionSchema, FreezeSchema
from tracker.balance.schemas.evaluation import EvaluationSchema
from tracker.balance.schemas.meetings import (
    DecisionArguments,
    DecisionSchema,
    DoneSchema,
    MeetingArguments,
    MeetingDecisionArguments,
    MeetingSchema,
)
from tracker.balance.schemas.publications import PublicationSchema
from tracker.balance.schemas.references import ReferenceValueArguments, ReferenceValueSchema
from tracker.balance.schemas.sheet import BalanceSheetSchema, RefSchema
from tracker.balance.schemas.years import BalanceYearsSchema, YearsArguments

__all__ = [
    "BalanceSheetSchema",
    "BalanceYearsSchema",
    "ComparisonArguments",
    "ComparisonSchema",
    "DecisionArguments",
    "DecisionSchema",
    "DoneSchema",
    "EditionSchema",
    "EvaluationSchema",
    "FreezeSchema",
    "MeetingArguments",
    "MeetingDecisionArguments",
    "MeetingSchema",
    "PublicationSchema",
    "RefSchema",
    "ReferenceValueArguments",
    "ReferenceValueSchema",
    "YearsArguments",
]
