"""The words of the call to a landlord, and when it is refused: pure functions on names and dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.tfpb.rules.board import CALM


@dataclass(frozen=True)
class Called:
    """An expected file as the call names it: where, what is awaited, by when (``late`` in days), what it lacks."""

    place: str
    turn: str
    due: date | None
    late: int | None
    lacking: str | None

    @property
    def sentence(self) -> str:
        """« Bagneux, Les Blagis : au bailleur de déposer le bilan, attendu le 31/03/2026 (235 jours de retard). … »"""
        when = f", attendu le {self.due:%d/%m/%Y}" if self.due else ""
        late = f" ({self.late} jour{'s' if self.late > 1 else ''} de retard)" if self.late else ""
        lacks = f" Il manque – {self.lacking}." if self.lacking else ""
        return f"{self.place} : {self.turn[0].lower()}{self.turn[1:]}{when}{late}.{lacks}"


def subject(contract: str, landlord: str, year: int, count: int) -> str:
    """The subject of the letter, whatever the number of files it calls for."""
    what = f"{count} dossiers attendus" if count > 1 else "dossier attendu"
    return f"{landlord}, {year} : {what} · {contract}"


def sentences(author: str, landlord: str, year: int, files: Sequence[Called]) -> tuple[str, ...]:
    """The paragraphs of the letter: who calls, then one for each file."""
    what = "les dossiers TFPB" if len(files) > 1 else "le dossier TFPB"
    opening = f"{author} relance {landlord} pour {what} {year} de l’abattement de taxe foncière."
    return opening, *(file.sentence for file in files)


def not_waiting(turn: str | None) -> str:
    """Why a landlord is not called for a file that waits for somebody else."""
    told = f" : {turn[0].lower()}{turn[1:]}" if turn else ""
    return f"Rien n’est attendu du bailleur pour ce dossier{told}."


def too_soon(on: date, by: str) -> str:
    """Why a landlord is not called again, and from when on."""
    return f"Le bailleur a été relancé le {on:%d/%m/%Y} par {by} : il peut l’être de nouveau le {on + CALM:%d/%m/%Y}."


def unreached(landlords: Sequence[str]) -> str:
    """Nobody to write to: no account, or every one has switched letters off."""
    return f"Aucun courriel n’est parti : personne n’en reçoit chez {', '.join(landlords)}."


NOTHING = "Aucun bailleur n’est à relancer : rien n’est attendu, ou chacun l’a été il y a moins de trois jours."
