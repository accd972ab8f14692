"""The records of a file as its workbook would bring them back, to be edited, checked, written and undone in tests."""

import io
from typing import Any

from openpyxl import load_workbook

from tests import builders as build
from tests.tfpb.conftest import API, World
from tracker.extensions import db
from tracker.history.commands import Writing, plain
from tracker.tfpb.declaration import TARGET
from tracker.workbooks.difference import compare
from tracker.workbooks.forms import Change, Issue, Known, Record
from tracker.workbooks.reading import read

HEADER = 5  # the row of the headers


class Sheets:
    """One file's records; ``edit`` and ``add`` do what a person does in the workbook."""

    def __init__(self, world: World, file_id: int) -> None:
        self.world, self.file_id = world, file_id
        with world.app.app_context():
            contract = db.session.get(build.Contract, world.contract)
            owner = db.session.get(build.Landlord, world.landlord)
            self.actor = build.actor("landlord", contract, of_landlord=owner, source="workbook")
            self.known = TARGET.known(self.actor, file_id)
        self.rows: dict[str, list[Record]] = {
            code: [_record(code, place, one) for place, one in enumerate(found, 7)]
            for code, found in self.known.items()
        }

    def edit(self, sheet: str, place: int, **values: Any) -> None:
        """Other values in a row."""
        one = self.rows[sheet][place]
        self.rows[sheet][place] = Record(sheet, one.row, one.id, one.version, {**one.values, **values}, one.cells)

    def add(self, sheet: str, **values: Any) -> None:
        """A row somebody added."""
        row = 7 + len(self.rows[sheet])
        self.rows[sheet].append(Record(sheet, row, None, None, values, {key: f"{key}@{row}" for key in values}))

    def issues(self) -> list[Issue]:
        """What the rules say of it."""
        with self.world.app.app_context():
            return TARGET.check(self.actor, self.file_id, [one for rows in self.rows.values() for one in rows])

    def found(self) -> list[tuple[str, str | None, str, str]]:
        """(sheet, cell, code, severity) of each issue."""
        return [(one.sheet, one.cell, one.code, one.severity) for one in self.issues()]

    def write(self) -> list[Change]:
        """Write what differs in one transaction; gives the changes as undoing them wants them."""
        done = []
        with self.world.app.app_context(), Writing(self.actor) as write:
            for rows in self.rows.values():
                for record in rows:
                    change = self._change(record)
                    if change is not None:
                        number, version = TARGET.save(write, self.file_id, record, change)
                        done.append(
                            Change(change.kind, change.sheet, None, number, version, change.label, change.fields)
                        )
        return done

    def undo(self, changes: list[Change], reason: str = "Lot annulé") -> None:
        """Undo them, the last one first."""
        with self.world.app.app_context(), Writing(self.actor) as write:
            for change in reversed(changes):
                TARGET.undo(write, self.file_id, change, reason)

    def _change(self, record: Record) -> Change | None:
        standing = next((one for one in self.known[record.sheet] if one.id == record.id), None)
        if standing is None:
            fields = {name: [None, plain(value)] for name, value in record.values.items() if value is not None}
            return Change("created", record.sheet, record.row, None, None, "", fields)
        fields = {
            name: [plain(standing.values[name]), plain(value)]
            for name, value in record.values.items()
            if value != standing.values[name]
        }
        if not fields:
            return None
        return Change("changed", record.sheet, record.row, record.id, standing.version, "", fields)


def _record(sheet: str, row: int, known: Known) -> Record:
    return Record(
        sheet, row, known.id, known.version, dict(known.values), {key: f"{key}@{row}" for key in known.values}
    )


class Workbook:
    """A downloaded declaration; ``put`` types into it, ``back`` reads it as an upload does."""

    def __init__(self, world: World, file_id: int) -> None:
        self.world, self.file_id = world, file_id
        answer = world.api("landlord").get(f"{API}/tfpb-files/{file_id}/workbook.xlsx")
        assert answer.status_code == 200
        self.book = load_workbook(io.BytesIO(answer.data))

    def put(self, sheet: str, row: int, **values: Any) -> None:
        """Values under these headers; a keyword stands for the header with « _ » for each space."""
        page = self.book[sheet]
        places = {str(cell.value).removesuffix(" *"): cell.column for cell in page[HEADER] if cell.value}
        for label, value in values.items():
            page.cell(row, places[label.replace("_", " ")]).value = value

    def content(self) -> bytes:
        """Its bytes, as saved."""
        saved = io.BytesIO()
        self.book.save(saved)
        return saved.getvalue()

    def send(self, who: str = "landlord", to: int | None = None) -> Any:
        """Upload it through the API; the answer."""
        return self.world.api(who).post(
            f"{API}/tfpb-files/{to or self.file_id}/workbook",
            data={"file": (io.BytesIO(self.content()), "déclaration.xlsx")},
            content_type="multipart/form-data",
        )

    def back(self, of: int | None = None) -> tuple[list[Record], list[Change], list[Issue]]:
        """Records, changes and issues of it, as it stands (or as if uploaded to another file)."""
        with self.world.app.app_context():
            contract = db.session.get(build.Contract, self.world.contract)
            actor, number = build.actor("coordinator", contract), of or self.file_id
            form = TARGET.form(actor, number)
            reading = read(form, self.content())
            changes, told = compare(form.sheets, reading.records, TARGET.known(actor, number))
            checked = TARGET.check(actor, number, reading.records)
        return list(reading.records), changes, [*reading.issues, *told, *checked]
