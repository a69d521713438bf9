"""Finds what is gone, and asks of each object why, before anything is marked.

Totals first: as long as a collection counts as many as it should, nothing is asked. Otherwise the
missing ones are located by id, and each is classified by a single GET: WordPress answers 404 for
what is deleted or of another type now, 401 for what exists but is not public
(`class-wp-rest-posts-controller.php`, `get_item`). A listing that failed proves nothing.

With credentials, what counts is what they may see: a post that visitors lost is still listed, and
not gone; one in the trash is (`status` of the single answer). What a crawl may not see it does not
judge, though an earlier one saw it.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from mirror.ids import Ids
from mirror.items import Collection, Kind
from mirror.session import Session
from mirror.store import collections as states
from mirror.store import failures
from mirror.sync.decide import DATED
from mirror.sync.plan import Way, is_mass_deletion
from mirror.wordpress.objects import identified
from mirror.wordpress.problems import Problem, absence, read_list, read_object
from mirror.wordpress.routes import Api
from spiders.below import BELOW
from spiders.changes import Reading
from spiders.client import TRIES, Client
from spiders.reading import Reader
from spiders.seeing import Seeing
from spiders.walking import fetch_by_id

logger = logging.getLogger(__name__)

# How many ids are counted by one request; their list must fit into an address.
COUNTED = 300
# Later than any date: what has the dates that are held is not read again.
NEVER = "9999"


class Vanished:
    """Settles, after all collections were read, what none of them answered any more."""

    def __init__(
        self, session: Session, client: Client, api: Api, reader: Reader, seeing: Seeing
    ) -> None:
        self.session = session
        self.client = client
        self.api = api
        self.reader = reader
        self.seeing = seeing
        self._buried: set[int] = set()

    async def settle(self, readings: Sequence[Reading]) -> None:
        """Marks what is gone, with the reason. Posts first: media are hidden with their parent."""
        heard = [r for r in readings if r.refused is None and not r.limited]
        suspects = {r.collection.name: await self._suspects(r) for r in heard}
        for reading in sorted(heard, key=lambda r: r.collection.kind != "post"):
            missing = suspects[reading.collection.name]
            children = self._orphans(reading)
            for at in range(0, len(children), 100):
                missing |= await self._absent(reading, children[at : at + 100])
            if missing:
                await self._bury(reading, missing, heard)
        await self._below(heard)

    async def _below(self, readings: Sequence[Reading]) -> None:
        """Reads the pages again that are below one that changed or vanished, and its media.

        Their addresses begin with its own, and WordPress dates them not anew (`get_page_uri`,
        `get_attachment_link`). Media of a post that changed were read with it.
        """
        for reading in readings:
            await self.reader.fetch(reading, set(self._orphans(reading)))
        posts = [r for r in readings if r.collection.kind == "post"]
        changed = set(self._buried)
        for reading in posts:
            if reading.plan.way is not Way.BACKFILL:
                changed.update(reading.written)
                changed |= self.reader.written_before(reading)
        done: set[int] = set()
        while changed:
            done |= changed
            below = states.naming(self.session.db, self.session.site_id, "post", changed)
            changed = set()
            for reading in posts:
                wanted = below.get(reading.collection.name, set()) - done
                await self.reader.fetch(reading, wanted)
                changed.update(number for number in wanted if number in reading.written)

    def _orphans(self, reading: Reading) -> list[int]:
        """Media and comments whose post is gone since they were last read, maybe in a crawl of
        posts alone.

        No total tells: WordPress counts them although it shows them no more.
        """
        kind = reading.collection.kind
        if kind not in BELOW:
            return []
        return states.orphans(self.session.db, self.session.site_id, kind, reading.before.watermark)

    def _held(self, collection: Collection) -> Ids:
        return states.visible_ids(self.session.db, self.session.site_id, collection)

    async def _suspects(self, reading: Reading) -> set[int]:
        """The held ids that the site does not list any more."""
        collection = reading.collection
        missing = set(reading.suspects)
        if reading.resumed:
            return missing | await self._unexpected(reading) if reading.walked else missing
        if reading.plan.way is not Way.UPDATE:
            if not reading.proved or reading.seen is None:
                return set()
            missing.update(self._held(collection) - reading.seen - reading.written)
        if reading.total is None:
            return missing
        if missing and reading.seen is None:
            # Of these some may be there all the same, and some are not held: counts say nothing.
            return missing | await self._unexpected(reading)
        hidden = reading.walked_hidden
        if hidden is None:
            hidden = reading.before.hidden
        held = states.visible(self.session.db, self.session.site_id, collection)
        unread = failures.unread(
            self.session.db, self.session.site_id, collection, self.api.url(collection.route)
        )
        gone = held + hidden + unread - reading.total - len(missing)
        if gone > 0:
            ids = sorted(self._held(collection) - Ids(missing), reverse=True)
            return missing | await self._unlisted(reading, ids, gone)
        if gone < 0 and reading.seen is None:
            return missing | await self._unexpected(reading)
        return missing

    async def _unexpected(self, reading: Reading) -> set[int]:
        """Compares what is held with a list of all ids: returns what that leaves out, and reads
        what it shows that is not held so.

        No date tells of what was published late, below ids and dates that are known ("missed
        schedule"), or became visible again; nor of what changed in the part of a walk that an
        earlier crawl has read. More rows than expected do, which may also be hidden ones.
        """
        collection, changes = reading.collection, self.reader.changes
        listed: dict[int, dict[str, Any]] = {}
        problem = await changes.light(collection, {}, listed)
        if problem is not None:
            reading.doubt = True
            reading.failed += 1
            self.reader.note_failure(reading, problem)
            return set()
        held = self._held(collection)
        if collection.kind in DATED:
            differing = changes.differing(collection, listed, NEVER)
        else:
            differing = set(Ids(listed) - held)
        await self.reader.fetch(reading, differing)
        return set(held - Ids(listed) - reading.written) | (reading.suspects & listed.keys())

    async def _unlisted(self, reading: Reading, ids: Sequence[int], expected: int) -> set[int]:
        """Which of some ids the site does not list; stops when `expected` have been found."""
        missing: set[int] = set()
        countable = reading.collection.kind == "post"
        size = COUNTED if countable else 100
        for start in range(0, len(ids), size):
            some = ids[start : start + size]
            if countable and await self._count(reading, some) == len(some):
                continue
            for at in range(0, len(some), 100):
                missing |= await self._absent(reading, some[at : at + 100])
            if expected <= len(missing):
                break
        return missing

    async def _count(self, reading: Reading, ids: Sequence[int]) -> int | None:
        """How many of some posts are still listed, by `X-WP-Total` alone."""
        query = {"include": ",".join(map(str, ids)), "per_page": "1", "_fields": "id"}
        found = 0
        for part in reading.collection.parts:
            url = self.api.url(reading.collection.route, {**query, **part})
            outcome = read_list(await self.client.get(url))
            if isinstance(outcome, Problem) or outcome.total is None:
                return None
            found += outcome.total
        return found

    async def _absent(self, reading: Reading, ids: Sequence[int]) -> set[int]:
        """Which of some ids a collection does not list. A reply that fails proves nothing."""
        listed, lost = await self._listed(reading, ids)
        return set(ids) - listed - lost

    async def _listed(self, reading: Reading, ids: Sequence[int]) -> tuple[set[int], set[int]]:
        """Which of some ids a collection lists, and of which it could not be learned."""
        listed: set[int] = set()

        async def take(rows: list[dict[str, Any]]) -> None:
            listed.update(row["id"] for row in identified(rows))

        lost = await fetch_by_id(
            self.client, self.api, reading.collection, list(ids), {"_fields": "id"}, take
        )
        if lost:
            reading.doubt = True
            self.reader.note_failure(reading, lost[0][1])
            reading.failed += 1
        return listed, {wp_id for wp_id, _ in lost}

    async def _bury(self, reading: Reading, missing: set[int], readings: Sequence[Reading]) -> None:
        collection = reading.collection
        held = self.session.stored(collection.kind, sorted(missing))
        there = self._held(collection)
        await self._unheld(reading, missing - held.keys())
        missing = {
            wp_id for wp_id, row in held.items()
            if row.deleted_at is None and wp_id not in reading.written and wp_id in there
        }  # fmt: skip
        missing -= self.seeing.unjudged(collection)
        if is_mass_deletion(len(missing), len(there)) and not self.session.order.accept_deletions:
            self.session.held_back.append(
                f"{len(missing)} of {len(there)} {collection.name} are gone at once: nothing was "
                "marked; if that is right, crawl with --accept-deletions"
            )
            reading.doubt = True
            return
        missing -= await self._moved(reading, missing, readings)
        ids = sorted(missing)
        for at in range(0, len(ids), 100):
            reasons = {id_: await self._reason(reading, id_) for id_ in ids[at : at + 100]}
            gone = {wp_id: reason for wp_id, reason in reasons.items() if reason is not None}
            # Before they are marked: a crawl that ends here finds them missing again.
            await self._read_what_names(collection.kind, gone, missing, readings)
            for wp_id, reason in gone.items():
                self.session.bury(collection.kind, [held[wp_id]], reason)
            if collection.kind == "post":
                self._buried.update(gone)

    async def _read_what_names(
        self, kind: Kind, gone: Iterable[int], missing: set[int], readings: Sequence[Reading]
    ) -> None:
        """WordPress takes a deleted picture or term off its posts without dating them anew, and
        moves the answers to a deleted comment up.
        """
        named = states.naming(self.session.db, self.session.site_id, kind, gone)
        for reading in readings:
            wanted = named.get(reading.collection.name, set())
            await self.reader.fetch(
                reading, wanted - missing if kind == reading.collection.kind else wanted
            )

    async def _unheld(self, reading: Reading, missing: set[int]) -> None:
        """What was asked for, not answered, and is not held: read by itself, or gone for good."""
        for wp_id in sorted(missing):
            if await self._reason(reading, wp_id) is not None and wp_id in reading.owed:
                self.session.resolve(reading.collection, wp_id)

    async def _moved(
        self, reading: Reading, missing: set[int], readings: Sequence[Reading]
    ) -> set[int]:
        """Those of the missing that another collection of posts lists now: their type changed.

        And those of which that cannot be learned now: they are left in doubt, for the next crawl.
        """
        moved: set[int] = set()
        if reading.collection.kind != "post":
            return moved
        for other in readings:
            if other is reading or other.collection.kind != "post" or other.refused or not missing:
                continue
            there, lost = await self._listed(other, sorted(missing - moved))
            await self.reader.fetch(other, there)
            if lost:
                reading.doubt = True
            moved |= there | lost
        return moved

    async def _reason(self, reading: Reading, wp_id: int) -> str | None:
        """Why one object is not listed, in the words of `deleted_reason`; None if that is open.

        What is there all the same is read: a list may be older, or leave it out.
        """
        collection = reading.collection
        url = self.api.url(f"{collection.route}/{wp_id}", {"_fields": "id,status"})
        for _ in range(TRIES):
            reply = await self.client.get(url)
            match absence(reply):
                case "deleted":
                    return "deleted"
                case "hidden":
                    return self._hidden_reason(collection, wp_id)
            found = read_object(reply)
            if not isinstance(found, Problem) or found.stops_site:
                break
        if not isinstance(found, Problem):
            if found.get("status") == "trash":  # which only credentials show
                return "trashed"
            if not await self.reader.one(reading, wp_id):
                reading.doubt = True
            return None
        reading.doubt = True
        self.reader.lose(reading, wp_id, found)
        return None

    def _hidden_reason(self, collection: Collection, wp_id: int) -> str:
        if collection.kind == "media" and self._parent_is_gone(wp_id):
            return "parent hidden"
        return "unpublished"

    def _parent_is_gone(self, wp_id: int) -> bool:
        row = self.session.db.execute(
            "SELECT m.post_id IS NOT NULL AND p.deleted_at IS NULL FROM media m "
            "LEFT JOIN posts p ON p.id = m.post_id WHERE m.site_id = ? AND m.wp_id = ?",
            [self.session.site_id, wp_id],
        ).fetchone()
        return row is None or not row[0]
