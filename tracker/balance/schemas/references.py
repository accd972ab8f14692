"""Reference values: what the figures are compared with."""

import re
from decimal import Decimal
from typing import Any

from tracker.api.fields import Choice, Flag, Id, Moment, Number, Schema, Text, Whole, refuse
from tracker.api.parsing import ListArguments, Sort
from tracker.balance.rules import MAX_REFERENCE, REFERENCED
from tracker.money import RATE_STEP


class Measure(Number):
    """A value in its figure's own unit (euros or a ratio): a decimal string, six decimals at most, within bounds."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.describe({"pattern": r"^\d+(\.\d{1,6})?$", "example": "1.3"})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{Decimal(value).normalize():f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or len(value) > 20 or not re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
            raise refuse("invalid", 'un nombre est attendu, écrit comme un texte, par exemple "1.3" (0.9 pour 90 %).')
        number = Decimal(value)
        if not 0 <= number <= MAX_REFERENCE:
            raise refuse("out_of_range", f"un nombre entre 0 et {MAX_REFERENCE} est attendu.")
        if number != number.quantize(RATE_STEP):
            raise refuse("too_many_decimals", "six décimales au plus sont attendues.")
        return number


class ReferenceValueSchema(Schema):
    """A value a figure is compared with; ``high`` when the source gives a range."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    archived_at = Moment("Archivé le")
    archived_reason = Text("Motif d’archivage", dump_only=True)
    figure = Choice("Chiffre", REFERENCED, required=True)
    label = Text("Repère", max_length=200, required=True)
    low = Measure("Valeur", required=True)
    high = Measure("Haut de la fourchette")
    period = Text("Période", max_length=60, required=True)
    source = Text("Source", max_length=1000, many_lines=True, required=True)


class ReferenceValueArguments(ListArguments):
    """Filters of the reference values."""

    figure = Choice("Chiffre", REFERENCED)
    archived = Flag("Archivés", load_default=False)
    sort = Sort(("figure", "label", "id"), "figure")
