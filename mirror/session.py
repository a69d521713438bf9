"""One crawl of one site: its store, its plan and its row. The seam between Scrapy and the store.

Objects arrive in windows: the rows of one reply. They go through the pipelines together, and what
comes out is committed in one transaction, with the point from which a later crawl would go on.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from mirror.examination import EXAMINED, Found, Parts, examine, take_apart
from mirror.ids import Ids
from mirror.items import Collection, Intent, Item, JsonObject, Kind, StoredItem
from mirror.moments import timestamp
from mirror.progress import CrawlOrder, CrawlSummary, Mode, Outcome
from mirror.second_core import Batch, Read, SecondCore
from mirror.store import clock as clock_rows
from mirror.store import collections, crawls, failures, links, names, objects, text
from mirror.store.apply import apply
from mirror.store.connection import transaction
from mirror.store.crawls import Counts
from mirror.store.failures import Failure
from mirror.sync.decide import ANNOUNCED, decide
from mirror.urls import host_of
from mirror.window import Advance, Window
from mirror.wordpress.objects import without_personal, wp_id

if TYPE_CHECKING:
    # The rules take a tenth of a second to load, and are not needed where nothing is new: they are
    # loaded with the first posts, while the site has been asked for more.
    from mirror.attribution import Site

# A failure is tried again after 1 h, 2 h, 4 h, … and at the latest after a week.
RETRY_FIRST = timedelta(hours=1)
RETRY_MOST = timedelta(days=7)

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Session:
    """A crawl in progress. All times come from `clock`, which tests may set."""

    def __init__(
        self,
        db: Database,
        order: CrawlOrder,
        *,
        clock: Clock = now,
        second_core: SecondCore | None = None,
    ) -> None:
        self.db = db
        self.order = order
        self.clock = clock
        self.started = clock()
        self.counts = Counts()
        self._name: str | None = None
        self._own_hosts: frozenset[str] = frozenset()
        self.has_failures = False
        self.held_back: list[str] = []
        self.taxonomies: tuple[str, ...] = ()
        self._second_core = second_core
        self._failed: Exception | None = None
        self._odd: Counter[str] = Counter()  # rows without an id, by collection
        with self.transaction():
            self.site_id = crawls.site_id(db, order.url, self.now)
            clock_rows.mend(db, self.site_id, self.now)
        self.mode = self._mode()
        with self.transaction():
            self.crawl_id = crawls.begin(db, self.site_id, self.mode, self.now)
            self.has_failures = failures.any_open(db, self.site_id)

    @property
    def now(self) -> str:
        """The time, as the database writes it."""
        return timestamp(self.clock())

    @property
    def site(self) -> dict[str, Any]:
        """The site's row."""
        return crawls.site(self.db, self.site_id)

    @property
    def host(self) -> str:
        """The site's host, without `www.`."""
        return host_of(self.order.url)

    @property
    def publisher(self) -> "Site":
        """The site as judgements see it: what it calls its own is no upstream."""
        from mirror.attribution import Site

        return Site(self.host, self._name, self._own_hosts)

    def introduce(self, name: str | None, hosts: Iterable[str]) -> None:
        """Says how the site is called, and which hosts are its own."""
        self._name, self._own_hosts = name, frozenset(hosts) - {self.host, ""}

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """One transaction; what goes wrong in it is told as a StoreError.

        After one that failed there is no other: a later resume point would step over its rows.
        """
        if self._failed is not None:
            raise self._failed
        try:
            with transaction(self.db):
                yield self.db
        except Exception as error:
            self._failed = error
            raise

    def _mode(self) -> Mode:
        clean = self.db.execute(
            "SELECT count(*) FROM collections WHERE site_id = ? AND watermark IS NOT NULL",
            [self.site_id],
        ).fetchone()[0]
        if not clean:
            return "backfill"
        return "full" if self.order.full else "update"

    # Reading: objects into items, items into a window.

    async def open(
        self,
        collection: Collection,
        rows: Iterable[object],
        *,
        advance: Advance | None = None,
        seen: Ids | None = None,
    ) -> Window:
        """Makes a window of a reply's rows. Its `settled` is done when it has been committed.

        `seen` collects the ids of a walk: those in it already are counted only once. A row that is
        no object with an id becomes a failure.
        """
        sent = list(rows)
        read, odd = [], []
        for row in sent:
            if isinstance(row, dict) and wp_id(row) is not None:
                read.append(without_personal(row))
            else:
                odd.append(row)
        for failure in failures.of_odd_rows(collection, odd, self._odd[collection.name]):
            self.fail(failure)
        self._odd[collection.name] += len(odd)
        # A reply that holds an object twice tells of it once: its last word.
        sent_objects = list({obj["id"]: obj for obj in read}.values())
        ids = [obj["id"] for obj in sent_objects]
        again = frozenset(number for number in ids if seen is not None and number in seen)
        if seen is not None:
            seen.update(ids)
        window = Window(
            collection=collection,
            advance=advance,
            again=again,
            held=objects.fingerprints(self.db, self.site_id, collection.kind, ids),
            settled=asyncio.get_running_loop().create_future(),
            ids=ids,
            broken=len(sent) - len(read),
        )
        await self._read(window, sent_objects)
        return window

    async def _read(self, window: Window, sent: Sequence[JsonObject]) -> None:
        """Makes the window's items: read ahead where there is something to be found in them."""
        kind = window.collection.kind
        read_at = self.now
        core = self._second_core
        read: Sequence[Read]
        if core is not None and kind in EXAMINED:
            read = await core.read(self._batch(window, sent))
        else:
            read = [(take_apart(kind, obj), None) for obj in sent]
        for obj, (parts, found) in zip(sent, read, strict=True):
            if found is not None:
                window.found[obj["id"]] = found
            window.items.append(self._item(window, obj, parts, read_at))

    def _batch(self, window: Window, sent: Sequence[JsonObject]) -> Batch:
        kind = window.collection.kind
        return Batch(
            kind=kind,
            objects=sent,
            embedded=names.embedded(self.db, self.site_id, sent) if kind == "post" else {},
            held=window.held,
            site=self.publisher,
            site_url=self.order.url,
        )

    def _item(self, window: Window, obj: JsonObject, parts: Parts, read_at: str) -> Item:
        kind = window.collection.kind
        return Item(
            site_id=self.site_id,
            collection=window.collection.name,
            kind=kind,
            wp_id=obj["id"],
            object=obj,
            columns=parts.columns,
            extra=parts.extra,
            fingerprint=parts.fingerprint,
            read_at=read_at,
            guid_key=parts.guid_key,
        )

    # What the pipelines ask and say.

    def found(self, window: Window, item: Item) -> Found:
        """What reading an object of a window finds: read ahead, or now."""
        if item.wp_id not in window.found:
            obj = item.object
            if item.kind == "post":
                # Its author and categories were read first. For the judgement alone: what is stored
                # is what the site sent.
                (obj,) = names.with_names(self.db, self.site_id, [obj])
            window.found[item.wp_id] = examine(
                item.kind, obj, item.columns, self.publisher, self.order.url
            )
        return window.found[item.wp_id]

    def originals(self, items: Sequence[Item]) -> dict[int, int]:
        """Of those items that are copies, by their id: the earliest row with the same GUID under
        another site or id."""
        return objects.originals(
            self.db,
            self.site_id,
            [(item.wp_id, item.guid_key) for item in items if item.guid_key is not None],
        )

    def commit(self, window: Window) -> None:
        """Writes what is left in a window, and settles it; an error goes to who waits for that."""
        try:
            self._write(window)
        except Exception as error:
            if not window.settled.done():
                window.settled.set_exception(error)
        else:
            if not window.settled.done():  # cancelled: nobody waits any more
                window.settled.set_result(None)

    def _write(self, window: Window) -> None:
        kind = window.collection.kind
        for item in window.faulty:
            self._fault(item)
        window.broken += len(window.faulty)
        with self.transaction():
            ids = [item.wp_id for item in window.items]
            held = objects.stored(self.db, self.site_id, kind, ids)
            intents = [
                decide(item, known)
                for item in window.items
                if not self._is_outdated(item, known := held.get(item.wp_id))
            ]
            apply(
                self.db,
                intents,
                site_id=self.site_id,
                crawl_id=self.crawl_id,
                now=self.now,
                taxonomies=self.taxonomies,
            )
            for wp_id in window.read if self.has_failures else ():
                failures.resolve_object(
                    self.db, self.site_id, window.collection.name, wp_id, self.now
                )
            if window.advance is not None:
                collections.update(self.db, self.site_id, window.collection.name, window.advance())
        self._count(intents, window)

    def _is_outdated(self, item: Item, held: StoredItem | None) -> bool:
        """Whether this crawl has stored a newer state: replies overtake each other, caches lag."""
        if held is None or held.crawl_id != self.crawl_id or held.deleted_at is not None:
            return False
        return (item.columns.get(ANNOUNCED) or "") < (held.columns.get(ANNOUNCED) or "")

    def _fault(self, item: Item) -> None:
        """A pipeline raised: a bug, but one object's, and told as such."""
        self.fail(
            Failure(
                url=f"{item.collection}/{item.wp_id}",
                kind="not-processed",
                collection=item.collection,
                wp_id=item.wp_id,
                message=f"{item.collection} {item.wp_id} could not be processed: see the log",
            )
        )

    def _count(self, intents: Sequence[Intent], window: Window) -> None:
        window.written = {i.item.wp_id for i in intents if i.action != "unchanged"}
        for intent in intents:
            match intent.action:
                case "new":
                    self.counts.new += 1
                case "edited":
                    self.counts.edited += 1
                case "restored":
                    self.counts.restored += 1
                case "unchanged" | "completed":
                    self.counts.unchanged += intent.item.wp_id not in window.again
        self.counts.unchanged += window.unchanged + len(window.items) - len(intents)

    # What goes wrong, and what is gone.

    def fail(self, failure: Failure) -> None:
        """Records what could not be had; a later crawl tries it again, ever more rarely."""
        self.counts.failures += 1
        self.has_failures = True
        now = self.clock()
        with self.transaction():
            tried = failures.attempts(self.db, self.site_id, failure.url)
            pause = min(RETRY_FIRST * 2 ** min(tried, 10), RETRY_MOST)
            failures.record(
                self.db, self.site_id, self.crawl_id, failure, timestamp(now),
                timestamp(now + pause),
            )  # fmt: skip

    def resolve(self, collection: Collection, wp_id: int) -> None:
        """Closes the failures of an object: there is nothing any more that could be had."""
        with self.transaction():
            failures.resolve_object(self.db, self.site_id, collection.name, wp_id, self.now)

    def bury(self, kind: Kind, held: Sequence[StoredItem], reason: str) -> None:
        """Marks objects as gone."""
        with self.transaction():
            objects.bury(self.db, kind, [row.id for row in held], reason, self.now)
        self.counts.deleted += len(held)

    def stored(self, kind: Kind, wp_ids: Sequence[int]) -> dict[int, StoredItem]:
        """The current rows of some objects."""
        return objects.stored(self.db, self.site_id, kind, wp_ids)

    def back_off(self, *, failed: bool) -> None:
        """Notes until when a failing site is left alone, at least: 1 h, 2 h, 4 h, … a week."""
        until = None
        if failed:
            times = crawls.failed_in_a_row(self.db, self.site_id)
            until = timestamp(self.clock() + min(RETRY_FIRST * 2 ** min(times, 10), RETRY_MOST))
        with self.transaction():
            crawls.update_site(self.db, self.site_id, {"back_off_until": until})

    async def tidy(self) -> None:
        """Merges the full-text index if that is due. Other sites' crawls go on meanwhile."""
        if text.is_bloated(self.db):
            for _ in text.merge(self.db):
                await asyncio.sleep(0)

    def finish(
        self,
        outcome: Outcome,
        message: str | None,
        exit_code: int | None = None,
        *,
        asked: Sequence[str] = (),
    ) -> CrawlSummary:
        """Ends the crawl, and sums it up. `asked` goes below the message, a line each."""
        told = "\n".join([message, *asked]) if message else None
        with self.transaction():
            links.resolve(self.db, self.site_id)
            crawls.finish(self.db, self.crawl_id, outcome, told, self.counts, self.now)
        if exit_code is None:
            exit_code = {"complete": 0, "partial": 1, "failed": 3, "interrupted": 1}[outcome]
        return CrawlSummary(
            site=self.host,
            url=self.order.url,
            crawl_id=self.crawl_id,
            mode=self.mode,
            outcome=outcome,
            message=message,
            asked=tuple(asked),
            seconds=max(0.0, round((self.clock() - self.started).total_seconds(), 3)),
            held_back=tuple(self.held_back),
            coverage=crawls.coverage(self.db, self.crawl_id),
            exit_code=exit_code,
            **asdict(self.counts),
        )
