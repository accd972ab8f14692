"""The fields of every schema: stable error codes, French messages, nothing silently rounded or truncated."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma

from tracker.money import EXPECTED, RATE_STEP, ZERO, AmountError, euros, in_french
from tracker.policy import FieldError, Invalid

MAX_ID = 2_147_483_647
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
LEAP_YEAR = 2000
# Tab, line feed and carriage return apart: the rest is refused by PostgreSQL (NUL) or by a workbook. U+FFFD stands
# where a form's bytes were not UTF-8.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd-\uffff]")


class Coded(str):
    """A French message carrying the stable code of its kind."""

    code: str
    __slots__ = ("code",)

    def __new__(cls, code: str, message: str) -> "Coded":
        text = super().__new__(cls, message)
        text.code = code
        return text

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return self.code, str(self)  # schemas are deep-copied when a blueprint documents them


REQUIRED = Coded("required", "une valeur est attendue.")
NO_SUCH_DAY = "ce jour n’existe pas dans le calendrier."
UNKNOWN_FIELD = Coded("unknown_field", "ce champ n’existe pas ici ou ne peut pas être écrit.")


def refuse(code: str, message: str) -> ma.ValidationError:
    """The error a field raises."""
    return ma.ValidationError([Coded(code, message)])


class Labelled(ma.fields.Field[Any]):
    """A field with its French name; null is allowed unless the field is required."""

    def __init__(self, label: str, *, required: bool = False, **options: Any) -> None:
        options.setdefault("allow_none", not required)
        super().__init__(required=required, metadata={"description": label, **options.pop("metadata", {})}, **options)
        self.label = label
        self.error_messages = {"required": REQUIRED, "null": REQUIRED, "validator_failed": REQUIRED}

    def describe(self, facts: Mapping[str, Any]) -> None:
        """What the OpenAPI document says of the field; apispec itself adds that null is allowed."""
        self.metadata = {**self.metadata, **facts}


class Text(Labelled):
    """One line or a paragraph of text, stripped; an empty one is null. ``many_lines`` tells the form's control."""

    def __init__(self, label: str, *, max_length: int = 300, many_lines: bool = False, **options: Any) -> None:
        super().__init__(label, **options)
        self.max_length, self.many_lines = max_length, many_lines
        self.describe({"type": "string", "maxLength": max_length})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        if not isinstance(value, str):
            raise refuse("invalid", "un texte est attendu.")
        text = value.strip()
        if _CONTROL.search(text) or any("\ud800" <= char <= "\udfff" for char in text):
            raise refuse("invalid", "le texte contient un caractère de contrôle ou illisible : retirez-le.")
        if len(text) > self.max_length:
            raise refuse("out_of_range", f"{self.max_length} caractères au plus sont attendus, {len(text)} trouvés.")
        if not text and self.required:
            raise ma.ValidationError([REQUIRED])
        return text or None


class Choice(Labelled):
    """One of the stored codes; ``words`` gives the French word of each."""

    def __init__(self, label: str, words: Mapping[Any, str], **options: Any) -> None:
        super().__init__(label, **options)
        self.words = words
        kind = "integer" if all(isinstance(code, int) for code in words) else "string"
        codes: list[Any] = list(words)
        self.describe({"type": kind, "enum": [*codes, None] if self.allow_none else codes})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int) or value not in self.words:
            expected = ", ".join(str(code) for code in self.words)
            raise refuse("unknown_value", f"une de ces valeurs est attendue : {expected}.")
        return value


class Money(Labelled):
    """Euros: a string with at most two decimals in, exactly two out. A JSON number is refused (``money_string``)."""

    def __init__(self, label: str, *, minimum: Decimal | None = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.minimum = minimum
        self.describe(
            {
                "type": "string",
                "pattern": r"^-?\d+(\.\d{1,2})?$",
                "example": "125000.00",
            }
        )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise refuse("money_string", 'un montant s’écrit comme un texte, par exemple "125000.00".')
        if not isinstance(value, str):
            raise refuse("invalid", f"{EXPECTED}.")
        try:
            amount = euros(value)
        except AmountError as error:
            raise refuse(error.code, f"{error}.") from error
        if self.minimum is not None and amount < self.minimum:
            raise refuse("out_of_range", f"un montant d’au moins {in_french(self.minimum)} est attendu.")
        return amount


class Number(Labelled):
    """A quantity that is no money: an exact decimal as a string, two decimals at most, from 0 on unless told."""

    def __init__(self, label: str, *, minimum: Decimal | None = ZERO, **options: Any) -> None:
        super().__init__(label, **options)
        self.minimum = minimum
        sign = "" if minimum is not None and minimum >= ZERO else "-?"
        self.describe({"type": "string", "pattern": rf"^{sign}\d+(\.\d{{1,2}})?$", "example": "12.50"})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str):
            raise refuse("invalid", 'un nombre est attendu, écrit comme un texte, par exemple "12.50".')
        try:
            quantity = euros(value)  # the same exact hundredths, whose messages speak of euros
        except AmountError as error:
            raise refuse(error.code, _QUANTITY[error.code]) from error
        if self.minimum is not None and quantity < self.minimum:
            raise refuse("out_of_range", f"un nombre d’au moins {self.minimum:f} est attendu.")
        return quantity


_QUANTITY = {
    "invalid": "un nombre est attendu, par exemple 12.50.",
    "too_many_decimals": "deux décimales au plus sont attendues.",
    "out_of_range": "un nombre d’au plus 9\u202f999\u202f999\u202f999,99 est attendu.",
}


class Ratio(Labelled):
    """A legal or agreed rate as a ratio string (``"0.8"`` for 80 %), exact to six decimals, 0 to ``maximum``."""

    def __init__(self, label: str, *, maximum: Decimal = Decimal(1), **options: Any) -> None:
        super().__init__(label, **options)
        self.maximum = maximum
        self.describe(
            {
                "type": "string",
                "pattern": r"^\d+(\.\d{1,6})?$",
                "example": "0.8",
            }
        )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        plain = f"{Decimal(value):f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or len(value) > 20 or not re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
            raise refuse(
                "invalid",
                'un taux entre 0 et 1 est attendu, écrit comme un texte, par exemple "0.8".',
            )
        try:
            rate = Decimal(value)
        except InvalidOperation as error:
            raise refuse("invalid", "un taux entre 0 et 1 est attendu.") from error
        if rate > self.maximum:
            raise refuse("out_of_range", f"un taux d’au plus {self.maximum} est attendu (0.8 pour 80 %).")
        if rate != rate.quantize(RATE_STEP):
            raise refuse("too_many_decimals", "six décimales au plus sont attendues.")
        return rate


class Computed(Labelled):
    """A computed ratio, read-only: a string with four decimals."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, dump_only=True, **options)
        self.describe({"type": "string", "pattern": r"^-?\d+\.\d{4}$"})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:.4f}"


class Whole(Labelled):
    """A whole number within bounds."""

    def __init__(self, label: str, *, minimum: int = 0, maximum: int = MAX_ID, **options: Any) -> None:
        super().__init__(label, **options)
        self.minimum, self.maximum = minimum, maximum
        self.describe({"type": "integer", "minimum": minimum, "maximum": maximum})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value, re.ASCII):
            value = int(value)  # the query string and forms only carry text
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse("invalid", "un nombre entier est attendu.")
        if not self.minimum <= value <= self.maximum:
            raise refuse("out_of_range", f"un nombre entre {self.minimum} et {self.maximum} est attendu.")
        return value


class Id(Whole):
    """The number of another item; whether it exists is the command's affair (``unknown_reference``)."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, minimum=1, **options)


class Day(Labelled):
    """A plain date, ISO in JSON."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.describe({"type": "string", "format": "date"})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise refuse("invalid", "une date est attendue, au format 2026-11-21.")
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise refuse("invalid", NO_SUCH_DAY) from error
        if not FIRST_DAY <= day <= LAST_DAY:
            raise refuse("out_of_range", "une date entre 1900 et 2199 est attendue.")
        return day


class DayOfYear(Labelled):
    """A day of any year, ``MM-DD`` in JSON; 29 February is one (the 28th where there is none)."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.describe({"type": "string", "pattern": r"^\d{2}-\d{2}$", "example": "03-31"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"\d{2}-\d{2}", value, re.ASCII):
            raise refuse("invalid", "un jour de l’année est attendu, au format 03-31.")
        try:
            date.fromisoformat(f"{LEAP_YEAR}-{value}")
        except ValueError as error:
            raise refuse("invalid", NO_SUCH_DAY) from error
        return value


class Lines(Labelled):
    """A list of short texts, one a line in a form; empty and repeated ones are dropped, null is an empty list."""

    def __init__(self, label: str, *, max_length: int = 200, most: int = 50, **options: Any) -> None:
        super().__init__(label, **options)
        self.max_length, self.most = max_length, most
        self.describe({"type": "array", "items": {"type": "string", "maxLength": max_length}, "maxItems": most})

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """None is an empty list: the column holds no null."""
        return super().deserialize([] if value is None else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > self.most:
            raise refuse("invalid", f"une liste d’au plus {self.most} textes est attendue.")
        one = Text(self.label, max_length=self.max_length)
        texts = [one.deserialize(item) for item in value]
        return list(dict.fromkeys(text for text in texts if text))


class Moment(Labelled):
    """An instant, UTC, read-only."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, dump_only=True, **options)
        self.describe({"type": "string", "format": "date-time"})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat() + "Z"


class Flag(Labelled):
    """True or false, never null: a stored truth value is always known. A ticked box of a form is true."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **{"allow_none": False, **options})
        self.describe({"type": "boolean"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        if value in ("true", "on", "1"):
            return True
        if value in ("false", "off", "0"):
            return False
        raise refuse("invalid", "« true » ou « false » est attendu.")


class Ids(Labelled):
    """A list of item numbers."""

    def __init__(self, label: str, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(label, **options)
        self.max_length = max_length
        self.describe({"type": "array", "items": {"type": "integer"}, "maxItems": max_length})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[int]:
        item = Id(self.label, required=True, allow_none=False)
        if not isinstance(value, list) or len(value) > self.max_length:
            raise refuse("invalid", f"une liste d’au plus {self.max_length} identifiants est attendue.")
        return list(dict.fromkeys(int(item.deserialize(one) or 0) for one in value))


class Schema(ma.Schema):
    """The base of every schema: unknown fields are refused by name, errors become FieldError."""

    error_messages = {
        "unknown": UNKNOWN_FIELD,
        "type": Coded("invalid", "un objet JSON est attendu."),
    }

    class Meta:
        unknown = ma.RAISE

    def read(self, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The validated values of ``data``; raises Invalid with one FieldError per wrong field."""
        try:
            loaded: dict[str, Any] = self.load(data, partial=partial)
        except ma.ValidationError as error:
            raise Invalid(field_errors(self, error.messages, data)) from error
        return loaded


def _flat(messages: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)
            yield from _flat(inner, f"{path}.{name}".strip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path)
    else:
        yield path, messages


def field_errors(schema: ma.Schema, messages: Any, data: Any) -> list[FieldError]:
    """marshmallow's messages as FieldErrors naming the field in French and quoting what was found."""
    errors = []
    for name, message in _flat(messages):
        field = schema.fields.get(name)
        value = data.get(name) if isinstance(data, Mapping) else None
        value = value if isinstance(value, str | int | float | bool) or value is None else str(value)[:200]
        label = getattr(field, "label", name) or "Corps de la requête"
        found = f" « {str(value)[:80]} » trouvé ;" if value not in (None, "") else ""
        code = message.code if isinstance(message, Coded) else "invalid"
        errors.append(FieldError(name, code, f"{label} :{found} {message}", value))
    return errors
