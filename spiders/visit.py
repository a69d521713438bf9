"""One crawl of one site, from finding its API to the proof of what was mirrored."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from mirror.counted import counted
from mirror.errors import ConfigError, DiscoveryError, MirrorError, RefusedError, SiteError
from mirror.items import Collection
from mirror.moments import moment
from mirror.progress import CrawlSummary, Outcome, Watcher
from mirror.session import Session
from mirror.store import collections as states
from mirror.store import crawls, failures, unidentified
from mirror.sync.decide import DATED
from mirror.sync.plan import Way, plan
from mirror.urls import host_of
from mirror.window import Window
from mirror.wordpress.discovery import Root
from mirror.wordpress.objects import dumps
from mirror.wordpress.problems import Problem
from mirror.wordpress.routes import supports
from spiders import proof
from spiders.approach import Approach
from spiders.below import Below
from spiders.changes import Reading
from spiders.client import Client
from spiders.fallback import Fallback
from spiders.reading import NAMED, Reader
from spiders.revisions import Revisions
from spiders.seeing import Seeing
from spiders.vanished import Vanished
from spiders.walking import Refused

logger = logging.getLogger(__name__)

# WordPress' first release: a clock that shows an earlier time shows nothing.
EARLIEST = datetime(2003, 5, 27, tzinfo=UTC)
# Posts name terms and users: those are stored first (`Reader.named`), but read side by side.
# Comments name posts. The address of a picture begins with its post's: read later, it is not that
# of a post which has gone meanwhile.
STAGES = ((*NAMED, "post"), ("media",), ("comment",))


class Visit:
    """A crawl as a sequence of steps. `send` hands a window to Scrapy's pipelines."""

    def __init__(
        self,
        *,
        session: Session,
        client: Client,
        watcher: Watcher,
        send: Callable[[Window], None],
    ) -> None:
        self.session = session
        self.client = client
        self.watcher = watcher
        self.send = send
        self.started = session.clock()
        self.readings: list[Reading] = []
        self.notes: list[str] = []
        self.approach = Approach(client)
        self.fallback: Fallback | None = None
        self.seeing = Seeing(session, client)

    async def run(self) -> None:
        """Raises SiteError when nothing could be mirrored, StoreError when nothing can be kept."""
        self.client.pace.learned = self.session.site["delay"] or 0.0
        try:
            root = await self._find()
        except (DiscoveryError, RefusedError) as error:
            # Who has a password wants more than feeds: a wrong one is told, not worked around.
            if self.client.rejection or error.leave_alone:
                raise
            refused = isinstance(error, RefusedError)
            if not await self._fall_back(str(error), refused=refused):
                raise
            return
        await self.seeing.introduce(root.api)
        found = await self._collections(root)
        api = self.seeing.widened(root.api, found)
        reader = Reader(
            session=self.session, client=self.client, api=api, index=root.index,
            seeing=self.seeing, watcher=self.watcher, send=self.send, started=self.started,
        )  # fmt: skip
        try:
            for kinds in STAGES:
                await self._stage(reader, root, [c for c in found if c.kind in kinds])
            if self.session.order.limit is None:
                await self._settle(reader, root)
        except (SiteError, Refused) as error:
            # The site fails or refuses from here on; what it gave is kept, and nothing is marked.
            self.notes.append(str(error))
            for reading in self.readings:
                # Nor is counted what the site has beyond what is held: some of that may be gone.
                reading.proved, reading.doubt = False, True
        proof.write(self.session, api, self.readings)
        if self._posts_refused():
            await self._fall_back(f"{self.session.host} refuses its posts over the REST API")
        else:
            with self.session.transaction():
                unidentified.link(self.session.db, self.session.site_id)

    def _posts_refused(self) -> bool:
        """Whether REST gives no collection of posts at all, as a policy."""
        refused = [r.refused for r in self.readings if r.collection.kind == "post"]
        return bool(refused) and all(
            problem is not None and problem.kind in ("refused", "not-found", "redirected-away")
            for problem in refused
        )

    async def _fall_back(self, why: str, *, refused: bool = True) -> bool:
        """Reads feeds and sitemaps instead, unless ordered not to; whether they gave anything."""
        if not self.session.order.fallbacks:
            return False
        fallback = Fallback(
            session=self.session, client=self.client, watcher=self.watcher, send=self.send,
            why=why, refused=refused,
            answered=frozenset(r.collection.name for r in self.readings if r.refused is None),
        )  # fmt: skip
        if await fallback.run():
            self.fallback = fallback
        return self.fallback is not None

    async def _stage(self, reader: Reader, root: Root, found: list[Collection]) -> None:
        """Reads some collections side by side."""
        named = [asyncio.create_task(self._read(reader, root, c)) for c in found if c.kind in NAMED]
        first = asyncio.create_task(self._first(named))
        later = [
            asyncio.create_task(self._read_later(first, reader, root, c))
            for c in found
            if c.kind not in NAMED
        ]
        tasks = [*named, asyncio.create_task(self._named(reader, named)), first, *later]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    async def _named(reader: Reader, readings: Sequence[asyncio.Task[None]]) -> None:
        await asyncio.gather(*readings)
        reader.named.set()

    async def _first(self, readings: Sequence[asyncio.Task[None]]) -> None:
        """Waits until a list has come through, or there is none left that might."""
        for ended in asyncio.as_completed(readings):
            if any(reading.seen for reading in self.readings):
                return
            await ended

    async def _read_later(
        self, first: asyncio.Task[None], reader: Reader, root: Root, collection: Collection
    ) -> None:
        """Reads a collection once a list has come through: how many rows at once the site sends is
        known then, and is not tried by every list anew."""
        await first
        await self._read(reader, root, collection)

    async def _settle(self, reader: Reader, root: Root) -> None:
        await Below(reader).read(self.readings)
        for reading in self.readings:
            if reading.plan.way is not Way.BACKFILL:
                await reader.twice(reading)
        await self._revisions(reader)
        await self.seeing.confirm(root.api)
        vanished = Vanished(self.session, self.client, reader.api, reader, self.seeing)
        await vanished.settle(self.readings)
        self.notes += self.session.held_back

    async def _revisions(self, reader: Reader) -> None:
        """What only credentials show: WordPress' own revisions, and who wrote what is hidden."""
        if self.client.credentials is None:
            return
        revisions = Revisions(self.session, self.client, reader.api)
        for reading in self.readings:
            collection = reading.collection
            if collection.kind == "post" and self.seeing.sees_all(collection):
                await revisions.read(collection)
        if revisions.failed:
            posts = counted(revisions.failed, "posts")
            self.notes.append(f"the revisions of {posts} could not be had")
        for reading in self.readings:
            if reading.collection.kind == "author":
                await reader.authors(reading)
        revisions.resolve()

    # Finding the site.

    async def _find(self) -> Root:
        """The REST root, and who it says it is: written to the site's row."""
        try:
            root = await self.approach.root(self.session.order.url, self.session.site["api_root"])
        except SiteError as error:
            if self.client.rejection is None:
                raise
            why = self.seeing.refusal(self.client.rejection)
            raise RefusedError(why, error.trail, kind="refused") from None
        self.seeing.require_origin(root.api)
        if self.approach.server_time is not None and self.approach.server_time > EARLIEST:
            self.started = min(self.started, self.approach.server_time)
        self._enter(root)
        self.client.learn_rows(states.page_size(self.session.db, self.session.site_id) or 100)
        self.client.lifeline = root.api.url("/", {"_fields": "name"})
        return root

    def _enter(self, root: Root) -> None:
        stated = {key: root.index.get(key) for key in ("home", "url")}
        own = {host_of(str(address or "")) for address in stated.values()}
        own |= {host_of(root.api.root), host_of(root.home)} - {"public-api.wordpress.com"}
        self.session.introduce(root.name or None, own)
        self._require_new(root)
        offset = root.gmt_offset
        with self.session.transaction():
            crawls.update_site(
                self.session.db,
                self.session.site_id,
                {
                    "name": root.name,
                    "description": root.description,
                    "api_root": root.api.root,
                    "index_json": dumps(stated),  # for `mirror attribute --all`
                    "timezone": root.timezone
                    or (f"UTC{offset:+g}" if offset is not None else None),
                },
            )

    def _require_new(self, root: Root) -> None:
        """Another address of a site that is held would become a second mirror of it.

        Raises ConfigError where nothing is held under this one.
        """
        db, site = self.session.db, self.session.site
        other = crawls.other_of_root(db, self.session.site_id, root.api.root)
        if site["api_root"] is not None or other is None:
            return
        with self.session.transaction():
            forgotten = crawls.forget(db, self.session.site_id)
        if forgotten:
            raise ConfigError(f"{site['url']} is the site that is mirrored as {other}: name that")

    async def _collections(self, root: Root) -> list[Collection]:
        found = await self.approach.survey(root, comments=self.session.order.comments)
        self.notes += self.approach.notes
        wanted = self._wanted(found.collections)
        fields = (c.route.rsplit("/", 1)[-1] for c in found.collections if c.kind == "term")
        self.session.taxonomies = tuple(dict.fromkeys(fields))
        return wanted

    def _wanted(self, found: Sequence[Collection]) -> list[Collection]:
        """Those that are to be read. A name of none, maybe mistyped, makes the crawl partial.

        Raises SiteError where there is none at all.
        """
        only = set(self.session.order.only)
        wanted = [c for c in found if not only or {c.name, c.slug} & only]
        unknown = only.difference(*({c.name, c.slug} for c in found))
        if wanted and not unknown:
            return wanted
        told = f"{self.session.host} has {', '.join(c.name for c in found) or 'no collections'}"
        if unknown:
            told += f", and no {', '.join(sorted(unknown))}"
        if "comments" in unknown and not self.session.order.comments:
            told += " (comments are read with --comments)"
        if not wanted:
            raise SiteError(told)
        self.notes.append(told)
        return wanted

    # Reading it.

    async def _read(self, reader: Reader, root: Root, collection: Collection) -> None:
        with self.session.transaction():
            states.state(self.session.db, self.session.site_id, collection)
        if note := self.seeing.begin(collection):
            self.watcher.note(self.session.host, note)
        with self.session.transaction():
            state = states.state(self.session.db, self.session.site_id, collection)
        decided = plan(
            collection.kind,
            moment(state.watermark),
            now=self.started,
            full=self.session.order.full or self._is_walk_due(reader, collection),
            supports_modified_after=supports(root.index, collection.route, "modified_after"),
            supports_after=supports(root.index, collection.route, "after"),
        )
        reading = Reading(collection=collection, plan=decided, begun=self.started, before=state)
        self.readings.append(reading)
        try:
            await reader.read(reading)
            if self._took_long(reading):
                await reader.catch_up(reading)
        except Refused as refusal:
            reading.refused = refusal.problem
        except RefusedError as error:  # robots.txt, for this collection's addresses
            reading.refused = Problem(kind="refused", message=str(error), status=0)
        if reading.refused is not None:
            self._refuse(reader, reading)

    def _is_walk_due(self, reader: Reader, collection: Collection) -> bool:
        """Whether something without an id is to be tried again."""
        return failures.is_walk_due(
            self.session.db, self.session.site_id, collection.name,
            reader.api.url(collection.route), self.session.now,
        )  # fmt: skip

    @staticmethod
    def _took_long(reading: Reading) -> bool:
        """Whether something may have changed during a walk: a single reply is of one moment."""
        by_date = reading.collection.kind in DATED and reading.plan.can_filter_modified
        walk = reading.plan.way in (Way.BACKFILL, Way.FULL)
        long = reading.windows > 1 or reading.resumed
        return walk and by_date and long and not reading.limited

    def _refuse(self, reader: Reader, reading: Reading) -> None:
        problem = reading.refused
        assert problem is not None
        name = reading.collection.name
        # Security plugins take the route of users away rather than refuse it.
        shielded = problem.kind == "not-found" and reading.collection.kind == "author"
        if shielded or problem.kind in ("refused", "challenge"):
            reading.how = f"refused: {problem.message}"
            self.watcher.note(self.session.host, f"{name}: {reading.how}")
        else:
            reader.note_failure(reading, problem)
            reading.failed += 1
            reading.how = f"failed: {problem.message}"
        with self.session.transaction():
            states.update(self.session.db, self.session.site_id, name, {"refused": problem.message})
        if problem.stops_site:
            why = f"{self.session.host}: {problem.message}"
            raise RefusedError(why, kind="challenge")

    # Telling how it went.

    def conclude(self, error: MirrorError | None) -> CrawlSummary:
        """Ends the crawl in the store, and sums it up."""
        outcome, message = self._outcome(error)
        # A wrong setting says nothing about the site.
        failed = outcome == "failed" and not isinstance(error, ConfigError)
        self.session.back_off(failed=failed)
        self._keep_pace()
        return self.session.finish(
            outcome,
            message,
            error.exit_code if error else None,
            asked=_asked_in_vain(error),
        )

    def _keep_pace(self) -> None:
        """What was learned of the rate that the site tolerates, for the next crawl."""
        learned = round(self.client.pace.learned, 3) or None
        with self.session.transaction():
            crawls.update_site(self.session.db, self.session.site_id, {"delay": learned})

    def _outcome(self, error: MirrorError | None) -> tuple[Outcome, str | None]:
        """How the crawl ended, and the one line that says why."""
        if error is not None:
            return "failed", str(error)
        if self.fallback is not None:
            return "partial", "; ".join([self.fallback.message, *self.notes])
        read = [r for r in self.readings if r.refused is None]
        if not read:
            return "failed", "every collection was refused"
        failed = sum(r.failed for r in self.readings)
        notes = list(self.notes)
        if failed:
            notes.append(f"{failed} could not be had: see `mirror status`")
        if failed or notes or not all(r.proved for r in read):
            return "partial", "; ".join(notes) or "; ".join(
                sorted({r.how for r in read if not r.proved})
            )
        return "complete", None


def _asked_in_vain(error: MirrorError | None) -> tuple[str, ...]:
    """The places where the site was looked for; none where all told the same as the error does."""
    trail = error.trail if isinstance(error, SiteError) else ()
    answers = {place.partition(": ")[2] for place in trail}
    return trail if len(answers) > 1 else ()
