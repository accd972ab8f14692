"""The files of a published edition, written some rows at a time, and the dictionary of their columns."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from tracker.balance import columns
from tracker.balance.open_data.tables import TABLES, Table
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.rules import MEETING_KINDS
from tracker.balance.rules.integrity import digest
from tracker.web import formats
from tracker.workbooks.looks import defused

CSV, JSON = "text/csv; charset=utf-8", "application/json"
DICTIONARY = "dictionnaire"
_BATCH = 500  # rows written at once


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    return value.isoformat() if isinstance(value, date) else _exact(value)


def _exact(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _plain_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    rows = iter(rows)
    batch: list[Sequence[str]] = [header]
    while batch:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(batch)
        yield text.getvalue().encode()
        batch = list(islice(rows, _BATCH))


def table_csv(sheet: BalanceSheet, table: Table) -> Iterator[bytes]:
    """The table as CSV, some rows at a time: memory does not grow with the number of actions."""
    cells = ([_cell(field.column.value(row)) for field in table.fields] for row in table.rows(sheet))
    return _csv([field.key for field in table.fields], cells)


def sheet_json(sheet: BalanceSheet, content_sha256: str) -> Iterator[bytes]:
    """Every table as JSON, some rows at a time; ``content_sha256`` is the hash printed on the edition's documents."""
    edition = sheet.edition
    if edition is None:
        raise ValueError("only an edition is published")
    head = {
        "contract": {"code": sheet.contract.code, "name": sheet.contract.name},
        "year": sheet.year,
        "edition": edition.number,
        "frozen_on": formats.local(edition.frozen_at).date().isoformat(),
        "meeting": {"kind": edition.meeting.kind, "held_on": edition.meeting.held_on.isoformat()},
        "content_sha256": content_sha256,
    }
    yield _dump(head).encode()[:-1] + b',"tables":{'
    for number, table in enumerate(TABLES):
        yield f"{',' if number else ''}{_dump(table.name)}:[".encode()
        rows = (
            _dump({field.key: _plain_json(field.column.value(row)) for field in table.fields})
            for row in table.rows(sheet)
        )
        first = True
        while batch := list(islice(rows, _BATCH)):
            yield ("" if first else ",").encode() + ",".join(batch).encode()
            first = False
        yield b"]"
    yield b"}}"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# -- the dictionary ------------------------------------------------------------------------------------------------

_TYPES = {
    "text": "texte",
    "status": "code",
    "money": "décimal",
    "ratio": "décimal",
    "factor": "décimal",
    "integer": "entier",
    "date": "date (AAAA-MM-JJ)",
}
_ENTRY = ("table", "name", "label", "description", "type", "unit", "example", "values")


def entries() -> list[dict[str, Any]]:
    """One entry for each column of each table; ``values`` gives the French word of each code."""
    return [
        {
            "table": table.name,
            "name": field.key,
            "label": field.column.label,
            "description": field.description,
            "type": _TYPES[field.column.type],
            "unit": field.unit,
            "example": field.example,
            "values": dict(field.column.words or {}),
        }
        for table in TABLES
        for field in table.fields
    ]


def dictionary_json() -> Iterator[bytes]:
    """The dictionary as JSON."""
    told = {
        "rules": [
            columns.UNKNOWN_RULE,
            "Les montants sont en euros, avec un point décimal\u00a0; en JSON, ce sont des textes, pour rester exacts.",
            "Un texte qui commence par =, +, - ou @ est précédé d’une apostrophe dans les CSV.",
        ],
        "tables": [{"name": table.name, "title": table.title} for table in TABLES],
        "meetings": MEETING_KINDS,
        "columns": entries(),
    }
    yield _dump(told).encode()


def dictionary_csv() -> Iterator[bytes]:
    """The dictionary as CSV; the words of the codes stand in one cell, « code = mot ; … »."""
    told = ({**entry, "values": _words(entry["values"])} for entry in entries())
    return _csv(_ENTRY, ([defused(entry[name]) for name in _ENTRY] for entry in told))


def _words(values: dict[str, str]) -> str:
    return " ; ".join(f"{code} = {word}" for code, word in values.items())


@cache
def _declared() -> str:
    return digest(b"".join(dictionary_json()))


def tag(name: str, content_sha256: str = "") -> str:
    """The entity tag of a file: it changes with the edition's content and with the declarations of the columns."""
    return digest(f"{name} {content_sha256} {_declared()}")[:32]
