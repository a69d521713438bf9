"""Mirrors what is public of a site whose REST API is refused or absent: its feeds and sitemaps.

Another spelling of REST is never tried: a refusal is an answer. Feeds and sitemaps are offered to
everybody. They say less, so what they show is put over what is held without taking anything away,
nothing is ever marked as deleted, and no collection counts as complete.
"""

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit, urlunsplit

from mirror.counted import counted
from mirror.errors import RefusedError, SiteError
from mirror.moments import moment, timestamp
from mirror.progress import Watcher
from mirror.session import Session
from mirror.store import crawls
from mirror.store import feeds as known
from mirror.store.crawls import LIMITED
from mirror.store.feeds import Validators
from mirror.sync.plan import OVERLAP
from mirror.urls import host_of
from mirror.window import Window
from mirror.wordpress.advertised import MOST_BYTES, feed_home, pinned
from mirror.wordpress.feeds import Entry
from mirror.wordpress.pages import read_page
from mirror.wordpress.problems import is_challenge
from mirror.wordpress.sitemaps import Address
from spiders.client import Client
from spiders.feeds import Feeds, Walked
from spiders.pages import ACCEPT, Pages
from spiders.partial import Keeper
from spiders.reach import Reach
from spiders.sitemaps import Sitemaps

WITHOUT_FEED = ("post", "page", "attachment", "nav_menu_item")
# A front page that has none of these is not WordPress', and announces no feed.
_MARKS = re.compile(
    rb"/wp-(?:content|includes)/|content=[\"']WordPress |application/(?:rss|atom)\+xml",
    re.IGNORECASE,
)


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
        send: Callable[[Window], None],
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
        self.reach = Reach(session)
        self.trouble: list[str] = []

    async def run(self) -> bool:
        """Whether anything public was found; then `message` says what. Never raises SiteError."""
        try:
            if not await self._approach():
                return False
            if self.feeds.unchanged and not self.session.order.full:
                self.reach.repeat()
                self.message += "; its feed says that nothing was published or edited since"
                return True
            listed = await Sitemaps(self.client, self.home).addresses()
            if not self.front_is_page:
                listed = [a for a in listed if a.url.rstrip("/") != self.home.rstrip("/")]
            if not listed and self.feeds.first is None:
                return False
            self.watcher.note(self.session.host, f"{self.why}: feeds and sitemaps are read instead")
            await self._read_feeds(listed)
            pages = Pages(self.session, self.client, self.watcher, self.keeper, self.reach)
            await pages.read(listed)
            if pages.left:
                self.trouble.append(f"{counted(pages.left, 'pages')} left to later crawls")
        except SiteError as error:
            self.trouble.append(str(error))
            if not self.reach.walked and not self.reach.pages:
                return False
            listed = []
        self._conclude(listed)
        return bool(self.reach.kept or self.reach.apart)

    async def _approach(self) -> bool:
        """Finds the home address and the feed; False if the site wants no robots at all."""
        front = await self.client.follow(
            self.session.order.url, headers={"Accept": ACCEPT}, signed=False
        )
        if is_challenge(front) or front.status in (0, 401, 429) or front.status >= 500:
            return False
        if not self.refused and not _MARKS.search(front.body[:MOST_BYTES]):
            return False
        if front.status < 400 and front.date is not None:
            self.started = min(self.started, timestamp(front.date))
        self.home = pinned(feed_home(front) or "", front.url) or _root(front.url)
        self.feeds = Feeds(self.client, self.home)
        self.front_is_page = read_page(front).wp_id is not None
        self.keeper = Keeper(self.session, self.client, self.send, self.reach, self.home)
        # Rows that are written again keep their terms by these.
        self.session.taxonomies = tuple(
            dict.fromkeys(
                c.route.rsplit("/", 1)[-1] for c in self.reach.collections if c.kind == "term"
            )
        )
        db, site_id, full = self.session.db, self.session.site_id, self.session.order.full
        try:
            await self.feeds.find(lambda url: None if full else known.validators(db, site_id, url))
        except RefusedError as error:
            self.feeds.url = None
            self.trouble.append(str(error))
        if self.feeds.first is not None:
            self._introduce(self.feeds.first.title)
        return True

    def _introduce(self, name: str) -> None:
        self.session.introduce(name or None, {host_of(self.home)})
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
            slugs += [c.slug for c in self.reach.collections if c.kind == "post"]
        others = dict.fromkeys(
            slug
            for slug in slugs
            if slug and slug not in WITHOUT_FEED and not slug.startswith("wp_")
        )
        for slug in ("post", *others):
            if self.reach.wanted(slug):
                self.reach.walked[slug] = await self._walk(slug)

    async def _walk(self, slug: str) -> Walked:
        collection = self.reach.collection(slug)

        async def take(entries: Sequence[Entry]) -> None:
            await self.keeper.entries(collection, entries)
            done = self.reach.read(slug)
            self.watcher.collection(self.session.host, collection.name, done, None)

        limit = self.session.order.limit
        walked = await self.feeds.walk(slug, take, since=self._since(), limit=limit)
        if walked.problem is not None and walked.pages:
            self.trouble.append(f"the feed of {collection.name} broke off: {walked.problem}")
        return walked

    def _since(self) -> str | None:
        """When the feed was last read to its end, if it can be had by modification."""
        assert self.feeds.url is not None
        seen = known.validators(self.session.db, self.session.site_id, self.feeds.url)
        if seen is None or self.session.order.full or self.feeds.kind != "atom":
            return None
        last = moment(seen.read_at)
        assert last is not None
        return timestamp(last - OVERLAP).removesuffix("Z")

    # Telling how it went.

    def _conclude(self, listed: list[Address]) -> None:
        """Coverage, the message, and, if nothing is left to be read, the feed's validators."""
        if self.session.order.limit is not None:
            self.trouble.append(f"{LIMITED} {self.session.order.limit}")
        out_of_reach = self.reach.cover(listed, self.answered)
        posts = self.reach.walked.get("post")
        clean = posts is not None and posts.complete and not self.trouble
        if clean and self.feeds.url is not None and not self.session.order.only:
            seen = Validators(self.feeds.etag, self.feeds.last_modified, self.started)
            with self.session.transaction():
                known.remember(self.session.db, self.session.site_id, self.feeds.url, seen)
        feed = "Atom" if self.feeds.kind == "atom" else "RSS"
        self.message = f"{self.why}; read instead: {self.reach.told(feed)}"
        if out_of_reach:
            self.message += f"; known to be out of reach: {counted(out_of_reach, 'objects')}"
        if self.trouble:
            self.message += f" ({'; '.join(self.trouble)})"


def _root(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
