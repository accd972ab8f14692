"""A filled-in workbook read back: every record it holds, every fault it has, nothing written.

Each cell goes through the very field of the schema that validates the JSON body and the HTML form of the same write.
Measured by ``tests/benchmarks``: 5,000 actions are read and validated in about the time openpyxl needs to read them.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from tracker.api.fields import Coded, Money
from tracker.web.forms import expected
from tracker.workbooks.cells import Unclear, empty, is_blank, is_error, reader, refuse_scaled
from tracker.workbooks.forms import Entry, Issue, Record, SheetForm, WorkbookForm
from tracker.workbooks.headers import find_header, find_lines
from tracker.workbooks.issues import Issues
from tracker.workbooks.layout import HINT_KEY, IDENTITY_SHEET, MARK, as_text, folded, read_key, sheet_title
from tracker.workbooks.opening import LIMITS, Limits, Opened, OpenSheet, Unreadable, opened

_REMEMBERED = 20_000  # values of one column
_NO_RESULT = "une formule sans résultat a été trouvée ; ouvrez le classeur, enregistrez-le, ou tapez la valeur."


@dataclass(frozen=True)
class Reading:
    """What a workbook holds.

    readable  False when it could not even be opened.
    unread    codes of the sheets that were not found or not understood: nothing is known of their rows.
    """

    records: Sequence[Record]
    issues: Sequence[Issue]
    readable: bool = True
    unread: frozenset[str] = frozenset()


def read(form: WorkbookForm, content: bytes, limits: Limits = LIMITS) -> Reading:
    """Read the bytes somebody sent against the form. Never raises for what is in them: every fault is an issue."""
    issues = Issues()
    records: list[Record] = []
    readable, unread = True, set[str]()
    with warnings.catch_warnings():
        # openpyxl warns of what it leaves aside (extensions, impossible dates); the reader tells what matters.
        warnings.simplefilter("ignore")
        try:
            book = opened(content, limits)
            if _is_the_one(form, book, issues):
                for sheet in form.sheets:
                    found = _read_sheet(sheet, book, issues)
                    if found is None:
                        unread.add(sheet.code)
                    else:
                        records += found
        except Unreadable as refusal:
            records, readable, issues = [], False, Issues()  # past ``MOST`` faults of its rows, it would not be told
            issues.add("", None, None, "unreadable_file", str(refusal))
    return Reading(records, issues.all(), readable, frozenset(unread))


def _is_the_one(form: WorkbookForm, book: Opened, issues: Issues) -> bool:
    """Whether the workbook is this item's, from this template: otherwise nothing else of it is read."""
    hidden = next((sheet for sheet in book.sheets if sheet.title == IDENTITY_SHEET), None)
    rows = list(book.rows(hidden)) if hidden else []
    mark = [as_text(value) for value in rows[0]] if rows else []
    if mark[:1] != [MARK]:
        told = (
            "Ce classeur ne vient pas du suivi, ou sa feuille cachée a été supprimée : téléchargez le classeur à "
            "remplir, recopiez-y vos valeurs, puis déposez-le."
        )
        issues.add("", None, None, "template", told)
        return False
    if mark[1:3] != [form.target, str(form.template)]:
        found, wanted = (mark[2] if len(mark) > 2 else "inconnu"), form.template
        told = (
            f"Ce classeur suit le modèle n° {found} ; le modèle n° {wanted} est attendu : téléchargez le nouveau "
            "classeur et recopiez-y vos valeurs."
            if mark[1:2] == [form.target]
            else f"Ce classeur sert à une autre saisie ; celui de « {form.title} » est attendu."
        )
        issues.add("", None, None, "template", told, value=found)
        return False
    written = {str(row[0]): as_text(row[1]) if len(row) > 1 else None for row in rows[1:] if row}
    for code, (label, value) in form.identity.items():
        if written.get(code) != as_text(value):
            found = written.get(code)
            quoted = f"« {found} »" if found else "aucune valeur"
            told = f"{label} : ce classeur porte {quoted} ; « {value} » est attendu. Vérifiez le fichier déposé."
            issues.add("", None, label, "identity", told, value=found)
    return not issues.kept


def _read_sheet(form: SheetForm, book: Opened, issues: Issues) -> list[Record] | None:
    wanted = folded(sheet_title(form))
    sheet = next((one for one in book.sheets if folded(one.title) == wanted), None)
    if sheet is None:
        there = ", ".join(f"« {one.title} »" for one in book.sheets[:8] if not one.title.startswith("_"))
        told = f"La feuille « {sheet_title(form)} » manque ; feuilles trouvées : {there or 'aucune'}."
        issues.add(sheet_title(form), None, None, "header", told)
        return None
    return (_read_lines if form.single else _read_table)(form, sheet, book, issues)


def _read_lines(form: SheetForm, sheet: OpenSheet, book: Opened, issues: Issues) -> list[Record] | None:
    lines = find_lines(form, book.rows(sheet), issues)
    if lines is None:
        return None
    maker = _Maker(form, {key: place for place, key in enumerate(lines.rows)}, sheet, issues)
    cells = {key: f"{lines.letter}{row}" for key, row in lines.rows.items()}
    for reference in sheet.merged:
        first = reference.partition(":")[0]
        column = next((key for key, cell in cells.items() if cell == first), None)
        if column is not None:
            maker.tell_merged(first, reference, maker.labels[column])
    return [maker.record(min(lines.rows.values(), default=1), list(lines.values.values()), cells, lines.key)]


def _read_table(form: SheetForm, sheet: OpenSheet, book: Opened, issues: Issues) -> list[Record] | None:
    header = find_header(form, book.rows(sheet), issues)
    if header is None or header.key is None:
        return None  # without keys every row would pass for a new one
    maker = _Maker(form, header.places, sheet, issues)
    _tell_merged(maker, header.places, header.row, sheet)
    places = [(key, place, get_column_letter(place + 1)) for key, place in header.places.items()]
    open_places = [column.place for column in maker.columns]
    width = max([place for _, place, _ in places] + [header.key]) + 1
    pending = maker.rows_without_result([get_column_letter(place + 1) for place in open_places])
    records: list[Record] = []
    seen: dict[int, int] = {}
    for number, row in enumerate(header.rest, header.row + 1):
        if not row and number not in pending:
            continue
        if len(row) < width:
            row += (None,) * (width - len(row))
        key = as_text(row[header.key])
        if key == HINT_KEY:
            continue
        # A row somebody emptied is one taken out: its key stays, in a column nobody sees.
        if number not in pending and all(is_blank(row[place]) for place in open_places):
            continue
        book.take_in()
        cells = {name: f"{letter}{number}" for name, _, letter in places}
        record = maker.record(number, row, cells, key)
        if record.id is not None and seen.setdefault(record.id, number) != number:
            maker.tell_twice(record, seen[record.id])
        records.append(record)
    return records


def _tell_merged(maker: "_Maker", places: Mapping[str, int], header_row: int, sheet: OpenSheet) -> None:
    labels = {place + 1: maker.labels[key] for key, place in places.items()}
    for reference in sheet.merged:
        left, top, right, bottom = range_boundaries(reference)
        if None in (left, top, right, bottom) or bottom < header_row:  # type: ignore[operator]
            continue
        touched = [column for column in labels if left <= column <= right]  # type: ignore[operator]
        if touched:
            first = min(touched)
            maker.tell_merged(f"{get_column_letter(first)}{top}", reference, labels[first])


class _Column:
    """One column to read: what a cell of it holds, remembered, for the same values come again and again."""

    def __init__(self, form: SheetForm, entry: Entry, place: int) -> None:
        self.key, self.label, self.place = entry.column.key, entry.column.label, place
        self._kind = form.schema.fields[self.key]
        self.is_money = isinstance(self._kind, Money)
        self._read = reader(form, entry)
        self._empty = empty(self._kind)
        self.known: dict[Any, Any] = {}

    def value(self, raw: Any) -> Any:
        """The validated value of a cell, through the schema's own field. Raises Unclear."""
        try:
            value = self._kind.deserialize(self._plain(raw), self.key)
        except ma.ValidationError as error:
            message = error.messages[0] if isinstance(error.messages, list) else str(error.messages)
            code = message.code if isinstance(message, Coded) else "invalid"
            raise Unclear(code, expected(self._kind, message, raw)) from error
        if len(self.known) < _REMEMBERED and not isinstance(value, list):
            self.known[raw if type(raw) is str else (type(raw), raw)] = value
        return value

    def _plain(self, raw: Any) -> Any:
        if is_blank(raw):
            return self._empty
        if is_error(raw):
            raise Unclear("error_value", "c’est une erreur de calcul du tableur ; une valeur est attendue.")
        return self._read(raw)


class _Maker:
    """Makes the records of one sheet."""

    def __init__(self, form: SheetForm, places: Mapping[str, int], sheet: OpenSheet, issues: Issues) -> None:
        self.form, self.issues, self.name = form, issues, sheet_title(form)
        self.labels = {entry.column.key: entry.column.label for entry in form.entries}
        found = [entry for entry in form.entries if entry.column.key in places]
        self.columns = [_Column(form, entry, places[entry.column.key]) for entry in found if not entry.locked]
        self._locked = [(entry.column.key, places[entry.column.key]) for entry in found if entry.locked]
        self._scaled = sheet.scaled
        self.unvalued = {cell for cell, valued in sheet.formulas.items() if not valued}

    def record(self, number: int, row: Sequence[Any], cells: Mapping[str, str], key: str | None) -> Record:
        """One record; what is wrong in it is told."""
        values: dict[str, Any] = {}
        for column in self.columns:
            raw, name = row[column.place], column.key
            try:
                if self.unvalued and cells[name] in self.unvalued:
                    raise Unclear("formula", _NO_RESULT)  # noqa: TRY301 - one way out for every fault of a cell
                if self._scaled and column.is_money and cells[name] in self._scaled and type(raw) in (int, float):
                    refuse_scaled(self._scaled[cells[name]], raw)
                known = column.known
                remembered = raw if type(raw) is str else (type(raw), raw)
                values[name] = known[remembered] if remembered in known else column.value(raw)
            except Unclear as unclear:
                self._tell(name, cells[name], unclear.code, str(unclear), raw)
        locked = {name: as_text(row[place]) for name, place in self._locked}
        return Record(self.form.code, number, *self._key(key, cells), values, cells, locked)

    def _key(self, text: str | None, cells: Mapping[str, str]) -> tuple[int | None, int | None]:
        if text is None:
            return None, None
        key = read_key(text)
        if key is None:
            self._tell_row(
                cells,
                "invalid",
                text,
                "La clé cachée de cette ligne a été modifiée : recopiez la ligne sur une ligne vide.",
            )
            return None, None
        return key

    def rows_without_result(self, letters: Sequence[str]) -> set[int]:
        """The rows where one of these columns holds a formula whose result was not kept."""
        places = [coordinate_from_string(cell) for cell in self.unvalued]
        return {row for letter, row in places if letter in letters}

    def tell_twice(self, record: Record, first: int) -> None:
        """Two rows that say they are the same record."""
        self._tell_row(
            record.cells,
            "duplicate",
            None,
            f"Cette ligne porte la même clé cachée que la ligne {first} : pour en faire une nouvelle, recopiez ses "
            "valeurs sur une ligne vide.",
        )

    def tell_merged(self, cell: str, reference: str, label: str) -> None:
        """Merged cells among the records: whose value it is cannot be known."""
        told = f"{label} : les cellules {reference} sont fusionnées ; défusionnez-les, une valeur par cellule."
        self.issues.add(self.name, cell, label, "merged", told, value=reference)

    def _tell_row(self, cells: Mapping[str, str], code: str, value: str | None, told: str) -> None:
        title = self.form.title or next(iter(cells), "")
        cell = cells.get(title) or next(iter(cells.values()), None)
        self.issues.add(self.name, cell, self.labels.get(title), code, told, value=value)

    def _tell(self, name: str, cell: str, code: str, expects: str, raw: Any) -> None:
        value = as_text(raw)
        found = f" « {value[:80]} » trouvé ;" if value is not None else ""
        self.issues.add(
            self.name, cell, self.labels[name], code, f"{self.labels[name]} :{found} {expects}", value=value
        )
