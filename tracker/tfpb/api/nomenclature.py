"""REST: the axes of the national framework, the priorities."""

from typing import Any

from flask.views import MethodView

from tracker.api.shell import ID, actor, expected_version, one
from tracker.history.commands import fetch
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import convention_blp
from tracker.tfpb.models import Axis
from tracker.tfpb.queries import conventions
from tracker.tfpb.schemas import (
    AxisSchema,
    PrioritySchema,
)


@convention_blp.route("/axes")
@convention_blp.response(200, AxisSchema(many=True))
def axes() -> Any:
    return conventions.axes()


@convention_blp.route(f"/axes/<{ID}:axis_id>")
class AxisItem(MethodView):
    @convention_blp.response(200, AxisSchema)
    def get(self, axis_id: int) -> Any:
        return one(fetch(Axis, axis_id))

    @convention_blp.arguments(AxisSchema(partial=True))
    @convention_blp.response(200, AxisSchema)
    def patch(self, values: dict[str, Any], axis_id: int) -> Any:
        return one(commands.update_axis(actor(), axis_id, expected_version(), values))


@convention_blp.route(f"/axes/<{ID}:axis_id>/history")
@convention_blp.response(200, HistoryLine(many=True))
def axis_history(axis_id: int) -> Any:
    return item_history("axis", fetch(Axis, axis_id).id)


@convention_blp.route("/priorities")
@convention_blp.response(200, PrioritySchema(many=True))
def priorities() -> Any:
    return conventions.priorities()
