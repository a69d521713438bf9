"""The same story on several sites: who had it first, and what each copy changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.store.reading.sites import of_sites, site_list


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """One post of a story. `place` is 1 for the first published.

    `similarity` is the estimated share of word sequences in common with that first one, 0…1;
    `added` and `removed` are words against it. `upstream_domain`: whom the post itself names.
    """

    post_id: int
    host: str
    wp_id: int
    link: str | None
    title: str | None
    place: int
    published_at: str
    first_seen_at: str
    deleted_at: str | None
    similarity: float
    added: int
    removed: int
    upstream_domain: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """One story; `copies` in order of publication, the first one included."""

    id: int
    posts: int
    sites: int
    first_at: str
    latest_at: str
    copies: tuple[CopyRow, ...]


def stories(
    db: Database,
    *,
    sites: int = 2,
    site_ids: Sequence[int] | None = None,
    since: str | None = None,
    limit: int = 0,
) -> Iterator[StoryRow]:
    """The stories that at least so many sites have, the one with the latest copy first.

    `site_ids`: of which one of these has a copy. `since`: with a copy published from then on.
    """
    rows = db.query(
        f"""
        SELECT id, posts, sites, first_at, latest_at FROM stories
        WHERE sites >= :sites AND (:since IS NULL OR latest_at >= :since)
            AND (:of IS NULL OR id IN (
                SELECT c.story_id FROM story_posts c JOIN posts p ON p.id = c.post_id
                WHERE {of_sites("p.site_id")}))
        ORDER BY latest_at DESC, id LIMIT :limit
        """,
        {"sites": sites, "since": since, "of": site_list(site_ids), "limit": limit or -1},
    )
    for row in list(rows):
        yield StoryRow(**row, copies=copies(db, row["id"]))


def copies(db: Database, story: int) -> tuple[CopyRow, ...]:
    """The posts of a story, the first published first."""
    rows = db.query(
        "SELECT p.id AS post_id, s.host, p.wp_id, p.link, p.title, c.place, c.published_at, "
        "p.first_seen_at, p.deleted_at, c.similarity, c.added, c.removed, "
        "u.domain AS upstream_domain FROM story_posts c JOIN posts p ON p.id = c.post_id "
        "JOIN sites s ON s.id = p.site_id LEFT JOIN upstreams u ON u.id = p.upstream_id "
        "WHERE c.story_id = ? ORDER BY c.place",
        [story],
    )
    return tuple(CopyRow(**row) for row in rows)


def story_of(db: Database, post_id: int) -> StoryRow | None:
    """The story that a post is a copy of, or None if no other post has it."""
    row = next(
        db.query(
            "SELECT s.id, s.posts, s.sites, s.first_at, s.latest_at FROM stories s "
            "JOIN story_posts c ON c.story_id = s.id WHERE c.post_id = ?",
            [post_id],
        ),
        None,
    )
    return StoryRow(**row, copies=copies(db, row["id"])) if row else None


def content(db: Database, post_id: int) -> str:
    """The HTML of a post's current content."""
    row = db.execute("SELECT content FROM posts WHERE id = ?", [post_id]).fetchone()
    return row[0] or "" if row else ""
