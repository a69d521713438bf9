"""Replies that overtake each other: the older one changes nothing."""

import asyncio
from pathlib import Path
from typing import Any

from mirror.items import Collection
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store.connection import connect

POSTS = Collection(name="posts", kind="post", slug="post", route="/wp/v2/posts")


def post(title: str, modified: str) -> dict[str, Any]:
    return {"id": 3, "type": "post", "title": {"rendered": title}, "modified_gmt": modified}


def test_an_older_reply_is_no_edit(tmp_path: Path) -> None:
    """Within one crawl: another one may find that a site was set back."""
    db = connect(tmp_path / "mirror.db", write=True)
    new, old = post("new", "2025-01-01T00:00:00"), post("old", "2024-01-01T00:00:00")

    async def crawl(*replies: dict[str, Any]) -> Session:
        session = Session(db, CrawlOrder(url="https://a.de"))
        for reply in replies:
            session.commit(await session.open(POSTS, [reply]))
        return session

    def titles() -> list[tuple[str]]:
        return db.execute("SELECT title FROM versions ORDER BY version").fetchall()

    session = asyncio.run(crawl(new, old, new))
    assert titles() == [("new",)]
    assert (session.counts.new, session.counts.edited, session.counts.unchanged) == (1, 0, 2)
    assert asyncio.run(crawl(old)).counts.edited == 1
    assert titles() == [("new",), ("old",)]
    db.close()
