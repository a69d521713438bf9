"""The floor: httpx, orjson and sqlite3, the same rows, and no judgement.

As many requests at a time and rows a page as `mirror`; every object becomes a row of the columns
that `mirror` has for it, with all else as JSON in `extra`, written by `executemany`, a transaction
a page. No comparison, no index but the key, no full-text index, no attribution.
"""

import asyncio
import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import orjson

CONNECTIONS = 4
PER_PAGE = 100
POST = (
    "type", "status", "slug", "link", "guid", "title", "content", "excerpt", "date_gmt",
    "modified_gmt", "author", "featured_media", "parent",
)  # fmt: skip
MEDIA = (
    "status", "slug", "link", "alt_text", "media_type", "mime_type", "source_url", "guid", "title",
    "caption", "description", "date_gmt", "modified_gmt", "author", "post",
)  # fmt: skip
TERM = ("taxonomy", "name", "slug", "description", "link", "parent")
COLUMNS = {
    "posts": POST, "pages": POST, "media": MEDIA, "categories": TERM, "tags": TERM,
    "users": ("name", "slug", "url", "description", "link"),
}  # fmt: skip


def row(columns: tuple[str, ...], made: dict[str, Any]) -> tuple[Any, ...]:
    """An object as a row: its id, its columns, and the rest of it as JSON."""
    number = made.pop("id")
    values = []
    for name in columns:
        value = made.pop(name, None)
        values.append(value.get("rendered") if isinstance(value, dict) else value)
    return (number, *values, orjson.dumps(made).decode())


class Floor:
    """One database, and the client that fills it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.api = f"{url}/wp-json/wp/v2"
        self.db = sqlite3.connect(folder / "floor.db", isolation_level=None)
        self.db.execute("PRAGMA page_size = 2048")
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        for name, columns in COLUMNS.items():
            self.db.execute(
                f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {', '.join(columns)}, extra)"
            )
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self.client = httpx.AsyncClient(limits=limits, timeout=600)

    async def page(self, name: str, number: int) -> int:
        """Reads and writes one page; the number of objects that the collection has."""
        query = {"per_page": PER_PAGE, "page": number}
        reply = await self.client.get(f"{self.api}/{name}", params=query)
        reply.raise_for_status()
        columns = COLUMNS[name]
        rows = [row(columns, made) for made in orjson.loads(reply.content)]
        marks = ", ".join("?" * (len(columns) + 2))
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", rows)
        self.db.execute("COMMIT")
        return int(reply.headers["X-WP-Total"])

    async def collection(self, name: str) -> None:
        """Reads all pages of a collection, four at a time."""
        total = await self.page(name, 1)
        waiting = iter(range(2, -(-total // PER_PAGE) + 1))

        async def worker() -> None:
            for number in waiting:
                await self.page(name, number)

        await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))

    async def run(self) -> int:
        """Reads everything; the number of posts."""
        async with self.client:
            for name in COLUMNS:
                await self.collection(name)
        (posts,) = self.db.execute("SELECT count(*) FROM posts").fetchone()
        self.db.close()
        return int(posts)


def main(url: str, folder: Path) -> None:
    start = time.perf_counter()
    posts = asyncio.run(Floor(url, folder).run())
    print(json.dumps({"posts": posts, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
