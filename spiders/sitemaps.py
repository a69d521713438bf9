"""Collects what a site's sitemaps list: core's, or a plugin's, or those that robots.txt names."""

import logging
from collections import deque
from urllib.parse import urljoin

from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap, sitemap_urls_from_robots

from mirror.errors import RefusedError
from mirror.wordpress.advertised import pinned
from mirror.wordpress.pages import utc
from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import same_site
from mirror.wordpress.sitemaps import (
    MOST_ADDRESSES,
    MOST_FILES,
    Address,
    places,
    subject_of,
)
from spiders.client import Client

logger = logging.getLogger(__name__)

# 50 MB is what sitemaps.org allows.
MOST_BYTES = 50 * 1024 * 1024


class Sitemaps:
    """The sitemaps of one site. `found`: their index; `failed`: files that could not be read."""

    def __init__(self, client: Client, home: str) -> None:
        self.client = client
        self.home = home
        self.found: str | None = None
        self.failed: list[str] = []

    async def addresses(self) -> list[Address]:
        """All addresses, each once; empty if there is no sitemap."""
        robots = await self._get(urljoin(self.home, "/robots.txt"))
        for place in places(self.home, _named(robots.body, self.home) if robots else []):
            found: dict[str, Address] = {}
            if self.found is None and await self._read(place, found):
                self.found = place
                return list(found.values())
        return []

    async def _read(self, place: str, found: dict[str, Address]) -> bool:
        """Reads an index and all that it names; whether there is one."""
        todo, done = deque([place]), set[str]()
        while todo and len(done) < MOST_FILES and len(found) < MOST_ADDRESSES:
            url = todo.popleft()
            where = pinned(url, self.home) if same_site(url, self.home) else None
            if where is None or where in done:
                continue
            done.add(where)
            listed = await self._listed(where)
            if listed is None:
                if len(done) > 1:
                    self.failed.append(where)
                continue
            kind, entries = listed
            if kind == "sitemapindex":
                named = [loc for loc, _ in entries if subject_of(loc).kind != "other"]
                todo.extend(named[:MOST_FILES])  # no more will be read
                continue
            subject = subject_of(where)
            for loc, modified in entries:
                if same_site(loc, self.home):
                    address = Address(url=loc, subject=subject, modified_gmt=utc(modified))
                    found.setdefault(loc, address)
        return bool(found) or len(done) > 1

    async def _listed(self, url: str) -> tuple[str, list[tuple[str, str]]] | None:
        """What a sitemap is, and its addresses with their dates; None if it is none."""
        reply = await self._get(url)
        return None if reply is None else entries_of(url, reply.body)

    async def _get(self, url: str) -> Reply | None:
        try:
            reply = await self.client.follow(
                url, headers={"Accept": "application/xml,text/plain;q=0.5"}, signed=False
            )
        except RefusedError as error:
            logger.info("%s", error)
            return None
        return reply if reply.status == 200 else None


def entries_of(url: str, body: bytes) -> tuple[str, list[tuple[str, str]]] | None:
    """What a sitemap is, and its addresses with their dates; None if it is none."""
    try:
        if body.startswith(b"\x1f\x8b"):
            body = gunzip(body, max_size=MOST_BYTES)
        sitemap = Sitemap(body)
        if sitemap.type not in ("sitemapindex", "urlset"):
            return None
        entries = [(str(e.get("loc") or ""), str(e.get("lastmod") or "")) for e in sitemap]
    except Exception as error:  # lxml's, zlib's, StopIteration where there is no element
        logger.info("%s: no sitemap: %s", url, error)
        return None
    return sitemap.type, entries


def _named(robots: bytes, home: str) -> list[str]:
    """The sitemaps that robots.txt names."""
    try:
        return list(sitemap_urls_from_robots(robots[:1_000_000], home))
    except ValueError:  # an address that is none
        return []
