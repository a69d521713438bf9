"""Reads a site's feeds, page by page, and not at all where nothing is new."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mirror.store.feeds import Validators
from mirror.wordpress.feeds import Entry, Feed, NotAFeed, feed_url, read_feed
from mirror.wordpress.problems import classify
from mirror.wordpress.reply import Reply
from spiders.client import Client

ACCEPT = "application/atom+xml,application/rss+xml;q=0.9,application/xml;q=0.8,*/*;q=0.1"
# Ten posts each, as WordPress has it by default.
MOST_PAGES = 5000

Take = Callable[[Sequence[Entry]], Awaitable[None]]
# Kind, and whether the address is pretty: WordPress redirects from one to the other, so that what
# is asked first is what most sites have.
SPELLINGS: tuple[tuple[Literal["atom", "rss"], bool], ...] = (
    ("atom", True), ("rss", True), ("atom", False), ("rss", False),
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Walked:
    """How far a feed was read: `complete` is to its end, or back to the time `since`."""

    links: set[str] = field(default_factory=set)
    pages: int = 0
    complete: bool = False
    problem: str | None = None
    since: str | None = None


class Feeds:
    """The feeds of one site. `first` is the newest page of posts; None until one was found."""

    def __init__(self, client: Client, home: str) -> None:
        self.client = client
        self.home = home
        self.kind: Literal["atom", "rss"] = "atom"
        self.pretty = True
        self.url: str | None = None
        self.first: Feed | None = None
        self.unchanged = False
        self.etag: str | None = None
        self.last_modified: str | None = None
        self.problem: str | None = None

    async def find(self, known: Callable[[str], Validators | None]) -> bool:
        """Whether the site has a feed of posts: its address, and whether it has changed."""
        for kind, pretty in SPELLINGS:
            url = feed_url(self.home, kind, pretty=pretty)
            seen = known(url)
            headers = {"Accept": ACCEPT, **conditional(seen)}
            reply = await self.client.follow(url, headers=headers, signed=False)
            self.kind, self.pretty, self.url = kind, pretty, url
            if reply.status == 304 and seen is not None:
                self.unchanged = True
                return True
            feed = self._read(reply)
            if isinstance(feed, Feed) and feed.kind == kind:
                self.first = feed
                self.etag = etag(reply.header("etag"))
                self.last_modified = reply.header("last-modified") or None
                return True
            self.problem = feed if isinstance(feed, str) else "a feed of another kind"
        self.url = None
        return False

    async def walk(
        self, slug: str, take: Take, *, since: str | None = None, limit: int | None = None
    ) -> Walked:
        """Reads the feed of a post type; `since` a time, if the feed can be had by modification."""
        walked = Walked(since=since)
        more = {"post_type": slug} if slug != "post" else {}
        if since is not None:
            more["orderby"] = "modified"
        for page in range(1, MOST_PAGES + 1):
            feed = await self._page(page, more)
            if isinstance(feed, str):
                # WordPress answers 404 behind the last page.
                walked.complete = feed == "past the end" and page > 1
                walked.problem = None if walked.complete else feed
                return walked
            if page == 1 and not self._is_own(slug, feed):
                walked.problem = "the site has no feed of this type"
                return walked
            fresh = [entry for entry in feed.entries if entry.link not in walked.links]
            walked.links.update(entry.link for entry in fresh)
            walked.pages += 1
            if limit is not None and len(walked.links) >= limit:
                await take(fresh[: limit - len(walked.links) + len(fresh)])
                return walked
            await take(fresh)
            if not fresh or (since is not None and self._older(feed, since)):
                walked.complete = True
                return walked
        walked.problem = f"more than {MOST_PAGES} pages"
        return walked

    async def _page(self, page: int, more: dict[str, str]) -> Feed | str:
        if page == 1 and not more and self.first is not None:
            return self.first
        query: dict[str, object] = {**more, **({"paged": page} if page > 1 else {})}
        accept = {"Accept": ACCEPT}
        for _ in range(3):
            url = feed_url(self.home, self.kind, pretty=self.pretty, **query)
            feed = self._read(await self.client.follow(url, headers=accept, signed=False))
            if isinstance(feed, Feed) or feed == "past the end":
                break
        return feed

    def _is_own(self, slug: str, feed: Feed) -> bool:
        """WordPress answers for a type that it does not know with the posts."""
        if slug == "post" or self.first is None:
            return True
        posts = {entry.link for entry in self.first.entries}
        return not all(entry.link in posts for entry in feed.entries)

    @staticmethod
    def _older(feed: Feed, since: str) -> bool:
        times = [entry.modified_gmt or "" for entry in feed.entries]
        return bool(times) and times[-1] < since

    @staticmethod
    def _read(reply: Reply) -> Feed | str:
        """A page of a feed, or what it was instead."""
        if reply.status in (404, 410):
            return "past the end"
        if reply.status == 200 and reply.error is None:
            try:
                return read_feed(reply.body)
            except NotAFeed as error:
                return str(error)
        problem = classify(reply)
        return problem.message if problem else f"status {reply.status}"


def conditional(seen: Validators | None) -> dict[str, str]:
    """The headers that ask whether something has changed since it was seen.

    The ETag alone, where there is one: WordPress wants both to match, and a newest post that was
    deleted makes `If-Modified-Since` say 304 wrongly (`WP::send_headers`).
    """
    if seen is None:
        return {}
    if seen.etag:
        return {"If-None-Match": seen.etag}
    return {"If-Modified-Since": seen.last_modified} if seen.last_modified else {}


def etag(text: str) -> str | None:
    """An ETag as WordPress sent it: web servers that compress make it weak, or add `-gzip`.

    >>> etag('W/"abc-gzip"'), etag('"abc"'), etag("")
    ('"abc"', '"abc"', None)
    """
    bare = text.strip().removeprefix("W/").strip('"')
    for ending in ("-gzip", "--gzip", ";gzip", "-br", "-df"):
        bare = bare.removesuffix(ending)
    return f'"{bare}"' if bare and bare.isascii() and '"' not in bare else None
