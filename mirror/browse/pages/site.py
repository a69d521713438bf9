"""One site: how well it is mirrored, its runs, its collections, what fails, its latest posts."""

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from mirror.browse.pages.cards import cards
from mirror.browse.pages.visit import Visit, found

# Sites with their last finished run and what it could prove, and the failures that are open.
SITES = """
    SELECT s.id, s.url, s.host, s.name, s.description, s.timezone, s.api_root, s.first_seen_at,
        s.back_off_until, k.id AS crawl_id, k.mode, k.started_at, k.finished_at, k.outcome,
        k.message,
        (SELECT sum(c.reported) FROM coverage c WHERE c.crawl_id = k.id) AS reported,
        (SELECT sum(c.mirrored + c.hidden) FROM coverage c WHERE c.crawl_id = k.id) AS accounted,
        (SELECT sum(c.missing) FROM coverage c WHERE c.crawl_id = k.id) AS missing,
        (SELECT count(*) FROM failures f
            WHERE f.site_id = s.id AND f.resolved_at IS NULL) AS failures,
        (SELECT count(*) FROM posts p WHERE p.site_id = s.id) AS posts
    FROM sites s
    LEFT JOIN crawls k ON k.id = (SELECT id FROM crawls WHERE site_id = s.id
        AND finished_at IS NOT NULL ORDER BY started_at DESC LIMIT 1)
"""
_COVERAGE = """
    SELECT collection, reported, mirrored, hidden, missing, complete, how
    FROM coverage WHERE crawl_id = ? ORDER BY mirrored DESC, collection"""
_CRAWLS = """
    SELECT id, mode, started_at, finished_at, outcome, message, requests, bytes, new, edited,
        deleted, restored, failures
    FROM crawls WHERE site_id = ? ORDER BY started_at DESC LIMIT 12"""
_FAILURES = """
    SELECT url, kind, status, message, last_at, attempts, next_at
    FROM failures WHERE site_id = ? AND resolved_at IS NULL ORDER BY id DESC LIMIT 20"""
_UPSTREAMS = """
    SELECT u.domain, coalesce(u.name, u.domain) AS name, g.posts
    FROM (SELECT upstream_id, count(*) AS posts FROM posts
        WHERE upstream_id IS NOT NULL AND site_id = ?
        GROUP BY upstream_id ORDER BY posts DESC LIMIT 12) AS g
    JOIN upstreams u ON u.id = g.upstream_id ORDER BY g.posts DESC, name"""
_LATEST = "WHERE p.site_id = ? AND p.collection = 'posts' ORDER BY p.date_gmt DESC LIMIT 12"


async def show(visit: Visit) -> Response:
    host = visit.part("host")
    context = found(await visit.read(lambda conn: read(conn, host)), "site of this name")
    return await visit.page("site", context)


def read(conn: sqlite3.Connection, host: str) -> dict[str, Any] | None:
    """The page of the first site on this host, or None."""
    site = conn.execute(f"{SITES} WHERE s.host = ? ORDER BY s.id LIMIT 1", [host]).fetchone()
    if site is None:
        return None
    return {
        "site": dict(site),
        "coverage": conn.execute(_COVERAGE, [site["crawl_id"]]).fetchall(),
        "crawls": conn.execute(_CRAWLS, [site["id"]]).fetchall(),
        "failures": conn.execute(_FAILURES, [site["id"]]).fetchall(),
        "upstreams": conn.execute(_UPSTREAMS, [site["id"]]).fetchall(),
        "posts": cards(conn, _LATEST, [site["id"]]),
    }
