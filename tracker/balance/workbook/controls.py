"""« Contrôles »: each check with its severity, then each total verified by formulas that must come to zero."""

from decimal import Decimal

from openpyxl.utils import get_column_letter

from tracker.balance import columns
from tracker.balance.rules import ADDED, AMOUNTS, CHECK_WORDS
from tracker.balance.workbook.figures import SUMMARY
from tracker.balance.workbook.pages import Control, Pages, cents
from tracker.columns import Column
from tracker.money import ZERO
from tracker.workbooks.formulas import Formula
from tracker.workbooks.looks import Look
from tracker.workbooks.sheet import Sheet, parts
from tracker.workbooks.writing import widths

NAME = "Contrôles"
RIGHT, WRONG = "OK", "ÉCART"
STATE, MESSAGE = columns.CHECKS


def _nothing(_check: object) -> None:
    return None


# One table: a check has a place where it is mended, a total its value and the gap a formula finds.
LISTED = (
    STATE,
    Column("subject", "Sujet ou feuille", get=lambda check: CHECK_WORDS.get(check.code), width=26),
    Column("message", MESSAGE.label, width=72),
    Column("link", "Où corriger", get=lambda check: check.link, width=46),
    Column("value", "Valeur écrite", "money", get=_nothing, width=17),
    Column("gap", "Écart recalculé", "number", get=_nothing, width=12),
)
BASE = "Par bailleur"
GROUPS = ("Par ville", "Par quartier", "Par axe", "Par priorité")


def write(pages: Pages) -> None:
    """The checks, most serious first, then the totals."""
    balance = pages.balance
    shown = sorted(balance.checks, key=lambda check: check.ok)
    sheet = pages.book.sheet(
        NAME,
        widths(LISTED, shown),
        heading=f"{NAME} : ce qui tient, ce qui manque, les totaux vérifiés par des formules",
        computed=True,
    )
    head = sheet.next_row
    sheet.header(LISTED)
    home = pages.home
    links = {} if home is None else {"link": lambda check: f"{home}{check.link}" if check.link else None}
    sheet.rows(LISTED, shown, links=links)
    _across(pages)
    _totals(sheet, pages.controls)
    sheet.filter(head, len(LISTED))
    if pages.controls:
        _verdict(sheet, pages.controls)
    if balance.edition is not None and balance.edition.reason:
        sheet.blank()
        sheet.text("Motif de l’édition", "section")
        for part in parts(balance.edition.reason):
            sheet.line(*((None, "body", "text"),) * 2, (part, "body", "text"))


def _totals(sheet: Sheet, controls: list[Control]) -> None:
    letter = get_column_letter([column.key for column in LISTED].index("gap") + 1)
    for control in controls:
        right = control.gap.result == 0
        verdict = Formula(f'IF({letter}{sheet.next_row}=0,"{RIGHT}","{WRONG}")', RIGHT if right else WRONG)
        sheet.line(
            (verdict, "strong", "text"),
            (control.sheet, "body", "text"),
            (control.told, "body", "text"),
            (None, "body", "text"),
            (control.value, "body", control.kind),
            (control.gap, "body", "number"),
        )


def _verdict(sheet: Sheet, controls: list[Control]) -> None:
    cells = f"A{sheet.next_row - len(controls)}:A{sheet.next_row - 1}"
    whole = all(control.gap.result == 0 for control in controls)
    text = f'IF(COUNTIF({cells},"{RIGHT}")=ROWS({cells}),"{RIGHT}","{WRONG}")'
    told = f"Chaque écart recalculé doit être nul : {len(controls)} vérifications"
    values = (Formula(text, RIGHT if whole else WRONG), "Tous les totaux", told, None, None, None)
    sheet.put([sheet.cell(value, Look("total")) for value in values])


def _across(pages: Pages) -> None:
    """The same total wherever it is read: in « Synthèse », by group, and added up again over the lines."""
    base = pages.tables.get(BASE)
    if base is None:
        return
    labels = {column.key: column for column in columns.FIGURES}
    for key in ADDED:
        here = base.sum_cell(key)
        places = {SUMMARY: pages.summary[key]}
        for name in GROUPS:
            table = pages.tables.get(name)
            if table is not None and key in {column.key for column in table.columns}:
                places[name] = table.sum_cell(key)
        gap = ZERO
        if key in AMOUNTS:
            actions = pages.tables.get("Actions")
            places["Actions"] = f"SUM({actions.cells(key)})" if actions else "0"
            gap += abs(_total(pages, key) - sum((getattr(line, key) or ZERO for line in pages.balance.actions), ZERO))
        if key == "other_funding":
            sources = pages.tables.get("Par source")
            places["Par source"] = f"SUM({sources.cells('amount')})" if sources else "0"
            gap += abs(_total(pages, key) - sum((line.amount or ZERO for line in pages.balance.by_source), ZERO))
        text = "+".join(f"ABS(ROUND({here}-{there},2))" for there in places.values())
        told = f"{labels[key].label} : le même partout ({', '.join(places)})"
        value = getattr(pages.balance.totals, key)
        pages.controls.append(Control(BASE, told, value, labels[key].type, Formula(text, cents(gap))))


def _total(pages: Pages, key: str) -> Decimal:
    return Decimal(getattr(pages.balance.totals, key) or ZERO)
