"""What is missing or wrong in a balance sheet, each point with the link that mends it."""

from tracker.balance.rules.checks.actions import AMOUNTS, RESULTS
from tracker.balance.rules.checks.base import (
    SEVERITIES,
    SEVERITY_TONES,
    Check,
    Rule,
    by_severity,
    open_errors,
    run,
)
from tracker.balance.rules.checks.beside import PIECES, PROJECTS
from tracker.balance.rules.checks.conventions import CONVENTIONS
from tracker.balance.rules.checks.facts import (
    ActionFault,
    BesideFacts,
    Facts,
    FileFacts,
    LandlordFacts,
    ProjectFacts,
    Signature,
    Unpresented,
)
from tracker.balance.rules.checks.files import FIGURES, OWED
from tracker.balance.rules.checks.totals import TOTALS

CHECKS: tuple[Rule[Facts], ...] = (*OWED, *AMOUNTS, *TOTALS, *FIGURES, *CONVENTIONS, *RESULTS)
CHECKS_BESIDE: tuple[Rule[BesideFacts], ...] = (*PIECES, *PROJECTS)
CHECK_WORDS = {rule.code: rule.word for rule in CHECKS} | {rule.code: rule.word for rule in CHECKS_BESIDE}


def checks(facts: Facts) -> list[Check]:
    """Every check of the figures, most serious first: one line when all is well, else one for each thing to mend."""
    return by_severity(run(CHECKS, facts))


def checks_beside(facts: BesideFacts) -> list[Check]:
    """Those of what stands beside the figures, as far as they are asked."""
    return by_severity(run(CHECKS_BESIDE, facts))


__all__ = [
    "CHECKS",
    "CHECKS_BESIDE",
    "CHECK_WORDS",
    "SEVERITIES",
    "SEVERITY_TONES",
    "ActionFault",
    "BesideFacts",
    "Check",
    "Facts",
    "FileFacts",
    "LandlordFacts",
    "ProjectFacts",
    "Signature",
    "Unpresented",
    "by_severity",
    "checks",
    "checks_beside",
    "open_errors",
]
