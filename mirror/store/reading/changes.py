"""What happened: one event a row, of every kind of object."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.store.reading.sites import of_sites, site_list

EVENTS = ("new", "edited", "deleted", "restored")
KINDS = ("post", "media", "term", "author", "comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event. `changed`: the fields that an edit touched; `silent`: WordPress did not say so."""

    at: str
    event: str
    kind: str
    host: str
    row_id: int
    wp_id: int
    collection: str
    version: int
    changed: tuple[str, ...]
    silent: bool
    reason: str | None
    title: str | None
    link: str | None


def changes(
    db: Database,
    *,
    since: str | None = None,
    site_ids: Sequence[int] | None = None,
    event: str | None = None,
    kind: str | None = None,
    crawl_id: int | None = None,
    limit: int = 0,
) -> Iterator[Change]:
    """Events since a moment (inclusive), newest first; `limit` 0 for all of them.

    `crawl_id`: since that crawl of its site began, and until it ended.
    """
    if crawl_id is not None:
        begun, site_id = db.execute(
            "SELECT started_at, site_id FROM crawls WHERE id = ?", [crawl_id]
        ).fetchone()
        site_ids = [site_id]
        since = max(begun, since or begun)
    rows = db.query(
        f"""
        SELECT c.*, s.host,
            coalesce(p.title, m.title, t.name, a.name, o.author_name) AS title,
            coalesce(p.link, m.link, t.link, a.link, o.link) AS link
        FROM (
            SELECT * FROM changes
            WHERE (:since IS NULL OR at >= :since)
                AND {of_sites("site_id")}
                AND (:event IS NULL OR event = :event)
                AND (:kind IS NULL OR kind = :kind)
            ORDER BY at DESC, kind, row_id DESC, version DESC LIMIT :limit
        ) c
        JOIN sites s ON s.id = c.site_id
        LEFT JOIN posts p ON c.kind = 'post' AND p.id = c.row_id
        LEFT JOIN media m ON c.kind = 'media' AND m.id = c.row_id
        LEFT JOIN terms t ON c.kind = 'term' AND t.id = c.row_id
        LEFT JOIN authors a ON c.kind = 'author' AND a.id = c.row_id
        LEFT JOIN comments o ON c.kind = 'comment' AND o.id = c.row_id
        ORDER BY c.at DESC, c.kind, c.row_id DESC, c.version DESC
        """,
        {
            "since": since,
            "of": site_list(site_ids),
            "event": event,
            "kind": kind,
            "limit": limit or -1,
        },
    )
    for row in rows:
        del row["site_id"]
        changed = tuple(json.loads(row["changed"] or "[]"))
        yield Change(**{**row, "changed": changed, "silent": bool(row["silent"])})
