"""« Année précédente » and « Pluriannuel »: this year beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

from tracker.balance import columns
from tracker.balance.queries.content import BalanceSheet, LandlordLine, PreviousYear
from tracker.balance.rules import AMOUNTS, change
from tracker.balance.workbook.figures import LINES, MAIN, OWED
from tracker.balance.workbook.pages import Pages
from tracker.columns import Column, Totals
from tracker.tfpb.queries.expected import Ref
from tracker.workbooks.charts import Bars
from tracker.workbooks.looks import Place
from tracker.workbooks.writing import widths

LAST_YEAR, ALL_YEARS = "Année précédente", "Pluriannuel"
YEAR = Column("year", "Année", get=lambda line: str(line.year), width=10)
# The same dwellings come back each year: they are not added up over years.
_CUMULATED = ("files", "actions", "abatement", *AMOUNTS)
_COMPARED = ("abatement", "actual_cost", "valued_amount", "justified_rate", "gap")


@dataclass(frozen=True)
class Beside:
    """A landlord's figures of both years; None where it had no counted file."""

    landlord: Ref
    before: LandlordLine | None
    now: LandlordLine | None

    def was(self, key: str) -> Any:
        """Last year's figure."""
        return getattr(self.before, key, None)

    def value(self, key: str) -> Any:
        """This year's figure."""
        return getattr(self.now, key, None)

    def change(self, key: str) -> Any:
        """What changed; None where it cannot be told."""
        return None if self.before is None or self.now is None else change(key, self.now, self.before)


def write(pages: Pages) -> None:
    """Both sheets; said to be empty where the sheet does not know other years."""
    _last_year(pages)
    _all_years(pages)


def _last_year(pages: Pages) -> None:
    balance, last = pages.balance, pages.balance.previous
    if last is None or not last.totals.files:
        why = "Aucune année précédente à comparer." if last is None else f"Aucun dossier compté en {last.year}."
        pages.listed(LAST_YEAR, "ce qui a changé", (YEAR,), (), nothing=why)
        return
    rows = _landlords(balance, last)
    listed = [columns.LANDLORD, *_sides(balance.year, last.year)]
    wide = widths(listed, rows)
    sheet = pages.book.sheet(
        LAST_YEAR, [30, *wide[1:]], heading=f"{LAST_YEAR} : {balance.year} à côté de {last.year}", freeze=False
    )
    sheet.line(
        ("Indicateur", "header", "text"),
        (str(last.year), "header", "money"),
        (str(balance.year), "header", "money"),
        ("Évolution", "header", "money"),
    )
    labels = {column.key: column.label for column in columns.FIGURES}
    for key, kind in LINES:
        place: Place = "strong" if key in MAIN else "body"
        values = getattr(last.totals, key), getattr(balance.totals, key), change(key, balance.totals, last.totals)
        sheet.line((labels[key], place, "text"), *((value, place, kind) for value in values))
    sheet.blank()
    sheet.text("Par bailleur", "section")
    sheet.table(listed, rows)
    sheet.blank()
    sheet.text(
        "Évolution : cette année − l’année précédente ; vide quand l’une des deux est inconnue, même en partie. "
        "Les taux évoluent en points.",
        "remark",
    )


def _sides(year: int, last: int) -> list[Column]:
    """For each figure compared: last year, this year, the change."""
    found = []
    for figure in columns.figures(*_COMPARED):
        key = figure.key
        found += [
            Column(f"{key}_before", f"{figure.label} {last}", figure.type, get=methodcaller("was", key)),
            Column(f"{key}_now", f"{figure.label} {year}", figure.type, get=methodcaller("value", key)),
            Column(f"{key}_change", "Évolution", figure.type, get=methodcaller("change", key)),
        ]
    return found


def _landlords(balance: BalanceSheet, last: PreviousYear) -> Sequence[Beside]:
    now = {line.landlord.id: line for line in balance.by_landlord}
    before = {line.landlord.id: line for line in last.by_landlord}
    names = {line.landlord.id: line.landlord for line in (*last.by_landlord, *balance.by_landlord)}
    return [
        Beside(landlord, before.get(number), now.get(number))
        for number, landlord in sorted(names.items(), key=lambda one: (one[1].name, one[0] or 0))
    ]


def _all_years(pages: Pages) -> None:
    balance = pages.balance
    title = "Abattement et dépense valorisée, par année"
    totals = None
    if balance.cumulated is not None:
        totals = Totals({column.key: getattr(balance.cumulated, column.key) for column in columns.FIGURES})
    pages.listed(
        ALL_YEARS,
        "les années du contrat et leur cumul",
        [YEAR, *columns.defined(columns.FIGURES)],
        balance.by_year,
        totals,
        added=_CUMULATED,
        nothing="Les autres années ne figurent pas dans ce bilan.",
        bars=Bars(title, OWED, f"{title} ; les mêmes montants sont dans le tableau au-dessus."),
        label="Cumul",
    )
