"""Drops what is held already; points copies to the row that had their GUID first."""

from typing import Self

from scrapy.crawler import Crawler

from mirror.window import Window
from pipelines.session import session_of


class DedupePipeline:
    """The same object, unchanged, on the same row: dropped. The same GUID elsewhere: both stay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    def process_item(self, window: Window) -> Window:
        """Takes out what is known; sets `original_id` on copies."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("mirror/dedupe/known", window.drop_known())
        originals = session_of(self.crawler).originals(window.items)
        self.crawler.stats.inc_value("mirror/dedupe/copies", len(originals))
        for one in window if originals else ():
            one.original_id = originals.get(one.wp_id)
        return window
