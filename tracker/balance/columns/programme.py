"""The columns of next year's programme: its actions, and what each landlord plans."""

from dataclasses import dataclass
from decimal import Decimal

from tracker.balance.columns.sheet import unknown_counts
from tracker.balance.queries.content import BalanceSheet, PlannedLine
from tracker.columns import Column, Totals, add_up, by_key
from tracker.tfpb.rules import PRIORITIES, PROGRAMME_STATUSES, PROGRAMME_TONES, inside

PLANNED_AMOUNTS = ("planned_cost", "planned_valued")

PROGRAMME = (
    Column("city", "Ville", width=18),
    Column("landlord", "Bailleur", width=20),
    Column("neighbourhood", "Quartier", width=18),
    Column(
        "programme_status",
        "Programme",
        "status",
        words=PROGRAMME_STATUSES,
        tone=lambda line: PROGRAMME_TONES.get(line.programme_status),
        width=18,
    ),
    Column("axis", "Axe", "integer", width=7),
    Column("title", "Action", width=36),
    Column("location", "Localisation", width=24),
    Column("calendar", "Calendrier", width=18),
    Column("priority", "Priorité", "status", words=PRIORITIES, width=20),
    Column("planned_cost", "Dépense prévisionnelle", "money", total=True),
    Column("planned_valued", "Valorisation prévue", "money", total=True),
)


@dataclass(frozen=True)
class NextProgramme:
    """What a landlord plans for next year; sums in euros skip unknown amounts, None when all are unknown."""

    landlord: str
    cities: str
    status: str
    planned_actions: int
    planned_cost: Decimal | None
    planned_valued: Decimal | None


NEXT_PROGRAMME = (
    Column("landlord", "Bailleur"),
    Column("cities", "Villes"),
    Column("status", "Programme"),
    Column("planned_actions", "Actions prévues", "integer", total=True),
    *by_key(PROGRAMME, PLANNED_AMOUNTS),
)


def next_programme(sheet: BalanceSheet) -> list[NextProgramme]:
    """One line for each landlord, in the order of their names."""
    lines: dict[str, list[PlannedLine]] = {}
    for line in sheet.programme:
        lines.setdefault(line.landlord, []).append(line)
    return [
        NextProgramme(
            landlord=landlord,
            cities=", ".join(dict.fromkeys(line.city for line in own)),
            status=", ".join(dict.fromkeys(inside(PROGRAMME_STATUSES[line.programme_status]) for line in own)),
            planned_actions=len(own),
            planned_cost=add_up(line.planned_cost for line in own),
            planned_valued=add_up(line.planned_valued for line in own),
        )
        for landlord, own in sorted(lines.items())
    ]


def programme_totals(sheet: BalanceSheet) -> Totals:
    """The last line: over the actions themselves, and how many lack each amount."""
    planned = sheet.programme
    amounts = {key: add_up(getattr(line, key) for line in planned) for key in PLANNED_AMOUNTS}
    return Totals({"planned_actions": len(planned), **amounts}, unknown_counts(planned, PLANNED_AMOUNTS))
