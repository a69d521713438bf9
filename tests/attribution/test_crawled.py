"""A crawl judges posts with the names of the authors that it has read before them."""

import asyncio
from pathlib import Path

from mirror.items import Collection
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store.connection import connect
from tests.attribution.mirrors import post

POSTS = Collection(name="posts", kind="post", slug="post", route="/wp/v2/posts")
USERS = Collection(name="users", kind="author", slug="user", route="/wp/v2/users")
AGENCY = {"id": 7, "name": "Associated Press", "slug": "ap", "link": "https://courier.net/ap/"}


async def crawled(path: Path) -> None:
    db = connect(path, write=True)
    session = Session(db, CrawlOrder(url="https://courier.net"))
    users = await session.open(USERS, [AGENCY])
    session.commit(users)
    await users.settled
    written = post("courier.net", 1, "<p>Talks went on.</p>", "2026-02-01T10:00:00", author=7)
    posts = await session.open(POSTS, [written])
    (item,) = posts.items
    found = session.found(posts, item).attribution
    assert found is not None
    assert found.upstream_domain == "apnews.com"
    assert "_embedded" not in item.object
    db.close()


def test_an_author_who_is_an_agency(tmp_path: Path) -> None:
    asyncio.run(crawled(tmp_path / "mirror.db"))
