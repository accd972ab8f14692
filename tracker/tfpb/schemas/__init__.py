"""One schema validates the JSON body and the HTML form of the same write."""

from tracker.tfpb.schemas.actions import ActionAlertSchema, ActionArguments, ActionSchema, PlannedRevision
from tracker.tfpb.schemas.baseline import BaselineArguments, BaselineSchema, CarryOverArguments, CarryOverSchema
from tracker.tfpb.schemas.comments import CommentArguments, CommentBody, CommentSchema
from tracker.tfpb.schemas.conventions import (
    AmendmentArguments,
    AmendmentSchema,
    ConventionArguments,
    ConventionSchema,
)
from tracker.tfpb.schemas.files import AbatementHelp, CopyActions, FileArguments, FileMove, TfpbFileSchema
from tracker.tfpb.schemas.nomenclature import AxisSchema, PrioritySchema
from tracker.tfpb.schemas.participation import ParticipationArguments, ParticipationSchema

__all__ = [
    "AbatementHelp",
    "ActionAlertSchema",
    "ActionArguments",
    "ActionSchema",
    "AmendmentArguments",
    "AmendmentSchema",
    "AxisSchema",
    "BaselineArguments",
    "BaselineSchema",
    "CarryOverArguments",
    "CarryOverSchema",
    "CommentArguments",
    "CommentBody",
    "CommentSchema",
    "ConventionArguments",
    "ConventionSchema",
    "CopyActions",
    "FileArguments",
    "FileMove",
    "ParticipationArguments",
    "ParticipationSchema",
    "PlannedRevision",
    "PrioritySchema",
    "TfpbFileSchema",
]
