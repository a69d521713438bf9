"""Judges who published a post first."""

from typing import Self

from scrapy.crawler import Crawler

from mirror.items import Item
from mirror.window import Window
from pipelines.session import session_of


class AttributionPipeline:
    """The judgement with its evidence, and the text that the full-text index takes."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    def process_item(self, window: Window) -> Window:
        """Adds `attribution` and `searchable` to posts; other kinds pass."""
        if window.collection.kind != "post":
            return window
        session = session_of(self.crawler)

        def judge(one: Item) -> None:
            found = session.found(window, one)
            one.attribution, one.searchable = found.attribution, found.searchable

        window.each(judge)
        syndicated = sum(
            one.attribution is not None and one.attribution.syndicated for one in window
        )
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("mirror/attribution/syndicated", syndicated)
        return window
