"""What one cell holds, made plain for the schema's field: the way a form's text is, with what only Excel has.

A number is a double here and nowhere else in the house: it is read to 15 digits, as spreadsheets keep them, and goes
on as exact text. What could mean two things is asked back, never guessed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import partial
from typing import Any

import marshmallow as ma

from tracker.api.fields import Day, Ids, Money, Text
from tracker.money import says_thousands
from tracker.web.forms import EXPECTED, IN_EUROS, plain_value
from tracker.workbooks import number_formats
from tracker.workbooks.forms import Entry, SheetForm
from tracker.workbooks.layout import SEPARATOR, as_text, folded, number_text, visible, words_of

# What Excel writes for a calculation that failed, and what a French Excel or LibreOffice shows of it.
ERROR_VALUES = frozenset(
    (
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
        "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#NUL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#N/D",
    )
)  # fmt: skip
_CALCULATION_ERROR = re.compile(r"Err:\d{3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LISTED = 8  # words of a choice quoted in a message

Reader = Callable[[Any], Any]


class Unclear(Exception):
    """A cell that cannot be handed on: ``code`` is the issue's, ``str()`` what is expected, in French."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_error(raw: Any) -> bool:
    """Whether a cell shows a failed calculation."""
    return type(raw) is str and (raw in ERROR_VALUES or _CALCULATION_ERROR.fullmatch(raw) is not None)


def is_blank(raw: Any) -> bool:
    """Whether a cell holds nothing a reader could see."""
    return raw is None or (type(raw) is str and not visible(raw).strip())


def reader(sheet: SheetForm, entry: Entry) -> Reader:
    """Raw cell, never blank → what the schema's field takes. The reader raises Unclear."""
    kind = sheet.schema.fields[entry.column.key]
    words = words_of(sheet, entry)
    if words:
        one = partial(_choice, _ways(words, entry.others), words)
        return partial(_several, one) if isinstance(kind, Ids) else one
    if isinstance(kind, Money):
        return partial(_amount, kind)
    if isinstance(kind, Day):
        return partial(_day, kind)
    if isinstance(kind, Text):
        return _text
    return partial(_other, kind)


def empty(kind: ma.fields.Field[Any]) -> Any:
    """What an empty cell is to the field: its default where it always has a value (a status), else nothing."""
    if isinstance(kind, Ids):
        return []
    default = None if kind.allow_none else kind.load_default
    return None if default is ma.missing else default


def _text(raw: Any) -> str:
    if type(raw) is not str:
        return as_text(raw) or ""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), raw) if "_x" in raw else raw
    return text.replace("\r\n", "\n") if "\r" in text else text


def _amount(kind: Money, raw: Any) -> Any:
    if type(raw) in (int, float):
        return number_text(raw)
    if type(raw) is not str:
        raise Unclear("invalid", EXPECTED[Money])
    text = visible(raw).strip()
    if says_thousands(text):
        raise Unclear("ambiguous", IN_EUROS)
    return plain_value(kind, text)


def refuse_scaled(code: str, amount: float) -> None:
    """Ask an amount back when its cell's number format shows it in thousands or as a percentage. Raises Unclear."""
    shows = number_formats.shown(code, amount)
    if shows is not None:
        told = f"la cellule affiche « {shows} », par son format de nombre ; {IN_EUROS}"
        raise Unclear("ambiguous", told)


def _day(kind: Day, raw: Any) -> Any:
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    if type(raw) is str:
        return plain_value(kind, visible(raw))
    raise Unclear("invalid", EXPECTED[Day])


def _other(kind: ma.fields.Field[Any], raw: Any) -> Any:
    if type(raw) in (int, float):
        return plain_value(kind, number_text(raw))
    if type(raw) is str:
        return plain_value(kind, visible(raw))
    if isinstance(raw, bool | date | time | timedelta):
        family = next((sentence for known, sentence in EXPECTED.items() if isinstance(kind, known)), None)
        raise Unclear("invalid", family or "un nombre est attendu.")
    return raw


_TWO_WAYS = object()


def _ways(words: Mapping[Any, str], others: Mapping[str, Any]) -> dict[str, Any]:
    """Every way of writing a choice, folded → its code, or the mark of one that would fit two codes."""
    ways: dict[str, Any] = {}
    pairs = [(str(word), code) for code, word in words.items()]
    pairs += [(str(code), code) for code in words]
    pairs += [(way, code) for way, code in others.items() if code in words]
    if set(words) == {True, False}:
        pairs += [("vrai", True), ("faux", False), ("x", True), ("1", True), ("0", False), ("o", True), ("n", False)]
    for way, code in pairs:
        name = folded(way)
        ways[name] = code if ways.get(name, code) == code else _TWO_WAYS
    return ways


def _choice(ways: Mapping[str, Any], words: Mapping[Any, str], raw: Any) -> Any:
    text = as_text(raw) if type(raw) is not str else raw.strip()
    code = ways.get(folded(text or ""))
    if code is None:
        raise Unclear("unknown_value", _among(text or "", list(words.values())))
    if code is _TWO_WAYS:
        # A word written to the letter is meant.
        meant = [one for one, word in words.items() if word == text]
        if len(meant) == 1:
            return meant[0]
        raise Unclear("ambiguous", f"plusieurs valeurs s’écrivent ainsi ; {_among('', list(words.values()))}")
    return code


def _among(text: str, words: list[str]) -> str:
    near = get_close_matches(folded(text), [folded(word) for word in words], 1, 0.7) if text else []
    if near:
        guess = next(word for word in words if folded(word) == near[0])
        return f"une valeur de la liste est attendue, peut-être « {guess} »."
    listed = ", ".join(f"« {word} »" for word in words[:_LISTED])
    return f"une de ces valeurs est attendue : {listed}{' …' if len(words) > _LISTED else ''}."


def _several(one: Reader, raw: Any) -> list[Any]:
    text = as_text(raw) or ""
    parts = [part.strip() for part in re.split(r"[;\n]", text)]
    try:
        return [one(part) for part in parts if part]
    except Unclear as unclear:
        raise Unclear(unclear.code, f"plusieurs valeurs se séparent par «{SEPARATOR}» ; {unclear}") from unclear
