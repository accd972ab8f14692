"""Editions, looked at again: is what is kept still what was frozen?"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from tracker.balance.models import Edition
from tracker.balance.queries.content import to_json
from tracker.balance.queries.sheet import contract_by_code
from tracker.balance.rules.integrity import altered, altered_sentence
from tracker.extensions import db
from tracker.policy import Conflict


def altered_parts(edition: Edition) -> tuple[str, ...]:
    """The parts (``content``, ``workbook``, ``pdf``) that no longer have the SHA-256 noted when they were frozen;
    ``record`` where what lists and pages say of the edition is no longer what its sound content says."""
    found = altered(
        {
            "content": (edition.content, edition.content_sha256),
            "workbook": (edition.workbook, edition.workbook_sha256),
            "pdf": (edition.pdf, edition.pdf_sha256),
        }
    )
    return found if "content" in found or _told(edition) == _frozen(edition) else ("record", *found)


def _told(edition: Edition) -> tuple[Any, ...]:
    return (
        edition.contract_id,
        edition.year,
        edition.number,
        edition.meeting_id,
        to_json(edition.frozen_at),
        edition.frozen_by,
        edition.reason,
    )


def _frozen(edition: Edition) -> tuple[Any, ...]:
    content = json.loads(edition.content)
    ref = content["edition"]
    told = (ref[name] for name in ("frozen_at", "frozen_by", "reason"))
    return (content["contract"]["id"], content["year"], ref["number"], ref["meeting"]["id"], *told)


def require_sound(edition: Edition, part: str) -> None:
    """The part may be handed out, or Conflict ``altered``: what changed since it was frozen is never served as it."""
    noted = getattr(edition, f"{part}_sha256")
    if altered({part: (getattr(edition, part), noted)}):
        raise Conflict("altered", altered_sentence((part,)))


def verified(code: str | None = None) -> Iterator[tuple[Edition, tuple[str, ...]]]:
    """Each edition (of one contract, or of all) and its altered parts, one in memory at a time.

    Raises NotReadable when no contract bears this code.
    """
    statement = select(Edition.id).order_by(Edition.contract_id, Edition.year, Edition.number)
    if code is not None:
        statement = statement.where(Edition.contract_id == contract_by_code(code).id)
    whole = [
        joinedload(Edition.contract),
        *(undefer(getattr(Edition, part)) for part in ("content", "workbook", "pdf")),
    ]
    for number in db.session.scalars(statement).all():
        edition = db.session.get_one(Edition, number, options=whole)
        yield edition, altered_parts(edition)
        db.session.expunge(edition)
