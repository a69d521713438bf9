"""Mirrors what is public of a site whose REST API is refused or absent: its feeds and sitemaps.

Another spelling of REST is never tried: a refusal is an answer. Feeds and sitemaps are offered to
everybody. They say less, so what they show is put over what is held without taking anything away,
nothing is ever marked as deleted, and no collection counts as complete.
"""

import asyncio
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit, urlunsplit

from mirror.attribution import Site
from mirror.errors import RefusedError, SiteError
from mirror.items import Collection, Item, Kind
from mirror.progress import Watcher
from mirror.session import Session, moment, timestamp
from mirror.store import collections as states
from mirror.store import crawls, unidentified
from mirror.store import feeds as known_feeds
from mirror.store.crawls import Coverage
from mirror.store.feeds import Validators
from mirror.sync.plan import OVERLAP
from mirror.urls import host_of
from mirror.wordpress.advertised import MOST_BYTES, feed_home, pinned
from mirror.wordpress.feeds import Entry
from mirror.wordpress.pages import page_object, read_page
from mirror.wordpress.problems import is_challenge
from mirror.wordpress.sitemaps import Address
from spiders.client import Client
from spiders.feeds import Feeds, Walked
from spiders.partial import VAIN_LOOKUPS, Keeper
from spiders.sitemaps import Sitemaps

logger = logging.getLogger(__name__)

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
# Pages read in one crawl for want of a feed that shows them; the rest is told in `coverage`.
MOST_PAGES = 1000
ABREAST = 4
CORE_NAMES = {"post": "posts", "page": "pages", "category": "categories", "post_tag": "tags"}
WITHOUT_FEED = ("post", "page", "attachment", "nav_menu_item")
# What discovery says of a site that is to be left alone, or that is another one.
_LEAVE_ALONE = ("wants a browser", "asks to come back later", "points to another host",
                "gave no usable answer", "times in a row")  # fmt: skip
# A front page that has none of these is not WordPress', and announces no feed.
_MARKS = re.compile(
    rb"/wp-(?:content|includes)/|content=[\"']WordPress |application/(?:rss|atom)\+xml",
    re.IGNORECASE,
)


def worth_trying(why: str) -> bool:
    """Whether feeds and sitemaps may be asked for, from what became of REST."""
    return not any(reason in why for reason in _LEAVE_ALONE)


class Fallback:
    """One crawl without REST, or beside it: `answered` are the collections that REST did give.

    `why` says what became of REST, in words; `refused` that it is there, or was: elsewhere a feed
    or another mark of WordPress must show that there is something to be read.
    """

    def __init__(
        self,
        *,
        session: Session,
        client: Client,
        watcher: Watcher,
        send: Callable[[Item], None],
        why: str,
        refused: bool = True,
        answered: frozenset[str] = frozenset(),
    ) -> None:
        self.session = session
        self.client = client
        self.watcher = watcher
        self.send = send
        self.why = why
        self.refused = refused
        self.answered = answered
        self.message = why
        self.started = timestamp(session.clock())
        self.collections = known_feeds.known_collections(session.db, session.site_id)
        self.walked: dict[str, Walked] = {}
        self.pages: Counter[str] = Counter()
        self.vain: set[str] = set()
        self._misses: Counter[str] = Counter()
        self.trouble: list[str] = []

    async def run(self) -> bool:
        """Whether anything public was found; then `message` says what. Never raises SiteError."""
        try:
            if not await self._approach():
                return False
            if self.feeds.unchanged and not self.session.order.full:
                self._repeat()
                return True
            listed = await self.sitemaps.addresses()
            if not listed and self.feeds.first is None:
                return False
            self.watcher.note(self.session.host, f"{self.why}: feeds and sitemaps are read instead")
            await self._read_feeds(listed)
            await self._read_pages(listed)
        except SiteError as error:
            self.trouble.append(str(error))
            if not self.walked and not self.pages:
                return False
            listed = []
        self._conclude(listed)
        return bool(self.keeper.kept or self.keeper.apart)

    async def _approach(self) -> bool:
        """Finds the home address and the feed; False if the site wants no robots at all."""
        front = await self.client.follow(self.session.order.url, accept=PAGE, signed=False)
        if is_challenge(front) or front.status in (0, 401, 429) or front.status >= 500:
            return False
        if not self.refused and not _MARKS.search(front.body[:MOST_BYTES]):
            return False
        if front.status < 400 and front.date is not None:
            self.started = min(self.started, timestamp(front.date))
        self.home = pinned(feed_home(front) or "", front.url) or _root(front.url)
        self.feeds = Feeds(self.client, self.home)
        self.sitemaps = Sitemaps(self.client, self.home)
        self.keeper = Keeper(self.session, self.client, self.send, self.home)
        # Rows that are written again keep their terms by these.
        self.session.taxonomies = tuple(
            dict.fromkeys(c.route.rsplit("/", 1)[-1] for c in self.collections if c.kind == "term")
        )
        db, site_id, full = self.session.db, self.session.site_id, self.session.order.full
        try:
            await self.feeds.find(
                lambda url: None if full else known_feeds.validators(db, site_id, url)
            )
        except RefusedError as error:
            self.feeds.url = None
            self.trouble.append(str(error))
        if self.feeds.first is not None:
            self._introduce(self.feeds.first.title)
        return True

    def _introduce(self, name: str) -> None:
        host = host_of(self.session.order.url)
        self.session.publisher = Site(host, name or None, frozenset({host_of(self.home)} - {host}))
        if name and not self.session.site["name"]:
            with self.session.transaction():
                crawls.update_site(self.session.db, self.session.site_id, {"name": name})

    # Feeds.

    async def _read_feeds(self, listed: list[Address]) -> None:
        """The posts, then the other public types: what the sitemaps list, if there are any."""
        if self.feeds.first is None:
            return
        slugs = [a.subject.slug for a in listed if a.subject.kind == "post"]
        if not listed:
            slugs += [c.slug for c in self.collections if c.kind == "post"]
        others = dict.fromkeys(
            slug
            for slug in slugs
            if slug and slug not in WITHOUT_FEED and not slug.startswith("wp_")
        )
        for slug in ("post", *others):
            collection = self._collection(slug)
            if self._wanted(collection):
                self.walked[slug] = await self._walk(collection)

    async def _walk(self, collection: Collection) -> Walked:
        async def take(entries: Sequence[Entry]) -> None:
            await self.keeper.entries(collection, entries)
            done = self.keeper.kept[collection.slug] + self.keeper.apart[collection.slug]
            self.watcher.collection(self.session.host, collection.name, done, None)

        return await self.feeds.walk(
            collection.slug, take, since=self._since(), limit=self.session.order.limit
        )

    def _since(self) -> str | None:
        """When the feed was last read to its end, if it can be had by modification."""
        assert self.feeds.url is not None
        seen = known_feeds.validators(self.session.db, self.session.site_id, self.feeds.url)
        if seen is None or self.session.order.full or self.feeds.kind != "atom":
            return None
        last = moment(seen.read_at)
        assert last is not None
        return timestamp(last - OVERLAP).removesuffix("Z")

    def _collection(self, slug: str, kind: Kind = "post") -> Collection:
        """The collection of a post type as REST knew it, or as it probably will."""
        for known in self.collections:
            if known.slug == slug and known.kind == kind:
                return known
        name = CORE_NAMES.get(slug, slug)
        return Collection(name=name, kind="post", slug=slug, route=f"/wp/v2/{name}")

    def _wanted(self, collection: Collection) -> bool:
        only = set(self.session.order.only)
        return not only or bool({collection.name, collection.slug} & only)

    # Pages.

    async def _read_pages(self, listed: list[Address]) -> None:
        """What the sitemaps list and no feed has shown, by the pages themselves."""
        due = self._due(listed)
        limit = self.session.order.limit
        if limit is not None:
            due = _at_most(limit, [a for a in due if a.subject.slug not in self.walked])
        if len(due) > MOST_PAGES:
            self.trouble.append(f"{len(due) - MOST_PAGES} pages are left to later crawls")
        due = due[:MOST_PAGES]
        for at in range(0, len(due), ABREAST):
            await asyncio.gather(*(self._read_page(a) for a in due[at : at + ABREAST]))

    def _due(self, listed: list[Address]) -> list[Address]:
        """The addresses of posts that are new, or modified since they were read."""
        db, site_id = self.session.db, self.session.site_id
        held = {link: modified for link, (_, modified) in known_feeds.held(db, site_id).items()}
        held |= {
            link: modified for link, (_, modified) in unidentified.current(db, site_id).items()
        }
        shown = {link for walked in self.walked.values() for link in walked.links}
        return [
            address
            for address in listed
            if address.subject.kind == "post"
            and address.url not in shown
            and (not address.subject.slug or self._wanted(self._collection(address.subject.slug)))
            and (
                address.url not in held
                or self.session.order.full
                or (address.modified_gmt or held[address.url]) != held[address.url]
            )
        ]

    async def _read_page(self, address: Address) -> None:
        subject = address.subject.slug or ""
        url = pinned(address.url, self.home)
        if url is None or subject in self.vain:
            return
        try:
            reply = await self.client.follow(url, accept=PAGE, signed=False)
        except RefusedError as error:
            logger.info("%s", error)
            return
        if reply.status != 200:
            logger.info("%s: status %d", url, reply.status)
            return
        page = read_page(reply)
        slug = page.slug or subject
        if page.slug is None and page.wp_id is None:
            # Not a post's page: a sitemap of terms, which a plugin names like one of posts.
            self._give_up(subject)
            return
        collection = self._collection(slug)
        if slug in ("", "attachment") or not self._wanted(collection):
            return
        self.pages[slug] += 1
        obj = page_object(
            page, address.url, slug, wp_id=page.wp_id, modified_gmt=address.modified_gmt
        )
        if page.wp_id is None:
            self.keeper.unidentified(address.url, obj)
        else:
            await self.keeper.objects(collection, [obj])
        done = self.keeper.kept[slug] + self.keeper.apart[slug]
        self.watcher.collection(self.session.host, collection.name, done, None)

    def _give_up(self, subject: str) -> None:
        self._misses[subject] += 1
        if self._misses[subject] >= VAIN_LOOKUPS and not self.pages[subject]:
            self.vain.add(subject)

    # Telling how it went.

    def _conclude(self, listed: list[Address]) -> None:
        """Coverage, the message, and, if nothing is left to be read, the feed's validators."""
        if self.session.order.limit is not None:
            self.trouble.append(f"limited to {self.session.order.limit}")
        out_of_reach = self._cover(listed)
        posts = self.walked.get("post")
        clean = posts is not None and posts.complete and not self.trouble
        if clean and self.feeds.url is not None and not self.session.order.only:
            seen = Validators(self.feeds.etag, self.feeds.last_modified, self.started)
            with self.session.transaction():
                known_feeds.remember(self.session.db, self.session.site_id, self.feeds.url, seen)
        self.message = f"{self.why}; read instead: {self._what_was_read()}"
        if out_of_reach:
            self.message += f"; {out_of_reach} objects are known to be out of reach"
        if self.trouble:
            self.message += f" ({'; '.join(self.trouble)})"

    def _what_was_read(self) -> str:
        kept = self.keeper.kept + self.keeper.apart
        entries = sum(kept.values()) - sum(self.pages.values())
        feed_pages = sum(walked.pages for walked in self.walked.values())
        told = []
        if feed_pages:
            what = "Atom" if self.feeds.kind == "atom" else "RSS"
            told.append(f"{entries} posts in its {what} feed")
        if self.pages:
            told.append(f"{sum(self.pages.values())} pages that its sitemap lists")
        text = " and ".join(told) or "nothing new"
        apart = sum(self.keeper.apart.values())
        return f"{text} ({apart} without a WordPress id)" if apart else text

    def _cover(self, listed: list[Address]) -> int:
        """Writes the coverage of all that is known to be there; returns what is out of reach."""
        named: defaultdict[tuple[Kind, str], list[str]] = defaultdict(list)
        for address in listed:
            slug = address.subject.slug or ""
            if address.subject.kind in ("post", "term") and slug not in self.vain:
                named[address.subject.kind, slug].append(address.url)
            elif address.subject.kind == "author":
                named["author", "user"].append(address.url)
        for slug in {*self.walked, *self.pages}:
            named.setdefault(("post", slug), [])
        for known in self.collections:
            named.setdefault((known.kind, known.slug), [])
        named.setdefault(("media", "attachment"), [])
        db, site_id = self.session.db, self.session.site_id
        held = {*known_feeds.held(db, site_id), *unidentified.current(db, site_id)}
        rows = [self._coverage(kind, slug, urls, held) for (kind, slug), urls in named.items()]
        rows = [row for row in rows if row.collection not in self.answered]
        with self.session.transaction():
            for row in rows:
                crawls.cover(db, self.session.crawl_id, row)
        return sum(row.missing for row in rows)

    def _coverage(self, kind: Kind, slug: str, urls: list[str], held: set[str]) -> Coverage:
        collection = self._kind_collection(kind, slug)
        mirrored = states.visible(self.session.db, self.session.site_id, collection)
        if kind == "post":
            missing = sum(url not in held for url in urls)
        else:
            missing = max(0, len(urls) - mirrored)
        return Coverage(
            collection=collection.name,
            reported=len(urls) or None,
            mirrored=mirrored,
            hidden=0,
            missing=missing,
            complete=False,
            how=self._how(kind, slug, len(urls)),
        )

    def _kind_collection(self, kind: Kind, slug: str) -> Collection:
        names = {"user": "users", "attachment": "media", "": "other pages"}
        known = self._collection(slug, kind)
        if known.kind == kind:
            return known
        name = names.get(slug, known.name)
        return Collection(name=name, kind=kind, slug=slug, route=f"/wp/v2/{name}")

    def _how(self, kind: Kind, slug: str, named: int) -> str:
        told = []
        walked = self.walked.get(slug) if kind == "post" else None
        if walked is not None and walked.problem is None:
            reach = "in part"
            if walked.complete:
                reach = "as far as it has changed" if walked.since else "to its end"
            told.append(f"the feed was read {reach} ({len(walked.links)} posts)")
        elif walked is not None:
            told.append(f"no feed ({walked.problem})")
        if kind == "post" and self.pages[slug]:
            told.append(f"{self.pages[slug]} pages were read")
        if kind == "post" and (apart := self.keeper.apart[slug]):
            told.append(f"{apart} are kept apart, without a WordPress id")
        if not told:
            told.append("out of reach without the REST API")
        told.append(f"the sitemap names {named}" if named else "how many there are is not known")
        return "; ".join(told)

    def _repeat(self) -> None:
        """The feed says that nothing was published or edited: what was known is still so."""
        db, site_id, crawl_id = self.session.db, self.session.site_id, self.session.crawl_id
        with self.session.transaction():
            for row in known_feeds.last_covered(db, site_id, crawl_id):
                values = {k: v for k, v in row.items() if k not in ("crawl_id", "complete", "how")}
                crawls.cover(db, crawl_id, Coverage(
                    **values, complete=False, how="the feed says that nothing has changed",
                ))  # fmt: skip
        self.message = f"{self.why}; its feed says that nothing was published or edited since"


def _at_most(limit: int, addresses: list[Address]) -> list[Address]:
    """The first addresses of each sitemap's subject."""
    counts: Counter[str | None] = Counter()
    kept = []
    for address in addresses:
        counts[address.subject.slug] += 1
        if counts[address.subject.slug] <= limit:
            kept.append(address)
    return kept


def _root(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
