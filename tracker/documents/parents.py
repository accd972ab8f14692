"""What documents hang on: rooms above register their items, and nothing here looks up.

A document has no permission of its own: who reads it and who may change it is the item's affair.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tracker import policy
from tracker.policy import Actor, Scope


@dataclass(frozen=True)
class Parent:
    """An item that carries documents, as an actor who may read it sees it.

    item_type, item_id  its table and number; the history of its documents is read under it.
    label       what it is called.
    scope       where it belongs, with what locks it.
    write_verb  of ``policy``: whoever may do this may add, rename and archive its documents.
    archived    a French sentence when it is archived itself: its documents no longer change.
    seen_on     the number of the item on whose page it is seen, its own unless told.
    """

    item_type: str
    item_id: int
    label: str
    scope: Scope
    write_verb: str
    archived: str | None = None
    seen_on: int | None = None

    def may_write(self, actor: Actor) -> tuple[bool, str | None]:
        """Whether the actor may add documents here, and the reason when not."""
        allowed, reason = policy.can(actor, self.write_verb, self.scope)
        return (False, self.archived) if allowed and self.archived else (allowed, reason)


class Find(Protocol):
    """Gives an item the actor may read; with ``hold``, keeps it as it is until the end of the transaction."""

    def __call__(self, actor: Actor, item_id: int, *, hold: bool = False) -> Parent:
        """Raises NotReadable."""


@dataclass(frozen=True)
class Kind:
    """One type of item that carries documents.

    find    see Find.
    noun    French, with its article: « l’action ».
    slug    its word in the address of its documents' page.
    kind    what a document is there unless told otherwise.
    """

    find: Find
    noun: str
    slug: str
    kind: str


@dataclass(frozen=True)
class Page:
    """Where an item is seen: number → address; ``lists`` when that page lists the item's documents itself."""

    address: Callable[[int], str]
    lists: bool


_kinds: dict[str, Kind] = {}
_pages: dict[str, Page] = {}


def register(item_type: str, kind: Kind) -> None:
    """Called once by the room that owns the items."""
    _kinds[item_type] = kind


def register_page(item_type: str, address: Callable[[int], str], *, lists: bool) -> None:
    """Called once by that room's pages; see Page."""
    _pages[item_type] = Page(address, lists)


def types() -> dict[str, Kind]:
    """Item type → Kind."""
    return _kinds


def type_of(slug: str) -> str | None:
    """The item type that this word of an address names."""
    return next((item_type for item_type, kind in _kinds.items() if kind.slug == slug), None)


def page_of(parent: Parent) -> str:
    """The address of the page the item is seen on."""
    return _pages[parent.item_type].address(parent.seen_on or parent.item_id)


def is_listed_there(parent: Parent) -> bool:
    """Whether that page lists the item's documents itself."""
    return _pages[parent.item_type].lists


def find(actor: Actor, item_type: str, item_id: int, *, hold: bool = False) -> Parent:
    """The item, for an actor who may read it. Raises NotReadable."""
    return _kinds[item_type].find(actor, item_id, hold=hold)
