"""When a site is due: its interval, what it has been seen to do, and who asked us to wait.

Pure: runs and the clock come in as values. A run counts from its start.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from mirror.moments import timestamp

Interval = timedelta | Literal["auto"]

# A site is due a little early, by 5 % to 15 % of its interval: one that is due daily must be due
# when a daily timer fires, though its last run began some minutes after that fired; and sites of
# one interval, first mirrored together, drift apart. The share is the host's own, and so steady.
EARLY_LEAST, EARLY_SPREAD = 0.05, 0.10

# A failing site is asked less and less often: after n failed runs in a row, 2^(n-1) intervals.
LONGEST_BACK_OFF = timedelta(days=7)

# A clock is set back by seconds now and then; a run that began later than this was misdated.
TOLERANCE = timedelta(hours=1)

# `every = "auto"`: half the mean time between two runs that found a change, within these bounds.
AUTO_LEAST, AUTO_MOST = timedelta(hours=1), timedelta(days=7)
AUTO_FIRST = timedelta(hours=6)
AUTO_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run as far as it matters here. `outcome` as in `crawls`; None while it runs or crashed.

    `changes`: objects new, edited, deleted or restored.
    """

    started_at: datetime
    outcome: str | None
    mode: str
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a site is next due, and why then. `resumes`: its last run was cut short."""

    at: datetime
    why: str
    resumes: bool = False
    failed_in_a_row: int = 0

    @property
    def stamp(self) -> str:
        """The moment as the database writes it."""
        return timestamp(self.at)


def due(
    host: str,
    every: Interval,
    runs: Sequence[PastRun],
    now: datetime,
    *,
    back_off_until: datetime | None = None,
) -> Due:
    """When a site is due. `runs`: its latest, newest first; `back_off_until`: as it asked."""
    found = _by_runs(host, every, runs, now)
    was_ahead = bool(runs) and runs[0].started_at > now + TOLERANCE
    if back_off_until is not None and back_off_until > max(now, found.at) and not was_ahead:
        return Due(
            at=back_off_until,
            why="it asked to wait",
            resumes=found.resumes,
            failed_in_a_row=found.failed_in_a_row,
        )
    return found


def _by_runs(host: str, every: Interval, runs: Sequence[PastRun], now: datetime) -> Due:
    if not runs:
        return Due(at=now, why="never mirrored")
    last = runs[0]
    if last.outcome in (None, "interrupted"):
        return Due(at=now, why="its last run was cut short", resumes=True)
    if last.started_at > now + TOLERANCE:
        return Due(at=now, why="its last run is dated in the future: the clock was wrong")
    interval = observed(runs, now) if every == "auto" else every
    failed = failed_in_a_row(run.outcome for run in runs)
    if failed > 1:
        wait = back_off(interval, failed)
        return Due(
            at=last.started_at + _early(host, wait),
            why=f"failed {failed} times in a row",
            failed_in_a_row=failed,
        )
    return Due(
        at=last.started_at + _early(host, interval), why="its interval", failed_in_a_row=failed
    )


def failed_in_a_row(outcomes: Iterable[str | None]) -> int:
    """How many of the latest runs failed without one that did not. Outcomes, newest first.

    >>> failed_in_a_row(["failed", "failed", "complete", "failed"])
    2
    """
    return sum(1 for _ in takewhile(lambda outcome: outcome == "failed", outcomes))


def back_off(interval: timedelta, failed: int) -> timedelta:
    """How long to leave a site alone after so many failed runs in a row.

    >>> [str(back_off(timedelta(days=1), n)) for n in (1, 2, 3, 9)]
    ['1 day, 0:00:00', '2 days, 0:00:00', '4 days, 0:00:00', '7 days, 0:00:00']
    """
    doubled = interval * int(2 ** min(failed - 1, 20))
    return min(doubled, max(interval, LONGEST_BACK_OFF))


def observed(runs: Sequence[PastRun], now: datetime) -> timedelta:
    """How often to ask a site, by how often it has changed: `every = "auto"`.

    A first mirroring says nothing of change. Where every run finds one, the interval halves from
    run to run until some do not; where none does, it grows to the longest.
    """
    seen = [run for run in runs if run.mode != "backfill" and run.outcome != "failed"]
    if len(seen) < AUTO_RUNS:
        return AUTO_FIRST
    changed = sum(run.changes > 0 for run in seen)
    span = now - seen[-1].started_at
    wanted: timedelta = span / (2 * max(changed, 0.25))
    return min(max(wanted, AUTO_LEAST), AUTO_MOST)


def _early(host: str, interval: timedelta) -> timedelta:
    digest = hashlib.sha256(host.encode("utf-8", "replace")).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return interval * (1 - EARLY_LEAST - EARLY_SPREAD * share)
