"""What a feed shows of a post that REST has shown before."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from mirror.items import Collection
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store import collections as states
from mirror.store.connection import connect
from mirror.window import Window
from spiders.partial import Keeper
from spiders.reach import Reach

POSTS = Collection(name="posts", kind="post", slug="post", route="/wp/v2/posts")
DATE = {"date_gmt": "2024-01-01T00:00:00"}
WHOLE = {
    "id": 1, "guid": {"rendered": "https://a.de/?p=1"}, "link": "https://a.de/1", "type": "post",
    "status": "publish", "title": {"rendered": "T"}, "tags": [3], **DATE,
    "content": {"rendered": "<p>old</p>"}, "modified_gmt": "2024-01-01T00:00:00",
}  # fmt: skip
OF_THE_FEED = {
    **{key: WHOLE[key] for key in ("id", "guid", "link", "type", "status", "title")}, **DATE,
    "content": {"rendered": "<p>new</p>"}, "modified_gmt": "2025-06-01T00:00:00", "_feed": {},
}  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    found = connect(tmp_path / "mirror.db", write=True)
    yield found
    found.close()


def test_it_is_to_be_read_whole_until_it_was(db: Database) -> None:
    """The next feed says the same of it, and no more."""

    def still_open() -> int:
        query = "SELECT count(*) FROM failures WHERE kind = 'partial' AND resolved_at IS NULL"
        return int(db.execute(query).fetchone()[0])

    async def rest(obj: dict[str, Any]) -> None:
        session = Session(db, CrawlOrder(url="https://a.de"))
        session.commit(await session.open(POSTS, [obj]))

    async def feed() -> None:
        session = Session(db, CrawlOrder(url="https://a.de"))

        def send(window: Window) -> None:
            window.drop_known()
            session.commit(window)

        keeper = Keeper(session, None, send, Reach(session), "https://a.de/")  # type: ignore[arg-type]
        await keeper.objects(POSTS, [OF_THE_FEED])

    async def story() -> None:
        await rest(WHOLE)
        states.state(db, 1, POSTS)
        states.update(db, 1, "posts", {"watermark": "2025-01-01T00:00:00Z"})
        await feed()
        assert still_open() == 1
        await feed()
        assert still_open() == 1
        await rest({**WHOLE, "content": {"rendered": "<p>new</p>"}})
        assert still_open() == 0

    asyncio.run(story())
