"""Writing who published a post first: upstreams, evidence and judgement of one version."""

from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

from mirror.items import Attribution, Evidence
from mirror.wordpress.objects import storable


def attribute(
    db: Database, rows: Sequence[tuple[int, int, Attribution]], ids: Mapping[str, int]
) -> None:
    """Writes the attributions of posts: (row id, version, attribution); `ids` as of `upstreams`.

    For posts that were written with their `upstream`, and versions that were not judged before.
    """
    db.conn.executemany(
        "INSERT INTO attributions (post_id, version, upstream_id, url, rule, confidence, quote, "
        "at, chosen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                post_id, version, ids.get(evidence.domain or ""), _text(evidence.url),
                evidence.rule, evidence.confidence, storable(evidence.quote), evidence.offset,
                speaks_for(evidence, verdict),
            )
            for post_id, version, verdict in rows
            for evidence in verdict.evidence
        ],
    )  # fmt: skip
    db.conn.executemany(
        "INSERT INTO judgements (post_id, version, upstream_id, url, confidence) "
        "VALUES (?, ?, ?, ?, ?)",
        [
            (post_id, version, ids[verdict.upstream_domain], _text(verdict.upstream_url),
             verdict.confidence)
            for post_id, version, verdict in rows
            if verdict.syndicated and verdict.upstream_domain
        ],
    )  # fmt: skip
    note_judged(db, ((post_id, version) for post_id, version, _ in rows))


def attribute_again(
    db: Database, rows: Sequence[tuple[int, int, Attribution]], ids: Mapping[str, int]
) -> None:
    """As `attribute`, for posts that were there before.

    An earlier judgement of the same version is replaced; those of earlier versions stay.
    """
    keys = [(post_id, version) for post_id, version, _ in rows]
    db.conn.executemany("DELETE FROM attributions WHERE post_id = ? AND version = ?", keys)
    db.conn.executemany("DELETE FROM judgements WHERE post_id = ? AND version = ?", keys)
    attribute(db, rows, ids)
    # Not where nothing changes: a row is rewritten as a whole.
    db.conn.executemany(
        "UPDATE posts SET upstream_id = ?1 WHERE id = ?2 AND version = ?3 "
        "AND upstream_id IS NOT ?1",
        [(upstream(verdict, ids), post_id, version) for post_id, version, verdict in rows],
    )


def note_judged(db: Database, keys: Iterable[tuple[int, int]]) -> None:
    """Notes that these rules have judged posts: (row id, version)."""
    from mirror.attribution import RULES_VERSION  # late: see mirror.session

    db.conn.executemany(
        "INSERT OR REPLACE INTO judged (post_id, version, rules) VALUES (?, ?, ?)",
        [(post_id, version, RULES_VERSION) for post_id, version in keys],
    )


def speaks_for(evidence: Evidence, verdict: Attribution) -> bool:
    """Whether a piece of evidence names the chosen publisher, by whichever of its hosts."""
    from mirror.attribution.publishers import identity

    if not (verdict.upstream_domain and evidence.domain):
        return False
    return identity(evidence.domain) == identity(verdict.upstream_domain)


def _text(url: str | None) -> str | None:
    return storable(url) if url else None


def upstream(verdict: Attribution | None, ids: Mapping[str, int]) -> int | None:
    """The row of who published first; None for what is no syndication, or was not judged."""
    if verdict is None or not verdict.syndicated:
        return None
    return ids.get(verdict.upstream_domain or "")


def upstreams(db: Database, verdicts: Iterable[Attribution]) -> dict[str, int]:
    """The row of each domain that is named, made where it is new."""
    names: dict[str, str | None] = {}
    for verdict in verdicts:
        for evidence in verdict.evidence:
            if evidence.domain:
                names.setdefault(evidence.domain, None)
        if verdict.upstream_domain:
            names[verdict.upstream_domain] = verdict.upstream_name
    ids = {}
    for domain, name in names.items():
        db.execute(
            "INSERT INTO upstreams (domain, name) VALUES (?, ?) ON CONFLICT (domain) "
            "DO UPDATE SET name = coalesce(excluded.name, name)",
            [storable(domain), name],
        )
        found = db.execute("SELECT id FROM upstreams WHERE domain = ?", [storable(domain)])
        ids[domain] = found.fetchone()[0]
    return ids
