"""REST: two states of a balance sheet compared."""

import json
from typing import Any

from flask import Response

from tracker.api.shell import actor
from tracker.balance.api.blueprints import JSON, SHEET, sheets
from tracker.balance.compared import as_json
from tracker.balance.queries.comparison import comparison
from tracker.balance.schemas import ComparisonArguments, ComparisonSchema


@sheets.route(f"{SHEET}/comparison")
@sheets.arguments(ComparisonArguments, location="query")
@sheets.response(200, ComparisonSchema)
def compare_states(arguments: dict[str, Any], code: str, year: int) -> Response:
    compared = comparison(actor(), code, year, arguments["before"], arguments["after"] or "live")
    return Response(json.dumps(as_json(compared, code, year), ensure_ascii=False), content_type=JSON)
