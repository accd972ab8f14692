"""The unit every write runs in: permission, version, rule, change and history in one transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tracker import clock, policy
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import Actor, Conflict, FieldError, Invalid, NotReadable, Scope, Stale

SECRET = frozenset({"password_hash", "token_hash", "session_key"})
# Told by the verb and its date, or of no interest to a reader.
UNTOLD = frozenset({"id", "version", "financing_id"})


def plain(value: Any) -> Any:
    """A value as the history keeps it: exact amounts and days as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} octets"
    return value


def _columns(row: Any) -> list[str]:
    return [attribute.key for attribute in inspect(type(row)).column_attrs]


class Writing:
    """``with Writing(actor) as write:`` — everything inside is committed together, or nothing is.

    Inside another Writing it joins the outer one, which alone commits. Leaves with Stale when somebody wrote in
    between, with Conflict ``duplicate`` when a unique key already exists.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._outermost = False

    def __enter__(self) -> "Writing":
        info = db.session().info
        self._outermost = not info.get("writing")
        info["writing"] = True
        if self._outermost:
            info["checked"] = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._outermost:
            return
        session = db.session()
        session.info["writing"] = False
        if error is not None:
            session.rollback()
            _translate(error)
            return
        try:
            session.commit()
        except BaseException as refused:
            session.rollback()
            _translate(refused)
            raise

    def require(self, verb: str, scope: Scope) -> None:
        """The actor may, or the refusal is raised (404, 403, 409)."""
        policy.require(self.actor, verb, scope)

    def check_version(self, row: Any, expected: int | None) -> None:
        """The row is the one that was read; ``None`` is for writes made by the server itself."""
        db.session().info["checked"] = (type(row), row.id)
        if expected is not None and row.version != expected:
            raise Stale(row)

    def add(
        self,
        row: Any,
        scope: Scope,
        *,
        verb: str = "create",
        label: str = "",
        parent: tuple[str, int] | None = None,
        related: Mapping[str, Any] | None = None,
    ) -> Any:
        """Insert a row and tell it. ``related`` names what stands in another table (a list of cities …)."""
        db.session.add(row)
        db.session.flush()
        changes = {
            name: [None, plain(getattr(row, name))]
            for name in _columns(row)
            if name not in UNTOLD | SECRET and getattr(row, name) not in (None, "")
        }
        changes.update({name: [None, plain(value)] for name, value in (related or {}).items()})
        self.tell(row, verb, changes, scope, label=label, parent=parent)
        return row

    def change(
        self,
        row: Any,
        values: Mapping[str, Any],
        scope: Scope,
        *,
        verb: str = "update",
        label: str = "",
        parent: tuple[str, int] | None = None,
        tell: bool = False,
        reason: str | None = None,
        related: Mapping[str, list[Any]] | None = None,
    ) -> dict[str, list[Any]]:
        """Set these values and tell what really changed (old → new); nothing is told when nothing did.

        ``tell`` writes the line even so; ``reason`` stands in it; ``related`` is what has just changed in another
        table, as ``{name: [old, new]}``.
        """
        changes: dict[str, list[Any]] = dict(related or {})
        for name, new in values.items():
            old = getattr(row, name)
            if old != new:
                setattr(row, name, new)
                changes[name] = ["•••", "•••"] if name in SECRET else [plain(old), plain(new)]
        if changes or tell:
            told = {**changes, "reason": [None, reason]} if reason else changes
            self.tell(row, verb, told, scope, label=label, parent=parent)
        return changes

    def archive(
        self, row: Any, reason: str, scope: Scope, *, label: str = "", parent: tuple[str, int] | None = None
    ) -> None:
        """Archive a row with its reason; raises Conflict when it already is."""
        if row.archived_at is not None:
            raise Conflict("locked", "Cet élément est déjà archivé.")
        values = {"archived_at": clock.now(), "archived_reason": reason}
        self.change(row, values, scope, verb="archive", label=label, parent=parent)

    def tell(
        self,
        row: Any,
        verb: str,
        changes: Mapping[str, Any],
        scope: Scope,
        *,
        label: str = "",
        parent: tuple[str, int] | None = None,
    ) -> None:
        """Append one line to the history."""
        db.session.flush()  # the line keeps the version this very write leaves
        db.session.add(
            HistoryEntry(
                at=clock.now(),
                actor_id=self.actor.user_id,
                actor_name=self.actor.name,
                source=self.actor.source,
                source_ref=self.actor.source_ref,
                verb=verb,
                item_type=type(row).__tablename__,
                item_id=row.id,
                item_version=getattr(row, "version", None),
                parent_type=parent[0] if parent else None,
                parent_id=parent[1] if parent else None,
                contract_id=scope.contract_id,
                city_id=scope.city_id,
                landlord_id=scope.landlord_id,
                label=label[:300],
                changes=dict(changes),
            )
        )
        db.session.flush()


def _translate(error: BaseException) -> None:
    """The database's refusals as ours, once rolled back; any other error goes on as it is."""
    if isinstance(error, StaleDataError):
        # Of two writers at once, the second is shown what the first has just written.
        checked = db.session().info["checked"]
        raise Stale(db.session.get(*checked) if checked else None) from error
    if isinstance(error, IntegrityError):
        text = str(error.orig).lower()
        if "unique" in text:
            raise Conflict("duplicate", "Cet élément existe déjà.") from error


def fetch(model: Any, number: int | None) -> Any:
    """The row of this number; raises NotReadable."""
    row = db.session.get(model, number) if number is not None else None
    if row is None:
        raise NotReadable
    return row


def referenced(model: Any, number: int | None, field: str, what: str) -> Any:
    """The live row a field points to; raises Invalid ``unknown_reference`` naming the field."""
    row = db.session.get(model, number) if number is not None else None
    if row is None or getattr(row, "archived_at", None) is not None:
        raise Invalid(FieldError(field, "unknown_reference", f"{what} : aucun élément n° {number} n’existe.", number))
    return row
