"""Sitemaps that name more than anybody could read."""

import asyncio
from typing import Any

import pytest

import spiders.sitemaps
from mirror.wordpress.reply import Reply
from mirror.wordpress.sitemaps import MOST_FILES, PLACES
from spiders.sitemaps import Sitemaps

HOME = "https://example.org/"


class Indexes:
    """Each sitemap is an index: of others below it, or below another place."""

    def __init__(self, entries: int, below: str | None = None) -> None:
        self.entries = entries
        self.below = below
        self.asked: list[str] = []

    async def follow(self, url: str, **_: Any) -> Reply:
        self.asked.append(url)
        named = (f"<loc>{self.below or url}/{n}</loc>" for n in range(self.entries))
        body = "".join(f"<sitemap>{loc}</sitemap>" for loc in named)
        body = f"<sitemapindex>{body}</sitemapindex>"
        status = 404 if url.endswith(".txt") else 200
        return Reply(url=url, status=status, headers={}, body=body.encode())


def test_indexes_of_indexes_end() -> None:
    client: Any = Indexes(20)
    assert asyncio.run(Sitemaps(client, HOME).addresses()) == []
    assert MOST_FILES <= len(client.asked) <= MOST_FILES + 10


def test_no_more_is_kept_in_mind_than_will_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def same_site(one: str, other: str) -> bool:
        looked.append(one)
        return one.startswith(other)

    monkeypatch.setattr(spiders.sitemaps, "same_site", same_site)
    client: Any = Indexes(MOST_FILES * 4, "https://elsewhere.example")
    assert asyncio.run(Sitemaps(client, HOME).addresses()) == []
    assert len(looked) <= (MOST_FILES + 1) * len(PLACES)
