"""Upstreams that are mirrored too: the very post that a syndicated one was taken from.

Derived from the judgements and the stories, and made again as a whole: only posts whose upstream
is among the mirrored sites are looked at. A claim that the upstream's own mirror contradicts keeps
its judgement, which says what the post says of itself, and is flagged here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from mirror.attribution import RULES
from mirror.attribution.publishers import identity
from mirror.attribution.stories import similarity
from mirror.store.connection import transaction
from mirror.store.objects import marks
from mirror.store.reading.posts import spellings
from mirror.store.stories import PUBLISHED
from mirror.urls import guid_key

_ORIGIN = frozenset(rule.name for rule in RULES if rule.role == "origin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row of `upstream_posts`.

    `contradiction`: what of the claim the upstream's post contradicts, in words with commas:
    `later` (it was published after this one), `mutual` (it names this site as its own upstream),
    `elsewhere` (it names a third one, while this post says that it was first published there).
    """

    post_id: int
    version: int
    upstream_post_id: int
    how: str
    similarity: float | None
    lead_seconds: int | None
    contradiction: str | None


def link(db: Database) -> int:
    """Finds the upstream posts anew; how many links differ from before. Raises StoreError."""
    with transaction(db):
        held = {row[0]: row for row in db.execute(f"SELECT {_COLUMNS} FROM upstream_posts")}
        found = {one.post_id: astuple(one) for one in _links(db)}
        gone = [(post_id,) for post_id, row in held.items() if found.get(post_id) != row]
        new = [row for post_id, row in found.items() if held.get(post_id) != row]
        db.conn.executemany("DELETE FROM upstream_posts WHERE post_id = ?", gone)
        db.conn.executemany(
            f"INSERT INTO upstream_posts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", new
        )
    return len({*(row[0] for row in gone), *(row[0] for row in new)})


_COLUMNS = "post_id, version, upstream_post_id, how, similarity, lead_seconds, contradiction"


def link_of(db: Database, post_id: int) -> Link | None:
    """The mirrored post that one was taken from, as things stand now; None if there is none."""
    post = next(db.query(f"{_CLAIMING} WHERE p.id = ?", [post_id]), None)
    return _link(db, post, _sites(db)) if post is not None else None


def _links(db: Database) -> Iterator[Link]:
    sites = _sites(db)
    for upstream_id, domain in list(db.execute("SELECT id, domain FROM upstreams")):
        if identity(domain) in sites:
            for post in list(db.query(f"{_CLAIMING} WHERE j.upstream_id = ?", [upstream_id])):
                found = _link(db, post, sites)
                if found is not None:
                    yield found


def _sites(db: Database) -> dict[str, list[int]]:
    """The mirrored sites by the publisher that each belongs to."""
    found: dict[str, list[int]] = {}
    for site_id, host in db.execute("SELECT id, host FROM sites"):
        found.setdefault(identity(host), []).append(site_id)
    return found


_CLAIMING = f"""
    SELECT p.id, p.version, p.site_id, s.host, p.guid_key, j.url, u.domain,
        {PUBLISHED.format("p")} AS published_at
    FROM judgements j JOIN posts p ON p.id = j.post_id AND p.version = j.version
    JOIN sites s ON s.id = p.site_id JOIN upstreams u ON u.id = j.upstream_id"""


def _upstream_post(
    db: Database, post: dict[str, Any], sites: Sequence[int]
) -> tuple[int, str] | None:
    """The upstream's post and how it was found: by address, by GUID, by its text."""
    # Of several that are there the one that was written first, whichever was read first.
    there = f"site_id IN ({marks(sites)}) ORDER BY deleted_at IS NOT NULL, wp_id, site_id LIMIT 1"
    if post["url"]:
        links = spellings(post["url"])
        row = db.execute(
            f"SELECT id FROM posts WHERE link IN ({marks(links)}) AND {there}", [*links, *sites]
        ).fetchone()
        if row:
            return row[0], "url"
    for how, key in (("guid", post["guid_key"]), ("url", guid_key(post["url"]))):
        row = (
            key
            and db.execute(
                f"SELECT id FROM posts WHERE guid_key = ? AND {there}", [key, *sites]
            ).fetchone()
        )
        if row:
            return row[0], how
    row = db.execute(
        "SELECT other.post_id FROM story_posts own "
        "JOIN story_posts other ON other.story_id = own.story_id "
        f"JOIN posts p ON p.id = other.post_id AND p.site_id IN ({marks(sites)}) "
        "WHERE own.post_id = ? ORDER BY other.place LIMIT 1",
        [*sites, post["id"]],
    ).fetchone()
    return (row[0], "text") if row else None


def _link(db: Database, post: dict[str, Any], sites: dict[str, list[int]]) -> Link | None:
    others = [one for one in sites.get(identity(post["domain"]), ()) if one != post["site_id"]]
    found = _upstream_post(db, post, others) if others else None
    if found is None:
        return None
    upstream_post, how = found
    theirs = next(db.query(_UPSTREAM, [upstream_post]))
    lead = _seconds(theirs["published_at"], post["published_at"])
    return Link(
        post_id=post["id"],
        version=post["version"],
        upstream_post_id=upstream_post,
        how=how,
        similarity=_similarity(db, post["id"], upstream_post),
        lead_seconds=lead,
        contradiction=", ".join(_contradictions(db, post, theirs, lead)) or None,
    )


_UPSTREAM = f"""
    SELECT p.id, s.host, u.domain, {PUBLISHED.format("p")} AS published_at
    FROM posts p JOIN sites s ON s.id = p.site_id
    LEFT JOIN judgements j ON j.post_id = p.id AND j.version = p.version
    LEFT JOIN upstreams u ON u.id = j.upstream_id WHERE p.id = ?"""


def _contradictions(
    db: Database, post: dict[str, Any], theirs: dict[str, Any], lead: int | None
) -> Iterator[str]:
    if lead is not None and lead < 0:
        yield "later"
    if theirs["domain"] is None:
        return
    if identity(theirs["domain"]) == identity(post["host"]):
        yield "mutual"
    elif identity(theirs["domain"]) != identity(theirs["host"]):
        rules = db.execute(
            "SELECT DISTINCT rule FROM attributions WHERE post_id = ? AND version = ? AND chosen",
            [post["id"], post["version"]],
        )
        # Evidence of where a copy was taken from is one step of a chain, and no contradiction.
        if any(rule in _ORIGIN for (rule,) in rules):
            yield "elsewhere"


def _similarity(db: Database, one: int, other: int) -> float | None:
    """How much of their texts two posts have in common; None if one is too short to tell."""
    rows = db.execute(
        "SELECT signature FROM signatures WHERE post_id IN (?, ?) AND signature IS NOT NULL",
        [one, other],
    ).fetchall()
    return round(similarity(rows[0][0], rows[1][0]), 3) if len(rows) == 2 else None


def _seconds(earlier: str, later: str) -> int | None:
    try:
        span = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    except ValueError:  # a 30th of February
        return None
    return round(span.total_seconds())
