"""Reads posts by their own pages: what the sitemaps list and no feed has shown."""

import asyncio
import logging
from collections import Counter

from mirror.errors import RefusedError
from mirror.items import Collection
from mirror.progress import Watcher
from mirror.session import Session
from mirror.store import failures, unidentified
from mirror.store import feeds as known
from mirror.store.failures import Failure
from mirror.wordpress.advertised import pinned
from mirror.wordpress.pages import page_object, read_page
from mirror.wordpress.problems import classify
from mirror.wordpress.reply import Reply
from mirror.wordpress.sitemaps import Address
from spiders.client import Client
from spiders.partial import VAIN_LOOKUPS, Keeper
from spiders.reach import Reach

logger = logging.getLogger(__name__)

ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"
# In one crawl; the rest is told in `coverage`, and read by the next ones.
MOST_PAGES = 1000
ABREAST = 4


class Pages:
    """The pages of one site. `left` counts those that later crawls must read."""

    def __init__(
        self, session: Session, client: Client, watcher: Watcher, keeper: Keeper, reach: Reach
    ) -> None:
        self.session = session
        self.client = client
        self.watcher = watcher
        self.keeper = keeper
        self.reach = reach
        self.left = 0
        self._misses: Counter[str] = Counter()

    async def read(self, listed: list[Address]) -> None:
        """Reads the pages that are new, or were modified since, as far as the crawl may."""
        due = self._due(listed)
        limit = self.session.order.limit
        if limit is not None:
            due = _at_most(limit, [a for a in due if a.subject.slug not in self.reach.walked])
        self.left = max(0, len(due) - MOST_PAGES)
        due = due[:MOST_PAGES]
        for at in range(0, len(due), ABREAST):
            await asyncio.gather(*(self._read(address) for address in due[at : at + ABREAST]))

    def _due(self, listed: list[Address]) -> list[Address]:
        db, site_id = self.session.db, self.session.site_id
        held = {link: modified for link, (_, modified) in known.held(db, site_id).items()}
        for link, (_, modified) in unidentified.current(db, site_id).items():
            held[link] = modified
        shown = {link for walked in self.reach.walked.values() for link in walked.links}
        return [
            address
            for address in listed
            if address.subject.kind == "post"
            and address.url not in shown
            and (not address.subject.slug or self.reach.wanted(address.subject.slug))
            and (
                address.url not in held
                or self.session.order.full
                or (address.modified_gmt or held[address.url]) != held[address.url]
            )
        ]

    async def _read(self, address: Address) -> None:
        subject = address.subject.slug or ""
        url = pinned(address.url, self.keeper.home)
        if url is None or subject in self.reach.vain:
            return
        try:
            reply = await self.client.follow(url, headers={"Accept": ACCEPT}, signed=False)
        except RefusedError as error:
            logger.info("%s", error)
            return
        if reply.status == 200:
            await self._keep(address, reply)
            self._resolve(address)
        else:
            self._lose(address, reply)

    async def _keep(self, address: Address, reply: Reply) -> None:
        page = read_page(reply)
        slug = page.slug or address.subject.slug or ""
        if page.slug is None and page.wp_id is None:
            self._give_up(address.subject.slug or "")
            return
        if slug in ("", "attachment") or not self.reach.wanted(slug):
            return
        self.reach.pages[slug] += 1
        obj = page_object(
            page, address.url, slug, wp_id=page.wp_id, modified_gmt=address.modified_gmt
        )
        collection = self.reach.collection(slug)
        if page.wp_id is None:
            self.keeper.unidentified(address.url, obj)
        else:
            await self.keeper.objects(collection, [obj])
        self.watcher.collection(self.session.host, collection.name, self.reach.read(slug), None)

    def _resolve(self, address: Address) -> None:
        """Closes the failure of a page that has been read now."""
        session, name = self.session, self._collection(address).name
        if session.has_failures:
            with session.transaction():
                failures.resolve(
                    session.db, session.site_id, name, session.crawl_id, session.now, address.url
                )

    def _collection(self, address: Address) -> Collection:
        return self.reach.collection(address.subject.slug or "")

    def _lose(self, address: Address, reply: Reply) -> None:
        """Notes a page that failed; one that is gone or closed is the sitemap's mistake."""
        problem = classify(reply)
        logger.info("%s: %s", address.url, problem.message if problem else reply.status)
        if problem is None or (400 <= reply.status < 500 and reply.status != 429):
            return
        self.left += 1
        self.session.fail(
            Failure(
                url=address.url,
                kind=problem.kind,
                status=problem.status or None,
                collection=self._collection(address).name,
                message=f"{address.url}: {problem.message}",
            )
        )

    def _give_up(self, subject: str) -> None:
        """Not a post's page: a plugin names sitemaps of terms like those of post types."""
        self._misses[subject] += 1
        if self._misses[subject] >= VAIN_LOOKUPS and not self.reach.pages[subject]:
            self.reach.vain.add(subject)


def _at_most(limit: int, addresses: list[Address]) -> list[Address]:
    """The first addresses of each sitemap's subject."""
    counts: Counter[str | None] = Counter()
    kept = []
    for address in addresses:
        counts[address.subject.slug] += 1
        if counts[address.subject.slug] <= limit:
            kept.append(address)
    return kept
