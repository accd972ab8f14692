"""REST: the figures of a contract's years, under filters."""

from typing import Any

from tracker.api.shell import actor
from tracker.balance.api.blueprints import sheets
from tracker.balance.queries.year_sheets import YearsSheet, years_sheet
from tracker.balance.schemas import BalanceYearsSchema, YearsArguments


@sheets.route("/contracts/<code>/balance-years")
@sheets.arguments(YearsArguments, location="query")
@sheets.response(200, BalanceYearsSchema)
def balance_years(arguments: dict[str, Any], code: str) -> YearsSheet:
    return years_sheet(actor(), code, arguments)
