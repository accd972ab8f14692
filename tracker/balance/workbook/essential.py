"""« Essentiel »: ten sentences and two charts on one page."""

from tracker.balance import columns
from tracker.balance.essentials import essentials
from tracker.balance.rules import SEVERITIES, open_errors
from tracker.balance.workbook.pages import Pages
from tracker.web.formats import UNKNOWN, money, plural, ratio
from tracker.workbooks.charts import Bars
from tracker.workbooks.sheet import Sheet

NAME = "Essentiel"
# Bars a reader still tells apart, and names that still fit under them.
_MOST_BARS = 12
_CHART_HEIGHT = 7.2
_LONG_REASON = 600  # characters: the page is one
_NAMED = 3  # blocking points told in full


def write(pages: Pages) -> Sheet:
    """The sentences; ``draw`` adds the charts once the tables they are drawn from are written."""
    balance = pages.balance
    sheet = pages.book.sheet(NAME, (19, 82), freeze=False, portrait=True, one_page=True)
    sheet.blank()
    for one in essentials(balance):
        sheet.line((one.label, "strong", "text"), (one.sentence, "body", "text"))
    blocking = open_errors(balance.checks)
    if blocking:
        sheet.blank()
        sheet.text(plural(len(blocking), "point bloquant ouvert", "points bloquants ouverts"), "section")
        for check in blocking[:_NAMED]:
            sheet.line((SEVERITIES["error"], "strong", "text"), (check.message, "body", "text"))
        if len(blocking) > _NAMED:
            more = plural(len(blocking) - _NAMED, "autre point", "autres points")
            sheet.line((None, "strong", "text"), (f"{more}, feuille « Contrôles ».", "body", "text"))
    reason = balance.edition.reason if balance.edition else None
    if reason:
        sheet.blank()
        if len(reason) > _LONG_REASON:
            reason = f"{reason[:_LONG_REASON].rstrip()}… (suite : feuille « Contrôles »)"
        sheet.line(("Motif de l’édition", "strong", "text"), (reason, "body", "text"))
    return sheet


def draw(pages: Pages, sheet: Sheet) -> None:
    """What is owed against what is done, then what each axis weighs."""
    for name, who in (("Par bailleur", "bailleur"), ("Par ville", "ville"), ("Par axe", None)):
        table = pages.tables.get(name)
        if who is not None and table is not None and table.rows <= _MOST_BARS:
            title = f"Abattement et dépense valorisée, par {who}"
            sheet.chart(Bars(title, ("abatement", "valued_amount"), _owed(pages, who, title)), table, _CHART_HEIGHT)
            break
    axes = pages.tables.get("Par axe")
    if axes is not None:
        title = "Part de chaque axe dans la dépense valorisée"
        told = " ; ".join(f"{columns.AXIS.value(line)} : {ratio(line.share)}" for line in pages.balance.by_axis)
        sheet.chart(Bars(title, ("share",), f"{title}. {told}.", across=True), axes, _CHART_HEIGHT)


def _owed(pages: Pages, who: str, title: str) -> str:
    lines = pages.balance.by_landlord if who == "bailleur" else pages.balance.by_city
    column = columns.LANDLORD if who == "bailleur" else columns.CITY
    told = " ; ".join(
        f"{column.value(line)} : {_known(line.abatement)} d’abattement, {_known(line.valued_amount)} valorisés"
        for line in lines
    )
    return f"{title}. {told}."


def _known(amount: object) -> str:
    told = money(amount)  # type: ignore[arg-type]
    return "montant inconnu" if told == UNKNOWN else told
