"""What a cell shows of its number: « 5,4 k€ » of 5.4 may not be 5,40 €, only its writer knows what is meant. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.money import says_thousands

# A quoted or escaped text, a space or a filling, a currency, a colour or a condition, the end of a section, the rest.
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]|(?P<end>;)|(?P<bare>.)',
    re.DOTALL,
)
_PLACES = "0#?.,"
_SAID = " %€$kK-+()"  # what stands for itself without quotes; any other letter is a code (of a date)
_THOUSANDS = re.compile(r"[0#?](,+)(?=\.|$)")
_CONDITION = re.compile(r"\[[<>=]")
_NUMBERS = 3  # sections of a format that are for numbers: positive, negative, zero; the fourth is for text


@dataclass
class _Section:
    before: str = ""
    places: str = ""
    after: str = ""

    def add(self, text: str) -> None:
        if self.places:
            self.after += text
        else:
            self.before += text

    @property
    def thousands(self) -> int:
        """How many times a comma after the last digit divides by a thousand."""
        found = _THOUSANDS.search(self.places)
        return len(found[1]) if found else 0

    @property
    def asks(self) -> bool:
        units = [f"0{self.after.rstrip(' )')}", f"0{self.before.strip(' (')}"]
        return bool(self.thousands) or "%" in self.before + self.after or any(says_thousands(unit) for unit in units)

    def shown(self, value: float) -> str:
        scaled = value / 1000**self.thousands * (100 if "%" in self.before + self.after else 1)
        decimals = sum(place in "0#?" for place in self.places.partition(".")[2])
        number = f"{scaled:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")
        return f"{self.before}{number}{self.after}".strip()


def _sections(code: str) -> Iterator[_Section]:
    section = _Section()
    for piece in _PIECE.finditer(code):
        said = next((piece[name] for name in ("quoted", "escaped", "currency") if piece[name] is not None), None)
        bare = piece["bare"]
        if piece["end"]:
            yield section
            section = _Section()
        elif said is not None or (bare and bare in _SAID):
            section.add(said if said is not None else bare)
        elif bare and bare in _PLACES:
            # What stands between two digits is a separator of thousands.
            section.places, section.after = section.places + bare, ""
    yield section


def asks(code: str) -> bool:
    """Whether a number format shows thousands, millions or a percentage, in one of its sections for numbers."""
    return any(section.asks for section in list(_sections(code))[:_NUMBERS])


def shown(code: str, value: float) -> str | None:
    """What such a cell shows of this amount; None where it shows plain euros, and of 0, which is so in any unit."""
    if value == 0:
        return None
    sections = list(_sections(code))[:_NUMBERS]
    of_sign = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    if of_sign.asks:
        return of_sign.shown(abs(value) if of_sign is not sections[0] else value)
    # With conditions of its own a format may show any of its sections.
    other = next((section for section in sections if section.asks), None) if _CONDITION.search(code) else None
    return other.shown(value) if other else None
