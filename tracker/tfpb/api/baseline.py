"""REST: the baseline of a file, and the carry-overs the COPIL decided on it."""

from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.tfpb import commands
from tracker.tfpb.api.blueprints import BASELINE, CARRY_OVER, FILE, file_blp
from tracker.tfpb.queries import baseline, files
from tracker.tfpb.schemas import BaselineArguments, BaselineSchema, CarryOverArguments, CarryOverSchema


@file_blp.route(f"{FILE}/baseline")
class FileBaseline(MethodView):
    @file_blp.arguments(BaselineArguments, location="query")
    @file_blp.response(200, BaselineSchema(many=True))
    def get(self, arguments: dict[str, Any], file_id: int) -> Any:
        file = files.readable_file(actor(), file_id)
        return baseline.baseline_of(file, archived=arguments["archived"], axis=arguments.get("axis"))

    @file_blp.arguments(BaselineSchema)
    @file_blp.response(201, BaselineSchema)
    def post(self, values: dict[str, Any], file_id: int) -> Any:
        line = commands.add_baseline(actor(), file_id, values)
        return created(line, f"{PREFIX}/baseline/{line.id}")


@file_blp.route(BASELINE)
class BaselineItem(MethodView):
    @file_blp.response(200, BaselineSchema)
    def get(self, baseline_id: int) -> Any:
        return one(baseline.readable_baseline(actor(), baseline_id))

    @file_blp.arguments(BaselineSchema(partial=True))
    @file_blp.response(200, BaselineSchema)
    def patch(self, values: dict[str, Any], baseline_id: int) -> Any:
        return one(commands.update_baseline(actor(), baseline_id, expected_version(), values))


@file_blp.route(f"{BASELINE}/archive", methods=["POST"])
@file_blp.arguments(Reason)
@file_blp.response(200, BaselineSchema)
def archive_baseline(values: dict[str, Any], baseline_id: int) -> Any:
    return one(commands.archive_baseline(actor(), baseline_id, expected_version(), values["reason"]))


@file_blp.route(f"{BASELINE}/history")
@file_blp.response(200, HistoryLine(many=True))
def baseline_history(baseline_id: int) -> Any:
    return item_history("baseline", baseline.readable_baseline(actor(), baseline_id).id)


@file_blp.route(f"{FILE}/carry-overs")
class FileCarryOvers(MethodView):
    @file_blp.arguments(CarryOverArguments, location="query")
    @file_blp.response(200, CarryOverSchema(many=True))
    def get(self, arguments: dict[str, Any], file_id: int) -> Any:
        file = files.readable_file(actor(), file_id)
        return baseline.carry_overs_of(file, archived=arguments["archived"])

    @file_blp.arguments(CarryOverSchema)
    @file_blp.response(201, CarryOverSchema)
    def post(self, values: dict[str, Any], file_id: int) -> Any:
        decision = commands.grant_carry_over(actor(), file_id, values)
        return created(decision, f"{PREFIX}/carry-overs/{decision.id}")


@file_blp.route(CARRY_OVER)
@file_blp.response(200, CarryOverSchema)
def carry_over(carry_over_id: int) -> Any:
    return one(baseline.readable_carry_over(actor(), carry_over_id))


@file_blp.route(f"{CARRY_OVER}/archive", methods=["POST"])
@file_blp.arguments(Reason)
@file_blp.response(200, CarryOverSchema)
def archive_carry_over(values: dict[str, Any], carry_over_id: int) -> Any:
    return one(commands.archive_carry_over(actor(), carry_over_id, expected_version(), values["reason"]))


@file_blp.route(f"{CARRY_OVER}/history")
@file_blp.response(200, HistoryLine(many=True))
def carry_over_history(carry_over_id: int) -> Any:
    return item_history("carry_over", baseline.readable_carry_over(actor(), carry_over_id).id)
