"""What one crawl does with one collection, decided from what the last one left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil

from mirror.items import Kind
from mirror.sync.decide import DATED

# `after` and `modified_after` compare site-local columns: local time repeats when clocks go back,
# and rows keep their old digits after a change of timezone (wp-includes/class-wp-date-query.php).
OVERLAP = timedelta(hours=26)
# Comments tell when they were written, and nothing of when they were edited or approved: those of
# the last days are read again each time.
RECENTLY_WRITTEN = timedelta(days=7)
# Edits that WordPress does not announce are found by reading everything again within this time.
REREAD_WITHIN = timedelta(days=30)
REREAD_BATCH = 100
# A mass deletion is believed only when the user says so.
GUARD_ROWS = 20
GUARD_SHARE = 0.10


class Way(Enum):
    """How a collection is read."""

    BACKFILL = "backfill"  # walk it whole: it never was
    FULL = "full"  # walk it whole again
    SWEEP = "sweep"  # small, or without dates: walked whole every time
    UPDATE = "update"  # ask for what changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The way to read a collection; `since` is the watermark less the overlap (UPDATE only)."""

    way: Way
    since: datetime | None = None
    can_filter_modified: bool = True


def plan(
    kind: Kind,
    watermark: datetime | None,
    *,
    now: datetime,
    full: bool,
    supports_modified_after: bool,
    supports_after: bool,
) -> Plan:
    """The plan for one collection.

    Terms and users have no dates, so they are swept. A post type whose controller does not filter
    by date (or WordPress < 5.7 without `modified_after` and without `after`) is swept too:
    unregistered parameters are silently ignored, and would bring the whole collection anyway.
    """
    if watermark is None:
        return Plan(way=Way.BACKFILL)
    if full or watermark > now + OVERLAP:  # set while the clock was ahead: it says nothing
        return Plan(way=Way.FULL)
    if kind not in (*DATED, "comment") or not supports_after:
        return Plan(way=Way.SWEEP)
    overlap = OVERLAP if kind in DATED else RECENTLY_WRITTEN
    return Plan(
        way=Way.UPDATE, since=watermark - overlap, can_filter_modified=supports_modified_after
    )


def slice_due(rows: int, last: datetime | None, now: datetime, within: timedelta) -> int:
    """How many rows the rolling re-reading takes this time: whole batches of what time has earned.

    >>> from datetime import UTC
    >>> then = datetime(2026, 1, 1, tzinfo=UTC)
    >>> slice_due(3000, then, then + timedelta(days=3), timedelta(days=30))
    300
    """
    if last is None or last > now or rows == 0 or within <= timedelta(0):
        return 0
    if now - last >= within:
        return rows
    earned = rows * ((now - last) / within)
    return min(rows, int(earned // REREAD_BATCH) * REREAD_BATCH)


def is_mass_deletion(gone: int, held: int) -> bool:
    """Whether so many rows gone at once are held back until the user confirms.

    >>> is_mass_deletion(20, 30), is_mass_deletion(21, 210), is_mass_deletion(21, 211)
    (False, True, False)
    """
    return gone > GUARD_ROWS and gone >= ceil(held * GUARD_SHARE)
