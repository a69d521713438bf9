"""Keeps what came through; commits a window when its last item is settled."""

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from mirror.items import Item
from mirror.store.failures import Failure
from pipelines.session import session_of


class StorePipeline:
    """Last of the pipelines. Items that an earlier one dropped or broke are settled here too."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(pipeline.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(pipeline.item_error, signal=signals.item_error)
        return pipeline

    def process_item(self, item: Item) -> Item:
        """Hands the item to the session."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("mirror/store/kept")
        session_of(self.crawler).keep(item)
        return item

    def item_scraped(self, item: Item) -> None:
        """The item came through."""
        session_of(self.crawler).settle(item)

    def item_dropped(self, item: Item) -> None:
        """The item is held already."""
        session_of(self.crawler).settle(item, dropped=True)

    def item_error(self, item: Item) -> None:
        """A pipeline raised: a bug, but one object's, and told as such."""
        session = session_of(self.crawler)
        session.fail(
            Failure(
                url=f"{item.collection}/{item.wp_id}",
                kind="not-processed",
                collection=item.collection,
                wp_id=item.wp_id,
                message=f"{item.collection} {item.wp_id} could not be processed: see the log",
            )
        )
        session.settle(item, broken=True)
