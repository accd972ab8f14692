"""Each total recomputed another way: by groups, from the rows, from the grants. No stored value can break these: they
guard the application's own sums."""

from collections.abc import Iterable

from tracker.balance.rules.checks.base import Offence, Rule
from tracker.balance.rules.checks.facts import Facts


def _differ(facts: Facts) -> Iterable[Offence]:
    for difference in facts.differences:
        yield f"Les sous-totaux ne font pas le total : {difference}.", None


def _recounted(facts: Facts) -> Iterable[Offence]:
    for difference in facts.recounted:
        yield f"Les lignes ne font pas le total : {difference}.", None


def _grants(facts: Facts) -> Iterable[Offence]:
    for difference in facts.grants:
        yield f"Les montants accordés ne font pas l’autre financement : {difference}.", None


TOTALS = (
    Rule("totals_differ", "error", "Total", "Les sous-totaux font le total, dans chaque regroupement.", _differ),
    Rule(
        "rows_differ",
        "error",
        "Total",
        "Les actions et les dossiers, additionnés à part, font les totaux.",
        _recounted,
    ),
    Rule(
        "grants_differ",
        "error",
        "Total",
        "Les montants accordés font l’autre financement, par source et dossier par dossier.",
        _grants,
    ),
)
