"""Judges who published a post first."""

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from mirror.items import Item
from pipelines.session import session_of


class AttributionPipeline:
    """The judgement with its evidence, and the text that the full-text index takes."""

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
        found = session_of(self.crawler).found(item)
        if found.attribution is not None and found.attribution.syndicated:
            assert self.crawler.stats is not None
            self.crawler.stats.inc_value("mirror/attribution/syndicated")
        return replace(item, attribution=found.attribution, searchable=found.searchable)
