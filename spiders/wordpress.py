"""The spider: mirrors one WordPress site.

Discovery, walks and updates read as straight lines of `await`; Scrapy's downloader, middlewares,
item pipelines and signals carry them out. `start` yields the windows that the visit produces.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from mirror import credentials
from mirror.errors import MirrorError, StoreError
from mirror.lock import locked
from mirror.progress import CrawlOrder, CrawlSummary, Unwatched, Watcher
from mirror.session import Session
from mirror.store.connection import connect, refuse_strangers
from mirror.window import Window
from spiders.client import Client
from spiders.visit import Visit

logger = logging.getLogger(__name__)

# What a crawl costs, among Scrapy's statistics: its own requests, and those for media files.
REQUESTS = ("downloader/request_count", "mirror/media/requests")
BYTES = ("downloader/response_bytes", "mirror/media/bytes")

# Seconds that a visit which was stopped may take to let go of what it has in hand.
LETTING_GO = 2.0


class WordpressSpider(Spider):
    """`scrapy crawl wordpress -a url=URL [-a db=FILE] [-a full=1]`, or ordered by `mirror crawl`.

    Raises NotConfigured without a `url`.
    """

    name = "wordpress"

    def __init__(
        self,
        *,
        order: CrawlOrder,
        session: Session,
        watcher: Watcher,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.order = order
        self.session = session
        self.watcher = watcher
        self.summary: CrawlSummary | None = None
        self.fatal: Exception | None = None
        self.stopped_for: str | None = None
        self._unlock = ExitStack()
        self._visit: asyncio.Task[None] | None = None
        self._windows: asyncio.Queue[Window | None] = asyncio.Queue()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Takes `order`, `session` and `watcher`, or what the command line of Scrapy can say."""
        with ExitStack() as lock:
            if "session" not in kwargs:
                kwargs = _from_arguments(kwargs, lock)
            spider = super().from_crawler(crawler, *args, **kwargs)
            spider._unlock = lock.pop_all()
        crawler.signals.connect(spider.closed_by, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yields the windows of the visit as they arrive: each is an item to Scrapy."""
        if self.stopped_for is not None:  # before it began
            return
        self.watcher.started(self.session.host)
        self._visit = asyncio.create_task(self._run())
        try:
            while (window := await self._windows.get()) is not None:
                yield window
        finally:
            self.stop()
        await asyncio.wait([self._visit])
        if self.fatal is None and not self._visit.cancelled():
            self._visit.result()  # raises what ended it

    async def _run(self) -> None:
        agent = self.settings["ROBOTSTXT_USER_AGENT"]
        client = Client(self.crawler, agent)
        visit = Visit(
            session=self.session,
            client=client,
            watcher=self.watcher,
            send=self._windows.put_nowait,
        )
        try:
            if self.order.credentials is not None:
                client.credentials = credentials.read(self.order.credentials, self.order.url)
            await visit.run()
            failed = 0
            if self.order.media and self.order.limit is None:
                from spiders import files  # aiohttp and Pillow: not for those who want no media

                fetched = await files.fetch(self.session, self.crawler, self.watcher)
                failed = fetched.failed
                if fetched.stopped:
                    self.watcher.note(self.session.host, f"files: {fetched.stopped}")
            self._count()
            self.summary = replace(visit.conclude(None), files_failed=failed)
            await self.session.tidy()
        except StoreError as error:
            self.fatal = error
        except MirrorError as error:
            self._count()
            self.summary = visit.conclude(error)
        except Exception as error:
            self.fatal = error
            raise
        finally:
            self._windows.put_nowait(None)

    def _count(self) -> None:
        """Scrapy counts requests and bytes: with robots.txt, headers, and as compressed.

        Of media files the bodies alone are counted.
        """
        assert self.crawler.stats is not None
        counted = self.crawler.stats.get_stats()
        counts = self.session.counts
        counts.requests = sum(counted.get(name, 0) for name in REQUESTS)
        counts.bytes = sum(counted.get(name, 0) for name in BYTES)

    async def closed_by(self, reason: str) -> None:
        """A crawl that was stopped from outside is interrupted, not failed."""
        if self._visit is not None:
            # To its end: the loop may stop right after this, and tasks that were left in the middle
            # of letting go would be destroyed there, each with a traceback.
            self.stop()
            await asyncio.wait([self._visit], timeout=LETTING_GO)
        with self._unlock:
            self.conclude(reason)

    def stop(self) -> bool:
        """Ends the visit; whether there is one.

        Cancels it once: a second time would cut off the letting go that the first began.
        """
        if self._visit is not None and not self._visit.cancelling():
            self._visit.cancel()
        return self._visit is not None

    def conclude(self, reason: str) -> None:
        """Tells how the crawl ended; `reason` is Scrapy's, of one that was stopped."""
        if self.fatal is not None:
            return
        if self.summary is None:
            self._count()
            self.summary = self.session.finish(
                "interrupted", self.stopped_for or f"stopped: {reason}"
            )
        logger.info("%s: %s", self.session.host, self.summary.outcome)
        self.watcher.finished(self.summary)


def _from_arguments(kwargs: dict[str, Any], lock: ExitStack) -> dict[str, Any]:
    """Scrapy's `-a name=value` arguments as an order of their own; locks the database."""
    url = kwargs.pop("url", None)
    if not url:
        raise NotConfigured("which site? scrapy crawl wordpress -a url=https://example.com")
    order = CrawlOrder(
        url=url,
        full=kwargs.pop("full", "") not in ("", "0", "no", "false"),
        comments=kwargs.pop("comments", "") not in ("", "0", "no", "false"),
        only=tuple(filter(None, kwargs.pop("only", "").split(","))),
        limit=int(kwargs.pop("limit", 0)) or None,
        credentials=kwargs.pop("credentials", None),
    )
    path = Path(kwargs.pop("db", "mirror.db"))
    refuse_strangers(path)
    lock.enter_context(locked(path))
    db = connect(path, write=True)
    lock.callback(db.close)
    return {**kwargs, "order": order, "session": Session(db, order), "watcher": Unwatched()}
