"""A post as one line of a list, the same wherever posts are listed."""

import sqlite3
from typing import Any

from mirror.store.objects import marks

# To be followed by WHERE, ORDER BY and LIMIT. The thumbnail is that of the featured image.
CARD = """
    SELECT p.id, p.title, p.type, p.status, p.link, p.date_gmt, p.version, p.first_seen_at,
        p.valid_from, p.deleted_at, p.deleted_reason, s.host AS site, s.name AS site_name,
        u.domain AS upstream, u.name AS upstream_name,
        (SELECT f.sha256 FROM media_files f
            WHERE f.media_id = p.featured_media_id AND f.sha256 IS NOT NULL LIMIT 1) AS thumbnail
    FROM posts p
    JOIN sites s ON s.id = p.site_id
    LEFT JOIN upstreams u ON u.id = p.upstream_id
"""


def cards(
    conn: sqlite3.Connection, tail: str, values: list[Any] | dict[str, Any] | tuple[Any, ...] = ()
) -> list[dict[str, Any]]:
    """Posts as cards; `tail` is the rest of the statement (ours, never a visitor's)."""
    return [dict(row) for row in conn.execute(CARD + tail, values)]


def cards_of(conn: sqlite3.Connection, ids: list[int]) -> list[dict[str, Any]]:
    """The posts with these row ids, in this order."""
    by_id = {card["id"]: card for card in cards(conn, f"WHERE p.id IN ({marks(ids)})", ids)}
    return [by_id[post] for post in ids if post in by_id]
