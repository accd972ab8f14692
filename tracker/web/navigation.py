"""The navigation: each room registers its entries, each entry says to whom it is of use."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for

from tracker.policy import Actor


@dataclass(frozen=True)
class Entry:
    """One entry of the top bar. ``section`` is the first part of the addresses it covers."""

    order: int
    label: str
    endpoint: str
    section: str
    visible: Callable[[Actor], bool]


@dataclass(frozen=True)
class Link:
    """An entry as the page shows it."""

    label: str
    url: str
    current: bool


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Called once by a room's ``pages.py``."""
    _entries[entry.endpoint] = entry


def links(actor: Actor | None) -> list[Link]:
    """The entries this actor sees, in order."""
    if actor is None:
        return []
    shown = sorted((entry for entry in _entries.values() if entry.visible(actor)), key=lambda entry: entry.order)
    return [Link(entry.label, url_for(entry.endpoint), _covers(entry.section)) for entry in shown]


def _covers(section: str) -> bool:
    path = request.path
    return path == "/" if section == "/" else path == section or path.startswith(section + "/")
