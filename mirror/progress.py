"""What a crawl is asked to do, what it tells while it runs, and what it came to.

The seam between whoever orders crawls (the command line, a test, another program) and whatever
carries them out. Standard library only, so that asking costs nothing to import.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Mode = Literal["backfill", "update", "full"]
Outcome = Literal["complete", "partial", "failed", "interrupted"]

# Sent to a crawler's signals for each request of a media file: they are none of Scrapy's own.
FILE_ASKED_FOR = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """Which media files of a site are fetched, where they are.

    `linked_only`: what no post uses is left out; `third_party`: other hosts are asked too;
    `allow_private`: machines that are not on the public Internet, too. `types`: patterns of MIME
    types, all if empty. The limits are bytes, of one file and of all.
    """

    linked_only: bool = False
    every_size: bool = False
    third_party: bool = True
    allow_private: bool = False
    types: tuple[str, ...] = ()
    file_limit: int = 100_000_000
    site_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOrder:
    """One site to be mirrored, and how.

    `only`: names of collections, all public ones if empty; `limit`: objects a collection, a
    try-out that never counts as complete; `delay`: seconds between two requests to its host,
    `connections`: requests at once, None for the polite defaults. `accept_deletions`: believe even
    a mass deletion. `fallbacks`: read feeds and sitemaps where REST is refused or missing.
    `credentials`: where an application password is read from (`mirror.credentials`), never the
    password itself.
    """

    url: str
    full: bool = False
    only: tuple[str, ...] = ()
    limit: int | None = None
    media: bool = True
    media_rules: MediaRules = MediaRules()
    comments: bool = False
    accept_deletions: bool = False
    fallbacks: bool = True
    contact: str | None = None
    user_agent: str | None = None
    delay: float | None = None
    connections: int | None = None
    credentials: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one run may cost, over all its sites: seconds, requests (those for media files, too).

    None: as much as it takes.

    A run that has used it up is stopped as by Ctrl-C: what is in flight is finished and kept, and
    the next run goes on from there.
    """

    seconds: float | None = None
    requests: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """What one crawl of one site came to: the row of `crawls`, with its coverage.

    `site` is the host; `crawl_id` is None where nothing was begun; `mode` and `outcome` are those
    of the table. `asked`: where the site was looked for in vain, and what each place answered.
    `held_back`: mass deletions that were not believed, in words. `files_failed`: media files that
    were tried in vain, which is no failure of the crawl. `coverage` has one mapping a collection,
    with the columns of that table.
    """

    site: str
    url: str
    crawl_id: int | None
    mode: Mode | None
    outcome: Outcome
    message: str | None = None
    asked: tuple[str, ...] = ()
    seconds: float = 0.0
    requests: int = 0
    bytes: int = 0
    new: int = 0
    edited: int = 0
    unchanged: int = 0
    deleted: int = 0
    restored: int = 0
    failures: int = 0
    held_back: tuple[str, ...] = ()
    files_failed: int = 0
    coverage: list[dict[str, Any]] = field(default_factory=list)
    exit_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCollection:
    """One collection as a preflight found it. `reported`: None where the site does not tell.

    `requests`: what reading all of it will take; `refused`: why it cannot be read.
    """

    name: str
    kind: str
    reported: int | None
    requests: int
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPlan:
    """What mirroring a site would take. `seconds` is at the polite rate, media files left out."""

    site: str
    url: str
    api_root: str
    name: str | None
    collections: tuple[PlannedCollection, ...]
    requests: int
    seconds: float
    warnings: tuple[str, ...] = ()


class Watcher(Protocol):
    """Whoever wants to know how a crawl goes on. Called on the crawl's own thread; never blocks."""

    def started(self, site: str) -> None:
        """A site's crawl began."""

    def collection(self, site: str, name: str, done: int, reported: int | None) -> None:
        """So many objects of a collection are read, of so many that the site says it has."""

    def note(self, site: str, text: str) -> None:
        """Something a user should hear of while it runs: a refusal, a pause that was asked for."""

    def finished(self, summary: CrawlSummary) -> None:
        """A site's crawl ended, well or not."""


class Unwatched:
    """Nobody looks."""

    def started(self, site: str) -> None:
        """Nothing."""

    def collection(self, site: str, name: str, done: int, reported: int | None) -> None:
        """Nothing."""

    def note(self, site: str, text: str) -> None:
        """Nothing."""

    def finished(self, summary: CrawlSummary) -> None:
        """Nothing."""
