"""Judging the stored posts again, when the rules have changed: what comes out differently."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from mirror.attribution import Site, judge
from mirror.items import Attribution
from mirror.store.attributions import attribute_again, note_judged, speaks_for, upstreams
from mirror.store.connection import transaction
from mirror.store.names import with_names
from mirror.store.objects import marks, selection
from mirror.urls import host_of
from mirror.wordpress.objects import loads, rebuild, storable

# Posts that are read, judged and written at a time.
BATCH = 200

Outcome = Literal["found", "lost", "upstream", "address", "evidence", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a judgement says: whose a post is, from which address, how sure that is."""

    domain: str
    url: str | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """One post, judged again.

    `outcome`: an upstream was `found` where there was none, or `lost`; another `upstream`, another
    `address` of the same one; only other `evidence` or confidence; or all the `same`.
    """

    post_id: int
    host: str
    wp_id: int
    link: str | None
    outcome: Outcome
    before: Claim | None
    after: Claim | None


def rejudge(db: Database) -> Iterator[Rejudged]:
    """Judges the current version of every stored post, also of those that are gone.

    Each batch is a transaction: what has been judged when this is broken off stays judged. Raises
    StoreError.
    """
    sites = {row["id"]: (row["host"], publisher(row)) for row in list(db.query(_SITES))}
    last = 0
    while batch := _posts(db, last):
        last = batch[-1]["id"]
        verdicts = list(_judged(db, batch, {number: site for number, (_, site) in sites.items()}))
        before, evidence = _claims(db, batch), _evidence(db, batch)
        with transaction(db):
            changed = [
                (row["id"], row["version"], verdict)
                for row, verdict in verdicts
                if before.get(row["id"]) != claim(verdict)
                or evidence.get(row["id"], []) != _stored_form(verdict)
            ]
            attribute_again(db, changed, upstreams(db, [verdict for _, _, verdict in changed]))
            note_judged(db, [(row["id"], row["version"]) for row in batch])
        differing = {post_id for post_id, _, _ in changed}
        for row, verdict in verdicts:
            then, now = before.get(row["id"]), claim(verdict)
            yield Rejudged(
                post_id=row["id"],
                host=sites[row["site_id"]][0],
                wp_id=row["wp_id"],
                link=row["link"],
                outcome=_outcome(then, now) if row["id"] in differing else "same",
                before=then,
                after=now,
            )


_SITES = "SELECT id, url, host, name, api_root, index_json FROM sites"


def publisher(site: Mapping[str, Any]) -> Site:
    """The site of a row of `sites`, with the hosts that its index calls its own."""
    index = loads(site["index_json"]) if site["index_json"] else {}
    stated = [index.get(key) for key in ("home", "url")] if isinstance(index, dict) else []
    own = {host_of(url) for url in (*stated, site["api_root"]) if isinstance(url, str)}
    host = host_of(site["url"]) or site["host"]
    return Site(host, site["name"], frozenset(own - {host, "", "public-api.wordpress.com"}))


def claim(verdict: Attribution) -> Claim | None:
    """What a judgement claims, in the form in which it is stored; None if nothing."""
    if not (verdict.syndicated and verdict.upstream_domain):
        return None
    return Claim(
        domain=storable(verdict.upstream_domain),
        url=storable(verdict.upstream_url) if verdict.upstream_url else None,
        confidence=verdict.confidence,
    )


def _posts(db: Database, last: int) -> list[dict[str, Any]]:
    query = f"SELECT id, site_id, version, {selection('post')} FROM posts"
    return list(db.query(f"{query} WHERE id > ? ORDER BY id LIMIT {BATCH}", [last]))


def _judged(
    db: Database, batch: Sequence[Mapping[str, Any]], sites: Mapping[int, Site]
) -> Iterator[tuple[Mapping[str, Any], Attribution]]:
    """The posts with their judgements, which may be known better now by the names behind ids."""
    for site_id in sorted({row["site_id"] for row in batch}):
        rows = [row for row in batch if row["site_id"] == site_id]
        objects = with_names(db, site_id, [_object(row) for row in rows])
        for row, post in zip(rows, objects, strict=True):
            yield row, judge(post, sites[site_id])


def _object(row: Mapping[str, Any]) -> dict[str, Any]:
    return rebuild("post", row["wp_id"], row, row["extra"])


def _claims(db: Database, batch: Sequence[Mapping[str, Any]]) -> dict[int, Claim]:
    """What is claimed now of the current versions."""
    rows = db.query(
        "SELECT j.post_id, u.domain, j.url, j.confidence FROM judgements j "
        "JOIN posts p ON p.id = j.post_id AND p.version = j.version "
        f"JOIN upstreams u ON u.id = j.upstream_id WHERE p.id IN ({marks(batch)})",
        [row["id"] for row in batch],
    )
    return {
        row["post_id"]: Claim(domain=row["domain"], url=row["url"], confidence=row["confidence"])
        for row in rows
    }


def _evidence(db: Database, batch: Sequence[Mapping[str, Any]]) -> dict[int, list[tuple[Any, ...]]]:
    """The evidence of the current versions as it is stored, in a fixed order."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for post_id, *values in db.execute(
        "SELECT a.post_id, a.rule, a.quote, u.domain, a.url, a.confidence, a.at, a.chosen "
        "FROM attributions a JOIN posts p ON p.id = a.post_id AND p.version = a.version "
        f"LEFT JOIN upstreams u ON u.id = a.upstream_id WHERE p.id IN ({marks(batch)}) "
        "ORDER BY a.id",
        [row["id"] for row in batch],
    ):
        found.setdefault(post_id, []).append(tuple(values))
    return found


def _stored_form(verdict: Attribution) -> list[tuple[Any, ...]]:
    return [
        (
            one.rule, storable(one.quote), storable(one.domain) if one.domain else None,
            storable(one.url) if one.url else None, one.confidence, one.offset,
            int(speaks_for(one, verdict)),
        )
        for one in verdict.evidence
    ]  # fmt: skip


def _outcome(before: Claim | None, after: Claim | None) -> Outcome:
    if before is None or after is None:
        return "evidence" if before is after else "lost" if after is None else "found"
    if before.domain != after.domain:
        return "upstream"
    return "address" if before.url != after.url else "evidence"
