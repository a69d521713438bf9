"""Finding posts: by words in title and text, by site, type, upstream, date, and fate."""

import re
import sqlite3
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from mirror.browse.pages.cards import CARD
from mirror.browse.pages.visit import Visit
from mirror.content import Content

PAGE = 20
# Words that stand in more posts than this do not rank them: the newest come first.
_MOST = 5000
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM posts_fts WHERE posts_fts MATCH ? LIMIT ?)"
_AMONG = "AND p.id IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH :match)"
_RANKED = f"""
    WITH hits AS MATERIALIZED (
        SELECT rowid AS id, rank FROM posts_fts WHERE posts_fts MATCH :match)
    {CARD.replace("FROM posts p", "FROM hits CROSS JOIN posts p ON p.id = hits.id")}"""
_WORD = re.compile(r'"([^"]+)"|(\S+)')
_FATES = {"edited": "p.version > 1", "gone": "p.deleted_at IS NOT NULL"}
_AROUND = 110


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
    match = fts_query(asked["q"])
    clauses, values = _filters(conn, asked)
    where = " AND ".join(clauses) or "1"
    values |= {"match": match, "limit": PAGE + 1, "offset": (page - 1) * PAGE}
    ranked = bool(match) and _count(conn, match) <= _MOST
    if ranked:
        sql = f"{_RANKED} WHERE {where} ORDER BY hits.rank LIMIT :limit OFFSET :offset"
    else:
        sql = f"{CARD} WHERE {where} {_AMONG if match else ''} ORDER BY p.date_gmt DESC"
        sql += " LIMIT :limit OFFSET :offset"
    posts = [dict(row) for row in conn.execute(sql, values)]
    words = [word.casefold() for word in _words(asked["q"])]
    for post in posts[:PAGE]:
        post["snippet"] = _snippet(conn, post["id"], words)
    return {
        "asked": asked,
        "posts": posts[:PAGE],
        "ranked": ranked,
        "page": page,
        "more": len(posts) > PAGE,
        "sites": conn.execute("SELECT host, name FROM sites ORDER BY host").fetchall(),
        "types": _types(conn),
    }


def _count(conn: sqlite3.Connection, match: str) -> int:
    """How many posts have the words; one more than `_MOST` stands for any number above."""
    row = conn.execute(_COUNT, [match, _MOST + 1]).fetchone()
    return int(row[0])


def fts_query(text: str) -> str:
    """What a visitor types, as an FTS5 query: each word or "phrase" quoted, the last one a prefix.

    >>> fts_query('old "swing bridge" cat')
    '"old" "swing bridge" "cat"*'
    """
    quoted = ['"{}"'.format(word.replace('"', "")) for word in _words(text)[:12]]
    if quoted and not text.rstrip().endswith('"'):
        quoted[-1] += "*"
    return " ".join(quoted)


def _words(text: str) -> list[str]:
    """Words and phrases that hold at least one letter or digit (others match nothing in FTS5)."""
    found = (phrase or word for phrase, word in _WORD.findall(text))
    return [word for word in found if any(letter.isalnum() for letter in word)]


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


def _snippet(conn: sqlite3.Connection, post: int, words: list[str]) -> Markup:
    """Text around the first word that was found, or the beginning; the words marked."""
    row = conn.execute("SELECT substr(content, 1, 100000) FROM posts WHERE id = ?", [post])
    text = Content(row.fetchone()[0] or "").text
    lower = text.casefold() if len(text.casefold()) == len(text) else text.lower()
    places = [at for word in words if (at := lower.find(word)) >= 0]
    start = max(0, min(places) - _AROUND) if places else 0
    if start:
        start = text.find(" ", start) + 1 or start
    piece = text[start : start + 2 * _AROUND].replace("\n", " ")
    marked = _marked(piece, words)
    before = "… " if start else ""
    after = " …" if start + 2 * _AROUND < len(text) else ""
    return Markup("{}{}{}").format(before, marked, after)


def _marked(text: str, words: list[str]) -> Markup:
    if not words:
        return escape(text)
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pieces = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
