"""Who published first: the upstreams, and the evidence of one post."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from mirror.moments import timestamp
from mirror.store.reading.sites import of_sites, site_list
from mirror.store.upstream_posts import link_of

# What is recent is compared with as many days before.
TREND_DAYS = 90
# How many of an upstream's republishing sites are named.
TOP_SITES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRow:
    """One upstream publisher. `share`: of all current posts, 0…1; `confidence`: the posts' mean.

    `recent`: posts published in the last TREND_DAYS days; `before`: in as many days before those.
    `sites`: the sites that republish it, (host, posts), most first; `example`: the row id of the
    post with the highest confidence.
    """

    domain: str
    name: str | None
    posts: int
    share: float
    confidence: float
    recent: int
    before: int
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
class ChainRow:
    """The mirrored post that another one was taken from: one step from a copy to its origin.

    `how` it was found: by `url`, `guid` or `text`. `similarity` of the two texts, 0…1, and
    `lead_seconds` by which this post was published earlier than the copy, where that can be told.
    `contradiction`: what this post says against the copy's claim (`mirror.store.upstream_posts`).
    `upstream_domain`: whom this post names in turn.
    """

    post_id: int
    host: str
    wp_id: int
    link: str | None
    title: str | None
    deleted_at: str | None
    how: str
    similarity: float | None
    lead_seconds: int | None
    contradiction: str | None
    upstream_domain: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is believed of the current version of a post, and why.

    `chain`: the mirrored posts that it came from, the nearest first.
    """

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
    chain: tuple[ChainRow, ...]


def upstreams(
    db: Database,
    *,
    now: datetime | None = None,
    site_ids: Sequence[int] | None = None,
    limit: int = 0,
) -> Iterator[UpstreamRow]:
    """Upstream publishers by number of current posts, most first; `recent` is seen from `now`."""
    now = now or datetime.now(UTC)
    turns = (timestamp(now - timedelta(days=TREND_DAYS * periods)) for periods in (1, 2))
    of = site_list(site_ids)
    scope = {"of": of, "limit": limit or -1, **dict(zip(("turn", "start"), turns, strict=True))}
    total = db.execute(
        f"SELECT count(*) FROM posts p WHERE p.deleted_at IS NULL AND {of_sites('p.site_id')}",
        scope,
    ).fetchone()[0]
    rows = db.query(
        f"""
        SELECT u.id, u.domain, u.name, count(*) AS posts, avg(j.confidence) AS confidence,
            sum(p.date_gmt >= :turn) AS recent,
            sum(p.date_gmt >= :start AND p.date_gmt < :turn) AS before,
            max(j.confidence), p.id AS example
        FROM posts p
        JOIN upstreams u ON u.id = p.upstream_id
        LEFT JOIN judgements j ON j.post_id = p.id AND j.version = p.version
        WHERE p.deleted_at IS NULL AND {of_sites("p.site_id")}
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
            recent=row["recent"] or 0,
            before=row["before"] or 0,
            example=row["example"],
            sites=_top_sites(db, row["id"], of),
        )


def _top_sites(db: Database, upstream_id: int, of: str | None) -> tuple[tuple[str, int], ...]:
    rows = db.query(
        "SELECT s.host, count(*) AS posts FROM posts p JOIN sites s ON s.id = p.site_id "
        f"WHERE p.upstream_id = :upstream AND p.deleted_at IS NULL AND {of_sites('p.site_id')} "
        "GROUP BY s.host ORDER BY posts DESC, s.host LIMIT :top",
        {"upstream": upstream_id, "of": of, "top": TOP_SITES},
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
    return Explanation(
        **post,
        syndicated=post["upstream_domain"] is not None,
        evidence=evidence,
        chain=tuple(chain(db, post_id)),
    )


def chain(db: Database, post_id: int) -> Iterator[ChainRow]:
    """The mirrored posts from which a post came, step by step; none twice, so it ends."""
    seen = {post_id}
    while (link := link_of(db, post_id)) is not None and link.upstream_post_id not in seen:
        post_id = link.upstream_post_id
        seen.add(post_id)
        yield ChainRow(
            **next(db.query(_STEP, [post_id])),
            how=link.how,
            similarity=link.similarity,
            lead_seconds=link.lead_seconds,
            contradiction=link.contradiction,
        )


_STEP = """
    SELECT p.id AS post_id, s.host, p.wp_id, p.link, p.title, p.deleted_at,
        u.domain AS upstream_domain
    FROM posts p
    JOIN sites s ON s.id = p.site_id
    LEFT JOIN judgements j ON j.post_id = p.id AND j.version = p.version
    LEFT JOIN upstreams u ON u.id = j.upstream_id
    WHERE p.id = ?"""


def judged_by_older_rules(db: Database, rules: int) -> int:
    """How many posts were judged last by rules older than these."""
    count: int = db.execute("SELECT count(*) FROM judged WHERE rules < ?", [rules]).fetchone()[0]
    return count
