"""Mirrors of several sites, written as crawls write them."""

from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mirror.attribution import Site, judge
from mirror.items import Item
from mirror.store import crawls, objects
from mirror.store.apply import apply
from mirror.store.connection import connect, transaction
from mirror.sync.decide import decide
from mirror.sync.fingerprint import fingerprint
from mirror.urls import guid_key
from mirror.wordpress.objects import split

NOW = "2026-03-01T12:00:00Z"


def post(host: str, wp_id: int, content: str, date: str, **fields: Any) -> dict[str, Any]:
    """A post as the API of a site gives it, published at `date`, such as 2026-02-01T10:00:00."""
    return {
        "id": wp_id,
        "type": "post",
        "status": "publish",
        "slug": f"post-{wp_id}",
        "link": f"https://{host}/2026/post-{wp_id}/",
        "guid": {"rendered": f"https://{host}/?p={wp_id}"},
        "title": {"rendered": f"Post {wp_id}"},
        "content": {"rendered": content, "protected": False},
        "excerpt": {"rendered": "", "protected": False},
        "date_gmt": date,
        "modified_gmt": date,
        **fields,
    }


def write(path: Path, host: str, *posts: dict[str, Any], judged: bool = True) -> None:
    """A crawl of one site that finds these posts; not `judged`: as if no rule had fired."""
    db = connect(path, write=True)
    try:
        with transaction(db):
            site = crawls.site_id(db, f"https://{host}", NOW)
            crawl = crawls.begin(db, site, "update", NOW)
            items = [_item(site, host, one, judged) for one in posts]
            held = objects.stored(db, site, "post", [item.wp_id for item in items])
            intents = [decide(item, held.get(item.wp_id)) for item in items]
            apply(db, intents, site_id=site, crawl_id=crawl, now=NOW, taxonomies=())
    finally:
        db.close()


def _item(site: int, host: str, one: dict[str, Any], judged: bool) -> Item:
    columns, extra = split("post", one)
    nobody = Site(host, aliases=frozenset(["gazette.org", "paper.com"]))
    return Item(
        site_id=site, collection="posts", kind="post", wp_id=one["id"], object=one, columns=columns,
        extra=extra, fingerprint=fingerprint("post", one), read_at=NOW,
        guid_key=guid_key(columns.get("guid")),
        attribution=judge(one, Site(host) if judged else nobody),
    )  # fmt: skip


def rows(path: Path, sql: str) -> list[dict[str, Any]]:
    """What a query gives."""
    db: Database = connect(path)
    try:
        return list(db.query(sql))
    finally:
        db.close()
