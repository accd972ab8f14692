"""Whether what was kept of an edition is still what was frozen: each part's SHA-256, taken again."""

from collections.abc import Mapping
from hashlib import sha256

PART_WORDS = {
    "content": "le contenu",
    "record": "la fiche (année, numéro, réunion, date, auteur, motif)",
    "workbook": "le classeur",
    "pdf": "le PDF",
}


def digest(kept: str | bytes) -> str:
    """The SHA-256 of a part, a text being its UTF-8 bytes; 64 hexadecimal digits."""
    return sha256(kept.encode() if isinstance(kept, str) else kept).hexdigest()


def altered(parts: Mapping[str, tuple[str | bytes | None, str | None]]) -> tuple[str, ...]:
    """The parts, given as what is kept and the SHA-256 noted when it was frozen, that no longer are what was frozen.

    A part neither kept nor noted was never made (editions older than the PDF): it is not altered.
    """
    return tuple(
        name
        for name, (kept, noted) in parts.items()
        if (kept is None) != (noted is None) or (kept is not None and digest(kept) != noted)
    )


def altered_sentence(names: tuple[str, ...]) -> str:
    """What a reader is told of the parts that changed."""
    words = [PART_WORDS[name] for name in names]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"
    agreed = "ne correspond" if len(words) == 1 else "ne correspondent"
    return (
        f"L’édition a été altérée\u00a0: {listed} {agreed} plus à l’empreinte SHA-256 notée le jour où elle a été "
        "arrêtée. Prévenez la coordination\u00a0: l’original se retrouve dans une sauvegarde."
    )
