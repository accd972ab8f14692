"""REST: the coordinator's evaluation of a contract-year."""

from typing import Any

from flask import request
from flask.views import MethodView

from tracker.api.shell import PREFIX, VersionRequired, actor, created, expected_version, one
from tracker.balance import commands
from tracker.balance.api.blueprints import SHEET, sheets
from tracker.balance.queries.evaluation import readable_evaluation
from tracker.balance.schemas import EvaluationSchema
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine


@sheets.route(f"{SHEET}/evaluation")
class EvaluationItem(MethodView):
    @sheets.response(200, EvaluationSchema)
    def get(self, code: str, year: int) -> Any:
        return one(readable_evaluation(actor(), code, year))

    @sheets.arguments(EvaluationSchema)
    @sheets.response(200, EvaluationSchema)
    @sheets.alt_response(201, schema=EvaluationSchema)
    def put(self, values: dict[str, Any], code: str, year: int) -> Any:
        creates = request.headers.get("If-None-Match", "").strip() == "*"
        if not creates and "If-Match" not in request.headers:
            raise VersionRequired("If-None-Match: * (pour créer) ou If-Match (pour remplacer) est attendu.")
        version = None if creates else expected_version()
        row, new = commands.write_evaluation(actor(), code, year, version, values.get("content"))
        if new:
            return created(row, f"{PREFIX}/contracts/{code}/balance-sheets/{year}/evaluation"), 201
        return one(row)


@sheets.route(f"{SHEET}/evaluation/history")
@sheets.response(200, HistoryLine(many=True))
def evaluation_history(code: str, year: int) -> Any:
    return item_history("evaluation", readable_evaluation(actor(), code, year).id)
