"""Orders crawls and waits for them: Scrapy, as a function."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mirror import descriptors
from mirror.counted import counted
from mirror.errors import SiteError, StoreError
from mirror.progress import (
    FILE_ASKED_FOR,
    Budget,
    CrawlOrder,
    CrawlPlan,
    CrawlSummary,
    Unwatched,
    Watcher,
)
from mirror.second_core import SecondCore
from mirror.session import Clock, Session, now
from mirror.store.connection import connect
from mirror.urls import host_of, is_global_host

# After Ctrl-C or SIGTERM, what is in flight gets this long; the database is safe at any time.
GRACE_SECONDS = 8.0

# New containers until the collector of cycles looks at them: some windows' worth.
GARBAGE_AFTER = 50_000

# Sites side by side, each on its own schedule; each has a few windows of objects in memory.
AT_ONCE = 50

Round = Sequence[CrawlOrder]


def run(
    rounds: Iterable[Round],
    *,
    db: Path,
    watcher: Watcher | None = None,
    settings: dict[str, Any] | None = None,
    budget: Budget | None = None,
    clock: Clock | None = None,
) -> list[CrawlSummary]:
    """Carries out rounds of crawls, each round's sites side by side, in one process.

    Sites of one host come one after the other: its budget is one, however many sites it has.

    `rounds` is consumed lazily: the next round is asked for when the last one has ended. Ends
    early after Ctrl-C or SIGTERM, or with its `budget`: what is in flight is finished, and the
    runs are `interrupted`. `clock` gives the time; a benchmark may have it go faster.
    Scrapy's reactor starts once in a process, so this can be called only once.

    Raises StoreError when the database cannot be opened or written.
    """
    crawls = Crawls(
        rounds,
        connect(db, write=True),
        watcher or Unwatched(),
        settings or {},
        budget or Budget(),
        clock or now,
    )
    try:
        return crawls.run()
    finally:
        crawls.second_core.close()
        crawls.db.close()


def plan(order: CrawlOrder) -> CrawlPlan:
    """Looks at a site without mirroring it. Like `run`, once in a process.

    Raises SiteError when there is nothing to be mirrored.
    """
    process = crawler_process({})
    crawler = process.create_crawler("preflight")
    crawler.settings.setdict(politeness(order), priority="spider")
    process.crawl(crawler, order=order)
    process.start()
    spider: Any = crawler.spider
    if spider.fatal is not None:
        raise spider.fatal
    if spider.plan is None:
        raise SiteError(f"{order.url}: stopped before it was looked at")
    found: CrawlPlan = spider.plan
    return found


def crawler_process(settings: dict[str, Any]) -> Any:
    """Scrapy's process with this project's settings, and without its banner."""
    # First, from here: Scrapy looks through the whole stack when this is loaded, and later that is
    # twice as deep (0.1 s).
    import scrapy.core.downloader.contextfactory  # noqa: F401
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "mirror.settings")
    project_settings = get_project_settings()
    # Whoever calls has set up logging: the command line says little, a program as it likes.
    project_settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    project_settings.set("LOG_VERSIONS", [], priority="cmdline")
    project_settings.setdict(settings, priority="cmdline")
    return AsyncCrawlerProcess(project_settings)


class Crawls:
    """The rounds in progress."""

    def __init__(
        self,
        rounds: Iterable[Round],
        db: Database,
        watcher: Watcher,
        settings: dict[str, Any],
        budget: Budget,
        clock: Clock,
    ) -> None:
        self.rounds: Iterator[Round] = iter(rounds)
        self.db = db
        self.watcher = watcher
        self.settings = settings
        self.budget = budget
        self.clock = clock
        self.requests = 0
        self.waiting: list[CrawlOrder] = []
        self.crawlers: dict[str, Any] = {}  # in progress, by host
        self.summaries: list[CrawlSummary] = []
        self.error: Exception | None = None
        self.bug: Exception | None = None
        self.stopping = False
        self.second_core = SecondCore()
        descriptors.ask_for_more()
        self.at_once = descriptors.sites_at_once(AT_ONCE)

    def run(self) -> list[CrawlSummary]:
        """Blocks until all rounds have ended."""
        self.process = crawler_process(self.settings)
        # What is loaded stays; and a window is thousands of lists and objects, none of them in a
        # cycle: looking for some at the usual rate costs a twentieth of a fast crawl.
        gc.freeze()
        gc.set_threshold(GARBAGE_AFTER)
        self._next_round()
        if self.crawlers:
            loop = asyncio.get_event_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self._stop_for, "stopped from outside")
            if self.budget.seconds is not None:
                loop.call_later(self.budget.seconds, self._spent, "its time")
            self.process.start(install_signal_handlers=False)
            if self.crawlers:
                self._end_threads()
        if trouble := self.error or self.bug:
            raise trouble
        return self.summaries

    def _next_round(self) -> None:
        if self.stopping or self.error:
            return
        try:
            self.waiting += next(self.rounds, ())
        except Exception as error:
            self.error = error
        self._begin_some()

    def _begin_some(self) -> None:
        for order in tuple(self.waiting):
            host = host_of(order.url)
            if self.stopping or self.error or len(self.crawlers) >= self.at_once:
                return
            if host not in self.crawlers:
                self.waiting.remove(order)
                try:
                    self._begin(host, order)
                except Exception as error:
                    self.error = error

    def _begin(self, host: str, order: CrawlOrder) -> None:
        crawler = self.process.create_crawler("wordpress")
        crawler.settings.setdict(politeness(order), priority="spider")
        if self.budget.requests is not None:
            from scrapy.signals import request_reached_downloader

            for request in (request_reached_downloader, FILE_ASKED_FOR):
                crawler.signals.connect(self._asked, signal=request)
        session = Session(self.db, order, clock=self.clock, second_core=self.second_core)
        task = self.process.crawl(crawler, order=order, session=session, watcher=self.watcher)
        self.crawlers[host] = crawler
        task.add_done_callback(lambda done: self._ended(host, done))

    def _ended(self, host: str, task: "asyncio.Task[None]") -> None:
        spider = self.crawlers.pop(host).spider
        if not task.cancelled() and task.exception() is not None:
            self._note(task.exception())
        elif spider is not None:
            self._take(spider)
        self._begin_some()
        if not self.crawlers:
            self._next_round()

    def _take(self, spider: Any) -> None:
        """What a crawl came to."""
        self._note(spider.fatal)
        if spider.summary is not None:
            self.summaries.append(spider.summary)

    def _note(self, error: BaseException | None) -> None:
        """What ends all: nothing can be kept. What is wrong with one site's crawl ends that one."""
        if isinstance(error, StoreError):
            self.error = self.error or error
        elif isinstance(error, Exception):
            self.bug = self.bug or error

    def _asked(self) -> None:
        self.requests += 1
        if self.budget.requests is not None and self.requests >= self.budget.requests:
            self._spent(f"its {counted(self.budget.requests, 'requests')}")

    def _spent(self, what: str) -> None:
        if not self.stopping and self.crawlers:
            self._stop_for(f"the run has used up {what}; the next one goes on from here")

    def _stop_for(self, why: str) -> None:
        if self.stopping:
            logging.getLogger(__name__).warning("stopping at once")
            os._exit(130)
        self.stopping = True
        for crawler in self.crawlers.values():
            if crawler.spider is not None:
                crawler.spider.stopped_for = why
        loop = asyncio.get_event_loop()
        self.stop_task = loop.create_task(self._stop())
        loop.call_later(GRACE_SECONDS, self._give_up)

    async def _stop(self) -> None:
        """Ends the visits; Scrapy closes a spider that has nothing more to do.

        Told to stop, it would look once whether an item is in the pipelines, and then wait for ever
        (2.19, `Scraper.close_spider_async`). So it is told only of those that have not begun.
        """
        for crawler in tuple(self.crawlers.values()):
            if crawler.spider is None or not crawler.spider.stop():
                await crawler.stop_async()

    def _give_up(self) -> None:
        """Ends what would not end: as if the machine had gone down, but told."""
        for crawler in self.crawlers.values():
            if crawler.spider is not None:
                crawler.spider.conclude("stopped")
                self._take(crawler.spider)
        asyncio.get_event_loop().stop()

    @staticmethod
    def _end_threads() -> None:
        """What the reactor does when it ends in order: its threads would keep the program alive."""
        from twisted.internet import reactor

        reactor.getThreadPool().stop()


def politeness(order: CrawlOrder) -> dict[str, Any]:
    """The settings of one site's crawl that follow from its order.

    A host that is not global (loopback, a private network) is one's own machine: no delay, unless
    the order names one.
    """
    settings: dict[str, Any] = {}
    delay = order.delay
    if delay is None and not is_global_host(host_of(order.url)):
        delay = 0.0
    if delay is not None:
        settings["DOWNLOAD_DELAY"] = delay
        settings["AUTOTHROTTLE_ENABLED"] = delay > 0
        settings["AUTOTHROTTLE_START_DELAY"] = delay
    if order.connections is not None:
        settings["CONCURRENT_REQUESTS_PER_DOMAIN"] = order.connections
    if order.user_agent:
        settings["USER_AGENT"] = order.user_agent
    elif order.contact:
        from mirror.settings import USER_AGENT

        settings["USER_AGENT"] = f"{USER_AGENT} (+{order.contact})"
    return settings
