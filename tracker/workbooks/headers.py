"""Where things stand in a sheet: found by their labels, never by their numbers, and told when they are not there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from openpyxl.utils import get_column_letter

from tracker.workbooks.forms import SheetForm
from tracker.workbooks.issues import Issues
from tracker.workbooks.layout import KEY_HEADER, LABEL_HEADER, VALUE_HEADER, as_text, folded_header, sheet_title

_SEARCHED = 40  # rows among which the headers are looked for
_KEY = folded_header(KEY_HEADER)


@dataclass(frozen=True)
class Found:
    """A table's header: its row, where each entry stands (from 0), where the key does, and the rows under it."""

    row: int
    places: Mapping[str, int]
    key: int | None
    rest: Iterator[tuple[Any, ...]]


def find_header(form: SheetForm, rows: Iterator[tuple[Any, ...]], issues: Issues) -> Found | None:
    """The header of a table, its faults told in ``issues``; None when there is none."""
    wanted = {folded_header(entry.column.label): entry.column.key for entry in form.entries}
    best, best_row, best_count = None, 0, 0
    seen = list(islice(rows, _SEARCHED))
    for number, row in enumerate(seen, 1):
        labels = [folded_header(value) if type(value) is str else "" for value in row]
        count = len(wanted.keys() & set(labels))
        if count > best_count:
            best, best_row, best_count = labels, number, count
    if best is None or best_count < min(2, len(wanted)):
        listed = ", ".join(f"« {entry.column.label} »" for entry in form.entries[:6])
        issues.add(
            sheet_title(form),
            None,
            None,
            "header",
            f"La ligne d’en-têtes de la feuille « {sheet_title(form)} » est introuvable ; sont attendus : {listed} … "
            "Recopiez vos lignes dans un classeur téléchargé du suivi.",
        )
        return None
    places = _places(form, wanted, best, best_row, seen[best_row - 1], issues)
    key = best.index(_KEY) if _KEY in best else None
    if key is None:
        issues.add(
            sheet_title(form),
            f"A{best_row}",
            None,
            "header",
            f"La colonne masquée « {KEY_HEADER} » manque : sans elle les lignes du suivi ne se reconnaissent plus. "
            "Recopiez vos valeurs dans un classeur téléchargé du suivi.",
        )
    rest = iter(seen[best_row:])
    return Found(best_row, places, key, _chained(rest, rows))


def _chained(first: Iterator[tuple[Any, ...]], then: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    yield from first
    yield from then


def _places(
    form: SheetForm,
    wanted: Mapping[str, str],
    labels: Sequence[str],
    row: int,
    shown: Sequence[Any],
    issues: Issues,
) -> dict[str, int]:
    name = sheet_title(form)
    places: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for place, label in enumerate(labels):
        cell = f"{get_column_letter(place + 1)}{row}"
        if label in wanted and wanted[label] in places:
            first = f"{get_column_letter(places[wanted[label]] + 1)}{row}"
            text = as_text(shown[place])
            issues.add(
                name,
                cell,
                text,
                "header",
                f"La colonne « {text} » se trouve deux fois, en {first} et en {cell} : une seule est attendue.",
                value=text,
            )
        elif label in wanted:
            places[wanted[label]] = place
        elif label and label != _KEY:
            unknown[place] = label
    _tell_missing(form, places, unknown, row, shown, issues)
    for place in unknown:
        text = as_text(shown[place])
        told = f"La colonne « {text} » n’est pas du modèle : elle n’est pas lue."
        cell = f"{get_column_letter(place + 1)}{row}"
        issues.add(name, cell, text, "header", told, severity="warning", value=text)
    expected = [entry.column.key for entry in form.entries if entry.column.key in places]
    if expected != sorted(expected, key=places.__getitem__):
        told = f"Les colonnes de la feuille « {name} » ont été déplacées : chacune est lue là où elle se trouve."
        issues.add(name, f"A{row}", None, "header", told, severity="info")
    return places


def _tell_missing(
    form: SheetForm,
    places: Mapping[str, int],
    unknown: dict[int, str],
    row: int,
    shown: Sequence[Any],
    issues: Issues,
) -> None:
    """Each column of the form that is not there; one that was renamed is told at its new name."""
    name = sheet_title(form)
    for position, entry in enumerate(form.entries):
        if entry.column.key in places:
            continue
        label = entry.column.label
        severity = "warning" if entry.locked else "error"
        near = get_close_matches(folded_header(label), unknown.values(), 1, 0.6)
        place = next((at for at, other in unknown.items() if near and other == near[0]), None)
        if place is None and position in unknown:
            place = position
        if place is None:
            told = f"La colonne « {label} » manque dans la feuille « {name} » : rétablissez-la."
            issues.add(name, None, label, "header", told, severity=severity)
            continue
        text = as_text(shown[place])
        del unknown[place]
        told = f"« {text} » trouvé en tête de colonne ; « {label} » est attendu : rendez-lui son nom."
        issues.add(name, f"{get_column_letter(place + 1)}{row}", label, "header", told, severity=severity, value=text)


@dataclass(frozen=True)
class Lines:
    """A record written downwards: by entry its row and its raw value; the column of the values; the key's text."""

    rows: Mapping[str, int]
    values: Mapping[str, Any]
    letter: str
    key: str | None


def find_lines(form: SheetForm, rows: Iterator[tuple[Any, ...]], issues: Issues) -> Lines | None:
    """The lines of a single record, their faults told in ``issues``; None when there are none."""
    name = sheet_title(form)
    wanted = {folded_header(entry.column.label): entry for entry in form.entries}
    at_label, at_value, at_key = 0, None, None
    key, found, values = None, dict[str, int](), dict[str, Any]()
    for number, row in enumerate(islice(rows, _SEARCHED + 4 * len(wanted)), 1):
        labels = [folded_header(value) if type(value) is str else "" for value in row]
        if at_value is None:
            if folded_header(LABEL_HEADER) in labels and folded_header(VALUE_HEADER) in labels:
                at_label, at_value = (
                    labels.index(folded_header(LABEL_HEADER)),
                    labels.index(folded_header(VALUE_HEADER)),
                )
                at_key = labels.index(_KEY) if _KEY in labels else None
            continue
        if at_key is not None and at_key < len(row) and key is None:
            key = as_text(row[at_key])
        label = labels[at_label] if at_label < len(labels) else ""
        if label not in wanted:
            continue
        entry = wanted[label]
        if entry.column.key in found:
            told = f"La ligne « {entry.column.label} » se trouve deux fois : une seule est attendue."
            issues.add(name, f"{get_column_letter(at_label + 1)}{number}", entry.column.label, "header", told)
            continue
        found[entry.column.key] = number
        values[entry.column.key] = row[at_value] if at_value < len(row) else None
    if at_value is None:
        told = (
            f"Les en-têtes « {LABEL_HEADER} » et « {VALUE_HEADER} » de la feuille « {name} » sont introuvables : "
            "recopiez vos valeurs dans un classeur téléchargé du suivi."
        )
        issues.add(name, None, None, "header", told)
        return None
    for entry in form.entries:
        if entry.column.key not in found:
            told = f"La ligne « {entry.column.label} » manque dans la feuille « {name} » : rétablissez-la."
            severity = "warning" if entry.locked else "error"
            issues.add(name, None, entry.column.label, "header", told, severity=severity)
    return Lines(found, values, get_column_letter(at_value + 1), key)
