"""The hub of reference data: each room registers the lists it owns, as it registers its navigation entries."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.policy import Actor


@dataclass(frozen=True)
class Reference:
    """One list of reference data on ``/referentiels``.

    order     its place; territory holds 10 to 50, the rooms above take what follows.
    label     French name of the list, plural.
    endpoint  the list's page; it takes no argument but ``arguments``.
    sentence  what the list is for, one line.
    count     how many rows are in use, for whoever reads.
    keeper    which role keeps it up to date, in words.
    """

    order: int
    label: str
    endpoint: str
    sentence: str
    count: Callable[[], int]
    keeper: str
    arguments: tuple[tuple[str, str], ...] = ()
    visible: Callable[[Actor], bool] = lambda _actor: True


_references: dict[tuple[str, tuple[tuple[str, str], ...]], Reference] = {}


def register(reference: Reference) -> None:
    """Called once by a room's ``pages.py`` for each of its lists."""
    _references[reference.endpoint, reference.arguments] = reference


def references(actor: Actor) -> list[Reference]:
    """The lists this actor is shown, in order."""
    return sorted((one for one in _references.values() if one.visible(actor)), key=lambda one: one.order)
