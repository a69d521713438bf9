"""Stories: the same post in several places, in order of appearance.

Two posts belong together when their texts are nearly the same (`story_posts`, brought up to date by
`mirror stories`), when one repeats the other's GUID (`original_id`), or when the judgement on one
names the other's permalink as the original.
"""

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from mirror.browse.pages.cards import cards_of
from mirror.browse.pages.visit import Visit, found
from mirror.browse.words import moment
from mirror.store.objects import marks

PAGE = 20
# A story larger than this is shown in part: nothing that people call a story is.
MAX_COPIES = 200

# The first branch stops after as many stories as the page can need; the second has what a story
# by its text does not have already.
_PAIRS = """
    WITH told AS (
        SELECT first_post_id AS original, posts - 1 AS copies, latest_at AS latest
        FROM stories WHERE sites > 1 ORDER BY latest_at DESC LIMIT :limit + :offset),
    named AS (
        SELECT original_id AS original, id AS copy, date_gmt AS seen
        FROM posts WHERE original_id IS NOT NULL
        UNION
        SELECT o.id, p.id, p.date_gmt FROM judgements j
        JOIN posts o ON o.link = j.url JOIN posts p ON p.id = j.post_id AND p.version = j.version
        WHERE o.id <> p.id)
    SELECT original, sum(copies) AS copies, max(latest) AS latest FROM (
        SELECT original, copies, latest FROM told
        UNION ALL
        SELECT original, count(*), max(seen) FROM named
        WHERE NOT EXISTS (SELECT 1 FROM story_posts c WHERE c.post_id = named.copy)
        GROUP BY original)
    GROUP BY original ORDER BY latest DESC, original LIMIT :limit OFFSET :offset"""
_NEIGHBOURS = """
    SELECT b.post_id FROM story_posts a JOIN story_posts b ON b.story_id = a.story_id
        WHERE a.post_id = :post AND b.post_id <> :post
    UNION SELECT original_id FROM posts WHERE id = :post AND original_id IS NOT NULL
    UNION SELECT id FROM posts WHERE original_id = :post
    UNION SELECT o.id FROM posts p
        JOIN judgements j ON j.post_id = p.id AND j.version = p.version
        JOIN posts o ON o.link = j.url WHERE p.id = :post AND o.id <> p.id
    UNION SELECT j.post_id FROM posts p JOIN judgements j ON j.url = p.link
        WHERE p.id = :post AND j.post_id <> p.id
    LIMIT 200"""

_ALIKE = """
    SELECT c.post_id, c.similarity, c.added, c.removed, f.post_id AS first
    FROM story_posts c JOIN story_posts f ON f.story_id = c.story_id AND f.place = 1
    WHERE c.post_id IN ({marks}) AND c.place > 1"""


async def index(visit: Visit) -> Response:
    page = visit.number("page", 1)
    return await visit.page("stories", await visit.read(lambda conn: read_all(conn, page)))


async def show(visit: Visit) -> Response:
    post = int(visit.part("id"))
    context = await visit.read(lambda conn: read(conn, post))
    return await visit.page("story", found(context, "post of this number"))


def members(conn: sqlite3.Connection, post: int) -> list[int]:
    """The row ids of a story's posts, the given one included, in no order."""
    story, waiting = {post}, [post]
    while waiting and len(story) < MAX_COPIES:
        for (other,) in conn.execute(_NEIGHBOURS, {"post": waiting.pop()}):
            if other not in story:
                story.add(other)
                waiting.append(other)
    return sorted(story)[:MAX_COPIES]


def read_all(conn: sqlite3.Connection, page: int) -> dict[str, Any]:
    window = {"limit": PAGE + 1, "offset": (page - 1) * PAGE}
    pairs = conn.execute(_PAIRS, window).fetchall()
    originals = cards_of(conn, [pair["original"] for pair in pairs[:PAGE]])
    copies = {pair["original"]: pair for pair in pairs}
    for original in originals:
        original["copies"] = copies[original["id"]]["copies"]
        original["latest"] = copies[original["id"]]["latest"]
    return {"stories": originals, "page": page, "more": len(pairs) > PAGE}


def read(conn: sqlite3.Connection, post: int) -> dict[str, Any] | None:
    """A story's copies with the hours since the first of them, and how like that one they are."""
    copies = cards_of(conn, members(conn, post))
    if not copies:
        return None
    copies.sort(key=lambda card: (card["date_gmt"] or "9999", card["id"]))
    first = moment(copies[0]["date_gmt"])
    for copy in copies:
        at = moment(copy["date_gmt"])
        copy["hours"] = (at - first).total_seconds() / 3600 if at and first else None
    ids = [copy["id"] for copy in copies]
    rows = conn.execute(_ALIKE.format(marks=marks(ids)), ids)
    alike = {row["post_id"]: row for row in rows if row["first"] == copies[0]["id"]}
    for copy in copies:
        copy["alike"] = alike.get(copy["id"])
    return {"copies": copies, "first": copies[0], "asked": post}
