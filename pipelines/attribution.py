"""Judges who published a post first."""

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from mirror.attribution import Site, judge
from mirror.content import Content, plain
from mirror.items import Item
from mirror.wordpress.objects import storable
from pipelines.session import session_of


class AttributionPipeline:
    """One parse of the content serves the judgement and the full-text index."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    def process_item(self, item: Item) -> Item:
        """Adds `attribution` and `searchable` to posts; other kinds pass."""
        if item.kind != "post":
            return item
        content = Content(item.columns["content"] or "")
        verdict = judge(item.object, self._site(), content)
        if verdict.syndicated:
            assert self.crawler.stats is not None
            self.crawler.stats.inc_value("mirror/attribution/syndicated")
        return replace(
            item,
            attribution=verdict,
            searchable=(storable(plain(item.columns["title"] or "")), storable(content.text)),
        )

    def _site(self) -> Site:
        return session_of(self.crawler).publisher
