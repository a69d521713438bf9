"""Writing who published a post first: upstreams, evidence and judgement of one version."""

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from mirror.items import Attribution


def attribute(db: Database, rows: Sequence[tuple[int, int, Attribution]]) -> None:
    """Writes the attributions of posts: (row id, version, attribution).

    An earlier judgement of the same version is replaced; those of earlier versions stay.
    """
    if not rows:
        return
    keys = [(post_id, version) for post_id, version, _ in rows]
    db.conn.executemany("DELETE FROM attributions WHERE post_id = ? AND version = ?", keys)
    db.conn.executemany("DELETE FROM judgements WHERE post_id = ? AND version = ?", keys)
    domains = _upstreams(db, rows)
    db.conn.executemany(
        "INSERT INTO attributions (post_id, version, upstream_id, url, rule, confidence, quote, "
        "at, chosen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                post_id, version, domains.get(evidence.domain or ""), evidence.url, evidence.rule,
                evidence.confidence, evidence.quote, evidence.offset,
                verdict.syndicated and evidence.domain == verdict.upstream_domain,
            )
            for post_id, version, verdict in rows
            for evidence in verdict.evidence
        ],
    )  # fmt: skip
    db.conn.executemany(
        "INSERT INTO judgements (post_id, version, upstream_id, url, confidence) "
        "VALUES (?, ?, ?, ?, ?)",
        [
            (post_id, version, domains[verdict.upstream_domain], verdict.upstream_url,
             verdict.confidence)
            for post_id, version, verdict in rows
            if verdict.syndicated and verdict.upstream_domain
        ],
    )  # fmt: skip
    db.conn.executemany(
        "UPDATE posts SET upstream_id = ? WHERE id = ? AND version = ?",
        [
            (domains.get(verdict.upstream_domain or "") if verdict.syndicated else None,
             post_id, version)
            for post_id, version, verdict in rows
        ],
    )  # fmt: skip


def _upstreams(db: Database, rows: Iterable[tuple[int, int, Attribution]]) -> dict[str, int]:
    """The ids of all domains named, made where they are new."""
    names: dict[str, str | None] = {}
    for _, _, verdict in rows:
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
            [domain, name],
        )
        ids[domain] = db.execute("SELECT id FROM upstreams WHERE domain = ?", [domain]).fetchone()[
            0
        ]
    return ids
