"""Drops what is held already; points copies to the row that had their GUID first."""

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from mirror.items import Item
from mirror.session import Session
from pipelines.session import session_of


class DedupePipeline:
    """The same object, unchanged, on the same row: dropped. The same GUID elsewhere: both stay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    @property
    def session(self) -> Session:
        """The crawl in progress."""
        return session_of(self.crawler)

    def process_item(self, item: Item) -> Item:
        """Raises DropItem for what is known; sets `original_id` on copies."""
        assert self.crawler.stats is not None
        if self.session.is_known(item):
            self.crawler.stats.inc_value("mirror/dedupe/known")
            raise DropItem(f"{item.collection} {item.wp_id}: unchanged", log_level="DEBUG")
        original = self.session.original(item)
        if original is None:
            return item
        self.crawler.stats.inc_value("mirror/dedupe/copies")
        return replace(item, original_id=original)
