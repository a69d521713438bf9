"""The first page: what is mirrored, how well, what happened this week, and the long view."""

import asyncio
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Response

from mirror.browse import charts
from mirror.browse.database import Mirror
from mirror.browse.pages.cards import cards
from mirror.browse.pages.site import SITES
from mirror.browse.pages.visit import Visit
from mirror.content import plain
from mirror.moments import timestamp

_TOTALS = """
    SELECT (SELECT count(*) FROM posts) AS posts,
        (SELECT count(*) FROM post_versions) AS versions,
        (SELECT count(*) FROM posts WHERE deleted_at IS NOT NULL) AS gone,
        (SELECT count(*) FROM posts WHERE upstream_id IS NOT NULL) AS syndicated,
        (SELECT count(*) FROM files) AS files,
        (SELECT min(first_seen_at) FROM sites) AS since"""

_MONTHS = """
    SELECT substr(p.date_gmt, 1, 7) AS month, p.site_id, count(*) AS posts,
        count(p.upstream_id) AS syndicated
    FROM sites s CROSS JOIN posts p ON p.site_id = s.id AND p.date_gmt >= ? AND p.date_gmt < ?
    GROUP BY p.site_id, month"""

# Of an old site the last two years may say little: then years are shown.
_YEARS = """
    SELECT substr(p.date_gmt, 1, 4) AS year, p.site_id, count(*) AS posts,
        count(p.upstream_id) AS syndicated
    FROM sites s CROSS JOIN posts p ON p.site_id = s.id AND p.date_gmt >= ? AND p.date_gmt < ?
    GROUP BY p.site_id, year"""
_FIRST_YEAR = 1990  # WordPress is of 2003; earlier dates are an editor's, or wrong
_MOST_YEARS = 24

_EDITS = """
    SELECT substr(valid_to, 1, 10) AS day, count(*) AS posts
    FROM post_versions WHERE valid_to >= ? AND deleted_at IS NULL GROUP BY day"""

_DELETIONS = """
    SELECT substr(deleted_at, 1, 10) AS day, count(*) AS posts
    FROM posts WHERE deleted_at >= ? GROUP BY day"""

_UPSTREAMS = """
    SELECT u.domain, coalesce(u.name, u.domain) AS name, g.posts
    FROM (SELECT upstream_id, count(*) AS posts FROM posts WHERE upstream_id IS NOT NULL
        GROUP BY upstream_id ORDER BY posts DESC LIMIT 8) AS g
    JOIN upstreams u ON u.id = g.upstream_id ORDER BY g.posts DESC, name"""

_NEW = "WHERE p.first_seen_at >= ? ORDER BY p.first_seen_at DESC, p.id DESC LIMIT 6"
_GONE = "WHERE p.deleted_at >= ? ORDER BY p.deleted_at DESC LIMIT 6"
_EDITED = """
    WHERE p.id IN (SELECT v.post_id FROM post_versions v WHERE v.valid_to >= ?
        AND v.deleted_at IS NULL ORDER BY v.valid_to DESC LIMIT 60)
    ORDER BY p.valid_from DESC LIMIT 6"""

_WEEK = """
    SELECT (SELECT count(*) FROM posts WHERE first_seen_at >= :week) AS new,
        (SELECT count(*) FROM post_versions
            WHERE valid_to >= :week AND deleted_at IS NULL) AS edited,
        (SELECT count(*) FROM posts WHERE deleted_at >= :week) AS gone"""


# The charts read all posts' dates, and change little: they are drawn when the server starts, and
# again, while the old ones are shown, when a crawl has begun or ended and every day.
_LATEST_CRAWLS = "SELECT id, finished_at FROM crawls ORDER BY id DESC LIMIT 50"
Stamp = tuple[Any, ...]
_drawn: WeakKeyDictionary[Mirror, tuple[Stamp, list[charts.Chart]]] = WeakKeyDictionary()
_drawing: set[asyncio.Task[None]] = set()


async def show(visit: Visit) -> Response:
    now = datetime.now(UTC)
    context = await visit.read(lambda conn: read(conn, now))
    if visit.mirror not in _drawn:
        await prepare(visit.mirror)
    stamp, drawn = _drawn[visit.mirror]
    if stamp != await visit.read(lambda conn: _stamp(conn, now)) and not _drawing:
        task = asyncio.create_task(prepare(visit.mirror))
        _drawing.add(task)
        task.add_done_callback(_drawing.discard)
    return await visit.page("home", {**context, "charts": drawn})


async def prepare(mirror: Mirror) -> None:
    """Draws the charts of a mirror."""
    now = datetime.now(UTC)
    _drawn[mirror] = await mirror.read(lambda conn: (_stamp(conn, now), draw(conn, now)))


def _stamp(conn: sqlite3.Connection, now: datetime) -> Stamp:
    return (now.date(), *(tuple(row) for row in conn.execute(_LATEST_CRAWLS)))


def read(conn: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    """Everything on the page but the charts, as of `now`."""
    week = timestamp(now - timedelta(days=7))
    return {
        "totals": dict(conn.execute(_TOTALS).fetchone()),
        "sites": conn.execute(SITES).fetchall(),
        "week": dict(conn.execute(_WEEK, {"week": week}).fetchone()),
        "new": cards(conn, _NEW, [week]),
        "edited": cards(conn, _EDITED, [week]),
        "gone": cards(conn, _GONE, [week]),
    }


def draw(conn: sqlite3.Connection, now: datetime) -> list[charts.Chart]:
    """The four charts, as of `now`."""
    periods, rows = _posts(conn, now)
    since = (now - timedelta(weeks=26)).strftime("%Y-%m-%d")
    edits = [tuple(row) for row in conn.execute(_EDITS, [since])]
    deletions = [tuple(row) for row in conn.execute(_DELETIONS, [since])]
    upstreams = [tuple(row) for row in conn.execute(_UPSTREAMS)]
    names = _names(conn)
    return [
        charts.posts_over_time(rows, periods, names),
        charts.changes_by_week(edits, deletions, now.date()),
        charts.top_upstreams(upstreams),
        charts.syndicated_share(rows, periods),
    ]


def _posts(conn: sqlite3.Connection, now: datetime) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Periods, and (period, site id, posts, syndicated posts): months, if most posts are that new,
    or else years."""
    months = _months(now, 24)
    rows = [tuple(row) for row in conn.execute(_MONTHS, [months[0], f"{months[-1]}-32"])]
    span = [f"{_FIRST_YEAR}", f"{now.year + 1}"]
    by_year = [tuple(row) for row in conn.execute(_YEARS, span)]
    if 2 * sum(row[2] for row in rows) < sum(row[2] for row in by_year):
        begin = max(int(min(row[0] for row in by_year)), now.year - _MOST_YEARS + 1)
        years = [f"{year}" for year in range(begin, now.year + 1)]
        return years, [row for row in by_year if row[0] in years]
    # A young site's two years would be mostly empty: at least half a year is shown.
    first = min((row[0] for row in rows), default=months[-1])
    return months[min(months.index(first), len(months) - 6) :], rows


def _names(conn: sqlite3.Connection) -> dict[int, str]:
    """What each site is called: by its name, or by its host where several share one."""
    sites = conn.execute("SELECT id, name, host FROM sites").fetchall()
    called = Counter(plain(site["name"] or "") for site in sites)
    return {
        site["id"]: name if (name := plain(site["name"] or "")) and called[name] == 1
        else site["host"]
        for site in sites
    }  # fmt: skip


def _months(now: datetime, number: int) -> list[str]:
    """The last months, this one included, oldest first: `2026-03`."""
    last = now.year * 12 + now.month - 1
    return [f"{m // 12}-{m % 12 + 1:02}" for m in range(last - number + 1, last + 1)]
