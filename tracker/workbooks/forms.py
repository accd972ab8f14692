"""A workbook that is filled in and comes back, declared once: its template, reading, difference and marks follow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tracker.api.fields import Schema
from tracker.columns import Column
from tracker.history.commands import Writing
from tracker.policy import Actor, Scope


@dataclass(frozen=True)
class Entry:
    """One column to fill in (one line of a single record).

    column    key = the schema's field; label = the header; hint = the help under it; words = code → French word,
              which makes a drop-down list. On an ``Ids`` field several words, separated by « ; », make a list of codes.
    locked    shown and protected, never read: what the tracker knows better. A changed one is told, not written.
    required  the header says so; whether a value is there is checked by the schema.
    others    other ways of writing a choice (a number, an earlier label), in lower case → its code. Case, accents and
              spaces are forgiven. A way that ``words`` and ``others`` give to two codes is asked back (``ambiguous``).
    source    (sheet code, key): a drop-down of what that column of another sheet holds; other text is not refused.
    made_of   what the column says of a row's own columns by name, when the table has none of its name.
    """

    column: Column
    locked: bool = False
    required: bool = False
    others: Mapping[str, Any] = field(default_factory=dict)
    source: tuple[str, str] | None = None
    made_of: Callable[[Mapping[str, Any]], Any] | None = None


@dataclass(frozen=True)
class SheetForm:
    """One sheet to fill in.

    code       stable name of the sheet in changes; ``name``, its French title.
    schema     validates the values of a record, the very one of the JSON body and the HTML form.
    item_type  the table of its records, under whose name the history tells them.
    single     one record written downwards (label, value, help) instead of a table with a record on each row.
    title      key of the entry that names a record in a message.
    help       one sentence under the sheet's title.
    spare      empty rows prepared under the known ones, with their lists.
    """

    code: str
    name: str
    entries: Sequence[Entry]
    schema: Schema
    item_type: str = ""
    single: bool = False
    title: str | None = None
    help: str = ""
    spare: int = 40


@dataclass(frozen=True)
class WorkbookForm:
    """A whole workbook.

    target    who takes its rows in: the name its ``Target`` is registered under.
    template  number of the template; an older one is refused with a sentence that offers the new one.
    identity  what the file must be about, hidden in it and compared: code → (French label, value).
    guide     more lines of « Lisez-moi », in French.
    hand_in   label of the box that also hands the item in once its rows are written (``Target.finish``); None: no box.
    """

    target: str
    template: int
    title: str
    identity: Mapping[str, tuple[str, str]]
    sheets: Sequence[SheetForm]
    guide: Sequence[str] = ()
    hand_in: str | None = None


@dataclass(frozen=True)
class Known:
    """A record as the tracker has it: plain values by key (locked ones too), as the schema's fields load them.

    ``locked`` names open columns that are locked on this very record: shown grey, never written, a changed one told.
    ``moved`` is what each column changed since the download was then, by key; None while that is not known. Values may
    hold more than the columns: what an entry is ``made_of``.
    """

    id: int
    version: int
    values: Mapping[str, Any]
    locked: frozenset[str] = frozenset()
    moved: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Record:
    """A record as the workbook has it: validated values by key, the cell of each.

    ``id`` and ``version`` come from the protected key of its row; None for a row somebody added. An empty cell is None
    in ``values``; a cell that could not be read is missing from them (it has its issue). ``cells`` names every cell,
    locked ones too: ``{"title": "D7"}``. ``locked`` holds what stands in locked cells, as a text.
    """

    sheet: str
    row: int
    id: int | None
    version: int | None
    values: Mapping[str, Any]
    cells: Mapping[str, str]
    locked: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Issue:
    """Something wrong (``error``) or surprising (``warning``, ``info``) in a workbook, at a cell where there is one.

    ``sheet`` and ``column`` are the French names (``SheetForm.name``, ``Column.label``). ``code`` is a field code of
    the API, or ``formula error_value merged duplicate header template identity unreadable_file ambiguous missing_row``,
    or one of the room's own checks. Errors keep a batch from being applied. ``message`` is a French sentence: what was
    found, what is expected.
    """

    sheet: str
    cell: str | None
    column: str | None
    code: str
    severity: str
    value: str | None
    message: str


@dataclass(frozen=True)
class Change:
    """What applying a batch does to one record.

    kind     ``created changed unchanged conflict``: in conflict, the record was changed in the tracker too since the
             download; its ``fields`` are the sender's, all that differs where what the record was then is not known.
    fields   key → [old, new], as the history keeps them (``history.commands.plain``): what ``save`` writes comes from
             ``Record.values``, what ``undo`` restores from the old ones here.
    version  the one in the tracker now; for ``undo``, the one the batch left: anything else is Stale.
    """

    kind: str
    sheet: str
    row: int | None
    id: int | None
    version: int | None
    label: str
    fields: Mapping[str, Sequence[Any]] = field(default_factory=dict)


class Target(Protocol):
    """What a room gives so that its workbook may be downloaded, read, applied and undone.

    Every method checks by itself that the actor may; refusals are those of ``tracker.policy``. Plain values alone go
    out: between ``form`` and ``check`` the workbook is read outside any transaction.

    item_type  table of the item (``tfpb_file``): the batch's line of history stands under it.
    """

    item_type: str

    def scope(self, parent_id: int) -> Scope:
        """Where the item belongs, for the batch's line of history."""

    def form(self, actor: Actor, parent_id: int) -> WorkbookForm:
        """The declaration of this item's workbook, for who may read the item."""

    def known(self, actor: Actor, parent_id: int) -> Mapping[str, Sequence[Known]]:
        """The records that stand in the tracker, by sheet code, in the order of the sheet."""

    def require_edit(self, actor: Actor, parent_id: int) -> None:
        """The actor may write this item now, or the refusal is raised (404, 403, 409)."""

    def check(self, actor: Actor, parent_id: int, records: Sequence[Record]) -> list[Issue]:
        """The rules that look across cells, rows and sheets."""

    def save(self, write: Writing, parent_id: int, record: Record, change: Change) -> tuple[int, int]:
        """Create or change one record within the batch's transaction; gives its id and its version after it.

        Called sheet by sheet, row by row, for ``created``, ``changed`` and overwritten ``conflict`` records alone.
        ``change.fields`` names what differs; ``write.actor`` is the batch's (source « workbook »). An Invalid raised
        here ends the whole batch; its sentences come back with the sheet and the row put in front.
        """

    def finish(self, write: Writing, parent_id: int, *, hand_in: bool) -> None:
        """After the last record, in the same transaction; ``hand_in`` when the box ``form.hand_in`` was ticked."""

    def undo(self, write: Writing, parent_id: int, change: Change, reason: str) -> None:
        """Give one record its old values back (archive a created one); raises Stale if it changed since."""

    def page(self, parent_id: int) -> str:
        """The address of the item's page (inside a request)."""


TARGETS: dict[str, Target] = {}


def register(name: str, target: Target) -> None:
    """Open a room's workbook under this name."""
    TARGETS[name] = target
