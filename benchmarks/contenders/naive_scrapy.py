"""What one writes first: a spider that follows pages, and a pipeline with one upsert an item.

Scrapy's own settings, but for robots.txt and logging; sqlite-utils makes the tables and columns as
they come.
"""

import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse
from sqlite_utils import Database

COLLECTIONS = ("posts", "pages", "media", "categories", "tags", "users")


class Rows(scrapy.Spider):
    """Follows each collection from page to page."""

    name = "rows"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for name in COLLECTIONS:
            yield scrapy.Request(f"{self.url}/wp-json/wp/v2/{name}?per_page=100&page=1")  # type: ignore[attr-defined]

    def parse(self, response: Response) -> Iterator[Any]:
        assert isinstance(response, TextResponse)
        collection = urlsplit(response.url).path.rpartition("/")[2]
        for made in response.json():
            yield {"collection": collection, "object": made}
        page = int(parse_qs(urlsplit(response.url).query)["page"][0])
        if page < int(response.headers["X-WP-TotalPages"] or 0):
            yield response.follow(response.url.replace(f"&page={page}", f"&page={page + 1}"))


class Upserts:
    """Keeps one item after the other."""

    def __init__(self, path: str) -> None:
        self.db = Database(path)

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Upserts":
        return cls(crawler.settings["DB"])

    def process_item(self, item: Any) -> Any:
        self.db[item["collection"]].upsert(item["object"], pk="id", alter=True)  # type: ignore[union-attr]
        return item

    def close_spider(self) -> None:
        self.db.close()


def main(url: str, folder: Path) -> None:
    path = folder / "naive.db"
    start = time.perf_counter()
    process = AsyncCrawlerProcess(
        {"ITEM_PIPELINES": {Upserts: 300}, "DB": str(path), "LOG_LEVEL": "ERROR"}
    )
    process.crawl(Rows, url=url)
    process.start()
    seconds = time.perf_counter() - start
    print(json.dumps({"posts": Database(path)["posts"].count, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
