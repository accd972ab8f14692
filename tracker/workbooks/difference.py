"""What a workbook would change: its records against those that stand now. Pure: nothing is read, nothing written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import marshmallow as ma

from tracker.history.commands import plain
from tracker.workbooks.entries import folded_title
from tracker.workbooks.forms import Change, Entry, Issue, Known, Record, SheetForm
from tracker.workbooks.issues import Issues
from tracker.workbooks.layout import as_text, folded, sheet_title, written


def overtaken(records: Sequence[Record], known: Mapping[str, Sequence[Known]]) -> dict[tuple[str, int], int]:
    """The records the tracker went on with since the download: (sheet, number) → the version the workbook has."""
    now = {(code, row.id): row.version for code, rows in known.items() for row in rows}
    return {
        (record.sheet, record.id): record.version
        for record in records
        if record.id is not None
        and record.version is not None
        and now.get((record.sheet, record.id), 0) > record.version
    }


def moved(form: SheetForm, row: Known, then: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """``Known.moved``, from what the history says the row's changed columns were; None when that makes no value."""
    was = {**row.values, **then}
    found: dict[str, Any] = {}
    try:
        for entry in form.entries:
            key = entry.column.key
            if entry.locked or not (entry.made_of or key in then):
                continue
            told = entry.made_of(was) if entry.made_of else then[key]
            value = None if told is None else form.schema.fields[key].deserialize(told, key)
            if not same(value, row.values.get(key)):
                found[key] = value
    except ma.ValidationError:
        return None
    return found


def rebased(
    sheets: Sequence[SheetForm], records: Sequence[Record], known: Mapping[str, Sequence[Known]]
) -> list[Record]:
    """The records over what stands now: a cell nobody touched since the download says what the tracker has become.

    So does a cell that names another sheet's record by the title it had then.
    """
    moved_on = {(code, row.id): row for code, rows in known.items() for row in rows if row.moved}
    renamed: dict[tuple[str, str], dict[str, Any]] = {}
    kept: list[Record] = []
    for record in records:
        row = moved_on.get((record.sheet, record.id)) if record.id is not None else None
        now: dict[str, Any] = {}
        for key, was in ((row.moved or {}) if row else {}).items():
            if row and key in record.values and same(record.values[key], was):
                now[key] = row.values.get(key)
                renamed.setdefault((record.sheet, key), {})[folded_title(as_text(was))] = now[key]
        kept.append(replace(record, values={**record.values, **now}) if now else record)
    return _following(sheets, kept, renamed) if renamed else kept


def _following(
    sheets: Sequence[SheetForm], records: Sequence[Record], renamed: Mapping[tuple[str, str], dict[str, Any]]
) -> list[Record]:
    for (sheet, key), names in renamed.items():
        # A title another record of the workbook has now is that record's.
        for record in records:
            if record.sheet == sheet:
                names.pop(folded_title(as_text(record.values.get(key))), None)
    links = {
        form.code: [
            (entry.column.key, renamed[entry.source])
            for entry in form.entries
            if entry.source is not None and entry.source in renamed
        ]
        for form in sheets
    }
    followed: list[Record] = []
    for record in records:
        titles = [(key, folded_title(as_text(record.values.get(key))), names) for key, names in links[record.sheet]]
        now = {key: names[title] for key, title, names in titles if title in names}
        followed.append(replace(record, values={**record.values, **now}) if now else record)
    return followed


def compare(
    sheets: Sequence[SheetForm], records: Sequence[Record], known: Mapping[str, Sequence[Known]]
) -> tuple[list[Change], list[Issue]]:
    """The changes, one per record in its order, and what only the comparison can tell.

    ``sheets`` are those that could be read; only what they have columns for counts. A record that stands and is not in
    the workbook stays: an ``info`` says so. A record somebody changed since the download, and that differs, is a
    ``conflict``.
    """
    issues = Issues()
    changes: list[Change] = []
    for form in sheets:
        standing = {row.id: row for row in known.get(form.code, ())}
        met: set[int] = set()
        for record in records:
            if record.sheet != form.code:
                continue
            if record.id is None:
                changes.append(_created(form, record))
                _tell_locked(form, record, None, issues)
            elif record.id in standing:
                met.add(record.id)
                changes.append(_changed(form, record, standing[record.id]))
                _tell_locked(form, record, standing[record.id], issues)
            else:
                _tell_foreign(form, record, issues)
        _tell_left_out(form, [row for number, row in standing.items() if number not in met], issues)
    return changes, issues.all()


def same(new: Any, old: Any) -> bool:
    """Whether a cell says what stands: line ends, an empty text and the order of a list do not count."""
    if new == old:
        return True
    if isinstance(new, list) or isinstance(old, list):
        return set(new or ()) == set(old or ())
    if isinstance(new, str) or isinstance(old, str):
        return (as_text(new) or "") == (as_text(old) or "") if _text(new) and _text(old) else False
    return False


def _text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _label(form: SheetForm, record: Record, known: Known | None = None) -> str:
    value = record.values.get(form.title) if form.title else None
    if value is None and form.title and known is not None:
        value = known.values.get(form.title)
    if form.title and value is not None:
        entry = next((entry for entry in form.entries if entry.column.key == form.title), None)
        return str(as_text(written(entry, value)) if entry else value)
    return sheet_title(form) if form.single else f"ligne {record.row}"


def _created(form: SheetForm, record: Record) -> Change:
    fields = {key: [None, plain(value)] for key, value in record.values.items() if value is not None and value != []}
    return Change("created", form.code, record.row, None, None, _label(form, record), fields)


def _changed(form: SheetForm, record: Record, known: Known) -> Change:
    fields = {
        key: [plain(known.values.get(key)), plain(value)]
        for key, value in record.values.items()
        if key not in known.locked and not same(value, known.values.get(key))
    }
    # Whoever wrote meanwhile may have had other values in mind: both look, even where their fields are not the same.
    kind = "unchanged" if not fields else "changed" if record.version == known.version else "conflict"
    return Change(kind, form.code, record.row, known.id, known.version, _label(form, record, known), fields)


def _tell_locked(form: SheetForm, record: Record, known: Known | None, issues: Issues) -> None:
    """What was written where the tracker knows better: on a new row too, where it would be lost without a word."""
    if not record.locked and not (known is not None and known.locked):
        return  # most rows of a landlord's: nothing to look for
    for entry in form.entries:
        key = entry.column.key
        if key in record.locked:
            found = record.locked[key]
        elif known is not None and key in known.locked and key in record.values:
            found = as_text(written(entry, record.values[key]))
        else:
            continue
        stands = as_text(written(entry, known.values.get(key))) if known else None
        if folded(found or "") == folded(stands or "") or _rounded(entry, found) == _rounded(entry, stands):
            continue
        label = entry.column.label
        kept = (
            f"le suivi garde « {stands} », qui ne se modifie pas ici." if stands else "cette valeur n’est pas reprise."
        )
        quoted = f"« {found} » trouvé dans une cellule protégée" if found else "une cellule protégée a été vidée"
        told = f"{label} : {quoted} ; {kept}"
        issues.add(sheet_title(form), record.cells[key], label, "derived", told, severity="warning", value=found)


def _rounded(entry: Entry, text: str | None) -> str | None:
    """A locked number as its format shows it, so that a double's last digits are no change."""
    if entry.column.type not in ("money", "ratio", "number") or text is None:
        return text
    try:
        return f"{float(text.replace(',', '.')):.4f}"
    except ValueError:
        return text


def _tell_foreign(form: SheetForm, record: Record, issues: Issues) -> None:
    """A key that is none of this item's: archived since, or brought over from another workbook."""
    title = form.title or next(iter(record.cells), "")
    label = next((entry.column.label for entry in form.entries if entry.column.key == title), None)
    told = (
        f"La ligne {record.row} porte la clé cachée « {record.id}:{record.version} », qui n’est pas, ou plus, "
        "celle d’un élément de ce dossier : recopiez ses valeurs sur une ligne vide pour l’ajouter, ou videz-la."
    )
    cell = record.cells.get(title) or next(iter(record.cells.values()), None)
    issues.add(sheet_title(form), cell, label, "unknown_reference", told, value=f"{record.id}:{record.version}")


def _tell_left_out(form: SheetForm, left_out: Sequence[Known], issues: Issues) -> None:
    for known in left_out:
        entry = next((entry for entry in form.entries if entry.column.key == form.title), None)
        value = known.values.get(form.title) if form.title else None
        name = as_text(written(entry, value)) if entry else None
        told = (
            f"« {name or f'n° {known.id}'} » est dans le suivi et pas dans la feuille « {sheet_title(form)} » : "
            "rien n’y change. Pour l’ôter, archivez-le à l’écran."
        )
        issues.add(sheet_title(form), None, None, "missing_row", told, severity="info", value=name)
