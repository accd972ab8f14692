"""How a workbook to fill in is laid out: what the template writes and the reader looks for, said once."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.api.fields import Flag
from tracker.workbooks.forms import Entry, SheetForm
from tracker.workbooks.writing import clean

GUIDE_SHEET = "Lisez-moi"
CHECKS_SHEET = "Contrôles"
LISTS_SHEET = "_listes"
IDENTITY_SHEET = "_suivi"
# The first line of the hidden sheet: this file is one of ours.
MARK = "suivi-quartiers"

LABEL_HEADER, VALUE_HEADER, HELP_HEADER, KEY_HEADER = "Rubrique", "Valeur", "Aide", "Clé (ne pas modifier)"
HINT_KEY = "aide"  # stands in the key column of the row of hints
REQUIRED_MARK = " *"
SEPARATOR = " ; "
YES_NO: Mapping[Any, str] = {True: "oui", False: "non"}

_FORBIDDEN_IN_NAMES = re.compile(r"[\\*?:/\[\]]")
# Marks without a width that come along when text is copied from a page or a letter.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u2060\ufeff"
_UNSEEN = re.compile(f"[{_INVISIBLE}]")  # ten times as fast as str.translate on the texts of a declaration (measured)
_ALIKE = (
    dict.fromkeys(map(ord, _INVISIBLE), "")
    | dict.fromkeys(map(ord, "’‘ʼ"), "'")
    | dict.fromkeys(map(ord, "–—\u2010\u2011\u2212"), "-")
)
_ALIKE |= {ord("œ"): "oe", ord("Œ"): "oe"}


def sheet_title(sheet: SheetForm) -> str:
    """The name of its tab."""
    return _FORBIDDEN_IN_NAMES.sub(" ", sheet.name)[:31].strip()


def header(entry: Entry) -> str:
    """The header of a column, with the mark of those that must be filled in."""
    return entry.column.label + (REQUIRED_MARK if entry.required else "")


def visible(text: str) -> str:
    """The text without what no reader could see in it."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def folded(text: str) -> str:
    """A text as headers, sheet names and choices are compared: case, accents, spaces and apostrophes forgiven."""
    bare = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(letters.casefold().split())


def folded_header(text: str) -> str:
    """The same for a header, whose mark « * » does not count."""
    return folded(text).rstrip("* ")


def row_key(number: int, version: int) -> str:
    """What the hidden column says of a row: which record, as it stood at which version."""
    return f"{number}:{version}"


def read_key(text: str) -> tuple[int, int] | None:
    """(number, version) of a key; None when it is none."""
    match = re.fullmatch(r"\s*(\d{1,9}):(\d{1,9})\s*", text, re.ASCII)
    return (int(match[1]), int(match[2])) if match else None


def written(entry: Entry, value: Any) -> Any:
    """A value as its cell holds it: the words of codes, an amount as a number, a day as a day, text cleaned."""
    if value is None or value == "":
        return None
    words: Mapping[Any, str] = entry.column.words or {}
    if isinstance(value, list | tuple):
        return SEPARATOR.join(str(words.get(one, one)) for one in value) or None
    if entry.column.words is not None:
        return clean(str(words.get(value, value)))
    if isinstance(value, bool):
        return YES_NO[value]
    return clean(value) if isinstance(value, str) else value


def as_text(value: Any) -> str | None:
    """What a cell holds, as a reader would say it: used to quote it and to compare locked cells."""
    if value is None:
        return None
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, float | int | Decimal):
        return number_text(value).replace(".", ",")
    if isinstance(value, date):  # a datetime too: the hour of a day says nothing
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return str(value).replace("\r\n", "\n").strip() or None


def number_text(value: float | Decimal) -> str:
    """A number without exponent and without the noise of doubles: 15 digits, as spreadsheets keep them."""
    if isinstance(value, int):
        return str(value)
    exact = value if isinstance(value, Decimal) else Decimal(format(value, ".15g"))
    if not exact.is_finite() or abs(exact.adjusted()) > 40:
        return str(exact)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def words_of(sheet: SheetForm, entry: Entry) -> Mapping[Any, str]:
    """Code → word of a choice; a truth value is one of « oui » and « non »; empty for any other column."""
    kind = sheet.schema.fields.get(entry.column.key)
    if isinstance(kind, Flag):
        return YES_NO
    return entry.column.words or getattr(kind, "words", {})


def choices(sheets: Sequence[SheetForm]) -> dict[tuple[str, str], list[str]]:
    """The drop-down lists: (sheet code, key) → the words, in order."""
    lists = {
        (sheet.code, entry.column.key): [clean(str(word)) for word in words_of(sheet, entry).values()]
        for sheet in sheets
        for entry in sheet.entries
        if not entry.locked
    }
    return {place: words for place, words in lists.items() if words}
