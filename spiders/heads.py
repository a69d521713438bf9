"""Scrapy's HTTP client with an end to what may stand before a body.

Twisted bounds each line of a reply's head (16 kB), but not how many there are: until its time is up
a server could fill the memory with headers, or with `100 Continue` again and again.
"""

from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

# WordPress sends some 2 kB. Twisted's parser keeps about three times what it is sent.
MOST_BYTES = 8 * 1024 * 1024


class HeadTooLarge(Exception):
    """Raised, as the reason of a failed request, for a reply whose head does not end."""


class Handler(HTTP11DownloadHandler):
    """The handler of `http:` and `https:` (`DOWNLOAD_HANDLERS`)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        lenient: Any = self._pool._factory

        class Bounded(lenient):  # type: ignore[misc]
            """Scrapy's factory of connections, each of which counts."""

            def buildProtocol(self, addr: Any) -> Any:
                protocol = super().buildProtocol(addr)
                bound(protocol)
                return protocol

        self._pool._factory = Bounded


def bound(protocol: Any) -> None:
    """Has a connection (twisted.web's HTTP11ClientProtocol) end when a head grows too large."""
    ask: Callable[[Any], Any] = protocol.request
    receive: Callable[[bytes], None] = protocol.dataReceived
    head = 0

    def request(asked: Any) -> Any:
        nonlocal head
        head = 0
        return ask(asked)

    def dataReceived(some: bytes) -> None:
        nonlocal head
        parser = protocol._parser
        if parser is not None and parser.line_mode:  # not yet at the body
            head += len(some)
            if head > MOST_BYTES:
                protocol.transport.abortConnection()
                large = HeadTooLarge(f"a head of more than {MOST_BYTES} bytes")
                why: Any = Failure(large)  # type: ignore[no-untyped-call]
                protocol._disconnectParser(why)
                return
        receive(some)

    protocol.request, protocol.dataReceived = request, dataReceived
