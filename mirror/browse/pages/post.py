"""One post: what it says, what it was, who had it first, and how that is known."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

import orjson
from datasette.utils.asgi import NotFound, Response

from mirror.browse.pages.stories import members
from mirror.browse.pages.versions import (
    post_of,
    revisions,
    terms_of,
    timeline,
    version_at,
    version_of,
)
from mirror.browse.pages.visit import Visit, found
from mirror.browse.public import is_locked
from mirror.moments import timestamp

_JUDGEMENT = """
    SELECT j.url, j.confidence, u.domain, u.name FROM judgements j
    JOIN upstreams u ON u.id = j.upstream_id WHERE j.post_id = ? AND j.version = ?"""
# The number of a piece of evidence is its place in this order; the reading frame marks it so.
EVIDENCE = """
    SELECT a.rule, a.quote, a.at, a.url, a.confidence, a.chosen, u.domain, u.name
    FROM attributions a LEFT JOIN upstreams u ON u.id = a.upstream_id
    WHERE a.post_id = ? AND a.version = ?
    ORDER BY a.chosen DESC, a.confidence DESC, a.id LIMIT 50"""
_MEDIA = """
    SELECT pm.url, group_concat(pm.role, ', ') AS role, f.sha256, f.error, g.mime
    FROM post_media pm
    LEFT JOIN media_files f ON f.url = pm.url AND f.site_id = ?
    LEFT JOIN files g ON g.sha256 = f.sha256
    WHERE pm.post_id = ? GROUP BY pm.url ORDER BY min(pm.role), pm.url LIMIT 60"""
_UPSTREAM_POST = "SELECT id, link FROM posts WHERE link = ? AND id <> ? LIMIT 1"
# What `mirror stories` and `mirror attribute --stored` found in the mirror of the upstream itself.
_FOUND = """
    SELECT l.upstream_post_id AS id, l.how, l.similarity, l.lead_seconds, l.contradiction
    FROM upstream_posts l JOIN posts p ON p.id = l.upstream_post_id
    WHERE l.post_id = ? AND l.version = ?"""
_AGAINST = {
    "later": "it says that it was published later",
    "mutual": "it names this site as its own source",
    "elsewhere": "it says that somebody else published it first",
}
_RELATED = """
    SELECT id, title, type FROM posts WHERE id = ? AND id <> ?"""


async def show(visit: Visit) -> Response:
    """`?version=2` shows a version, `?at=2026-03-01` the one that held then."""
    post = int(visit.part("id"))
    number, at = visit.number("version", 0, least=0) or None, _day(visit.word("at"))
    context = await visit.read(lambda conn: read(conn, post, number, at))
    return await visit.page("post", found(context, "such post or version"))


async def raw(visit: Visit) -> Response:
    """The object as the API sent it, key for key: with what is raw in it, if that was sent."""
    if visit.mirror.public:
        raise NotFound("Only what is public is shown here")
    post, number = int(visit.part("id")), visit.number("version", 0, least=0) or None
    body = await visit.read(lambda conn: _object(conn, post, number))
    return Response(found(body, "such post or version"), content_type="application/json")


def read(
    conn: sqlite3.Connection, post_id: int, number: int | None, at: str | None
) -> dict[str, Any] | None:
    """The page's context, or None if there is no such post or version."""
    post = post_of(conn, post_id)
    if post is None:
        return None
    steps = timeline(conn, post)
    before_all = False
    if at is not None:
        number = version_at(steps, at)
        before_all = number is None
        number = number or steps[0].version
    version = version_of(conn, post, number)
    if version is None:
        return None
    judgement = conn.execute(_JUDGEMENT, [post_id, version.number]).fetchone()
    return {
        "post": post,
        "version": version,
        "now": version.row,
        "locked": is_locked(version.row["content"], version.row["extra"]),
        "step": next(step for step in steps if step.version == version.number),
        "steps": steps[::-1],
        "revisions": revisions(conn, post_id),
        "at": at,
        "before_all": before_all,
        "terms": terms_of(conn, post["site_id"], version),
        "judgement": judgement,
        "original": _original(conn, judgement, post_id, version.number),
        "evidence": conn.execute(EVIDENCE, [post_id, version.number]).fetchall(),
        "media": conn.execute(_MEDIA, [post["site_id"], post_id]).fetchall(),
        "copies": len(members(conn, post_id)),
        "parent": conn.execute(_RELATED, [post["parent_id"], post_id]).fetchone(),
    }


def _original(
    conn: sqlite3.Connection, judgement: Any, post: int, version: int
) -> dict[str, Any] | None:
    """The mirrored post that this one came from, if there is one, and what it says against that."""
    if judgement is None:
        return None
    row = conn.execute(_FOUND, [post, version]).fetchone()
    if row is not None:
        lead = row["lead_seconds"]
        words = (row["contradiction"] or "").split(", ")
        return {
            "id": row["id"],
            "alike": row["similarity"],
            "hours": lead / 3600 if lead and lead > 0 else None,
            "against": [_AGAINST.get(word, word) for word in words if word],
        }
    row = conn.execute(_UPSTREAM_POST, [judgement["url"], post]).fetchone()
    return {"id": row["id"], "alike": None, "hours": None, "against": []} if row else None


def _object(conn: sqlite3.Connection, post_id: int, number: int | None) -> bytes | None:
    post = post_of(conn, post_id)
    version = version_of(conn, post, number) if post else None
    if post is None or version is None:
        return None
    return orjson.dumps(version.object(post["wp_id"]), option=orjson.OPT_INDENT_2)


def _day(text: str) -> str | None:
    """A date or a time from the query string, as the end of that day or that second; else None.

    >>> _day("2026-03-01"), _day("soon")
    ('2026-03-01T23:59:59Z', None)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == 10:
        return f"{text}T23:59:59Z"
    return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
