"""The balance sheet as a workbook that can be handed out: ten sheets, each with its title, state and print setup."""

from collections.abc import Sequence
from typing import Any

from tracker import clock
from tracker.balance import columns
from tracker.balance.models import Edition
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.sheet import OWN, balance_sheet
from tracker.balance.rules import MEETING_KINDS, SEVERITIES, open_errors
from tracker.columns import Column, Kind, Totals, add_up, by_key
from tracker.policy import Actor
from tracker.web import formats
from tracker.workbooks.about import About, file_name
from tracker.workbooks.looks import Place
from tracker.workbooks.writing import Book, Fact, widths

TITLE = "Bilan {} de l’abattement de TFPB"
FILE_WORD = "bilan-tfpb"


def about_live(sheet: BalanceSheet, author: str) -> About:
    """The live state of today, provisional."""
    own = (("Périmètre", "les lignes du bailleur"),) if sheet.scope == OWN else ()
    return About(clock.today(), author, source=sheet.contract.name, filters=own, sort="ville, bailleur, axe")


def about_edition(sheet: BalanceSheet) -> About:
    """A frozen edition: its own date, whoever reads it and whenever."""
    edition = sheet.edition
    if edition is None:
        raise ValueError("a live sheet is no edition")
    day = formats.local(edition.frozen_at).date()
    meeting = f"{MEETING_KINDS[edition.meeting.kind]} du {edition.meeting.held_on:%d/%m/%Y}"
    return About(
        day,
        edition.frozen_by,
        source=sheet.contract.name,
        sort="ville, bailleur, axe",
        frozen=f"Édition n° {edition.number} arrêtée le {day:%d/%m/%Y} – {meeting}",
        moment=edition.frozen_at,
    )


def live_file(actor: Actor, code: str, year: int) -> tuple[bytes, str]:
    """The live workbook and its file name, « PROVISOIRE »; raises NotReadable."""
    sheet = balance_sheet(actor, code, year)
    about = about_live(sheet, actor.name)
    return balance_workbook(sheet, about), file_name(FILE_WORD, code, str(year), about=about)


def edition_file(edition: Edition) -> tuple[bytes, str]:
    """A frozen workbook, byte for byte, and its file name; raises Conflict ``altered`` when it changed since."""
    require_sound(edition, "workbook")
    return edition.workbook, f"{FILE_WORD}-{edition.contract.code}-{edition.year}-edition-{edition.number}.xlsx"


def balance_workbook(sheet: BalanceSheet, about: About) -> bytes:
    """The workbook's bytes: the same sheet and ``about`` give the same bytes."""
    book = Book(TITLE.format(sheet.year), about)
    _summary(book, sheet)
    totals = columns.totals_of(sheet)
    figures = columns.defined(columns.FIGURES)
    shares = columns.defined((*columns.figures(*columns.BY_AXIS_KEYS), columns.SHARE))
    owed = ("abatement", "valued_amount")
    _list(book, "Par bailleur", [columns.LANDLORD, *figures], sheet.by_landlord, totals, bars=owed)
    _list(book, "Par ville", [columns.CITY, *figures], sheet.by_city, totals, bars=owed)
    _list(book, "Par axe", [columns.AXIS, *shares], sheet.by_axis, totals, bars=("planned_cost", "valued_amount"))
    _list(book, "Par source", list(columns.SOURCES), sheet.by_source, columns.source_totals(sheet))
    actions = columns.without_lone_neighbourhood(columns.ACTIONS, sheet.actions)
    _list(book, "Actions", columns.defined(actions), sheet.actions, columns.action_totals(sheet))
    people = Totals({"participants": add_up_whole(line.participants for line in sheet.participation)})
    moments = columns.without_lone_neighbourhood(columns.PARTICIPATION, sheet.participation)
    _list(book, "Participation", moments, sheet.participation, people)
    _programme(book, sheet)
    _checks(book, sheet)
    _about(book, sheet)
    return book.save()


PARTS = {
    "Par bailleur": "Ce que chaque bailleur doit et ce qu’il justifie",
    "Par ville": "Les mêmes chiffres, ville par ville",
    "Par axe": "Ce que pèse chaque axe du cadre national",
    "Par source": "Qui a financé les actions, à côté des bailleurs",
    "Actions": "Les actions des dossiers déposés",
    "Participation": "La participation des habitants, étape par étape",
}
NOTHING = {
    "Par source": "Aucun autre financement accordé aux actions de l’année.",
    "Participation": "Aucune participation d’habitants enregistrée dans les dossiers déposés.",
}
NO_FILE = "Aucun dossier déposé pour cette année."


def add_up_whole(values: Any) -> int | None:
    """The house's sum, for a count."""
    total = add_up(values)
    return None if total is None else int(total)


CHARTS = {
    "Par bailleur": "Abattement et dépense valorisée, par bailleur",
    "Par ville": "Abattement et dépense valorisée, par ville",
    "Par axe": "Dépense prévue et dépense valorisée, par axe",
}


def _list(
    book: Book,
    name: str,
    listed: Sequence[Column],
    rows: Sequence[Any],
    totals: Totals,
    bars: Sequence[str] = (),
) -> None:
    heading = f"{name} : {PARTS[name][0].lower()}{PARTS[name][1:]}"
    sheet = book.sheet(name, widths(listed, rows, totals), heading=heading)
    if not rows:
        sheet.blank()
        sheet.text(NOTHING.get(name, NO_FILE), "remark")
        return
    sheet.table(listed, rows, totals, filtered=True)
    if bars:
        sheet.bars(CHARTS[name], listed, bars, len(rows), across=name == "Par axe")


# -- « Synthèse » --------------------------------------------------------------------------------------------------

_LINES: tuple[tuple[str, Kind], ...] = (
    ("files", "integer"),
    ("actions", "integer"),
    ("dwellings", "integer"),
    ("abated_dwellings", "integer"),
    ("abatement", "money"),
    ("planned_cost", "money"),
    ("actual_cost", "money"),
    ("completion_rate", "ratio"),
    ("landlord_share", "money"),
    ("other_funding", "money"),
    ("valued_amount", "money"),
    ("valuation_rate", "ratio"),
    ("justified_rate", "ratio"),
    ("gap", "money"),
    ("leverage", "number"),
    ("valued_per_dwelling", "money"),
)
_MAIN = frozenset({"abatement", "actual_cost", "valued_amount", "justified_rate", "gap"})


def _summary(book: Book, balance: BalanceSheet) -> None:
    labels = {column.key: column.label for column in columns.FIGURES}
    sheet = book.sheet("Synthèse", (34, 20, 90), freeze=False)
    sheet.blank()
    sheet.line(("Indicateur", "header", "text"), ("Valeur", "header", "money"), ("Définition", "header", "text"))
    for key, kind in _LINES:
        place: Place = "strong" if key in _MAIN else "body"
        value = getattr(balance.totals, key)
        tone = "bad" if key == "gap" and value is not None and value < 0 else None
        sheet.line(
            (labels[key], place, "text"),
            (value, place, kind),
            (columns.DEFINITIONS.get(key), "note", "text"),
            tone=tone,
        )
    sheet.blank()
    due = [line for line in balance.completeness if line.status not in columns.COUNTED_STATUSES]
    expected = len(balance.completeness)
    sheet.text(f"Dossiers reçus : {expected - len(due)} sur {expected} attendus", "section")
    state, missing = by_key(columns.COMPLETENESS, ["status", "missing"])
    for line in due:
        name = f"{line.city.name}, {line.landlord.name}"
        sheet.line((name, "body", "text"), (state.shown(line), "body", "text"), (missing.value(line), "note", "text"))
    sheet.blank()
    opened = [check for check in balance.checks if not check.ok]
    sheet.text(f"Points à corriger ou à vérifier : {len(opened)} (feuille « Contrôles »)", "section")
    for check in open_errors(balance.checks):
        sheet.line((SEVERITIES["error"], "strong", "text"), (None, "body", "text"), (check.message, "body", "text"))
    if balance.edition is not None and balance.edition.reason:
        sheet.blank()
        sheet.text("Motif de l’édition", "section")
        sheet.line((None, "body", "text"), (None, "body", "text"), (balance.edition.reason, "body", "text"))


# -- « Programme N+1 », « Contrôles », « À propos » ----------------------------------------------------------------


def _programme(book: Book, balance: BalanceSheet) -> None:
    planned = balance.programme
    listed = columns.without_lone_neighbourhood(columns.PROGRAMME, planned)
    heading = f"Programme {balance.year + 1} : les actions prévues l’an prochain"
    if not planned:
        sheet = book.sheet("Programme N+1", widths(listed, planned), heading=heading, freeze=False)
        sheet.blank()
        sheet.text(f"Aucun programme {balance.year + 1} présenté à ce jour.", "remark")
        return
    amounts = ("planned_cost", "planned_valued")
    unknown = {key: sum(getattr(line, key) is None for line in planned) for key in amounts}
    totals = Totals({key: add_up(getattr(line, key) for line in planned) for key in amounts}, unknown)
    sheet = book.sheet("Programme N+1", widths(listed, planned, totals), heading=heading)
    sheet.table(listed, planned, totals, filtered=True)


def _checks(book: Book, balance: BalanceSheet) -> None:
    listed = list(columns.CHECKS)
    sheet = book.sheet("Contrôles", widths(listed, balance.checks), heading="Contrôles : ce qui tient, ce qui manque")
    sheet.table(listed, sorted(balance.checks, key=lambda check: check.ok), filtered=True)


def _about(book: Book, balance: BalanceSheet) -> None:
    totals = balance.totals
    controls = [
        Fact("Nombre d’actions", len(balance.actions), "integer"),
        Fact("Nombre d’actions prévues l’an prochain", len(balance.programme), "integer"),
        Fact("Total de contrôle – réalisé", totals.actual_cost, "money"),
        Fact("Total de contrôle – valorisé", totals.valued_amount, "money"),
        Fact("Total de contrôle – abattement", totals.abatement, "money"),
    ]
    labels = {column.key: column.label for column in (*columns.FIGURES, columns.SHARE)}
    meanings = [(labels[key], meaning) for key, meaning in columns.DEFINITIONS.items()]
    book.about_sheet(controls, [*meanings, ("Valeurs inconnues", columns.UNKNOWN_RULE)])
