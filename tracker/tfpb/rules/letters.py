"""The words of the room's letters: pure functions on names and codes."""

from dataclasses import dataclass
from datetime import date

from tracker.tfpb.rules.life import PROGRAMME, REPORT, TRACK_STATUSES, TRACKS, Turn
from tracker.tfpb.rules.words import inside

# What a subject announces, by track and the status reached.
ANNOUNCED = {
    (REPORT, "submitted"): "bilan déposé",
    (REPORT, "to_correct"): "bilan à corriger",
    (REPORT, "verified"): "bilan vérifié",
    (REPORT, "validated"): "bilan validé en COPIL",
    (REPORT, "transmitted"): "bilan transmis",
    (PROGRAMME, "discussed"): "programme discuté",
    (PROGRAMME, "validated"): "programme validé en COPIL",
}
# The landlord hears of these even when the next act is somebody else's.
TOLD_TO_LANDLORD = {
    (REPORT, "to_correct"),
    (REPORT, "verified"),
    (REPORT, "validated"),
    (PROGRAMME, "discussed"),
    (PROGRAMME, "validated"),
}


@dataclass(frozen=True)
class Named:
    """A file (or what is expected of one) as a letter calls it."""

    contract: str
    landlord: str
    city: str
    neighbourhood: str
    year: int

    def subject(self, what: str) -> str:
        """Landlord, city and year, what happened, then the contract: a list of letters shows their first words."""
        return f"{self.landlord}, {self.city} {self.year} : {what} · {self.contract}"

    @property
    def whole(self) -> str:
        """« 2026 de Habitat Sud (Bagneux, Les Blagis) »."""
        return f"{self.year} de {self.landlord} ({self.city}, {self.neighbourhood})"

    @property
    def why(self) -> str:
        """Why a member gets a letter about it."""
        return f"ce dossier vous est ouvert dans le contrat « {self.contract} »"


def moved(named: Named, track: str, status: str, author: str, day: date) -> str:
    """The news of a move."""
    word = inside(TRACK_STATUSES[track][status])
    return f"Le {inside(TRACKS[track])} {named.whole} est désormais « {word} » ({author}, le {day:%d/%m/%Y})."


def next_step(turn: Turn | None, *, yours: bool) -> tuple[str, ...]:
    """Whose turn it is now; nothing when the file waits for nobody."""
    return (f"{turn.sentence(yours=yours)}.",) if turn else ()


def pinned(count: int) -> tuple[str, ...]:
    """How many comments came with a return."""
    if not count:
        return ()
    return (f"{count} commentaires sont épinglés dans le dossier." if count > 1 else "Un commentaire y est épinglé.",)
