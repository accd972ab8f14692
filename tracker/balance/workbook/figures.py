"""« Synthèse » and the sheets of one group each: landlords, cities, neighbourhoods, axes, priorities, sources."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from openpyxl.utils import quote_sheetname

from tracker.balance import columns
from tracker.balance.rules import ADDED, AMOUNTS, Figures
from tracker.balance.workbook.pages import Control, Pages, cents
from tracker.money import ZERO
from tracker.workbooks.charts import Bars
from tracker.workbooks.formulas import Formula
from tracker.workbooks.looks import Place

SUMMARY = "Synthèse"
MAIN = frozenset({"abatement", "actual_cost", "valued_amount", "justified_rate", "gap"})
# ratio → (part, whole, decimals): how a controller finds it again.
RATIOS = {
    "completion_rate": ("actual_cost", "planned_cost", 4),
    "valuation_rate": ("valued_amount", "actual_cost", 4),
    "justified_rate": ("valued_amount", "abatement", 4),
    "leverage": ("actual_cost", "valued_amount", 4),
    "valued_per_dwelling": ("valued_amount", "abated_dwellings", 2),
    "actual_cost_per_dwelling": ("actual_cost", "dwellings", 2),
    "coverage_rate": ("abatement", "actual_cost", 4),
}
OWED = ("abatement", "valued_amount")
# A file spreads over axes and priorities: its own figures are not added up there.
_BY_ACTION = ("actions", *AMOUNTS)


def write(pages: Pages) -> None:
    """The sheets of the year's figures."""
    _summary(pages)
    balance = pages.balance
    totals = columns.totals_of(balance)
    listed = columns.defined(columns.FIGURES)
    for name, heading, column, lines in (
        ("Par bailleur", "ce que chaque bailleur doit et ce qu’il justifie", columns.LANDLORD, balance.by_landlord),
        ("Par ville", "les mêmes chiffres, ville par ville", columns.CITY, balance.by_city),
        (
            "Par quartier",
            "les mêmes chiffres, quartier par quartier",
            columns.NEIGHBOURHOOD,
            balance.by_neighbourhood,
        ),
    ):
        if column is not columns.NEIGHBOURHOOD or len(lines) > 1:
            bars = _owed(name.removeprefix("Par "))
            pages.listed(name, heading, [column, *listed], lines, totals, added=ADDED, bars=bars)
    shares = columns.defined((*columns.figures(*columns.BY_AXIS_KEYS), columns.SHARE))
    for name, heading, column, parts in (
        ("Par axe", "ce que pèse chaque axe du cadre national", columns.AXIS, balance.by_axis),
        ("Par priorité", "ce que pèse chaque priorité du contrat", columns.PRIORITY, balance.by_priority),
    ):
        group = name.removeprefix("Par ")
        spent = "Dépense réalisée et dépense valorisée"
        bars = Bars(
            f"{spent}, par {group}",
            ("actual_cost", "valued_amount"),
            f"{spent}, par {group} ; les mêmes montants sont dans le tableau au-dessus.",
            across=True,
        )
        pages.listed(name, heading, [column, *shares], parts, totals, added=_BY_ACTION, bars=bars)
    pages.listed(
        "Par source",
        "qui a financé les actions, à côté des bailleurs",
        columns.SOURCES,
        balance.by_source,
        columns.source_totals(balance),
        added=("amount",),
        nothing="Aucun autre financement accordé aux actions de l’année.",
    )


def _owed(group: str) -> Bars:
    title = f"Abattement et dépense valorisée, par {group}"
    return Bars(title, OWED, f"{title} ; les mêmes montants sont dans le tableau au-dessus.")


def _summary(pages: Pages) -> None:
    balance, totals = pages.balance, pages.balance.totals
    heading = f"{SUMMARY} : tous les chiffres de l’année, ce qu’ils veulent dire"
    sheet = pages.book.sheet(SUMMARY, (26, 18, 38, 74), heading=heading, freeze=False)
    sheet.line(
        ("Indicateur", "header", "text"),
        ("Valeur", "header", "money"),
        ("Repère", "header", "text"),
        ("Définition", "header", "text"),
    )
    for column in columns.FIGURES:
        key = column.key
        pages.summary[key] = f"{quote_sheetname(SUMMARY)}!$B${sheet.next_row}"
        place: Place = "strong" if key in MAIN else "body"
        compared_with = " ; ".join(map(columns.worded, columns.of_figure(balance.references, key)))
        sheet.line(
            (column.label, place, "text"),
            (getattr(totals, key), place, column.type),
            (compared_with or None, "note", "text"),
            (columns.DEFINITIONS.get(key), "note", "text"),
            tone=column.tone(totals) if column.tone else None,
        )
    sheet.blank()
    sheet.text(f"Cellule vide : valeur inconnue. {columns.UNKNOWN_RULE}", "remark")
    pages.controls += _ratios(totals, pages.summary)


def _ratios(totals: Figures, places: dict[str, str]) -> Sequence[Control]:
    """Each ratio of the totals divided again; an unknown one is not made up."""
    found = []
    listed = {column.key: column for column in columns.FIGURES}
    labels = {key: column.label for key, column in listed.items()}
    for key, (part, whole, decimals) in RATIOS.items():
        value = getattr(totals, key)
        at, top, bottom = (places[name] for name in (key, part, whole))
        gap = ZERO
        if value is not None:
            again = Decimal(getattr(totals, part)) / Decimal(getattr(totals, whole))
            gap = again.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) - value
        text = f'IF({at}="",0,ROUND(ROUND({top}/{bottom},{decimals})-{at},{decimals}))'
        told = f"{labels[key]} : {labels[part]} ÷ {labels[whole]}"
        found.append(
            Control(SUMMARY, told, value, listed[key].type, Formula(text, round(gap, decimals).normalize() + 0))
        )
    at, top, bottom = (places[name] for name in ("gap", "valued_amount", "abatement"))
    gap = ZERO
    if totals.gap is not None and totals.valued_amount is not None and totals.abatement is not None:
        gap = totals.valued_amount - totals.abatement - totals.gap
    text = f'IF({at}="",0,ROUND({top}-{bottom}-{at},2))'
    told = f"{labels['gap']} : {labels['valued_amount']} − {labels['abatement']}"
    found.append(Control(SUMMARY, told, totals.gap, "money", Formula(text, cents(gap))))
    return found
