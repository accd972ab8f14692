"""The workbook's sheets, in the order they are read."""

from tracker.balance.queries.content import BalanceSheet
from tracker.balance.workbook import beside, controls, essential, figures, investment, lists, years
from tracker.balance.workbook.pages import Pages
from tracker.workbooks.about import About
from tracker.workbooks.writing import Book

TITLE = "Bilan {} de l’abattement de TFPB"


def balance_workbook(sheet: BalanceSheet, about: About, home: str | None = None) -> bytes:
    """The workbook's bytes: the same arguments give the same bytes. ``home``: the address its links begin with."""
    pages = Pages(Book(TITLE.format(sheet.year), about), sheet, home)
    first = essential.write(pages)
    figures.write(pages)
    lists.write(pages)
    years.write(pages)
    lists.write_programme(pages)
    investment.write(pages)
    beside.write_evaluation(pages)
    lists.write_due(pages)
    controls.write(pages)
    beside.write_about(pages)
    essential.draw(pages, first)
    return pages.book.save(areas=True)
