"""The tables of the printed document: their columns, and the rows that stand nowhere else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from tracker.balance import columns
from tracker.balance.queries.content import ActionLine, BalanceSheet, PlannedLine
from tracker.balance.rules import Figures
from tracker.columns import Column, Kind, Totals, add_up, by_key
from tracker.investment.rules import PROJECT_STATUSES, STATUS_TONES
from tracker.tfpb.rules import ACTION_STATUSES, PRIORITIES
from tracker.web.formats import display, money

# Printing costs some ten milliseconds a row: what is longer is printed in part, says so, and is whole in the workbook.
PRINTED: Final = 500
# A text is printed up to here; the workbook has all of it.
LONGEST: Final = 600

COUNTERPART: Final = (
    *columns.figures("abated_dwellings", "abatement", "valued_amount"),
    columns.COUNTERPART,
    *columns.figures("justified_rate", "gap", "valued_per_dwelling"),
)
EXPENSE: Final = tuple(
    columns.figures(
        "files",
        "actions",
        "dwellings",
        "planned_cost",
        "actual_cost",
        "completion_rate",
        "landlord_share",
        "other_funding",
    )
)
VALUED: Final = tuple(columns.figures("valued_amount", "valuation_rate", "leverage"))
PARTS_EXPENSE: Final = tuple(
    columns.figures("actions", "planned_cost", "actual_cost", "completion_rate", "landlord_share", "other_funding")
)
BAR: Final = Column("bar", "Répartition", get=lambda line: line.share)
YEARS: Final = (
    Column("year", "Année", get=lambda line: str(line.year)),
    *columns.figures("files", "actions", "abatement", "planned_cost", "actual_cost", "valued_amount"),
    *columns.figures("justified_rate", "gap"),
)
AMOUNTS: Final = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
ACTIONS: Final = tuple(by_key(columns.ACTIONS, ["title", "axis", *AMOUNTS, "valuation_rate"]))
PLANNED_AMOUNTS: Final = ("planned_cost", "planned_valued")
PROGRAMME: Final = tuple(by_key(columns.PROGRAMME, ["title", "axis", "programme_status", *PLANNED_AMOUNTS]))
MOMENTS: Final = tuple(by_key(columns.PARTICIPATION, ["held_on", "stage", "audience", "participants"]))

PLAN: Final = (
    Column("projects", "Projets", "integer", total=True),
    Column("delivered", "Livrés", "integer", total=True),
    Column("cost_excl_tax", "Coût HT", "money", total=True),
    Column("awarded", "Accordé", "money", total=True),
    Column("paid", "Versé", "money", total=True),
    Column("left_to_fund", "Reste à charge HT", "money", total=True),
    Column("unfunded", "Reste à financer", "money", total=True),
)
PLAN_SOURCES: Final = (
    Column("name", "Source", get=lambda line: f"{line.name} (prêt)" if line.is_loan else line.name),
    Column("funder", "Financeur", get=lambda line: line.funder.name),
    Column("projects", "Projets", "integer"),
    Column("requested", "Demandé", "money"),
    Column("awarded", "Accordé", "money", get=lambda line: line.loans if line.is_loan else line.awarded),
    Column("paid", "Versé", "money"),
)
PROJECTS: Final = (
    Column("title", "Projet"),
    Column("city", "Ville", get=lambda line: line.city.name),
    Column("status", "Avancement", "status", words=PROJECT_STATUSES, tone=lambda line: STATUS_TONES.get(line.status)),
    Column("cost_excl_tax", "Coût HT", "money"),
    Column("awarded", "Accordé", "money"),
    Column("paid", "Versé", "money"),
    Column("unfunded", "Reste à financer", "money"),
    Column("owner_share_rate", "Part du maître d’ouvrage", "ratio"),
)

PLAN_DEFINITIONS: Final = {
    "Coût HT": "Coût hors taxes des projets d’équipement du contrat, non archivés.",
    "Demandé, accordé, versé": "Subventions d’investissement en cours, hors prêts : demandées, notifiées, encaissées.",
    "Reste à charge HT": "Coût HT − subventions accordées.",
    "Reste à financer": "Reste à charge − autofinancement voté − prêts accordés ; négatif si le plan dépasse le coût.",
    "Part du maître d’ouvrage": "(Coût − subventions) ÷ (coût − financements privés), pour une ville ou "
    "l’intercommunalité (CGCT, art. L. 1111-10).",
    "Prévu, voté, engagé, mandaté": "Budgets de l’année, tous projets ensemble.",
}


def short(text: str | None, longest: int = LONGEST) -> str | None:
    """A text no longer than what is printed of it; one that is cut says so."""
    if text is None or len(text) <= longest:
        return text
    return f"{text[:longest].rstrip()} […] (suite dans le classeur)"


# -- figures of the whole ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One figure in words: its name, its value, its meaning."""

    label: str
    value: str
    meaning: str | None = None
    tone: str | None = None


def key_figures(sheet: BalanceSheet) -> list[Told]:
    """Every figure of the whole, in the order of the columns, with its definition."""
    totals = sheet.totals
    return [
        Told(
            column.label,
            display(getattr(totals, column.key), column.type),
            columns.DEFINITIONS[column.key],
            column.tone(totals) if column.tone else None,
        )
        for column in columns.FIGURES
    ]


@dataclass(frozen=True)
class Compared:
    """One figure in two years; the difference is None when either is unknown."""

    label: str
    before: str
    now: str
    difference: str


def compared(before: Figures, now: Figures) -> list[Compared]:
    """Each figure of the whole last year and this year: a difference in the figure's own unit, in points for a rate."""
    return [
        Compared(
            column.label,
            display(getattr(before, column.key), column.type),
            display(getattr(now, column.key), column.type),
            _difference(getattr(before, column.key), getattr(now, column.key), column.type),
        )
        for column in columns.FIGURES
    ]


def _difference(before: Any, now: Any, kind: Kind) -> str:
    if before is None or now is None:
        return display(None, kind)
    moved = now - before
    told = display(moved, kind)
    if kind == "ratio":
        told = told.removesuffix("%") + "pt"
    return f"+{told}" if moved > 0 else told


@dataclass(frozen=True)
class GroupYears:
    """A group's figures of last year and this year; None the year it has none."""

    name: str
    before: Figures | None
    now: Figures | None

    @property
    def moved(self) -> Decimal | None:
        """Valued this year − valued last year; None when either is unknown."""
        then = self.before.valued_amount if self.before else None
        now = self.now.valued_amount if self.now else None
        return None if then is None or now is None else now - then


def group_years(before: Sequence[Any], now: Sequence[Any], group: str) -> list[GroupYears]:
    """The lines of one group in both years, those that are gone last."""
    then = {getattr(line, group).id: line for line in before}
    present = {getattr(line, group).id for line in now}
    told = attrgetter(group)
    name = (lambda ref: f"{ref.code} {ref.name}") if group == "axis" else (lambda ref: ref.name)
    rows = [GroupYears(name(told(line)), then.get(told(line).id), line) for line in now]
    return rows + [GroupYears(name(told(line)), line, None) for line in before if told(line).id not in present]


def group_years_columns(label: str, year: int) -> list[Column]:
    """The columns of ``group_years``: the expense and the counterpart of ``year`` and of the year before it."""

    def of(side: str, key: str) -> Callable[[GroupYears], Any]:
        return lambda row: getattr(getattr(row, side), key) if getattr(row, side) is not None else None

    found = [Column("name", label)]
    for key, word in (("actual_cost", "Réalisé"), ("valued_amount", "Valorisé")):
        for side, when in (("before", year - 1), ("now", year)):
            found.append(Column(f"{key}_{side}", f"{word} {when}", "money", get=of(side, key)))
    moved = Column("moved", "Évolution du valorisé", "money", tone=lambda row: "bad" if (row.moved or 0) < 0 else None)
    return [*found, moved]


# -- long lists ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A long list as it is printed: groups for ``data_table``, its totals, and how many rows the workbook alone has."""

    rows: Sequence[Any]
    groups: Sequence[dict[str, Any]]
    totals: Totals
    left_out: int


def _sums(rows: Iterable[Any], keys: Sequence[str]) -> Totals:
    held = list(rows)
    unknown = {key: sum(getattr(row, key) is None for row in held) for key in keys}
    return Totals({key: add_up(getattr(row, key) for row in held) for key in keys}, unknown)


def _listed(
    rows: Sequence[Any], name: Callable[[Any], str], keys: Sequence[str], totals: Totals, printed: int
) -> Listed:
    shown, left_out = rows[:printed], rows[printed:]
    by_name: dict[str, list[Any]] = {}
    for row in shown:
        by_name.setdefault(name(row), []).append(row)
    groups = [{"label": label, "rows": held, "totals": _sums(held, keys)} for label, held in by_name.items()]
    if left_out:
        label = f"{display(len(left_out), 'integer')} autres actions, dans le classeur"
        groups.append({"label": label, "rows": [], "totals": _sums(left_out, keys)})
    return Listed(shown, groups, totals, len(left_out))


def _place(several: bool) -> Callable[[Any], str]:
    def name(line: Any) -> str:
        words = [getattr(line, key) for key in ("city", "landlord", "neighbourhood")]
        said = [getattr(word, "name", word) for word in (words if several else words[:2])]
        return ", ".join(said)

    return name


def _several(lines: Sequence[ActionLine] | Sequence[PlannedLine]) -> bool:
    return len({line.neighbourhood for line in lines}) > 1


def actions(sheet: BalanceSheet, printed: int = PRINTED) -> Listed:
    """The actions by city and landlord, with what each group adds up to."""
    name = _place(_several(sheet.actions))
    return _listed(sheet.actions, name, AMOUNTS, columns.action_totals(sheet), printed)


def programme(sheet: BalanceSheet, printed: int = PRINTED) -> Listed:
    """Next year's actions by city and landlord."""
    name = _place(_several(sheet.programme))
    return _listed(sheet.programme, name, PLANNED_AMOUNTS, _sums(sheet.programme, PLANNED_AMOUNTS), printed)


def cumulated(sheet: BalanceSheet) -> Totals:
    """The last line of the years: all of them together."""
    values = {column.key: getattr(sheet.cumulated, column.key) for column in YEARS[1:]} if sheet.cumulated else {}
    return Totals(values)


def plan_totals(sheet: BalanceSheet) -> Totals:
    """The last line of the projects by city."""
    side = sheet.investment
    return Totals({column.key: getattr(side.totals, column.key) for column in PLAN} if side else {})


# -- words ---------------------------------------------------------------------------------------------------------


def status_of(line: ActionLine) -> str:
    """An action's status, as a reader says it."""
    return ACTION_STATUSES.get(line.status, line.status)


def priority_of(line: ActionLine | PlannedLine) -> str | None:
    """An action's priority, as a reader says it; None when it names none."""
    return PRIORITIES.get(line.priority, line.priority) if line.priority else None


def label_of(figure: str) -> str:
    """How a figure is called in the tables."""
    return next((column.label for column in (*columns.FIGURES, columns.SHARE) if column.key == figure), figure)


def definitions() -> list[tuple[str, str]]:
    """(name, meaning) of every figure of the document."""
    return [
        *((label_of(key), meaning) for key, meaning in columns.DEFINITIONS.items()),
        *PLAN_DEFINITIONS.items(),
        ("Valeurs inconnues", columns.UNKNOWN_RULE),
    ]


def budgets(sheet: BalanceSheet) -> list[tuple[str, str]]:
    """The year's budgets of the projects, in words."""
    side = sheet.investment
    names = (("Prévu", "planned"), ("Voté", "voted"), ("Engagé", "committed"), ("Mandaté", "paid"))
    return [] if side is None else [(word, money(getattr(side, key))) for word, key in names]
