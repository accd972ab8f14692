"""The letters a calendar writes: which reminder is due today, and its words. Pure functions on names and dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Days before the report's own date; −1 is the day after it.
REPORT_STEPS = (30, 7, -1)
# Days before the 1 January of the first year that a signature and a declaration may still open.
GATE_STEPS = (60, 15)
# A timer that was down for some days still writes; after that the reminder's words would come too late.
GRACE = timedelta(days=6)


def step_due(due: date, today: date, steps: Sequence[int]) -> int | None:
    """The reminder whose time has come for that date: its step, or None between two of them."""
    for step in sorted(steps):
        day = due - timedelta(days=step)
        if day <= today:
            return step if today - day < GRACE else None
    return None


def report_years(today: date) -> list[int]:
    """The years whose report may be due around today: it always is the year after."""
    around = (today - GRACE - timedelta(days=1), today, today + timedelta(days=max(REPORT_STEPS)))
    return sorted({day.year - 1 for day in around})


def days_left(due: date, today: date) -> str:
    """« dans 30 jours », « demain », « aujourd’hui », « depuis hier », « depuis 12 jours »."""
    gap = (due - today).days
    words = {0: "aujourd’hui", 1: "demain", -1: "depuis hier"}
    return words.get(gap) or (f"dans {gap} jours" if gap > 0 else f"depuis {-gap} jours")


@dataclass(frozen=True)
class Awaited:
    """A report that is awaited: its place, and where it stands (None: no file was opened)."""

    place: str
    status: str | None

    @property
    def sentence(self) -> str:
        """« Bagneux, Les Blagis : bilan à déposer. »"""
        act = {None: "dossier à ouvrir", "to_correct": "bilan à corriger"}.get(self.status, "bilan à déposer")
        return f"{self.place} : {act}."


def report_subject(contract: str, landlord: str, year: int, due: date, today: date) -> str:
    """The subject of a reminder before, or after, the report's date."""
    when = f"en retard {days_left(due, today)}" if today > due else f"attendu {days_left(due, today)}"
    return f"{landlord}, {year} : bilan {when} · {contract}"


def report_sentences(year: int, due: date, today: date, files: Sequence[Awaited]) -> tuple[str, ...]:
    """What is awaited by then, file by file."""
    verb = "était attendu" if today > due else "est attendu"
    count = "Votre bilan" if len(files) == 1 else "Le bilan de chacun de vos dossiers"
    opening = f"{count} {year} de l’abattement de taxe foncière {verb} pour le {due:%d/%m/%Y}."
    return opening, *(one.sentence for one in files)


def gate_subject(contract: str, year: int) -> str:
    """The subject of the coordinator's reminder."""
    return f"Conventions {year} : signatures et déclarations avant le 1er janvier · {contract}"


def gate_sentences(year: int, today: date, conventions: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Each convention that lacks something for the abatement of ``year``, with what it lacks."""
    left = days_left(date(year, 1, 1), today)
    opening = f"Le 1er janvier {year}, {left}, décide de l’abattement {year} (CGI, art. 1388 bis). Il reste à obtenir :"
    return opening, *(f"{name} : {' '.join(alerts)}" for name, alerts in conventions)
