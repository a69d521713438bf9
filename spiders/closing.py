"""Closes a crawl that was stopped while something was in the pipelines."""

import asyncio
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

# Seconds between two looks.
PAUSE = 0.5


class Closer:
    """Looks again where Scrapy looks once (an extension).

    Told to stop, Scrapy 2.19 waits for the pipelines to be empty, and hears of what `start` yields
    no more when it has come through (`Scraper.close_spider_async`): it would wait for ever.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Looks from the spider's first moment to its last."""
        closer = cls(crawler)
        crawler.signals.connect(closer.look, signal=signals.spider_opened)
        crawler.signals.connect(closer.closed, signal=signals.spider_closed)
        return closer

    def look(self) -> None:
        """Lets Scrapy see whether it may close, if that is what it waits for."""
        self._next = asyncio.get_running_loop().call_later(PAUSE, self.look)
        assert self.crawler.engine is not None
        scraper = self.crawler.engine.scraper
        closing = scraper.slot.closing if scraper.slot is not None else None
        if closing is not None and not closing.called:
            scraper._check_if_closing()

    def closed(self) -> None:
        """There is nothing more to be seen."""
        self._next.cancel()
