"""How a site has changed over its crawls: what there was before, and what changes too often."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageChange:
    """A collection in a crawl and in the one before it that looked at it."""

    collection: str
    reported_before: int | None
    reported: int | None
    complete_before: bool
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VolatilePost:
    """A post that has changed very often."""

    host: str
    wp_id: int
    link: str | None
    versions: int


def coverage_changes(db: Database, crawl_id: int) -> list[CoverageChange]:
    """Each collection of a crawl that an earlier crawl of the site looked at too."""
    rows = db.query(
        """
        SELECT now.collection, then_.reported AS reported_before, now.reported,
            then_.complete AS complete_before, now.complete
        FROM coverage now
        JOIN crawls c ON c.id = now.crawl_id
        JOIN coverage then_ ON then_.collection = now.collection AND then_.crawl_id = (
            SELECT max(p.id) FROM crawls p JOIN coverage v ON v.crawl_id = p.id
            WHERE p.site_id = c.site_id AND p.id < c.id AND v.collection = now.collection)
        WHERE now.crawl_id = ? ORDER BY now.collection
        """,
        [crawl_id],
    )
    return [
        CoverageChange(
            **{**row, "complete_before": bool(row["complete_before"]),
               "complete": bool(row["complete"])}
        )
        for row in rows
    ]  # fmt: skip


def volatile_posts(db: Database, crawl_id: int, since: str, least: int) -> list[VolatilePost]:
    """Posts that this crawl changed again, and that have changed at least so often since then."""
    rows = db.query(
        """
        SELECT s.host, p.wp_id, p.link, count(*) AS versions
        FROM posts p
        JOIN sites s ON s.id = p.site_id
        JOIN post_versions v ON v.post_id = p.id AND v.valid_to >= ?
        WHERE p.crawl_id = ? AND p.version > ?
        GROUP BY p.id HAVING count(*) >= ? ORDER BY versions DESC, p.id
        """,
        [since, crawl_id, least, least],
    )
    return [VolatilePost(**row) for row in rows]
