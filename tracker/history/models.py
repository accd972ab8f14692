"""The append-only history, and the columns every tracked row shares."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column

from tracker.extensions import Base, db

__all__ = ["Archivable", "HistoryEntry", "Tracked", "db", "reference"]


def reference(target: str, **options: Any) -> MappedColumn[Any]:
    """A foreign key that is indexed and never cascades: nothing is deleted that money was attached to."""
    return mapped_column(ForeignKey(target, ondelete="RESTRICT"), index=options.pop("index", True), **options)


class Tracked:
    """An editable row: its number, and the version a write must name."""

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}


class Archivable(Tracked):
    """A row that is archived with a reason instead of deleted: it leaves lists and totals, and still answers."""

    archived_at: Mapped[datetime | None]
    archived_reason: Mapped[str | None] = mapped_column(Text)


class HistoryEntry(Base):
    """One write. Plain ids: the history outlives what it tells about and looks nothing up."""

    __tablename__ = "history_entry"
    __table_args__ = (
        Index("ix_history_entry_item", "item_type", "item_id", "id"),
        Index("ix_history_entry_contract", "contract_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20))
    source_ref: Mapped[str | None] = mapped_column(String(80))
    verb: Mapped[str] = mapped_column(String(60))
    item_type: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int]
    # The version the write left the item at: what it was at an earlier one can be told. None on lines older than this.
    item_version: Mapped[int | None]
    # The item whose page shows this line too: a grant's line is read on its project.
    parent_type: Mapped[str | None] = mapped_column(String(40))
    parent_id: Mapped[int | None]
    contract_id: Mapped[int | None]
    city_id: Mapped[int | None]
    landlord_id: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(300), default="")
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)


@event.listens_for(HistoryEntry, "before_update")
@event.listens_for(HistoryEntry, "before_delete")
def _append_only(_mapper: Any, _connection: Connection, entry: HistoryEntry) -> None:
    raise RuntimeError(f"The history is append-only: line {entry.id} can neither change nor go.")
