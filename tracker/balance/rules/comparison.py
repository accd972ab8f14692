"""What changed between two states of a balance sheet, line by line: pure, on plain values."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KINDS = {ADDED: "Ajouté", REMOVED: "Retiré", CHANGED: "Modifié"}

# section → what it is called; in the order a reader wants: what the whole says first.
SECTIONS = {
    "totals": "Totaux",
    "landlords": "Par bailleur",
    "cities": "Par ville",
    "neighbourhoods": "Par quartier",
    "axes": "Par axe",
    "priorities": "Par priorité",
    "sources": "Autres financements, par source",
    "actions": "Actions",
    "participation": "Participation des habitants",
    "files": "Dossiers attendus",
    "checks": "Contrôles ouverts",
    "years": "Autres années du contrat",
    "programme": "Programme de l’année suivante",
    "investment": "Investissement",
    "projects": "Projets d’équipement",
    "evaluation": "Évaluation de l’année",
    "references": "Valeurs de référence",
}


@dataclass(frozen=True)
class Line:
    """One line of one state: ``key`` is what stays the same from one state to another (a stable number or code).

    ``name`` is how a reader calls it and is not compared; what is stands in ``figures``. ``partial`` names the sums
    that may hide an unknown value.
    """

    section: str
    key: Hashable
    name: str
    figures: Mapping[str, Any]
    partial: frozenset[str] = frozenset()

    def without(self, names: Collection[str]) -> "Line":
        """The same line, which these figures are not compared of."""
        return replace(self, figures={key: value for key, value in self.figures.items() if key not in names})


@dataclass(frozen=True)
class Change:
    """One figure that is not the same any more, or one line that came or went.

    ``figure`` is None for a line that came or went without any amount known. ``difference`` is after − before of two
    known numbers, in the figure's own unit, None where one of the two may hide an unknown value; a line that came or
    went counts from or down to nothing, so the known differences of the lines of a group add up to that of the totals.
    """

    section: str
    kind: str
    name: str
    figure: str | None
    before: Any
    after: Any
    difference: Decimal | int | None


def compare(before: Iterable[Line], after: Iterable[Line], adding: Collection[str]) -> list[Change]:
    """The changes, by section, in the order of the later state, what went last.

    ``adding`` names the figures that add up: those told of a line that came or went. Lines that have no number of
    their own and bear the same key are matched in their order.
    """
    old, new = _numbered(before), _numbered(after)
    found: dict[str, list[Change]] = {section: [] for section in SECTIONS}
    for key, line in new.items():
        was = old.get(key)
        changes = _told(line, ADDED, adding) if was is None else _changed(was, line)
        found[line.section].extend(changes)
    for key, line in old.items():
        if key not in new:
            found[line.section].extend(_told(line, REMOVED, adding))
    return [change for changes in found.values() for change in changes]


def _numbered(lines: Iterable[Line]) -> dict[tuple[Any, ...], Line]:
    seen: Counter[tuple[str, Hashable]] = Counter()
    found = {}
    for line in lines:
        place = (line.section, line.key)
        found[(*place, seen[place])] = line
        seen[place] += 1
    return found


def _told(line: Line, kind: str, adding: Collection[str]) -> Sequence[Change]:
    known = {name: value for name, value in line.figures.items() if name in adding and value is not None}
    if not known:
        return [Change(line.section, kind, line.name, None, None, None, None)]
    came = kind == ADDED
    return [
        Change(
            line.section,
            kind,
            line.name,
            name,
            None if came else value,
            value if came else None,
            None if name in line.partial else value if came else -value,
        )
        for name, value in known.items()
    ]


def _changed(was: Line, line: Line) -> Sequence[Change]:
    # A figure that one of the two states does not carry is not compared.
    figures = {name: (was.figures[name], value) for name, value in line.figures.items() if name in was.figures}
    hidden = was.partial | line.partial
    return [
        Change(line.section, CHANGED, line.name, name, old, new, None if name in hidden else _difference(old, new))
        for name, (old, new) in figures.items()
        if old != new
    ]


def _difference(old: Any, new: Any) -> Decimal | int | None:
    numbers = all(isinstance(value, Decimal | int) and not isinstance(value, bool) for value in (old, new))
    return new - old if numbers else None
