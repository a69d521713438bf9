"""As much of a robots.txt as RFC 9309 wants to be read, and no more, however long it is."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.robotstxt import ProtegoRobotParser

# RFC 9309, 2.5: at least 500 KiB must be parsed. Rules are read in order, and the rest is left out.
MOST_BYTES = 500 * 1024

_RECEIVED = "robots_txt_bytes"


class Parser(ProtegoRobotParser):
    """Reads the beginning (`ROBOTSTXT_PARSER`)."""

    def __init__(self, robotstxt_body: bytes, spider: Spider | None) -> None:
        super().__init__(robotstxt_body[:MOST_BYTES], spider)


class Shortener:
    """Hangs up when there is enough (an extension): else 64 MB would be waited for, and then
    nothing of it heeded."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listens to what the crawler receives."""
        shortener = cls()
        crawler.signals.connect(shortener.asked, signal=signals.request_reached_downloader)
        crawler.signals.connect(shortener.received, signal=signals.bytes_received)
        return shortener

    def asked(self, request: Request, spider: Spider) -> None:
        """Lets the reply be announced as large as it likes."""
        if _is_robots(request):
            request.meta["download_maxsize"] = 0

    def received(self, data: bytes, request: Request, spider: Spider) -> None:
        """Raises StopDownload, which keeps what has come."""
        if not _is_robots(request):
            return
        # From here on the bound counts again: for what it may be when it is decompressed.
        request.meta.pop("download_maxsize", None)
        request.meta[_RECEIVED] = request.meta.get(_RECEIVED, 0) + len(data)
        if request.meta[_RECEIVED] > MOST_BYTES:
            raise StopDownload(fail=False)


def _is_robots(request: Request) -> bool:
    return urlsplit(request.url).path == "/robots.txt"
