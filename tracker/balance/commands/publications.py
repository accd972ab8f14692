"""Opening an edition to everybody as open data, and closing it."""

from tracker import clock
from tracker.balance.models import Edition, Publication
from tracker.balance.queries import records
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.publications import publication_of
from tracker.extensions import db
from tracker.history.commands import Writing
from tracker.policy import Actor, Conflict, NotReadable, Scope


def _label(edition: Edition) -> str:
    return f"Bilan {edition.year}, édition n° {edition.number}"


def open_edition(actor: Actor, code: str, year: int, number: int) -> Publication:
    """Open an edition to everybody. Raises NotReadable, Forbidden, Conflict ``duplicate`` when it already is,
    ``altered`` when it is no longer what was frozen."""
    with Writing(actor) as write:
        edition = records.readable_edition(actor, code, year, number)
        scope = Scope(edition.contract_id)
        write.require("publish_edition", scope)
        require_sound(edition, "content")
        if publication_of(edition) is not None:
            raise Conflict("duplicate", "Cette édition est déjà ouverte au public.")
        opened = Publication(edition_id=edition.id, opened_at=clock.now(), opened_by=actor.name)
        write.add(opened, scope, verb="publish", label=_label(edition), parent=("edition", edition.id))
        db.session.refresh(opened, ["edition"])
    return opened


def close_edition(actor: Actor, code: str, year: int, number: int, version: int | None, reason: str) -> Publication:
    """Close an edition to the public, with a reason; its public addresses answer as if they never existed.

    Raises NotReadable (also when it is not open), Forbidden, Stale.
    """
    with Writing(actor) as write:
        edition = records.readable_edition(actor, code, year, number)
        scope = Scope(edition.contract_id)
        write.require("publish_edition", scope)
        opened = publication_of(edition)
        if opened is None:
            raise NotReadable("Cette édition n’est pas ouverte au public.")
        write.check_version(opened, version)
        write.archive(opened, reason, scope, label=_label(edition), parent=("edition", edition.id))
    return opened
