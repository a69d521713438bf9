"""Finds which media an object uses."""

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from mirror.examination import EXAMINED
from mirror.items import Item
from pipelines.session import session_of


class MediaPipeline:
    """What a post shows and links, what files an attachment has: fetched when all is read."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    def process_item(self, item: Item) -> Item:
        """Adds `media` to posts and attachments; other kinds pass."""
        if item.kind not in EXAMINED:
            return item
        media = session_of(self.crawler).found(item).media
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("mirror/media/uses", len(media or ()))
        return replace(item, media=media)
