"""Writes what came through, a window in one transaction."""

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from mirror.window import Window
from pipelines.session import session_of


class StorePipeline:
    """Last of the pipelines. A window that an earlier one dropped or broke is settled here too."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(pipeline.item_error, signal=signals.item_error)
        return pipeline

    def process_item(self, item: Window) -> Window:
        """Hands the window to the session."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("mirror/store/kept", len(item.items))
        session_of(self.crawler).commit(item)
        return item

    def item_dropped(self, item: Window) -> None:
        """Somebody's own pipeline wants none of it."""
        item.drop_all()
        session_of(self.crawler).commit(item)

    def item_error(self, item: Window) -> None:
        """A pipeline raised for the window as a whole: a bug, and told of each object."""
        item.faulty += item.items
        item.items = []
        session_of(self.crawler).commit(item)
