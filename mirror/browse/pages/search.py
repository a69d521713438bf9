"""Finding posts: by words in title and text, by site, type, upstream, date, and fate."""

import re
import sqlite3
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from mirror.browse.bombs import content_of
from mirror.browse.pages.cards import CARD
from mirror.browse.pages.visit import Visit
from mirror.errors import ConfigError
from mirror.store.reading.search import SNIPPET, Query, excerpt, parse_query

PAGE = 20
# Words that stand in more posts than this do not rank them: ranking reads them all.
_MOST = 5000
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM posts_fts WHERE posts_fts MATCH ? LIMIT ?)"
_RANKED = f"""
    WITH hits AS MATERIALIZED (
        SELECT rowid AS id, bm25(posts_fts, 5.0, 1.0) AS rank FROM posts_fts
        WHERE posts_fts MATCH :match)
    {CARD.replace("FROM posts p", "FROM hits CROSS JOIN posts p ON p.id = hits.id")}
    WHERE {{where}} ORDER BY hits.rank, p.date_gmt DESC LIMIT :limit OFFSET :offset"""
# FTS5 gives its rows in this order as it goes, so that reading ends with the page.
_LATEST = f"""
    {CARD.replace("FROM posts p", "FROM posts_fts CROSS JOIN posts p ON p.id = posts_fts.rowid")}
    WHERE posts_fts MATCH :match AND {{where}}
    ORDER BY posts_fts.rowid DESC LIMIT :limit OFFSET :offset"""
_ALL = f"{CARD} WHERE {{where}} ORDER BY p.date_gmt DESC LIMIT :limit OFFSET :offset"
_FATES = {"edited": "p.version > 1", "gone": "p.deleted_at IS NOT NULL"}


async def show(visit: Visit) -> Response:
    asked = {
        name: visit.word(name)
        for name in ("q", "site", "type", "upstream", "since", "until", "only")
    }
    page = visit.number("page", 1, most=250)
    context = await visit.read(lambda conn: read(conn, asked, page))
    arguments = {name: value for name, value in asked.items() if value}
    return await visit.page("search", {**context, "query": urlencode(arguments)})


def read(conn: sqlite3.Connection, asked: dict[str, str], page: int) -> dict[str, Any]:
    query = _query(asked["q"])
    clauses, values = _filters(conn, asked)
    if asked["q"] and query is None:
        clauses.append("0")  # nothing but signs was asked for
    values |= {"limit": PAGE + 1, "offset": (page - 1) * PAGE}
    sql, ranked = _ALL, True
    if query is not None:
        values["match"] = query.match
        ranked = conn.execute(_COUNT, [query.match, _MOST + 1]).fetchone()[0] <= _MOST
        sql = _RANKED if ranked else _LATEST
    rows = conn.execute(sql.format(where=" AND ".join(clauses) or "1"), values)
    posts = [dict(row) for row in rows]
    for post in posts[:PAGE]:
        post["snippet"] = _snippet(conn, post["id"], query)
    return {
        "asked": asked,
        "posts": posts[:PAGE],
        "ranked": ranked,
        "page": page,
        "more": len(posts) > PAGE,
        "sites": conn.execute("SELECT host, name FROM sites ORDER BY host").fetchall(),
        "types": _types(conn),
    }


def _query(text: str) -> Query | None:
    """What the words look for; None where there are none."""
    try:
        return parse_query(text)
    except ConfigError:
        return None


def _filters(conn: sqlite3.Connection, asked: dict[str, str]) -> tuple[list[str], dict[str, Any]]:
    clauses, values = [], dict[str, Any]()
    for name, sql in (
        ("site", "SELECT id FROM sites WHERE host = ?"),
        ("upstream", "SELECT id FROM upstreams WHERE domain = ?"),
    ):
        if asked[name]:
            row = conn.execute(sql, [asked[name].lower()]).fetchone()
            clauses.append(f"p.{name}_id = :{name}")
            values[name] = row["id"] if row else -1
    if asked["type"]:
        clauses.append("p.type = :type")
        values["type"] = asked["type"]
    for name, operator in (("since", ">="), ("until", "<=")):
        if re.fullmatch(r"\d{4}(-\d\d){0,2}", asked[name]):
            clauses.append(f"p.date_gmt {operator} :{name}")
            # `~` sorts after every digit and `T`: the day (month, year) named is included.
            values[name] = asked[name] + ("~" if name == "until" else "")
    if asked["only"] in _FATES:
        clauses.append(_FATES[asked["only"]])
    return clauses, values


def _types(conn: sqlite3.Connection) -> list[str]:
    """The types of posts, by a skip scan of an index: one look-up a type."""
    rows = conn.execute(
        """WITH RECURSIVE t(type) AS (
            SELECT min(type) FROM posts
            UNION ALL SELECT (SELECT min(type) FROM posts WHERE type > t.type) FROM t
            WHERE t.type IS NOT NULL)
        SELECT type FROM t WHERE type IS NOT NULL LIMIT 50"""
    )
    return [row["type"] for row in rows]


def _snippet(conn: sqlite3.Connection, post: int, query: Query | None) -> Markup:
    """Text around the words, which are marked; the beginning of the text without any."""
    row = conn.execute("SELECT substr(content, 1, 100000) FROM posts WHERE id = ?", [post])
    text = content_of(row.fetchone()[0]).text
    if query is None:
        return escape(text[:SNIPPET].replace("\n", " ") + ("…" if len(text) > SNIPPET else ""))
    shown, marks = excerpt(text, query)
    pieces, done = [], 0
    for start, end in marks:
        pieces += [escape(shown[done:start]), Markup("<mark>{}</mark>").format(shown[start:end])]
        done = end
    return Markup("").join([*pieces, escape(shown[done:])])
