"""What is known between two crawls of a site's feeds and of what its sitemaps may name."""

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mirror.items import Collection


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of a feed that was read to its end (RFC 9110 8.8), and when that was."""

    etag: str | None
    last_modified: str | None
    read_at: str


def validators(db: Database, site_id: int, url: str) -> Validators | None:
    """Those of a feed, None if it was never read to its end."""
    row = db.execute(
        "SELECT etag, last_modified, read_at FROM feeds WHERE site_id = ? AND url = ?",
        [site_id, url],
    ).fetchone()
    return Validators(*row) if row else None


def remember(db: Database, site_id: int, url: str, seen: Validators) -> None:
    """Notes that a feed was read to its end."""
    db.execute(
        "INSERT OR REPLACE INTO feeds (site_id, url, etag, last_modified, read_at) "
        "VALUES (?, ?, ?, ?, ?)",
        [site_id, url, seen.etag, seen.last_modified, seen.read_at],
    )


def known_collections(db: Database, site_id: int) -> list[Collection]:
    """The collections that earlier crawls found."""
    rows = db.execute(
        "SELECT name, kind, slug, route FROM collections WHERE site_id = ? ORDER BY name",
        [site_id],
    )
    return [
        Collection(name=name, kind=kind, slug=slug, route=route) for name, kind, slug, route in rows
    ]


def held(db: Database, site_id: int) -> dict[str, tuple[int, str | None]]:
    """The addresses of the posts that are held and not gone: id, and `modified_gmt` as REST's."""
    rows = db.execute(
        "SELECT link, wp_id, rtrim(modified_gmt, 'Z') FROM posts "
        "WHERE site_id = ? AND deleted_at IS NULL AND link IS NOT NULL",
        [site_id],
    )
    return {link: (wp_id, modified) for link, wp_id, modified in rows}


def last_covered(db: Database, site_id: int, before: int) -> list[dict[str, Any]]:
    """The coverage that the last crawl before this one told of."""
    return list(
        db.query(
            "SELECT * FROM coverage WHERE crawl_id = (SELECT max(v.crawl_id) FROM coverage v "
            "JOIN crawls c ON c.id = v.crawl_id WHERE c.site_id = ? AND c.id < ?)",
            [site_id, before],
        )
    )
