"""The columns of what stands beside a year's figures: other years, reference values, investment, next programme."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.balance.columns.sheet import CITY, DEFINITIONS, FIGURES, LANDLORD, SHARE, UNKNOWN_RULE, figures
from tracker.balance.queries.content import BalanceSheet, Investment, PlannedLine, Reference
from tracker.balance.rules import REFERENCED, Figures, change
from tracker.columns import Column, Kind, Totals, add_up
from tracker.tfpb.queries.expected import Ref
from tracker.tfpb.rules import PROGRAMME_STATUSES

# -- the years of a contract ---------------------------------------------------------------------------------------

YEAR = Column("year", "Année", get=lambda line: str(line.year), width=10)
YEARS_OWED = (
    YEAR,
    *figures(
        "files",
        "dwellings",
        "abated_dwellings",
        "abatement",
        "valued_amount",
        "justified_rate",
        "gap",
        "valued_per_dwelling",
    ),
)
YEARS_SPENT = (
    YEAR,
    *figures(
        "actions",
        "planned_cost",
        "actual_cost",
        "completion_rate",
        "landlord_share",
        "other_funding",
        "valued_amount",
        "valuation_rate",
        "leverage",
    ),
)
CUMULATED_RULE = (
    "Sur la ligne « Cumul », les logements et le montant par logement restent vides : les mêmes logements reviennent "
    "chaque année, les additionner les compterait plusieurs fois. Les taux y sont ceux des sommes."
)


def cumulated_totals(cumulated: Figures) -> Totals:
    """The last line of the years' tables: all of them together, ratios of the sums."""
    return Totals({column.key: getattr(cumulated, column.key) for column in FIGURES})


# -- reference values ----------------------------------------------------------------------------------------------

# The unit of what a figure is compared with is the figure's own.
REFERENCE_UNITS: dict[str, Kind] = {column.key: column.type for column in FIGURES if column.key in REFERENCED}
REFERENCES = (
    Column("figure", "Chiffre", get=lambda one: REFERENCED[one.figure]),
    Column("label", "Repère"),
    Column("value", "Valeur", get=lambda one: one),
    Column("period", "Période"),
    Column("source", "Source"),
)


def of_figure(references: Sequence[Reference], key: str) -> tuple[Reference, ...]:
    """The reference values of a figure."""
    return tuple(one for one in references if one.figure == key)


# -- this year beside the last -------------------------------------------------------------------------------------

# In the order a committee asks: what was promised, what was done, what it is worth.
COMPARED = (
    "abatement",
    "planned_cost",
    "actual_cost",
    "completion_rate",
    "other_funding",
    "valued_amount",
    "valuation_rate",
    "justified_rate",
    "gap",
    "leverage",
    "valued_per_dwelling",
)


@dataclass(frozen=True)
class Compared:
    """A figure of the year, of the year before, their difference (a ratio's in points) and its reference values.

    ``before`` and ``change`` are None when the year before has no counted file: nothing was done then or nothing told.
    """

    key: str
    label: str
    type: Kind
    now: Decimal | int | None
    before: Decimal | int | None
    change: Decimal | int | None
    references: tuple[Reference, ...]


def compared(sheet: BalanceSheet) -> list[Compared]:
    """The figures of a sheet's totals, one a line, each beside what it is compared with."""
    previous = sheet.previous
    past = previous.totals if previous is not None and previous.totals.files else None
    return [
        Compared(
            column.key,
            column.label,
            column.type,
            getattr(sheet.totals, column.key),
            getattr(past, column.key, None),
            change(column.key, sheet.totals, past) if past is not None and sheet.totals.files else None,
            of_figure(sheet.references, column.key),
        )
        for column in figures(*COMPARED)
    ]


def comparison_columns(year: int) -> list[Column]:
    """A figure, this year, the year before, the difference."""
    return [
        Column("label", "Chiffre"),
        Column("now", str(year), "number"),
        Column("before", str(year - 1), "number"),
        Column("change", "Évolution", "number"),
    ]


@dataclass(frozen=True)
class LandlordChange:
    """A landlord's counterpart this year and the year before; None where it had no counted file."""

    landlord: Ref
    now: Figures | None
    before: Figures | None

    def of(self, key: str, *, past: bool = False) -> Any:
        """The figure of this year, or of the year before."""
        return getattr(self.before if past else self.now, key, None)

    def change(self, key: str) -> Decimal | int | None:
        """Its difference; None when it cannot be told."""
        return None if self.now is None or self.before is None else change(key, self.now, self.before)


def changes_by_landlord(sheet: BalanceSheet) -> list[LandlordChange]:
    """The landlords of either year, by name."""
    now = {line.landlord.id: line for line in sheet.by_landlord}
    before = {line.landlord.id: line for line in sheet.previous.by_landlord} if sheet.previous else {}
    found = [
        LandlordChange((now.get(number) or before[number]).landlord, now.get(number), before.get(number))
        for number in {**before, **now}
    ]
    return sorted(found, key=lambda line: (line.landlord.name, line.landlord.id))


def change_columns(year: int) -> list[Column]:
    """Valued and justified, this year, the year before, and the difference of each."""

    def told(key: str, *, past: bool = False) -> Callable[[LandlordChange], Any]:
        return lambda line: line.of(key, past=past)

    def changed(key: str) -> Callable[[LandlordChange], Any]:
        return lambda line: line.change(key)

    return [
        LANDLORD,
        Column("valued_amount", f"Valorisé {year}", "money", get=told("valued_amount")),
        Column("valued_before", f"Valorisé {year - 1}", "money", get=told("valued_amount", past=True)),
        Column("valued_change", "Évolution du valorisé", "money", get=changed("valued_amount")),
        Column("justified_rate", f"Justifié {year}", "ratio", get=told("justified_rate")),
        Column("justified_before", f"Justifié {year - 1}", "ratio", get=told("justified_rate", past=True)),
        Column("justified_change", "Évolution du taux", "ratio", get=changed("justified_rate")),
    ]


# -- investment ----------------------------------------------------------------------------------------------------

_PROJECTS = (
    Column("projects", "Projets", "integer", total=True),
    Column("delivered", "Livrés", "integer", total=True),
)
INVESTMENT_BY_CITY = (
    CITY,
    *_PROJECTS,
    Column("cost_excl_tax", "Coût HT", "money", total=True),
    Column("awarded", "Accordé", "money", total=True),
    Column("paid", "Versé", "money", total=True),
    Column("left_to_fund", "Reste à charge HT", "money", total=True),
    Column("unfunded", "Reste à financer", "money", total=True),
)
# A project has several sources: their counts do not add up to the projects.
INVESTMENT_BY_SOURCE = (
    Column("name", "Source", width=44),
    Column("funder", "Financeur", get=lambda line: line.funder.name, width=34),
    Column("projects", "Projets", "integer"),
    Column("delivered", "Livrés", "integer"),
    Column("requested", "Demandé", "money", total=True),
    Column("awarded", "Accordé", "money", total=True),
    Column("loans", "Emprunts", "money", total=True),
    Column("paid", "Versé", "money", total=True),
)
INVESTMENT_DEFINITIONS = {
    "projects": "Projets d’équipement du contrat qui ne sont pas archivés ; par source, ceux qu’elle aide.",
    "delivered": "Projets au statut « Livré ».",
    "cost_excl_tax": "Coût hors taxes des projets dont il est connu.",
    "requested": "Subventions d’investissement demandées, hors prêts, refus et abandons.",
    "awarded": "Subventions d’investissement accordées, hors prêts ; une aide demandée n’y entre pas encore.",
    "loans": "Emprunts accordés : un prêt n’est pas une subvention.",
    "paid": "Versements reçus sur les subventions accordées.",
    "left_to_fund": "Coût HT − subventions accordées ; inconnu dès qu’un coût ou un accord manque.",
    "unfunded": "Reste à charge HT − autofinancement − emprunts ; négatif quand le plan dépasse le coût.",
}

# What a year's sheet shows beside these columns: key, label, meaning.
_BUDGETS = (
    ("budget_planned", "Budget prévu", "Dépenses de l’année inscrites aux plans pluriannuels des projets."),
    ("budget_voted", "Budget voté", "Crédits votés au budget de l’année, décisions modificatives comprises."),
    ("budget_committed", "Engagé", "Marchés et commandes passés dans l’année sur ces crédits."),
    ("budget_paid", "Mandaté", "Dépenses de l’année mandatées par la ville."),
)
_OF_A_YEAR = (
    ("amount", "Accordé, par source", "Montants accordés par cette source aux actions des dossiers comptés."),
    ("planned_valued", "Valorisation prévue", "Part de la dépense prévisionnelle que le bailleur compte faire valoir."),
)


def investment_totals(investment: Investment, columns: Sequence[Column]) -> Totals:
    """The last line of the investment's tables: the plan's own totals."""
    return Totals({column.key: getattr(investment.totals, column.key) for column in columns if column.total})


# -- next year's programme -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextProgramme:
    """What a landlord plans for next year; sums in euros skip unknown amounts, None when all are unknown."""

    landlord: str
    cities: str
    status: str
    actions: int
    planned_cost: Decimal | None
    planned_valued: Decimal | None


NEXT_PROGRAMME = (
    Column("landlord", "Bailleur"),
    Column("cities", "Villes"),
    Column("status", "Programme"),
    Column("actions", "Actions prévues", "integer", total=True),
    Column("planned_cost", "Dépense prévisionnelle", "money", total=True),
    Column("planned_valued", "Valorisation prévue", "money", total=True),
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
            status=", ".join(dict.fromkeys(PROGRAMME_STATUSES[line.programme_status].lower() for line in own)),
            actions=len(own),
            planned_cost=add_up(line.planned_cost for line in own),
            planned_valued=add_up(line.planned_valued for line in own),
        )
        for landlord, own in sorted(lines.items())
    ]


def next_programme_totals(sheet: BalanceSheet) -> Totals:
    """The last line: over the actions themselves, and how many lack each amount."""
    amounts = ("planned_cost", "planned_valued")
    return Totals(
        {
            "actions": len(sheet.programme),
            **{key: add_up(getattr(line, key) for line in sheet.programme) for key in amounts},
        },
        {key: sum(getattr(line, key) is None for line in sheet.programme) for key in amounts},
    )


# -- definitions ---------------------------------------------------------------------------------------------------


def definitions(*, investment: bool = False, years: bool = False) -> list[tuple[str, str, str]]:
    """(key, label, meaning) of every figure a page shows, in the order of its columns, then the rules of all."""
    labels = {column.key: column.label for column in (*FIGURES, SHARE)}
    found = [(key, labels[key], meaning) for key, meaning in DEFINITIONS.items()]
    if not years:
        found += _OF_A_YEAR
    if investment:
        named = {column.key: column.label for column in (*INVESTMENT_BY_SOURCE, *INVESTMENT_BY_CITY)}
        found += [(key, named[key], meaning) for key, meaning in INVESTMENT_DEFINITIONS.items()]
        found += _BUDGETS
    if years:
        found.append(("cumulated", "Cumul", CUMULATED_RULE))
    return [*found, ("unknown", "Valeurs inconnues", UNKNOWN_RULE)]
