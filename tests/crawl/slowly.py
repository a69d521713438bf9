"""`mirror crawl` with a slow pipeline: `python -m tests.crawl.slowly URL DB SECONDS`."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from mirror import crawl
from mirror.progress import CrawlOrder
from mirror.settings import ITEM_PIPELINES

SECONDS = float(sys.argv[3])


class Slow:
    """Whenever a crawl is stopped, something is in here."""

    async def process_item(self, item: Any) -> Any:
        """Passes the item on, after a while."""
        await asyncio.sleep(SECONDS)
        return item


if __name__ == "__main__":
    url, path = sys.argv[1:3]
    pipelines = {**ITEM_PIPELINES, Slow: 1}
    (summary,) = crawl.run(
        [[CrawlOrder(url=url, media=False)]],
        db=Path(path),
        settings={"ITEM_PIPELINES": pipelines},
    )
    print(summary.outcome)
