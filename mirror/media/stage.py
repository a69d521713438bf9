"""The media of one site: takes what is due from the store, fetches it, writes what came of it.

Fetching runs in tasks of one event loop, beside whatever else runs there; all writing to the
database is on that loop's thread, some outcomes in one transaction.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver
from sqlite_utils import Database

from mirror import descriptors
from mirror.content_media import of_attachment
from mirror.media import policy as rules
from mirror.media.client import session_for
from mirror.media.fetch import Fetcher
from mirror.media.folder import Store
from mirror.media.journal import Journal
from mirror.media.meter import Meter, Unmetered
from mirror.media.names import path_of
from mirror.media.outcomes import Failed, Fetched, FetchOrder, Outcome, Postponed, Unchanged
from mirror.media.policy import MediaPolicy
from mirror.media.robots import RobotsFiles
from mirror.media.turnstile import Turnstile
from mirror.moments import moment, timestamp
from mirror.store import files
from mirror.store.connection import path_of as database_of
from mirror.store.connection import transaction
from mirror.store.files import FileRecord, WantedFile

WORKERS = 16
CHUNK = 300  # addresses read from the store at a time
COMMIT_EVERY = 64  # outcomes ...
COMMIT_SECONDS = 1.0  # ... or so long after the last commit

Watch = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class MediaSummary:
    """What a run came to, in files; `bytes` are those that crossed the network for whole files.

    `errors` counts failures by outcome. `stopped` says why a run ended before all that was due had
    been tried.
    """

    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    postponed: int = 0
    bytes: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None


async def run(
    db: Database,
    site_id: int,
    site_url: str,
    *,
    store: Store,
    policy: MediaPolicy,
    user_agent: str,
    robots_agent: str | None = None,
    concurrency: int = 4,
    delay: float = 0.0,
    watch: Watch | None = None,
    meter: Meter | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    resolver: AbstractResolver | None = None,
) -> MediaSummary:
    """Fetches what is due. `concurrency` and `delay` (seconds) are per host; `watch` is told how
    many of how many are done, `meter` what it costs. `robots_agent` is the name that a robots.txt
    may address, if it is not the User-Agent's own.

    Cancelled, it ends soon, with everything that came so far committed. Raises StoreError when
    the database or the disk fails.
    """
    turnstile = Turnstile(concurrency=concurrency, delay=delay)
    meter = meter or Unmetered()
    async with (
        session_for(site_url, policy, user_agent, meter, resolver) as session,
        RobotsFiles(session, robots_agent or user_agent, turnstile) as robots,
    ):
        fetcher = Fetcher(
            session,
            site_url=site_url,
            incoming=store.incoming,
            policy=policy,
            turnstile=turnstile,
            meter=meter,
            robots=robots if policy.obey_robots else None,
        )
        return await Stage(db, site_id, store, policy, fetcher, watch, clock).run()


class Stage:
    """One run over one site's media."""

    def __init__(
        self,
        db: Database,
        site_id: int,
        store: Store,
        policy: MediaPolicy,
        fetcher: Fetcher,
        watch: Watch | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.db = db
        self.site_id = site_id
        self.store = store
        self.policy = policy
        self.fetcher = fetcher
        self.watch = watch
        self.clock = clock
        self.summary = MediaSummary()
        self._journal = Journal(store.incoming, database_of(db))
        self._pending: list[FileRecord] = []
        self._committed_at = 0.0
        self._done = self._total = 0
        self._held = 0

    async def run(self) -> MediaSummary:
        """Originals first; then the variants of what could not be had whole."""
        with transaction(self.db):
            recover(self.db, self._journal, self.store)
            files.resolve(self.db, self.site_id)
            if self.policy.every_size:
                self._add_sizes()
        self._journal.close()
        self._held = files.bytes_held(self.db, self.site_id)
        try:
            for whole in (True, False):
                ids = self._due(whole)
                self._total += len(ids)
                await self._fetch_all(self._rows(ids))
                self._commit()
        finally:
            self._commit()
        self._journal.close()
        return self.summary

    def _due(self, whole: bool) -> list[int]:
        return files.due(
            self.db,
            self.site_id,
            now=timestamp(self.clock()),
            whole=whole,
            every_size=self.policy.every_size,
            linked_only=self.policy.mode == "linked",
        )

    def _add_sizes(self) -> None:
        """Every size of every attachment, which are not noted unless they are wanted."""
        now = timestamp(self.clock())
        for row_id, source_url, attachment in files.unsized(self.db, self.site_id):
            found = of_attachment(attachment, source_url, every_size=True)
            files.add(self.db, self.site_id, row_id, found, now)

    def _rows(self, ids: Sequence[int]) -> Iterator[WantedFile]:
        for start in range(0, len(ids), CHUNK):
            rows = files.wanted(self.db, ids[start : start + CHUNK])
            for row in _mixed(rows):
                if self._is_full():
                    return
                yield row

    def _is_full(self) -> bool:
        limit = self.policy.site_bytes
        if limit is not None and self._held >= limit:
            self.summary.stopped = f"the site's limit of {limit} bytes is reached"
            return True
        return False

    async def _fetch_all(self, rows: Iterator[WantedFile]) -> None:
        """Workers share one iterator: each takes the next row when it is free."""
        count = descriptors.files_at_once(WORKERS)
        workers = [asyncio.create_task(self._work(rows)) for _ in range(count)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, rows: Iterator[WantedFile]) -> None:
        for row in rows:
            order = FetchOrder(
                url=row.url,
                etag=row.etag if row.sha256 else None,
                last_modified=row.last_modified if row.sha256 else None,
            )
            outcome = await self.fetcher.fetch(order)
            if isinstance(outcome, Fetched):
                await self._keep(row, outcome)
            else:
                self._note(row, outcome)
            self._done += 1
            if self.watch is not None:
                self.watch(self._done, self._total)

    async def _keep(self, row: WantedFile, got: Fetched) -> None:
        """Gives the file its name in a thread, since disks take their time; to the end, even if
        the run is cancelled meanwhile."""
        record = self._record_of(row, got)
        naming = asyncio.create_task(asyncio.to_thread(self._name, got, record))
        cancelled = None
        while not naming.done():
            try:
                await asyncio.wait([naming])
            except asyncio.CancelledError as error:
                cancelled = error
        if (failure := naming.exception()) is not None:
            got.part.close(keep=True)
            raise failure
        got.part.moved()
        self._took(got, record)
        if cancelled is not None:
            raise cancelled

    def _name(self, got: Fetched, record: FileRecord) -> None:
        got.part.sync()
        self._journal.append(asdict(record))
        self.store.keep(got.part.path, record.path)

    def _took(self, got: Fetched, record: FileRecord) -> None:
        self.summary.fetched += 1
        self.summary.bytes += got.received
        self._held += record.bytes
        self._add(record)

    def _record_of(self, row: WantedFile, got: Fetched) -> FileRecord:
        now = self.clock()
        since = now if row.sha256 != got.sha256 else moment(row.fetched_at) or now
        width, height = got.size or (None, None)
        return FileRecord(
            id=row.id,
            checked_at=timestamp(now),
            next_at=timestamp(rules.next_check(now, since)),
            status=got.status,
            etag=got.etag,
            last_modified=got.last_modified,
            sha256=got.sha256,
            path=path_of(got.sha256, got.file_type.extension),
            bytes=got.part.bytes,
            mime=got.file_type.mime,
            width=width,
            height=height,
        )

    def _note(self, row: WantedFile, outcome: Outcome) -> None:
        now = self.clock()
        if isinstance(outcome, Postponed):
            self.summary.postponed += 1
        elif isinstance(outcome, Unchanged):
            self.summary.unchanged += 1
            next_at = rules.next_check(now, moment(row.fetched_at) or now)
            self._add(
                FileRecord(
                    id=row.id,
                    checked_at=timestamp(now),
                    next_at=timestamp(next_at),
                    status=304,
                    etag=outcome.etag,
                    last_modified=outcome.last_modified,
                )
            )
        elif isinstance(outcome, Failed):
            self.summary.failed += 1
            self.summary.errors[outcome.error] += 1
            again = rules.next_attempt(now, outcome.error, row.attempts + 1, outcome.retry_after)
            self._add(
                FileRecord(
                    id=row.id,
                    checked_at=timestamp(now),
                    next_at=timestamp(again) if again is not None else None,
                    status=outcome.status,
                    error=outcome.error,
                    message=outcome.message,
                )
            )

    def _add(self, record: FileRecord) -> None:
        self._pending.append(record)
        now = asyncio.get_running_loop().time()
        if len(self._pending) >= COMMIT_EVERY or now - self._committed_at >= COMMIT_SECONDS:
            self._commit()

    def _commit(self) -> None:
        self._committed_at = asyncio.get_running_loop().time()
        if self._pending:
            with transaction(self.db):
                files.record(self.db, self._pending)
            self._pending = []


def recover(db: Database, journal: Journal, store: Store) -> int:
    """Writes what a killed run had fetched and named, but not committed; returns how many."""
    found = []
    for line in journal.lines():
        try:
            found.append(FileRecord(**line))
        except TypeError:  # a line of another version of this program
            continue
    known = files.checked(db, [record.id for record in found])
    lost = [
        one
        for one in found
        if one.id in known and (known[one.id] or "") < one.checked_at and store.has(one.path)
    ]
    files.record(db, lost)
    return len(lost)


def _mixed(rows: Sequence[WantedFile]) -> list[WantedFile]:
    """Rows in an order in which one host's do not stand in a row, as far as can be."""
    seen: Counter[str] = Counter()
    places = []
    for row in rows:
        host = urlsplit(row.url).netloc
        places.append((seen[host], row.id, row))
        seen[host] += 1
    return [row for _, _, row in sorted(places, key=lambda place: place[:2])]
