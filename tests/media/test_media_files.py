"""The last step of a visit, as the spider takes it."""

import asyncio
from types import SimpleNamespace
from typing import Any

from scrapy.settings import BaseSettings
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector

from mirror.media.stage import MediaSummary
from mirror.progress import FILE_ASKED_FOR, CrawlOrder, Unwatched
from mirror.session import Session
from spiders import files
from tests.media.hostile import GOOD
from tests.media.sites import Server, Site

SETTINGS = {
    "MIRROR_MEDIA": "elsewhere",
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": "patient",
    "USER_AGENT": "ExampleArchive/1.0",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
    "DOWNLOAD_DELAY": 0.5,
    "STATS_DUMP": False,
}


def crawler() -> Any:
    """As much of Scrapy's as fetching files takes."""
    made = SimpleNamespace(settings=BaseSettings(SETTINGS), signals=SignalManager())
    made.stats = MemoryStatsCollector(made)
    return made


def visit(site: Site, *, full: bool = False, by: Any = None) -> MediaSummary:
    session = Session(site.db, CrawlOrder(url=site.url, full=full))
    return asyncio.run(files.fetch(session, by or crawler(), Unwatched()))


def test_a_full_crawl_asks_again_and_fetches_nothing_twice(site: Site, server: Server) -> None:
    site.want("/good.png", "/404.png")
    first = visit(site)
    assert (first.fetched, first.failed) == (1, 1)
    assert len(list((site.path / "elsewhere").glob("??/*.png"))) == 1
    assert visit(site) == MediaSummary()
    again = visit(site, full=True)
    assert (again.fetched, again.unchanged, again.failed, again.bytes) == (0, 1, 1, 0)
    asked = [entry["path"] for entry in server.log()]
    assert sorted(asked) == ["/404.png"] * 2 + ["/good.png"] * 2


def test_what_it_costs_is_counted_and_told_at_once(site: Site) -> None:
    site.want("/good.png", "/404.png", "/to-good.png")
    by, told = crawler(), []

    def asked() -> None:
        told.append(by.stats.get_value("mirror/media/requests"))

    by.signals.connect(asked, signal=FILE_ASKED_FOR)
    visit(site, by=by)
    assert told == [1, 2, 3, 4, 5]  # the files, robots.txt, and where a redirect leads
    assert by.stats.get_value("mirror/media/bytes") == 2 * len(GOOD)


def test_robots_txt_may_name_the_program_whatever_it_calls_itself(
    site: Site, server: Server
) -> None:
    server.get("/robots?delay=100")  # the group of `patient` disallows nothing
    try:
        site.want("/private/a.png")
        assert visit(site).errors == {"not found": 1}
    finally:
        server.get("/robots?delay=0")
