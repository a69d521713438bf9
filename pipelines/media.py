"""Finds which media an object uses."""

from typing import Self

from scrapy.crawler import Crawler

from mirror.examination import EXAMINED
from mirror.items import Item
from mirror.window import Window
from pipelines.session import session_of


class MediaPipeline:
    """What a post shows and links, what files an attachment has: fetched when all is read."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    def process_item(self, window: Window) -> Window:
        """Adds `media` to posts and attachments; other kinds pass."""
        if window.collection.kind not in EXAMINED:
            return window
        session = session_of(self.crawler)

        def find(one: Item) -> None:
            one.media = session.found(window, one).media

        window.each(find)
        assert self.crawler.stats is not None
        uses = sum(len(one.media or ()) for one in window)
        self.crawler.stats.inc_value("mirror/media/uses", uses)
        return window
