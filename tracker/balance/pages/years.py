"""The figures of a contract's years, each and together, under filters."""

from flask import Response, request

from tracker.balance import columns
from tracker.balance.pages.blueprint import pages
from tracker.balance.queries.year_sheets import FILTERS, YearsSheet, years_sheet
from tracker.balance.schemas import YearsArguments
from tracker.web.drawings import year_bars
from tracker.web.htmx import respond
from tracker.web.shell import actor


@pages.get("/<code>/annees")
def years_page(code: str) -> Response:
    """The whole contract, or one of its cities, neighbourhoods, landlords: what the address says."""
    typed = {name: value for name, value in request.args.items() if value != ""}
    sheet = years_sheet(actor(), code, YearsArguments().read(typed))
    return respond(
        "balance/years.html",
        sheet=sheet,
        filter_labels=FILTERS,
        subject=_subject(sheet),
        columns=columns,
        totals=columns.cumulated_totals(sheet.cumulated),
        bars=year_bars([(str(line.year), line.abatement, line.valued_amount) for line in sheet.by_year]),
    )


def _subject(sheet: YearsSheet) -> str:
    """Of what: « Sceaux, Bailleur A », or the contract."""
    chosen = (sheet.filters.city, sheet.filters.neighbourhood, sheet.filters.landlord)
    return ", ".join(ref.name for ref in chosen if ref is not None) or sheet.contract.name
