"""The checks of the conventions the year stands on: signed, declared, one for a landlord and a city (CGI, 1388 bis)."""

from collections.abc import Iterable

from tracker.balance.rules.checks.base import Offence, Rule, lowered
from tracker.balance.rules.checks.facts import Facts


def _unsigned(facts: Facts) -> Iterable[Offence]:
    for signature in facts.signatures:
        if signature.fault is not None:
            yield f"{signature.name} : {lowered(signature.fault)}", signature.link


def _undeclared(facts: Facts) -> Iterable[Offence]:
    for signature in facts.signatures:
        if signature.declared is not None:
            yield f"{signature.name} : {lowered(signature.declared)}", signature.link


def _overlap(facts: Facts) -> Iterable[Offence]:
    for signature in facts.signatures:
        if signature.overlaps:
            yield (
                f"{signature.name} : une autre convention lie ce bailleur et cette ville en {facts.year}.",
                signature.link,
            )


def _idle_axes(facts: Facts) -> Iterable[Offence]:
    if facts.counted and facts.idle_axes:
        yield f"Aucune action sur : {', '.join(facts.idle_axes)}.", None


CONVENTIONS = (
    Rule("convention_unsigned", "warning", "Signature", "Les conventions sont signées à temps.", _unsigned),
    Rule(
        "convention_undeclared",
        "warning",
        "Déclaration",
        "Les conventions sont déclarées à temps aux services fiscaux.",
        _undeclared,
    ),
    Rule(
        "convention_overlap",
        "warning",
        "Convention",
        "Une seule convention lie chaque bailleur à chaque ville.",
        _overlap,
    ),
    Rule("axes_idle", "info", "Axes", "Chaque axe porte au moins une action.", _idle_axes),
)
