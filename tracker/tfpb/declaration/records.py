"""The records a declaration starts from: what the tracker knows of a file, sheet by sheet, as plain values."""

from collections.abc import Iterable, Sequence
from typing import Any

from tracker.funding.sources import source_columns, source_of
from tracker.tfpb.declaration import sheets
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries.baseline import baseline_of
from tracker.tfpb.queries.declarations import Declaration
from tracker.workbooks.entries import keys
from tracker.workbooks.forms import Known


def known_records(declaration: Declaration) -> dict[str, list[Known]]:
    """The records by sheet code, in the order of each sheet."""
    file = declaration.file.file
    return {
        sheets.FILE: [_file(file)],
        sheets.ACTIONS: [_known(one, _ACTION_KEYS) for one in declaration.actions],
        sheets.FUNDING: [_grant(grant, one.title) for one in declaration.actions for grant in one.grants],
        sheets.PARTICIPATION: [_known(one, _PARTICIPATION_KEYS) for one in declaration.participation],
        sheets.BASELINE: [_known(one, _BASELINE_KEYS) for one in baseline_of(file)],
    }


_ACTION_KEYS = keys(sheets.action_sheet((), (), (), planned_locked=False))
_PARTICIPATION_KEYS = keys(sheets.participation_sheet())
_BASELINE_KEYS = keys(sheets.baseline_sheet(()))
_FILE_KEYS = keys(sheets.file_sheet())


def _known(row: Any, names: Iterable[str]) -> Known:
    return Known(row.id, row.version, {name: _value(row, name) for name in names})


def _value(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _file(file: TfpbFile) -> Known:
    convention = file.convention
    values: dict[str, Any] = {name: getattr(file, name) for name in _FILE_KEYS if name not in _SHOWN}
    shown = {
        "landlord": convention.landlord.name,
        "city": convention.city.name,
        "neighbourhood": file.neighbourhood.name,
        "of_year": str(file.year),
        "convention": f"{convention.first_year}-{convention.last_year}",
    }
    return Known(file.id, file.version, shown | values)


_SHOWN = ("landlord", "city", "neighbourhood", "of_year", "convention")


def _grant(grant: Any, title: str) -> Known:
    values = {name: getattr(grant, name) for name in ("status", "requested", "awarded", "reference")}
    columns = source_columns(grant)
    return Known(grant.id, grant.version, {"action": title, "source": source_of(columns), **columns, **values})
