"""The reference values the figures are compared with, in the unit of their figure."""

from collections.abc import Iterable
from typing import Any

from tracker.balance.columns.sheet import FIGURES, label_of
from tracker.balance.queries.content import Reference
from tracker.columns import Column
from tracker.web.formats import display

# A published coefficient keeps the decimals of its source: « 1,3 à 1,4 ».
_KINDS: dict[str, str] = {column.key: "number" if column.type == "factor" else column.type for column in FIGURES}


def measured(reference: Any) -> str:
    """A reference value, in the unit of its figure: ``183,00 €``, ``1,3 à 1,4``, ``74,0 %``."""
    kind = _KINDS.get(reference.figure, "number")
    return " à ".join(display(end, kind) for end in (reference.low, reference.high) if end is not None)


def worded(reference: Reference) -> str:
    """A reference value, what it is and when: ``183,00 €, moyenne nationale (2017-2019)``."""
    return f"{measured(reference)}, {in_sentence(reference.label)} ({reference.period})"


def in_sentence(label: str) -> str:
    """A label inside a sentence, without its capital; an acronym keeps its own."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def of_figure(references: Iterable[Reference], key: str) -> tuple[Reference, ...]:
    """The reference values of a figure."""
    return tuple(one for one in references if one.figure == key)


REFERENCES = (
    Column("figure", "Chiffre", get=lambda one: label_of(one.figure)),
    Column("label", "Repère"),
    Column("value", "Valeur", get=measured),
    Column("period", "Période"),
    Column("source", "Source"),
)
