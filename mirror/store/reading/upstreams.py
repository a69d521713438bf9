"""Who published first: the upstreams, and the evidence of one post."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

# How many of an upstream's republishing sites are named.
TOP_SITES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRow:
    """One upstream publisher. `share`: of all current posts, 0…1; `confidence`: the posts' mean.

    `sites`: the sites that republish it, (host, posts), most first; `example`: the row id of the
    post with the highest confidence.
    """

    domain: str
    name: str | None
    posts: int
    share: float
    confidence: float
    example: int
    sites: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One reason. `at`: where the quote begins in the plain text of the content, if it does."""

    rule: str
    quote: str
    at: int | None
    domain: str | None
    url: str | None
    confidence: float
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is believed of the current version of a post, and why."""

    post_id: int
    host: str
    wp_id: int
    version: int
    link: str | None
    title: str | None
    content: str
    syndicated: bool
    upstream_domain: str | None
    upstream_name: str | None
    upstream_url: str | None
    confidence: float
    evidence: tuple[EvidenceRow, ...]


def upstreams(db: Database, *, host: str | None = None, limit: int = 0) -> Iterator[UpstreamRow]:
    """Upstream publishers by number of current posts, most first."""
    scope = {"host": host, "limit": limit or -1}
    total = db.execute(
        "SELECT count(*) FROM posts p JOIN sites s ON s.id = p.site_id "
        "WHERE p.deleted_at IS NULL AND (:host IS NULL OR s.host = :host)",
        scope,
    ).fetchone()[0]
    rows = db.query(
        """
        SELECT u.id, u.domain, u.name, count(*) AS posts, avg(j.confidence) AS confidence,
            max(j.confidence), p.id AS example
        FROM posts p
        JOIN upstreams u ON u.id = p.upstream_id
        JOIN sites s ON s.id = p.site_id
        LEFT JOIN judgements j ON j.post_id = p.id AND j.version = p.version
        WHERE p.deleted_at IS NULL AND (:host IS NULL OR s.host = :host)
        GROUP BY u.id ORDER BY posts DESC, u.domain LIMIT :limit
        """,
        scope,
    )
    for row in list(rows):
        yield UpstreamRow(
            domain=row["domain"],
            name=row["name"],
            posts=row["posts"],
            share=row["posts"] / total,
            confidence=row["confidence"] or 0.0,
            example=row["example"],
            sites=_top_sites(db, row["id"], host),
        )


def _top_sites(db: Database, upstream_id: int, host: str | None) -> tuple[tuple[str, int], ...]:
    rows = db.query(
        "SELECT s.host, count(*) AS posts FROM posts p JOIN sites s ON s.id = p.site_id "
        "WHERE p.upstream_id = ? AND p.deleted_at IS NULL AND (? IS NULL OR s.host = ?) "
        "GROUP BY s.host ORDER BY posts DESC, s.host LIMIT ?",
        [upstream_id, host, host, TOP_SITES],
    )
    return tuple((row["host"], row["posts"]) for row in rows)


def explanation(db: Database, post_id: int) -> Explanation:
    """The judgement of a post's current version and all its evidence, the strongest first."""
    post = next(
        db.query(
            "SELECT p.id AS post_id, s.host, p.wp_id, p.version, p.link, p.title, "
            "coalesce(p.content, '') AS content, u.domain AS upstream_domain, "
            "u.name AS upstream_name, j.url AS upstream_url, "
            "coalesce(j.confidence, 0.0) AS confidence "
            "FROM posts p JOIN sites s ON s.id = p.site_id "
            "LEFT JOIN judgements j ON j.post_id = p.id AND j.version = p.version "
            "LEFT JOIN upstreams u ON u.id = j.upstream_id WHERE p.id = ?",
            [post_id],
        )
    )
    rows = db.query(
        "SELECT a.rule, a.quote, a.at, u.domain, a.url, a.confidence, a.chosen "
        "FROM attributions a LEFT JOIN upstreams u ON u.id = a.upstream_id "
        "WHERE a.post_id = ? AND a.version = ? "
        "ORDER BY a.chosen DESC, a.confidence DESC, a.id",
        [post_id, post["version"]],
    )
    evidence = tuple(EvidenceRow(**{**row, "chosen": bool(row["chosen"])}) for row in rows)
    return Explanation(**post, syndicated=post["upstream_domain"] is not None, evidence=evidence)
