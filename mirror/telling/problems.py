"""What is worth telling after a run. Pure: the run, what the store knows and the limits come in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mirror.config import Telling
from mirror.counted import counted
from mirror.progress import CrawlSummary
from mirror.store.reading.trends import CoverageChange, VolatilePost

ProblemKind = Literal[
    "failing", "coverage lost", "drop", "surge", "deletions held back", "volatile post", "disk",
    "run",
]  # fmt: skip

# A small collection may double without anybody wanting to know.
SUDDEN_LEAST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that somebody should look at. `site` is None where it is not of one site."""

    kind: ProblemKind
    message: str
    site: str | None = None


def site_problems(
    summary: CrawlSummary,
    *,
    failed_in_a_row: int,
    coverage: Sequence[CoverageChange],
    volatile: Sequence[VolatilePost],
    limits: Telling,
) -> Iterator[Problem]:
    """What is wrong with one site after its crawl."""
    site = summary.site
    if is_milestone(failed_in_a_row, limits.failing_runs):
        times, why = counted(failed_in_a_row, "times"), summary.message or "no reason given"
        message = f"failed {times} in a row: {why}"
        yield Problem(kind="failing", message=message, site=site)
    for text in summary.held_back:
        yield Problem(kind="deletions held back", message=text, site=site)
    for row in coverage:
        yield from _of_collection(site, row, limits)
    for post in volatile:
        message = (
            f"{post.link or post.wp_id} has changed {post.versions} times within a week: something "
            "in it changes whenever it is read"
        )
        yield Problem(kind="volatile post", message=message, site=site)


def _of_collection(site: str, row: CoverageChange, limits: Telling) -> Iterator[Problem]:
    if row.complete_before and not row.complete:
        message = f"{row.collection} was complete, and is no more: `mirror status {site}` tells why"
        yield Problem(kind="coverage lost", message=message, site=site)
    if row.reported is None or row.reported_before is None:
        return
    change = row.reported - row.reported_before
    if abs(change) >= SUDDEN_LEAST and abs(change) > limits.sudden * row.reported_before:
        message = f"{row.collection} went from {row.reported_before:,} to {row.reported:,}"
        yield Problem(kind="drop" if change < 0 else "surge", message=message, site=site)


def disk_problem(free: int, limits: Telling, place: str) -> Iterator[Problem]:
    """Whether the disk is nearly full."""
    if free < limits.disk_free:
        message = (
            f"{free / 1e9:.1f} GB are free at {place}, less than {limits.disk_free / 1e9:g} GB"
        )
        yield Problem(kind="disk", message=message)


def is_milestone(count: int, first: int) -> bool:
    """Whether to speak up: at the first threshold and at each doubling, not at every run.

    >>> [n for n in range(30) if is_milestone(n, 3)]
    [3, 6, 12, 24]
    """
    if count < first or count % first:
        return False
    times = count // first
    return times & (times - 1) == 0
