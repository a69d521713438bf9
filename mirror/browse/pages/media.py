"""The pictures and other files: a wall of them, each with where it is used, and the broken ones."""

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from mirror.browse.pages.cards import cards
from mirror.browse.pages.visit import Visit, found

PAGE = 60

_WALL = """
    SELECT f.sha256, f.mime, f.bytes, f.width, f.height, f.first_seen_at,
        (SELECT m.url FROM media_files m WHERE m.sha256 = f.sha256 LIMIT 1) AS url,
        (SELECT o.alt_text FROM media_files m JOIN media o ON o.id = m.media_id
            WHERE m.sha256 = f.sha256 LIMIT 1) AS alt_text
    FROM files f
    WHERE f.first_seen_at <= :before {kind}
    ORDER BY f.first_seen_at DESC, f.sha256 LIMIT :limit OFFSET :offset"""
_OF_SITE = """
    SELECT f.sha256, f.mime, f.bytes, f.width, f.height, f.first_seen_at, m.url, o.alt_text
    FROM media_files m JOIN files f ON f.sha256 = m.sha256
    LEFT JOIN media o ON o.id = m.media_id
    WHERE m.site_id = :site {kind}
    ORDER BY m.id DESC LIMIT :limit OFFSET :offset"""
_KINDS = {
    "pictures": "AND f.mime LIKE 'image/%'",
    "others": "AND f.mime NOT LIKE 'image/%'",
}
_BROKEN = """
    SELECT m.url, m.error, m.message, coalesce(m.checked_at, m.fetched_at) AS tried_at,
        s.host AS site,
        (SELECT min(pm.post_id) FROM post_media pm WHERE pm.url = m.url) AS post_id
    FROM media_files m JOIN sites s ON s.id = m.site_id
    WHERE m.error IS NOT NULL {site} ORDER BY m.id DESC LIMIT :limit OFFSET :offset"""
_ONE = "SELECT sha256, path, bytes, mime, width, height, first_seen_at FROM files WHERE sha256 = ?"
_ADDRESSES = """
    SELECT m.url, m.size, m.fetched_at, m.media_id, s.host AS site, o.title, o.alt_text, o.caption
    FROM media_files m JOIN sites s ON s.id = m.site_id LEFT JOIN media o ON o.id = m.media_id
    WHERE m.sha256 = ? LIMIT 50"""
_USES = """
    WHERE p.id IN (SELECT pm.post_id FROM media_files m JOIN post_media pm ON pm.url = m.url
            WHERE m.sha256 = :sha256
        UNION SELECT pm.post_id FROM media_files m JOIN post_media pm ON pm.media_id = m.media_id
            WHERE m.sha256 = :sha256)
    ORDER BY p.date_gmt DESC LIMIT 50"""


async def wall(visit: Visit) -> Response:
    """`?show=pictures|others|broken`, `?site=HOST`, `?page=N`."""
    show, host, page = visit.word("show", "pictures"), visit.word("site"), visit.number("page", 1)
    context = await visit.read(lambda conn: read_wall(conn, show, host, page))
    return await visit.page("media", context)


async def show(visit: Visit) -> Response:
    sha256 = visit.part("sha256")
    context = await visit.read(lambda conn: read(conn, sha256))
    return await visit.page("file", found(context, "such file"))


def read_wall(conn: sqlite3.Connection, show: str, host: str, page: int) -> dict[str, Any]:
    sites = conn.execute("SELECT id, host, name FROM sites ORDER BY host").fetchall()
    site = next((row["id"] for row in sites if row["host"] == host), None)
    values = {"site": site, "before": "9999", "limit": PAGE + 1, "offset": (page - 1) * PAGE}
    if show == "broken":
        sql = _BROKEN.format(site="AND m.site_id = :site" if site is not None else "")
    else:
        sql = (_OF_SITE if site is not None else _WALL).format(kind=_KINDS.get(show, ""))
    rows = conn.execute(sql, values).fetchall()
    return {
        "show": show if show == "broken" or show in _KINDS else "pictures",
        "site": host if site is not None else "",
        "sites": sites,
        "files": rows[:PAGE],
        "page": page,
        "more": len(rows) > PAGE,
    }


def read(conn: sqlite3.Connection, sha256: str) -> dict[str, Any] | None:
    file = conn.execute(_ONE, [sha256]).fetchone()
    if file is None:
        return None
    return {
        "file": file,
        "addresses": conn.execute(_ADDRESSES, [sha256]).fetchall(),
        "posts": cards(conn, _USES, {"sha256": sha256}),
    }
