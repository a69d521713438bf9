"""Keeps what feeds and pages show: in the rows of the posts where the id is known, else apart."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mirror.errors import RefusedError
from mirror.items import Collection
from mirror.session import Session
from mirror.store import collections as states
from mirror.store import unidentified
from mirror.store.failures import Failure
from mirror.window import Window
from mirror.wordpress.advertised import pinned
from mirror.wordpress.feeds import Entry, guid_id, rest_object
from mirror.wordpress.objects import identified, rebuild
from mirror.wordpress.pages import id_in_header, read_page
from mirror.wordpress.partial import merged
from mirror.wordpress.routes import same_site
from spiders.client import Client
from spiders.reach import Reach

logger = logging.getLogger(__name__)

# Requests for nothing but an id, in one crawl.
MOST_LOOKUPS = 2000
# A site whose first pages tell no id tells none.
VAIN_LOOKUPS = 3
PAGE = {"Accept": "text/html"}


class Keeper:
    """Identifies partial objects, and sends them through the pipelines.

    `home` is the site's address. What was shown, held already or not, is counted in `reach`.
    """

    def __init__(
        self,
        session: Session,
        client: Client,
        send: Callable[[Window], None],
        reach: Reach,
        home: str,
    ) -> None:
        self.session = session
        self.client = client
        self.send = send
        self.home = home
        self.reach = reach
        self._lookups = 0
        self._found = 0

    async def entries(self, collection: Collection, entries: Sequence[Entry]) -> None:
        """Keeps one page of a feed."""
        ids = await self._identified(entries)
        slug = collection.slug
        rows = [rest_object(e, slug, ids[e.link]) for e in entries if ids.get(e.link) is not None]
        await self.objects(collection, rows)
        for entry in entries:
            if ids.get(entry.link) is None:
                self.unidentified(entry.guid, rest_object(entry, slug))

    async def objects(self, collection: Collection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keeps partial objects that have an id: what they show is put over what is held."""
        if not rows:
            return
        with self.session.transaction():
            state = states.state(self.session.db, self.session.site_id, collection)
        held = self.session.stored(collection.kind, [row["id"] for row in identified(rows)])
        whole = []
        for row in rows:
            known = held.get(row["id"])
            if known is not None:
                before = rebuild(collection.kind, known.wp_id, known.columns, known.extra)
                row = merged(before, row)
            whole.append(dict(row))
        window = await self.session.open(collection, whole)
        window.partial = True
        self.send(window)
        await window.settled
        self.reach.kept[collection.slug] += len(rows)
        if state.watermark is not None:
            self._read_again(
                collection, {row["id"]: row for row in identified(whole)}, window.written
            )

    def unidentified(self, key: str, obj: Mapping[str, Any]) -> None:
        """Keeps a partial object apart, by its GUID or address."""
        session = self.session
        with session.transaction():
            outcome = unidentified.keep(
                session.db, session.site_id, session.crawl_id, key, obj, session.now
            )
        counts = session.counts
        setattr(counts, outcome, getattr(counts, outcome) + 1)
        self.reach.apart[str(obj["type"])] += 1

    def _read_again(
        self, collection: Collection, rows: Mapping[int, Mapping[str, Any]], written: set[int]
    ) -> None:
        """What REST has shown before is to be read whole when it is back: its dates match."""
        for wp_id in sorted(written):
            self.session.fail(
                Failure(
                    url=str(rows[wp_id].get("link")),
                    kind="partial",
                    collection=collection.name,
                    wp_id=wp_id,
                    message=f"{collection.name}, id {wp_id}: read in part, without the REST API",
                )
            )

    # Ids.

    async def _identified(self, entries: Sequence[Entry]) -> dict[str, int | None]:
        """The ids of entries, by their links: by what is held, by GUID, by their own pages.

        A GUID that a held post has under another address identifies nothing: the post may have
        moved, or be a copy (GUIDs are not unique). Its page tells.
        """
        db, site_id = self.session.db, self.session.site_id
        held = unidentified.identify(db, site_id, [(e.guid, e.link) for e in entries])
        apart = unidentified.current(db, site_id)
        claimed = {e.link: guid_id(e.guid, self.home) for e in entries}
        often = Counter(claimed.values())
        taken = self.session.stored("post", [number for number in claimed.values() if number])
        ids: dict[str, int | None] = {}
        for entry in entries:
            number = claimed[entry.link]
            if known := held.get((entry.guid, entry.link)):
                ids[entry.link] = known[1]
            elif number is not None and often[number] == 1 and number not in taken:
                ids[entry.link] = number
            elif entry.link in apart and not self.session.order.full:
                ids[entry.link] = None
            else:
                ids[entry.link] = await self._ask(entry.link)
        return ids

    async def _ask(self, link: str) -> int | None:
        """The id that a post's own page tells: in its headers, else in its head or body."""
        url = pinned(link, self.home) if same_site(link, self.home) else None
        vain = self._lookups >= VAIN_LOOKUPS and not self._found
        if url is None or vain or self._lookups >= MOST_LOOKUPS:
            return None
        self._lookups += 1
        try:
            reply = await self.client.get(url, method="HEAD", headers=PAGE, signed=False)
            number = id_in_header(reply) if reply.status == 200 else None
            if number is None and reply.status not in (404, 410):
                reply = await self.client.follow(url, headers=PAGE, signed=False)
                number = read_page(reply).wp_id if reply.status == 200 else None
        except RefusedError as error:
            logger.info("%s", error)
            return None
        self._found += number is not None
        return number
