"""The very workbook that was sent, its faults marked: coloured cells, a comment on each, and a list of them first."""

import io
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from tracker.workbooks.archive import saved
from tracker.workbooks.layout import CHECKS_SHEET, folded
from tracker.workbooks.looks import FIXED_FILL, HEADER_FILL, PETROL, TONES, TYPEFACE
from tracker.workbooks.opening import Unreadable, markable
from tracker.workbooks.writing import clean

AUTHOR = "Suivi Quartiers 2030"
SEVERITIES = {"error": "Erreur", "warning": "À vérifier", "info": "Information"}
_FILLS = {"error": "F4B8A8", "warning": "FBE2A0"}
_HEADERS = (("Gravité", 13), ("Feuille", 22), ("Cellule", 10), ("Colonne", 28), ("Valeur trouvée", 28), ("Constat", 90))
_FIRST = 5


def annotated(content: bytes, issues: Sequence[Mapping[str, Any]], file_name: str, at: datetime) -> bytes:
    """The workbook's bytes with the issues in it. Raises Unreadable when openpyxl cannot write it back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl leaves out of what it writes
        try:
            book = load_workbook(io.BytesIO(markable(content)), rich_text=True)
            sheets = {folded(sheet.title): sheet for sheet in book.worksheets}
            for sheet in book.worksheets:
                _wipe(sheet)
            for issue in issues:
                _mark(sheets.get(folded(issue["sheet"])), issue)
            _list(book, sheets, issues, file_name)
            return saved(book, at)
        except Unreadable:
            raise
        except Exception as error:
            # A drawing or a link that openpyxl cannot carry over: the list of the page still says everything.
            raise Unreadable(
                "Ce classeur ne peut pas être annoté : les constats restent lisibles à l’écran."
            ) from error


def _wipe(sheet: Any) -> None:
    """What an earlier pass left: a corrected cell must not stay red."""
    for row in sheet.iter_rows():
        for cell in row:
            comment = getattr(cell, "comment", None)
            if comment is not None and comment.author == AUTHOR:
                cell.comment = None
                colour = HEADER_FILL if cell.font.b else FIXED_FILL if cell.protection.locked else None
                cell.fill = PatternFill("solid", colour) if colour else PatternFill()


def _mark(sheet: Any, issue: Mapping[str, Any]) -> None:
    if sheet is None or issue["cell"] is None or issue["severity"] not in _FILLS:
        return
    cell = sheet[issue["cell"]]
    if isinstance(cell, MergedCell):
        whole = next(block for block in sheet.merged_cells.ranges if issue["cell"] in block)
        cell = sheet.cell(whole.min_row, whole.min_col)
    text = clean(f"{SEVERITIES[issue['severity']]} : {issue['message']}")
    if cell.comment is not None:
        text = f"{cell.comment.text}\n{text}"
    if cell.comment is None or issue["severity"] == "error":
        cell.fill = PatternFill("solid", _FILLS[issue["severity"]])
    cell.comment = Comment(text, AUTHOR, height=40 + 16 * (len(text) // 38 + text.count("\n") + 1), width=300)


def _list(book: Any, sheets: Mapping[str, Any], issues: Sequence[Mapping[str, Any]], file_name: str) -> None:
    old = sheets.get(folded(CHECKS_SHEET))
    if old is not None:
        book.remove(old)
    sheet = book.create_sheet(CHECKS_SHEET, 0)
    counts = {severity: sum(issue["severity"] == severity for issue in issues) for severity in SEVERITIES}
    _put(sheet, 1, 1, "Contrôles du classeur", Font(TYPEFACE, 16, bold=True, color=PETROL))
    _put(sheet, 2, 1, file_name, Font(TYPEFACE, 10, color="5B6767"))
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 26, 16, 18
    told = f"{counts['error']} à corriger, {counts['warning']} à vérifier, {counts['info']} pour information."
    _put(sheet, 3, 1, told, Font(TYPEFACE, 11, bold=True))
    for number, (label, width) in enumerate(_HEADERS, 1):
        cell = _put(sheet, _FIRST - 1, number, label, Font(TYPEFACE, 10, bold=True))
        cell.fill = PatternFill("solid", HEADER_FILL)
        sheet.column_dimensions[cell.column_letter].width = width
    body = Font(TYPEFACE, 10)
    ordered = sorted(issues, key=lambda issue: list(SEVERITIES).index(issue["severity"]))
    for row, issue in enumerate(ordered, _FIRST):
        place = sheets.get(folded(issue["sheet"]))
        severity = issue["severity"]
        first = _put(sheet, row, 1, SEVERITIES[severity], Font(TYPEFACE, 10, bold=True))
        if severity in _FILLS:
            first.fill = PatternFill("solid", _FILLS[severity])
        for number, name in ((2, "sheet"), (3, "cell"), (4, "column"), (5, "value"), (6, "message")):
            _put(sheet, row, number, issue[name], body)
        sheet.row_dimensions[row].height = _height(issue)
        if place is not None and issue["cell"]:
            link = sheet.cell(row, 3)
            title = place.title.replace("'", "''")
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{title}'!{issue['cell']}")
            link.font = Font(TYPEFACE, 10, underline="single", color=TONES["good"])
    sheet.freeze_panes = f"A{_FIRST}"
    sheet.print_title_rows = f"{_FIRST - 1}:{_FIRST - 1}"
    sheet.auto_filter.ref = f"A{_FIRST - 1}:F{max(_FIRST - 1 + len(issues), _FIRST)}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = False
    book.active = 0


def _height(issue: Mapping[str, Any]) -> float:
    """LibreOffice does not fit the rows of a file it did not write; 28 and 105 characters fill the two long columns."""
    lines = max(-(-len(issue["value"] or "") // 28), -(-len(issue["message"]) // 105), 1)
    return min(4 + 13 * lines, 300)


def _put(sheet: Any, row: int, column: int, text: str | None, font: Font) -> Any:
    cell = sheet.cell(row, column)
    if text is not None:
        cell.value = clean(text)
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    cell.font = font
    cell.alignment = Alignment(vertical="top", wrap_text=row >= _FIRST - 1)
    return cell
