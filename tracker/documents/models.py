"""What is known of a document; its bytes lie in the storage under their SHA-256."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.extensions import Base
from tracker.history.models import Archivable


class Document(Archivable, Base):
    """A document of an item of another room, whose permission is its own (``parent_type``: the item's table)."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_parent", "parent_type", "parent_id"),)

    parent_type: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(200))
