"""`mirror crawl` with a slow pipeline: `python -m tests.crawl.slowly URL DB SECONDS`."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler

from mirror import crawl
from mirror.progress import CrawlOrder
from mirror.settings import ITEM_PIPELINES
from tests.mockserver import MockSite


class Slow:
    """Whenever a crawl is stopped, something is in here."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getfloat("SLOW_SECONDS"))

    async def process_item(self, item: Any) -> Any:
        """Passes the item on, after a while."""
        await asyncio.sleep(self.seconds)
        return item


def stop(process: subprocess.Popen[str], site: MockSite) -> float:
    """Stops a crawl that has something in its pipelines by now; when (`time.monotonic`)."""
    deadline = time.monotonic() + 15
    while len(site.log()) < 8 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1)
    sent = time.monotonic()
    process.send_signal(signal.SIGTERM)
    return sent


if __name__ == "__main__":
    url, path, seconds = sys.argv[1:]
    pipelines = {**ITEM_PIPELINES, Slow: 1}
    (summary,) = crawl.run(
        [[CrawlOrder(url=url, media=False)]],
        db=Path(path),
        settings={"ITEM_PIPELINES": pipelines, "SLOW_SECONDS": seconds},
    )
    print(summary.outcome)
