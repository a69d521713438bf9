"""Publishers that had posts first: who they are, and which of their posts stand where."""

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from mirror.browse.pages.cards import cards
from mirror.browse.pages.visit import Visit, found

PAGE = 30
ALL = 100

_ALL = """
    SELECT u.id, u.domain, u.name, g.posts, g.sites, g.first, g.latest
    FROM (SELECT upstream_id, count(*) AS posts, count(DISTINCT site_id) AS sites,
            min(date_gmt) AS first, max(date_gmt) AS latest
        FROM posts WHERE upstream_id IS NOT NULL GROUP BY upstream_id
        ORDER BY posts DESC, upstream_id LIMIT :limit OFFSET :offset) AS g
    JOIN upstreams u ON u.id = g.upstream_id ORDER BY g.posts DESC, u.domain"""
_TOTALS = """
    SELECT (SELECT count(*) FROM posts) AS posts,
        (SELECT count(*) FROM posts WHERE upstream_id IS NOT NULL) AS syndicated"""
_ONE = "SELECT id, domain, name FROM upstreams WHERE domain = ?"
_SITES = """
    SELECT s.host, coalesce(s.name, s.host) AS name, g.posts
    FROM (SELECT site_id, count(*) AS posts FROM posts WHERE upstream_id = ? GROUP BY site_id) AS g
    JOIN sites s ON s.id = g.site_id ORDER BY g.posts DESC"""
_RULES = """
    SELECT a.rule, count(*) AS times, max(a.confidence) AS confidence
    FROM (SELECT rule, confidence FROM attributions WHERE upstream_id = ? LIMIT 20000) AS a
    GROUP BY a.rule ORDER BY times DESC"""
_POSTS = """
    WHERE p.upstream_id = ? ORDER BY p.date_gmt DESC LIMIT ? OFFSET ?"""
_ITS_OWN = "SELECT host, name FROM sites WHERE host = ?"


async def index(visit: Visit) -> Response:
    page = visit.number("page", 1)
    return await visit.page("upstreams", await visit.read(lambda conn: read_all(conn, page)))


async def show(visit: Visit) -> Response:
    domain, page = visit.part("domain"), visit.number("page", 1)
    context = await visit.read(lambda conn: read(conn, domain, page))
    return await visit.page("upstream", found(context, "upstream of this name"))


def read_all(conn: sqlite3.Connection, page: int) -> dict[str, Any]:
    window = {"limit": ALL + 1, "offset": (page - 1) * ALL}
    upstreams = conn.execute(_ALL, window).fetchall()
    totals = dict(conn.execute(_TOTALS).fetchone())
    return {
        "upstreams": upstreams[:ALL],
        "page": page,
        "more": len(upstreams) > ALL,
        "most": upstreams[0]["posts"] if upstreams else 1,
        "totals": totals,
        "share": totals["syndicated"] / totals["posts"] if totals["posts"] else None,
    }


def read(conn: sqlite3.Connection, domain: str, page: int) -> dict[str, Any] | None:
    upstream = conn.execute(_ONE, [domain]).fetchone()
    if upstream is None:
        return None
    sites = conn.execute(_SITES, [upstream["id"]]).fetchall()
    posts = cards(conn, _POSTS, [upstream["id"], PAGE + 1, (page - 1) * PAGE])
    return {
        "upstream": upstream,
        "sites": sites,
        "total": sum(site["posts"] for site in sites),
        "most": max((site["posts"] for site in sites), default=1),
        "rules": conn.execute(_RULES, [upstream["id"]]).fetchall(),
        "mirrored": conn.execute(_ITS_OWN, [domain]).fetchone(),
        "posts": posts[:PAGE],
        "page": page,
        "more": len(posts) > PAGE,
    }
