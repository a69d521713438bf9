"""Reads one collection the way its plan says, and tells how far it came."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mirror.ids import Ids
from mirror.items import Collection, Kind
from mirror.moments import moment, timestamp
from mirror.progress import Watcher
from mirror.session import Session
from mirror.store import collections as states
from mirror.store import failures, revisions
from mirror.store.crawls import LIMITED
from mirror.store.failures import Failure
from mirror.sync.decide import DATED, MOST_UNSETTLED
from mirror.sync.plan import OVERLAP, REREAD_WITHIN, Way, slice_due
from mirror.window import Window as Rows
from mirror.wordpress.objects import identified
from mirror.wordpress.pagination import Resume, Walk
from mirror.wordpress.pagination import Window as Page
from mirror.wordpress.problems import Listing, Problem, read_object
from mirror.wordpress.routes import Api, pages_only
from spiders.changes import Changes, Reading
from spiders.client import Client, Unsigned
from spiders.seeing import Seeing
from spiders.walking import AHEAD, fetch_by_id, run

logger = logging.getLogger(__name__)

# What posts name by an id, and are judged by the names of.
NAMED: tuple[Kind, ...] = ("term", "author")
# What has no dates is walked anew where no more rows than this had been read: nothing would tell
# of changes in that part.
SOON_READ = 1000


class Reader:
    """Reads the collections of one site. `index`: what its REST root says of its routes.

    `named` is set when all terms and users are stored: what names them waits for that.
    """

    def __init__(
        self,
        *,
        session: Session,
        client: Client,
        api: Api,
        index: object,
        seeing: Seeing,
        watcher: Watcher,
        send: Callable[[Rows], None],
        started: datetime,
    ) -> None:
        self.session = session
        self.client = client
        self.api = api
        self.index = index
        self.seeing = seeing
        self.watcher = watcher
        self.send = send
        self.started = started
        self.changes = Changes(session, client, api)
        self.named = asyncio.Event()

    async def read(self, reading: Reading) -> None:
        """Reads a collection as its plan says. Raises Refused."""
        if self.session.order.limit is not None:
            await self._some(reading, self.session.order.limit)
        elif reading.plan.way is Way.UPDATE:
            await self._update(reading)
        else:
            await self._whole(reading)

    def _asking(self, collection: Collection) -> Client | Unsigned:
        """Users are listed as anybody sees them: else WordPress lists all who registered."""
        return Unsigned(self.client) if collection.kind == "author" else self.client

    async def one(self, reading: Reading, wp_id: int) -> bool:
        """Reads an object that no list answers for by its own address; whether that went well."""
        url = self.api.url(f"{reading.collection.route}/{wp_id}")
        outcome = read_object(await self._asking(reading.collection).get(url))
        if isinstance(outcome, Problem):
            self.lose(reading, wp_id, outcome)
            return False
        await self._deliver(reading, [outcome], None, None)
        return True

    async def fetch(self, reading: Reading, ids: set[int]) -> None:
        """Reads some objects by id, into the store; unanswered ones become suspects."""
        answered: set[int] = set()

        async def take(rows: list[dict[str, Any]]) -> None:
            answered.update(row["id"] for row in identified(rows))
            await self._deliver(reading, rows, None, None)

        lost = await fetch_by_id(self.client, self.api, reading.collection, sorted(ids), {}, take)
        for wp_id, problem in lost:
            self.lose(reading, wp_id, problem)
        reading.suspects |= ids - answered - {wp_id for wp_id, _ in lost}

    async def _deliver(
        self,
        reading: Reading,
        rows: list[dict[str, Any]],
        advance: Callable[[], Mapping[str, Any]] | None,
        seen: Ids | None,
    ) -> None:
        """Sends rows through the pipelines, and waits until they are committed."""
        if reading.collection.kind not in NAMED:
            await self.named.wait()
        rows = self.seeing.rows(reading.collection, rows)
        window = await self.session.open(reading.collection, rows, advance=advance, seen=seen)
        self.send(window)
        await window.settled
        reading.written.update(window.written)
        reading.failed += window.broken

    # A whole walk: the first time, with --full, and for what is small or has no dates.

    async def _whole(self, reading: Reading) -> None:
        resume = self._resume(reading)
        reading.resumed = resume is not None
        paged = pages_only(self.index, reading.collection.route)
        walk = Walk(per_page=100, ahead=AHEAD, resume=resume, paged=paged)
        walk.begin_with(reading.before.per_page or 100)
        seen = Ids()
        name = reading.collection.name
        asking = self._asking(reading.collection)

        told: set[int] = set()

        def tell() -> None:
            """Records each row that the walk has given up. Of others the gap is known, no id."""
            for lost in walk.lost:
                if lost.wp_id is not None and lost.wp_id not in told:
                    told.add(lost.wp_id)
                    self.lose(reading, lost.wp_id, lost.problem)

        async def deliver(page: Page, listing: Listing, advance: Callable[[], None]) -> None:
            def then() -> Mapping[str, Any]:
                advance()
                tell()  # in the transaction of the point from which it would be stepped over
                begun = timestamp(reading.begun)
                point = f"{reading.plan.way.value} {begun} {walk.resume.dumps()}"
                return {"resume": point, "per_page": walk.per_page}

            self._heed(reading, listing)
            reading.windows += 1
            await self._deliver(reading, listing.rows, then, seen)
            self.watcher.collection(self.session.host, name, len(seen), walk.total)

        await run(asking, self.api, reading.collection, walk, {}, deliver)
        tell()
        for lost in walk.lost:
            if lost.wp_id is None:
                of = {"offset": lost.offset, "per_page": 1}
                self.lose_some(reading, lost.problem, f"offset {lost.offset}", of)
        if walk.problem is not None:
            reading.failed += 1
            self.note_failure(reading, walk.problem)
        reading.walked = walk.done and walk.problem is None
        reading.total = walk.total
        reading.walked_hidden = walk.hidden
        if reading.walked and reading.collection.languages:
            await self._other_languages(reading, seen)
        reading.proved = walk.complete and not reading.failed
        reading.how = walk.how
        if resume is None:
            reading.seen = seen
        else:
            reading.how += "; resumed, what was read before is compared with a list of all"
        if reading.total is None:
            reading.total = len(seen) if reading.proved and resume is None else None

    async def _other_languages(self, reading: Reading, seen: Ids) -> None:
        """Reads what the walk was not shown, since it is written in another language.

        What several languages list counts as hidden: it is more than the rows that there are.
        """
        listed = Ids()
        problem, reading.total = await self.changes.ids(reading.collection, listed)
        if problem is not None:
            reading.failed += 1
            reading.walked = False
            self.note_failure(reading, problem)
        wanted = listed - seen
        if reading.resumed and reading.plan.way is Way.BACKFILL:
            db, site_id = self.session.db, self.session.site_id
            wanted -= states.visible_ids(db, site_id, reading.collection)
        await self.fetch(reading, set(wanted))
        seen.update(listed)
        if reading.total is not None:
            reading.walked_hidden = reading.total - len(seen)

    def _resume(self, reading: Reading) -> Resume | None:
        """Where an unfinished walk of the same kind goes on; notes when that began."""
        way, begun, point, *_ = *(reading.before.resume or "").split(" ", 2), "", ""
        resume = Resume.loads(point) if way == reading.plan.way.value else None
        if resume is None or (reading.collection.kind not in DATED and resume.pos <= SOON_READ):
            return None
        reading.begun = min(reading.begun, datetime.fromisoformat(begun))
        return resume

    async def _some(self, reading: Reading, limit: int) -> None:
        """A try-out: the first objects, and no claim about the rest."""
        seen = Ids()
        reading.limited = True
        size = min(limit, 100)
        asking = self._asking(reading.collection)

        async def take(page: Page, listing: Listing, advance: Callable[[], None]) -> None:
            self._heed(reading, listing)
            reading.total = listing.total
            await self._deliver(reading, listing.rows[: limit - len(seen)], None, seen)
            advance()
            walk.stop()

        walk = Walk(per_page=size, ahead=1)
        while not walk.done and len(seen) < limit:
            before = len(seen)
            await run(asking, self.api, reading.collection, walk, {}, take)
            if len(seen) == before:
                break
            walk = Walk(per_page=min(100, limit - len(seen)) or 1, ahead=1, resume=walk.resume)
        reading.how = f"{LIMITED} {limit}"

    # An update: what changed, was published late, or is new.

    async def _update(self, reading: Reading) -> None:
        db, site_id = self.session.db, self.session.site_id
        assert reading.plan.since is not None
        watermark = reading.before.watermark or ""
        wanted = await self.changes.since(reading, reading.plan.since, watermark)
        name = reading.collection.name
        reading.owed = set(failures.due(db, site_id, name, self.session.now))
        due, reread = self._slice(reading)
        wanted |= reading.owed | due
        await self.fetch(reading, wanted)
        if reread:
            with self.session.transaction():
                states.update(db, site_id, name, reread)
        if reading.problem is not None:
            reading.failed += 1
            self.note_failure(reading, reading.problem)
        reading.proved = not reading.failed
        happened = "changed" if reading.collection.kind in DATED else "was written"
        reading.how = f"asked what {happened} since {timestamp(reading.plan.since)}"
        self.watcher.collection(self.session.host, name, len(wanted), len(wanted))

    async def catch_up(self, reading: Reading) -> None:
        """Reads what changed while a long walk went on."""
        total = reading.total
        since, recent = reading.begun - OVERLAP, timestamp(reading.begun)
        wanted = await self.changes.since(reading, since, recent)
        await self.fetch(reading, wanted)
        reading.total = reading.total if reading.total is not None else total
        if reading.problem is not None:
            reading.proved = False
            reading.failed += 1
            self.note_failure(reading, reading.problem)

    async def twice(self, reading: Reading) -> None:
        """Reads once more what changed, unannounced, at every one of the last readings.

        What differs from one request to the next is volatile; what now stays was edited each time.
        """
        kind, site_id = reading.collection.kind, self.session.site_id
        doubtful = states.unsettled(
            self.session.db, site_id, kind, reading.written, MOST_UNSETTLED
        )  # fmt: skip
        await self.fetch(reading, doubtful)

    def written_before(self, reading: Reading) -> set[int]:
        """Posts that were written since a collection was read, by crawls that broke off or read
        others alone: what they imply for this one was not looked into."""
        session = self.session
        return states.written_since(
            session.db, session.site_id, reading.before.read_in, session.crawl_id
        )

    async def authors(self, authors: Reading) -> None:
        """Reads the users whom anybody's list leaves out, though they wrote what we hold.

        They are named by what is there, so they are there: their absence is never judged.
        """
        named = revisions.named_authors(self.session.db, self.session.site_id)
        seen = authors.seen if authors.seen is not None else Ids()
        unlisted = {number for number in named if number not in seen}
        suspects = set(authors.suspects)
        await self.fetch(authors, unlisted)
        authors.suspects = suspects
        if authors.seen is not None:
            authors.seen.update(unlisted)
        held = states.visible_ids(self.session.db, self.session.site_id, authors.collection)
        if authors.total is not None:
            authors.total += sum(number in held for number in unlisted)

    def _slice(self, reading: Reading) -> tuple[set[int], Mapping[str, object]]:
        """The part of the collection whose turn it is to be read again, and what to note then."""
        db, site_id = self.session.db, self.session.site_id
        rows = states.visible(db, site_id, reading.collection)
        last = moment(reading.before.reread_at)
        size = slice_due(rows, last, self.started, REREAD_WITHIN)
        if not size:
            return set(), {}
        ids = states.ids_after(db, site_id, reading.collection, reading.before.reread_from, size)
        if len(ids) < size:
            ids += states.ids_after(db, site_id, reading.collection, 0, size - len(ids))
        reread = {"reread_at": timestamp(self.started), "reread_from": ids[-1] if ids else 0}
        return set(ids), reread

    # What goes wrong.

    def _heed(self, reading: Reading, listing: Listing) -> None:
        for noise in listing.noise:
            logger.info("%s: cut away around the JSON: %s", reading.collection.name, noise)
        if listing.bad_entries:
            reading.failed += 1
            self.session.fail(
                Failure(
                    url=f"{reading.collection.route}#not-objects",
                    kind="bad-object",
                    collection=reading.collection.name,
                    message=f"{listing.bad_entries} entries of {reading.collection.name} "
                    "are no objects",
                )
            )

    def lose(self, reading: Reading, wp_id: int, problem: Problem) -> None:
        """One object that could not be read."""
        url = self.api.url(f"{reading.collection.route}/{wp_id}")
        self._lose(reading, problem, f"id {wp_id}", url, wp_id)

    def lose_some(
        self, reading: Reading, problem: Problem, where: str, of: Mapping[str, object]
    ) -> None:
        """A part of a list of which no id is known: `of` are the parameters that ask for it.

        It is owed: the collection is walked once more.
        """
        self._lose(reading, problem, where, self.api.url(reading.collection.route, of))

    def _lose(
        self, reading: Reading, problem: Problem, where: str, url: str, wp_id: int | None = None
    ) -> None:
        reading.failed += 1
        self.session.fail(
            Failure(
                url=url,
                kind=problem.kind,
                status=problem.status or None,
                collection=reading.collection.name,
                wp_id=wp_id,
                message=f"{reading.collection.name}, {where}: {problem.message}",
            )
        )

    def note_failure(self, reading: Reading, problem: Problem) -> None:
        """A collection that could not be read at all."""
        self.session.fail(
            Failure(
                url=self.api.url(reading.collection.route),
                kind=problem.kind,
                status=problem.status or None,
                collection=reading.collection.name,
                message=f"{reading.collection.name}: {problem.message}",
            )
        )
