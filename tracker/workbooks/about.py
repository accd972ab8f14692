"""What a workbook says about itself: the sheet « À propos », the state line, the file name."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote

from tracker.columns import Kind

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRODUCT = "Suivi Quartiers 2030"


def product_version() -> str:
    """The tracker's version, as its package or its ``pyproject.toml`` gives it."""
    try:
        return version("tracker")
    except PackageNotFoundError:
        return "développement"


@dataclass(frozen=True)
class About:
    """Where a workbook comes from.

    on        the day whose state it shows.
    author    who asked for it.
    filters   (label, value) of what the screen was narrowed to; sort, the order in French.
    frozen    the state line of a frozen edition; None for the live state, which is « PROVISOIRE ».
    moment    when it was frozen, UTC; fingerprint, the SHA-256 of what was frozen, printed on every page.
    """

    on: date
    author: str
    source: str = PRODUCT
    filters: Sequence[tuple[str, str]] = ()
    sort: str | None = None
    frozen: str | None = None
    moment: datetime | None = None
    fingerprint: str | None = None

    @property
    def state(self) -> str:
        """The state line printed on every sheet."""
        return self.frozen or f"PROVISOIRE – état au {self.on:%d/%m/%Y}"

    @property
    def written_at(self) -> datetime:
        """The date in the file's properties: content, never the clock, so that equal contents are equal bytes."""
        return self.moment or datetime.combine(self.on, time())


@dataclass(frozen=True)
class Fact:
    """One line of « À propos »: what, the value, how it is written."""

    label: str
    value: Any
    kind: Kind = "text"


def facts(about: About) -> list[Fact]:
    """The first lines of « À propos »."""
    lines = [
        Fact("État", about.state),
        Fact("Établi le", about.on, "date"),
        Fact("Établi par", about.author),
        Fact("Source", about.source),
    ]
    lines += [Fact(f"Filtre – {label}", value) for label, value in about.filters] or [Fact("Filtres", "aucun")]
    lines.append(Fact("Tri", about.sort or "ordre de l’écran"))
    lines.append(Fact("Cellule vide", "valeur inconnue ; une valeur nulle est écrite 0"))
    if about.fingerprint is not None:
        lines.append(Fact("Empreinte du contenu (SHA-256)", about.fingerprint))
    if about.frozen is None:  # a frozen workbook is written anew from its content, whatever the version by then
        lines.append(Fact("Version du logiciel", product_version()))
    return lines


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")


def file_name(*parts: str, about: About, extension: str = "xlsx") -> str:
    """``bilan-tfpb-blagis-2026-PROVISOIRE-2026-11-21.xlsx``; a frozen file is not provisional."""
    words = [_slug(part) for part in parts]
    if about.frozen is None:
        words += ["PROVISOIRE", about.on.isoformat()]
    return "-".join(word for word in words if word) + f".{extension}"


def attachment(name: str, media_type: str = MIME, disposition: str = "attachment") -> dict[str, str]:
    """The headers of a file sent under a name, a workbook by default (RFC 5987: the name twice, plain and in UTF-8)."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'")
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
    }
