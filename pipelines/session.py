"""Where a pipeline finds the crawl that it works for."""

from scrapy.crawler import Crawler

from mirror.session import Session


def session_of(crawler: Crawler) -> Session:
    """The session of the crawler's spider."""
    session = getattr(crawler.spider, "session", None)
    if not isinstance(session, Session):
        raise TypeError("these pipelines work for the spider `wordpress`, which has a session")
    return session
