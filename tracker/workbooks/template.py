"""The workbook to fill in: pre-filled, with its lists and its help, protected where the tracker knows better.

Written in openpyxl's ``write_only`` mode like every workbook of the house. A sheet is protected without a password:
the grey cells are kept from slips, not from their owner, and the reader trusts none of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.protection import SheetProtection

from tracker.api.fields import Ids
from tracker.workbooks.about import About
from tracker.workbooks.forms import Entry, Known, SheetForm, WorkbookForm
from tracker.workbooks.layout import (
    GUIDE_SHEET,
    HELP_HEADER,
    HINT_KEY,
    IDENTITY_SHEET,
    KEY_HEADER,
    LABEL_HEADER,
    LISTS_SHEET,
    MARK,
    VALUE_HEADER,
    choices,
    header,
    row_key,
    sheet_title,
    written,
)
from tracker.workbooks.looks import Look
from tracker.workbooks.writing import Book, Sheet, clean

# Title, source and state, the sheet's help, the headers, their hints; then the records.
HEADER_AT, FIRST_RECORD = 5, 7
_WIDTHS = {"ratio": 12, "integer": 12, "number": 12, "money": 15, "date": 13, "moment": 17, "boolean": 10}
_TEXT_WIDTH, _CHOICE_WIDTH, _LONGEST_CHOICE = 32, 20, 40
_LINE, _ROW = 13, 18
# Characters: what stays in sight at the left of a wide table, what a printed page holds and stays readable.
_MOST_FROZEN, _PAGE = 90, 214

_GUIDE = (
    (
        "Remplissez les cellules blanches. Les cellules grises viennent du suivi : elles sont protégées, et ce qui y "
        "serait écrit n’est pas repris."
    ),
    (
        "Une ligne ajoutée sous les autres crée un élément. Une ligne ôtée du classeur, ou vidée, reste dans le "
        "suivi : on l’archive à l’écran. Vider une cellule efface sa valeur."
    ),
    "Montants en euros, jamais en milliers : 12 500 ou 12 500,50. Dates : 21/11/2026. Pourcentages : 80 %.",
    "Ne renommez ni les feuilles ni les en-têtes. Collez des valeurs plutôt que des formules.",
    (
        "Déposez ensuite ce fichier sur la page d’où il vient. Le suivi dit cellule par cellule ce qui ne va pas et "
        "montre ce qui changera ; rien n’est écrit avant votre accord."
    ),
)


def template(form: WorkbookForm, known: Mapping[str, Sequence[Known]], about: About) -> bytes:
    """The workbook's bytes; ``known`` gives the records to pre-fill by sheet code. Equal contents give equal bytes."""
    book = Book(form.title, about)
    lists = choices(form.sheets)
    _guide(book, form)
    last_rows = {}
    for sheet in form.sheets:
        fill = _single if sheet.single else _table
        last_rows[sheet.code] = fill(book, sheet, known.get(sheet.code, ()), lists)
    _lists(book, lists)
    _column_lists(book, form, last_rows)
    _identity(book, form)
    return book.save()


def _guide(book: Book, form: WorkbookForm) -> None:
    sheet = book.sheet(GUIDE_SHEET, (30, 78), freeze=False, portrait=True)
    sheet.blank()
    for label, value in form.identity.values():
        sheet.line((label, "strong", "text"), (value, "fact", "text"))
    sheet.blank()
    sheet.text("Mode d’emploi", "section")
    for number, line in enumerate((*_GUIDE, *form.guide), 1):
        sheet.line((f"{number}.", "strong", "text"), (line, "body", "text"))
    sheet.blank()
    sheet.text("Couleurs", "section")
    sheet.line(("Cellule blanche", "entry", "text"), ("à remplir", "body", "text"))
    sheet.line(("Cellule grise", "fixed", "text"), ("tenue par le suivi, protégée", "body", "text"))
    sheet.line(("En-tête suivi de *", "header", "text"), ("à remplir sur chaque ligne", "body", "text"))
    sheet.blank()
    sheet.text("Feuilles", "section")
    for one in form.sheets:
        sheet.line((sheet_title(one), "strong", "text"), (one.help or one.name, "body", "text"))


def _table(book: Book, form: SheetForm, known: Sequence[Known], lists: Mapping[tuple[str, str], Sequence[str]]) -> int:
    """One record on each row; gives the last row prepared."""
    widths = [*(_width(entry) for entry in form.entries), 12]
    named = _title_column(form, widths)
    sheet = book.sheet(
        sheet_title(form),
        widths,
        heading=form.name,
        frozen_columns=named,
        frozen_rows=FIRST_RECORD - 1,
        hidden=(len(widths),),
    )
    sheet.text(form.help, "remark")
    looks = [_look(entry) for entry in form.entries]
    labels = [header(entry) for entry in form.entries]
    head = [
        sheet.cell(label, Look("header", entry.column.type)) for label, entry in zip(labels, form.entries, strict=True)
    ]
    sheet.put([*head, sheet.cell(KEY_HEADER, Look("header"))], _tallest(labels, widths))
    hints = [entry.column.hint or "" for entry in form.entries]
    hint_cells = [sheet.cell(hint, Look("hint")) for hint in hints]
    sheet.put([*hint_cells, sheet.cell(HINT_KEY, Look("hint"))], _hints_height(hints, widths))
    fixed = Look("fixed")
    last = FIRST_RECORD - 1
    for record in known:
        values = [written(entry, record.values.get(entry.column.key)) for entry in form.entries]
        own = [_look(entry, record) if record.locked else look for entry, look in zip(form.entries, looks, strict=True)]
        cells = [sheet.cell(value, look) for value, look in zip(values, own, strict=True)]
        last = sheet.put([*cells, sheet.cell(row_key(record.id, record.version), fixed)], _tallest(values, widths))
    for _ in range(form.spare):
        last = sheet.put([*(sheet.cell(None, look) for look in looks), sheet.cell(None, fixed)])
    end = get_column_letter(len(form.entries))
    # The hints stand right above the records: as the filter's own row, sorting leaves them in their place.
    sheet.raw.auto_filter.ref = f"A{FIRST_RECORD - 1}:{end}{last}"
    sheet.raw.print_title_rows = f"{HEADER_AT}:{HEADER_AT}"
    pages = -(-sum(widths[:-1]) // _PAGE)
    if pages > 1:
        sheet.raw.page_setup.fitToWidth = pages
        sheet.raw.print_title_cols = f"{get_column_letter(named)}:{get_column_letter(named)}"
    for number, entry in enumerate(form.entries, 1):
        letter = get_column_letter(number)
        _offer(sheet, form, entry, f"{letter}{FIRST_RECORD}:{letter}{last}", lists)
    sheet.raw.protection = _protection()
    return last


def _single(book: Book, form: SheetForm, known: Sequence[Known], lists: Mapping[tuple[str, str], Sequence[str]]) -> int:
    """One record written downwards; gives its last row."""
    widths = (38, 46, 62, 12)
    sheet = book.sheet(
        sheet_title(form), widths, heading=form.name, frozen_rows=HEADER_AT, portrait=True, hidden=(len(widths),)
    )
    sheet.text(form.help, "remark")
    sheet.put(
        [sheet.cell(label, Look("header")) for label in (LABEL_HEADER, VALUE_HEADER, HELP_HEADER, KEY_HEADER)], 24
    )
    record = known[0] if known else None
    key = row_key(record.id, record.version) if record else None
    last = HEADER_AT
    for entry in form.entries:
        value = written(entry, record.values.get(entry.column.key)) if record else None
        cells = [
            sheet.cell(header(entry), Look("strong")),
            sheet.cell(value, _look(entry, record)),
            sheet.cell(entry.column.hint, Look("note")),
            sheet.cell(key, Look("fixed")),
        ]
        last = sheet.put(cells, _tallest([value, entry.column.hint], [46, 74]))
        _offer(sheet, form, entry, f"B{last}", lists)
    sheet.raw.protection = _protection()
    return last


def _title_column(form: SheetForm, widths: Sequence[int]) -> int:
    """The number of the column that names a record, as long as what precedes it leaves room on a screen; else 1."""
    number = next((at for at, entry in enumerate(form.entries, 1) if entry.column.key == form.title), 1)
    return number if sum(widths[:number]) <= _MOST_FROZEN else 1


def _look(entry: Entry, record: Known | None = None) -> Look:
    locked = entry.locked or (record is not None and entry.column.key in record.locked)
    return Look("fixed" if locked else "entry", entry.column.type)


def _width(entry: Entry) -> int:
    column = entry.column
    width = column.width or _WIDTHS.get(column.type, _TEXT_WIDTH)
    if column.words and not column.width:
        longest = max(len(str(word)) for word in column.words.values())
        width = min(max(longest + 4, _CHOICE_WIDTH), _LONGEST_CHOICE)
    return max(width, *(len(word) + 3 for word in header(entry).split()))


def _tallest(texts: Sequence[Any], widths: Sequence[float]) -> float:
    """The height of a row whose texts wrap: Excel and LibreOffice fit protected rows differently, or not at all."""
    lines = 1
    for text, width in zip(texts, widths, strict=False):
        if isinstance(text, str):
            lines = max(lines, sum(-(-len(part) // max(int(width) - 2, 1)) or 1 for part in text.split("\n")))
    return min(_ROW + _LINE * (lines - 1), 240)


def _hints_height(hints: Sequence[str], widths: Sequence[int]) -> float:
    """Hints are in small letters: more of them in a line, and lower lines."""
    lines = max(-(-len(hint) * 5 // (7 * max(width - 1, 1))) for hint, width in zip(hints, widths, strict=False))
    return 8 + 11 * max(lines, 1)


def _protection() -> SheetProtection:
    """No password. What is False here is allowed: widths, heights and formats, new rows, filter and sort."""
    return SheetProtection(
        sheet=True, formatCells=False, formatColumns=False, formatRows=False, insertRows=False, sort=False,
        autoFilter=False,
    )  # fmt: skip


def _list_name(sheet: str, key: str) -> str:
    return f"liste_{sheet}_{key}"


def _offer(
    sheet: Sheet, form: SheetForm, entry: Entry, cells: str, lists: Mapping[tuple[str, str], Sequence[str]]
) -> None:
    """The drop-down list of these cells. A defined name and not a range: Excel then keeps it when it saves anew."""
    place = (form.code, entry.column.key)
    if place not in lists and (entry.source is None or entry.locked):
        return
    offer = DataValidation("list", formula1=_list_name(*place), allow_blank=True, sqref=cells)
    offer.showErrorMessage = place in lists and not _several(form, entry)
    offer.errorTitle = "Valeur hors liste"
    offer.error = "Choisissez une valeur de la liste, ou videz la cellule."
    sheet.raw.data_validations.append(offer)


def _several(form: SheetForm, entry: Entry) -> bool:
    return isinstance(form.schema.fields.get(entry.column.key), Ids)


def _lists(book: Book, lists: Mapping[tuple[str, str], Sequence[str]]) -> None:
    """The hidden sheet of the lists: long ones and those with commas fit in no validation."""
    raw = book.workbook.create_sheet(LISTS_SHEET)
    raw.sheet_state = "hidden"
    columns = list(lists.values())
    for row in range(max(map(len, columns), default=0)):
        raw.append([_text(raw, column[row]) if row < len(column) else None for column in columns])
    for number, (place, words) in enumerate(lists.items(), 1):
        letter = get_column_letter(number)
        _define(book, _list_name(*place), f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(words)}")


def _column_lists(book: Book, form: WorkbookForm, last_rows: Mapping[str, int]) -> None:
    sheets = {sheet.code: sheet for sheet in form.sheets}
    for sheet in form.sheets:
        for entry in sheet.entries:
            if entry.source is None or entry.locked or entry.column.words:
                continue
            code, key = entry.source
            keys = [other.column.key for other in sheets[code].entries]
            letter = get_column_letter(keys.index(key) + 1)
            place = f"'{sheet_title(sheets[code])}'!${letter}${FIRST_RECORD}:${letter}${last_rows[code]}"
            _define(book, _list_name(sheet.code, entry.column.key), place)


def _define(book: Book, name: str, place: str) -> None:
    book.workbook.defined_names[name] = DefinedName(name, attr_text=place)


def _identity(book: Book, form: WorkbookForm) -> None:
    raw = book.workbook.create_sheet(IDENTITY_SHEET)
    raw.sheet_state = "veryHidden"
    raw.append([MARK, form.target, form.template])
    for code, (_label, value) in form.identity.items():
        raw.append([_text(raw, code), _text(raw, clean(value))])


def _text(raw: Any, text: str) -> Any:
    """A cell of a hidden sheet: text that begins with « = » stays text there too."""
    cell: Any = WriteOnlyCell(raw, text)
    cell.data_type = "s"
    return cell
