"""« Année précédente » and « Pluriannuel »: this year beside the others."""

from itertools import zip_longest

from tracker.balance import columns
from tracker.balance.rules import AMOUNTS
from tracker.balance.workbook.figures import MAIN, OWED
from tracker.balance.workbook.pages import Pages
from tracker.workbooks.charts import Bars
from tracker.workbooks.looks import Place
from tracker.workbooks.writing import widths

LAST_YEAR, ALL_YEARS = "Année précédente", "Pluriannuel"
# The same dwellings come back each year: they are not added up over years.
_CUMULATED = ("files", "actions", "abatement", *AMOUNTS)


def write(pages: Pages) -> None:
    """Both sheets; said to be empty where the sheet does not know other years."""
    _last_year(pages)
    _all_years(pages)


def _last_year(pages: Pages) -> None:
    balance, last = pages.balance, pages.balance.previous
    if last is None or not last.totals.files:
        why = "Aucune année précédente à comparer." if last is None else f"Aucun dossier compté en {last.year}."
        pages.listed(LAST_YEAR, "ce qui a changé", (columns.YEAR,), (), nothing=why)
        return
    groups = [
        (heading, columns.change_columns(group, balance.year, keys), columns.changes_by(balance, group))
        for heading, group, keys in (
            ("Par bailleur", columns.LANDLORD, None),
            ("Par ville", columns.CITY, None),
            ("Par axe", columns.AXIS, columns.SPENT_CHANGES),
        )
    ]
    # One table under the other: each column as wide as the widest of them asks for.
    wide = [max(asked) for asked in zip_longest(*(widths(listed, rows) for _, listed, rows in groups), fillvalue=0)]
    sheet = pages.book.sheet(
        LAST_YEAR, [30, *wide[1:]], heading=f"{LAST_YEAR} : {balance.year} à côté de {last.year}", freeze=False
    )
    name, *years = columns.comparison_columns(balance.year)
    sheet.line((name.label, "header", "text"), *((column.label, "header", "money") for column in years))
    for line in columns.compared(balance):
        place: Place = "strong" if line.key in MAIN else "body"
        values = (column.value(line) for column in years)
        sheet.line((line.label, place, "text"), *((value, place, line.type) for value in values))
    for heading, listed, rows in groups:
        sheet.blank()
        sheet.text(heading, "section")
        sheet.table(listed, rows)
    sheet.blank()
    sheet.text(
        "Évolution : cette année − l’année précédente ; vide quand l’une des deux est inconnue, même en partie. "
        "Les taux évoluent en points.",
        "remark",
    )


def _all_years(pages: Pages) -> None:
    balance = pages.balance
    title = "Abattement et dépense valorisée, par année"
    pages.listed(
        ALL_YEARS,
        "les années du contrat et leur cumul",
        [columns.YEAR, *columns.defined(columns.FIGURES)],
        balance.by_year,
        None if balance.cumulated is None else columns.cumulated_totals(balance.cumulated),
        added=_CUMULATED,
        nothing="Les autres années ne figurent pas dans ce bilan.",
        bars=Bars(title, OWED, f"{title} ; les mêmes montants sont dans le tableau au-dessus."),
        label="Cumul",
    )
