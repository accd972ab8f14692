"""A workbook that came back: its bytes, what was found in it, what it would change, what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.extensions import Base
from tracker.history.models import Tracked


class ImportBatch(Tracked, Base):
    """One uploaded workbook. ``target`` names who takes its rows in (``tfpb_declaration``), ``parent_id`` for what.

    Nothing of it is written before it is applied; ``changes`` then also keeps what undoing it needs.

    ``content`` is kept for good, so that the annotated workbook and the proof of what was sent outlive the decision: at
    most 8 MB a batch (``opening.LIMITS``), 30 to 300 kB for a declaration; empty when the file was no workbook.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_parent", "target", "parent_id"),)

    target: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="checked")
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    issues: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    created_by_id: Mapped[int | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
