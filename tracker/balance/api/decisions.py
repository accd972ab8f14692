"""REST: what the meetings decided."""

from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import PREFIX, actor, created, expected_version, one, paged
from tracker.balance import commands
from tracker.balance.api.blueprints import DECISION, MEETING, meetings
from tracker.balance.queries import decisions, records
from tracker.balance.schemas import DecisionArguments, DecisionSchema, MeetingDecisionArguments
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine


@meetings.route(f"{MEETING}/decisions")
class MeetingDecisions(MethodView):
    @meetings.arguments(MeetingDecisionArguments, location="query")
    @meetings.response(200, DecisionSchema(many=True))
    def get(self, arguments: dict[str, Any], meeting_id: int) -> Any:
        meeting = records.readable_meeting(actor(), meeting_id)
        return paged(decisions.decisions(actor(), {**arguments, "meeting_id": meeting.id}), arguments)

    @meetings.arguments(DecisionSchema)
    @meetings.response(201, DecisionSchema)
    def post(self, values: dict[str, Any], meeting_id: int) -> Any:
        decision = commands.record_decision(actor(), meeting_id, values)
        return created(decision, f"{PREFIX}/decisions/{decision.id}")


@meetings.route("/decisions")
@meetings.arguments(DecisionArguments, location="query")
@meetings.response(200, DecisionSchema(many=True))
def list_decisions(arguments: dict[str, Any]) -> Any:
    return paged(decisions.decisions(actor(), arguments), arguments)


@meetings.route(DECISION)
class DecisionItem(MethodView):
    @meetings.response(200, DecisionSchema)
    def get(self, decision_id: int) -> Any:
        return one(decisions.readable_decision(actor(), decision_id))

    @meetings.arguments(DecisionSchema(partial=True))
    @meetings.response(200, DecisionSchema)
    def patch(self, values: dict[str, Any], decision_id: int) -> Any:
        return one(commands.update_decision(actor(), decision_id, expected_version(), values))


@meetings.route(f"{DECISION}/archive", methods=["POST"])
@meetings.arguments(Reason)
@meetings.response(200, DecisionSchema)
def archive_decision(values: dict[str, Any], decision_id: int) -> Any:
    return one(commands.archive_decision(actor(), decision_id, expected_version(), values["reason"]))


@meetings.route(f"{DECISION}/history")
@meetings.response(200, HistoryLine(many=True))
def decision_history(decision_id: int) -> Any:
    return item_history("decision", decisions.readable_decision(actor(), decision_id).id)
