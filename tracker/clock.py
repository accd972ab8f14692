"""The only place that reads the clock: days are plain dates, instants are UTC."""

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def today() -> date:
    """Today in Paris, or the day ``TRACKER_TODAY=YYYY-MM-DD`` sets."""
    frozen = os.environ.get("TRACKER_TODAY", "").strip()
    return date.fromisoformat(frozen) if frozen else datetime.now(PARIS).date()


def now() -> datetime:
    """The present instant, UTC, without time zone: what the database keeps."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
