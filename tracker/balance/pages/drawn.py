"""What the templates draw of a sheet, live or frozen."""

from typing import Any

from tracker.balance import columns, rules
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.sheet import OWN

# What stands open above the figures; the rest is folded under them. What blocks an edition is never folded.
FIRST_SHOWN = 8


def drawn(sheet: BalanceSheet) -> dict[str, Any]:
    """What the template draws of a sheet, live or frozen."""
    open_checks = [check for check in sheet.checks if not check.ok]
    to_mend = [check for check in open_checks if check.severity != "info"]  # the blocking ones come first
    first = max(FIRST_SHOWN, len(rules.open_errors(to_mend)))
    return {
        "sheet": sheet,
        "own": sheet.scope == OWN,
        "to_mend": todo(to_mend[:first], sheet),
        "to_mend_too": todo(to_mend[first:], sheet),
        "to_know": todo([check for check in open_checks if check.severity == "info"], sheet),
        "holding": [check for check in sheet.checks if check.ok],
        "received": columns.received(sheet),
        "columns": columns,
        "totals": columns.totals_of(sheet),
        "source_totals": columns.source_totals(sheet),
        "heard": columns.heard_by_file(sheet),
        "landlord_cities": _cities_of_landlords(sheet),
        "shares": [(f"{line.axis.code} {line.axis.name}", line.share) for line in sheet.by_axis],
        "meeting_name": rules.meeting_name,
    }


def todo(checks: list[rules.Check], sheet: BalanceSheet) -> list[dict[str, Any]]:
    return [
        {
            "word": rules.CHECK_WORDS[check.code],
            "tone": rules.SEVERITY_TONES[check.severity],
            "sentence": check.message,
            # A frozen sheet is mended nowhere: the next edition will tell.
            "url": check.link if sheet.edition is None else None,
            "act": "Ouvrir",
        }
        for check in checks
    ]


def _cities_of_landlords(sheet: BalanceSheet) -> dict[int | None, str]:
    """landlord → the cities of its counted files, for the small line under its name."""
    found: dict[int | None, list[str]] = {}
    for line in sheet.completeness:
        if line.status in columns.COUNTED_STATUSES:
            named = found.setdefault(line.landlord.id, [])
            if line.city.name not in named:
                named.append(line.city.name)
    return {landlord: ", ".join(cities) for landlord, cities in found.items()}
