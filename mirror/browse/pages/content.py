"""What a post says, as a document of its own for the reading frame."""

import sqlite3
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from mirror.browse.headers import READING_POLICY
from mirror.browse.highlight import Quote, highlight
from mirror.browse.pages.post import EVIDENCE
from mirror.browse.pages.versions import Version, post_of, version_of
from mirror.browse.pages.visit import Visit, found
from mirror.browse.reading import readable
from mirror.content import plain
from mirror.media.offline import Lookup
from mirror.store.held import lookup


async def show(visit: Visit) -> Response:
    post, number = int(visit.part("id")), visit.number("version", 0, least=0) or None
    context = await visit.read(lambda conn: read(conn, post, number, visit.url("/files/")))
    return await visit.page(
        "content",
        found(context, "such post or version"),
        headers={"content-security-policy": READING_POLICY},
    )


def read(
    conn: sqlite3.Connection, post_id: int, number: int | None, files: str
) -> dict[str, Any] | None:
    """The safe HTML of one version, with its evidence marked; `files` begins local addresses."""
    post = post_of(conn, post_id)
    version = version_of(conn, post, number) if post else None
    if post is None or version is None:
        return None
    html = readable(
        version.row["content"] or "",
        base=version.row["link"] or post["site_url"],
        lookup=_lookup(conn, post["site_id"], version, files),
    )
    quotes = [
        Quote(number=place, words=row["quote"], at=row["at"])
        for place, row in enumerate(conn.execute(EVIDENCE, [post_id, version.number]))
    ]
    marked, _ = highlight(html, quotes)
    title = plain(version.row["title"] or "")
    return {"html": marked, "title": title or "Untitled", "status": version.row["status"]}


def _lookup(conn: sqlite3.Connection, site_id: int, version: Version, files: str) -> Lookup:
    """Local addresses, of the files as they were at the time of the version."""
    held = lookup(Database(conn), site_id, at=version.since if version.until else None)

    def address(url: str) -> str | None:
        sha256 = held(url)
        return f"{files}{sha256}" if sha256 else None

    return address
