"""Sending the rows of ``matrix.csv``: one request per row and role, and what it did to the whole database."""

import csv
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.house.bodies import API, FORMS, UPLOADS
from tests.house.conftest import House
from tests.house.ledger import changed
from tests.house.world import ROLES
from tracker.history.commands import SECRET

TABLE = Path(__file__).with_name("matrix.csv")

# What no line of history tells: it only follows a row that is told, or counts attempts.
SILENT_TABLES = {
    "financing",
    "tfpb_action_residence",
    "edition_file",
    "contract_city",
    "neighbourhood_city",
    "failed_sign_in",
    "one_time_link",
    "letter",
}
SILENT_COLUMNS = {"id", "version", "financing_id", *SECRET}
# Kept byte for byte in the edition itself; the history names its three hashes.
UNTOLD_COLUMNS = {
    "edition": {"content", "workbook", "pdf", "contract_id", "frozen_at", "frozen_by"},
    # What a workbook held and what became of each row: the rows it wrote tell it themselves. Who, when and for what
    # are the line's own.
    "import_batch": {
        *("content", "sha256", "issues", "changes"),
        *("created_at", "created_by", "created_by_id", "target", "parent_id"),
    },
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    number: int
    method: str
    path: str
    sends: str
    against: str
    told: Counter[str]
    told_by: str | None
    shows: str
    expected: dict[str, str]

    @property
    def name(self) -> str:
        """How a failing test calls it."""
        return f"{self.number}-{self.method} {self.path} {self.sends}".strip()

    @property
    def is_api(self) -> bool:
        """Whether it goes through the API's door."""
        return self.path.startswith("/api/")


def read_table() -> list[Row]:
    """The table, in its order; line 1 holds the names of the columns."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                number,
                line["method"],
                line["path"],
                line["sends"],
                line["against"],
                Counter(word for word in line["told"].split() if not word.startswith("by:")),
                next((word[3:] for word in line["told"].split() if word.startswith("by:")), None),
                line["shows"],
                {role: line[role] for role in ROLES},
            )
            for number, line in enumerate(csv.DictReader(file), 2)
        ]


def version_of(house: House, item: str) -> int:
    """The version a form or an ``If-Match`` has to name."""
    row = house.ledger.rows()[house.world.tables[item]][(house.world[item],)]
    return int(row["version"])


def send(house: House, row: Row, role: str) -> TestResponse:
    """The row's request, as this role."""
    path = row.path.format_map(house.world.ids)
    client = house.client(role, path)
    if row.method == "GET":
        return client.get(path)
    if row.sends in UPLOADS:
        return client.post(path, data=UPLOADS[row.sends](house.world))
    if row.is_api:
        headers = {}
        if row.against == "none":
            headers["If-None-Match"] = "*"
        elif row.against:
            headers["If-Match"] = f'"{version_of(house, row.against)}"'
        body = API[row.sends](house.world) if row.sends else {}
        return client.open(path, method=row.method, json=body, headers=headers)
    form = FORMS[row.sends](house.world) if row.sends else {}
    if row.against:
        form = {**form, "version": version_of(house, row.against)}
    return client.open(path, method=row.method, data=form)


def shown_text(answer: TestResponse) -> str:
    """Everything a reader of this answer can read."""
    if answer.mimetype == "application/json":
        return str(answer.json)
    if str(answer.mimetype).endswith("spreadsheetml.sheet"):
        return _text(".xlsx", answer.data)
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return "".join(_text(name, archive.read(name)) for name in archive.namelist())
    if answer.mimetype.startswith("image/"):
        return ""
    return answer.get_data(as_text=True).replace("&#39;", "'").replace("&nbsp;", "\u00a0")


def _text(name: str, content: bytes) -> str:
    """What a reader reads in a file of this name; a PDF is read by its own tests."""
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            return "".join(workbook.read(name).decode() for name in workbook.namelist() if name.endswith(".xml"))
    return "" if name.endswith(".pdf") else content.decode()


def is_shown(house: House, answer: TestResponse, item: str) -> bool:
    """Whether the item stands in the answer: by number in a list of the API, by its words elsewhere."""
    if isinstance(answer.json if answer.mimetype == "application/json" else None, list):
        return house.world[item] in [line.get("id") for line in answer.json or ()]
    return house.world.words[item] in shown_text(answer)


def untold(house: House, before: Any, after: Any) -> list[str]:
    """Rows and columns that changed and that no new line of history tells."""
    told: dict[tuple[str, int], set[str]] = {}
    for line in new_lines(before, after):
        changes = line["changes"]
        names = changes if isinstance(changes, dict) else json.loads(changes)
        told.setdefault((line["item_type"], line["item_id"]), set()).update(names)
    missing = []
    for table, rows in changed(before, after).items():
        if table in SILENT_TABLES or table == "history_entry":
            continue
        for key, (old, new) in rows.items():
            columns = {name for name in new if old.get(name) != new[name] and new[name] not in (None, "", 0, False)}
            columns |= {name for name in old if new.get(name) != old[name] and old[name] is not None}
            columns -= SILENT_COLUMNS | UNTOLD_COLUMNS.get(table, set())
            silent = columns - told.get((table, key[0]), set())
            if (table, key[0]) not in told or silent:
                missing.append(f"{table} {key}: {sorted(silent)}")
    return missing


def new_lines(before: Any, after: Any) -> list[dict[str, Any]]:
    """The history lines that were not there."""
    return [line for key, line in after["history_entry"].items() if key not in before["history_entry"]]
