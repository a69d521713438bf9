"""What holds in every mirror, whatever its sites did: what it keeps is what it would make anew."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlite_utils import Database

from mirror.content import searchable
from mirror.content_media import uses
from mirror.store import shapes
from mirror.store.connection import connect, transaction
from mirror.store.reading.integrity import database_faults, history_faults, index_faults
from mirror.sync.fingerprint import changed_fields
from mirror.wordpress.feeds import is_partial
from mirror.wordpress.objects import rebuild
from tests.store.worlds import World, derive, judge_again

Tables = dict[str, list[tuple[Any, ...]]]

# Made of the posts alone. A post that became a page is noted as one without a signature.
DERIVED = {
    "upstream_posts": "SELECT * FROM upstream_posts",
    "story_posts": "SELECT * FROM story_posts",
    "stories": "SELECT * FROM stories",
    "signatures": "SELECT * FROM signatures WHERE signature IS NOT NULL",
}
JUDGED = {
    "attributions": "SELECT post_id, version, upstream_id, url, rule, confidence, quote, at, "
    "chosen FROM attributions",
    "judgements": "SELECT * FROM judgements",
    "posts": "SELECT id, version, upstream_id FROM posts",
    "judged": "SELECT post_id, version, rules FROM judged",
}
# What does not depend on the order of reading, with rows called by the ids of WordPress: not when
# something was first seen, nor which of two posts with one GUID is the original.
ROW = "(SELECT o.site_id || ':' || o.wp_id FROM {} o WHERE o.id = {})"
POST, MEDIA, TERM = (
    ROW.format(table, f"{name}_id") for table, name in
    (("posts", "post"), ("media", "media"), ("terms", "term"))
)  # fmt: skip
NOW = {
    "posts": "SELECT p.site_id, wp_id, collection, fingerprint, guid_key, domain, "
    f"{ROW.format('authors', 'author_id')}, {ROW.format('media', 'featured_media_id')}, "
    f"{ROW.format('posts', 'p.parent_id')} "
    "FROM posts p LEFT JOIN upstreams u ON u.id = upstream_id",
    "copies": "SELECT guid_key, count(*), count(original_id) FROM posts "
    "WHERE guid_key IS NOT NULL GROUP BY guid_key",
    "media": f"SELECT site_id, wp_id, fingerprint, {POST} FROM media",
    "comments": f"SELECT site_id, wp_id, {POST}, {ROW.format('comments', 'c.parent_id')} "
    "FROM comments c",
    "terms": f"SELECT site_id, wp_id, {ROW.format('terms', 't.parent_id')} FROM terms t",
    "post_terms": f"SELECT {POST}, {TERM} FROM post_terms",
    "post_media": f"SELECT {POST}, {MEDIA}, url, role FROM post_media",
    "attributions": f"SELECT {POST}, rule, quote, url, confidence, at, chosen "
    "FROM attributions JOIN posts p ON p.id = post_id AND p.version = attributions.version",
    "story_posts": f"SELECT {POST}, place, published_at, similarity, added, removed "
    "FROM story_posts",
    "upstream_posts": f"SELECT {POST}, {ROW.format('posts', 'upstream_post_id')}, how, "
    "similarity, lead_seconds, contradiction FROM upstream_posts",
    "unresolved": "SELECT site_id, owner, field, wp_id, count(*) FROM unresolved GROUP BY 1,2,3,4",
}


def broken(world: World) -> Iterator[str]:
    """What does not hold, in words."""
    for check in (_sound, _versions, _copies, _uses, _index, _judgements, _derived, _fresh):
        yield from (f"{check.__name__}: {told}" for told in check(world))


def _sound(world: World) -> Iterator[object]:
    with closing(connect(world.path)) as db:
        for faults in (database_faults, history_faults, index_faults):
            yield from faults(db)


def _versions(world: World) -> Iterator[object]:
    """`changed` names the fields in which a version of a post differs from the one before."""
    with closing(connect(world.path)) as db:
        before: tuple[int, dict[str, Any], list[str]] | None = None
        for row, obj in _posts(db):
            if before and before[0] == row["post_id"] and not is_partial(before[1]):
                changed = [name for name in before[2] if name != "deleted_at"]
                if changed != [*changed_fields("post", before[1], obj)]:
                    yield row["post_id"], row["version"], changed
            before = row["post_id"], obj, json.loads(row["changed"] or "[]")


def _posts(db: Database) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every version of every post, and the object that it was."""
    query = f"SELECT *, {shapes.of('versions')} FROM versions ORDER BY post_id, version"
    for row in [*db.query(query)]:
        yield row, rebuild("post", row["wp_id"], row, row["extra"])


def _copies(world: World) -> Iterator[object]:
    """Of the posts with one GUID the earliest row is the original."""
    first = "(SELECT nullif(min(o.id), p.id) FROM posts o WHERE o.guid_key = p.guid_key)"
    with closing(connect(world.path)) as db:
        query = f"SELECT id, original_id, {first} FROM posts p WHERE original_id IS NOT {first}"
        yield from db.execute(query)


def _uses(world: World) -> Iterator[object]:
    """What a version of a post shows is what is noted of it."""
    with closing(connect(world.path)) as db:
        sites = dict(db.execute("SELECT id, url FROM sites").fetchall())
        noted = _table(
            db,
            "SELECT u.post_id, p.version, u.url FROM post_media u JOIN posts p ON p.id = post_id "
            "WHERE role = 'inline' UNION ALL "
            "SELECT post_id, version, url FROM post_media_versions WHERE role = 'inline'",
        )
        shown = [
            (row["post_id"], row["version"], use.url)
            for row, obj in _posts(db)
            for use in uses(obj, sites[row["site_id"]])
        ]
        yield from {*noted} ^ {*shown}


def _index(world: World) -> Iterator[object]:
    """The full-text index holds the words of the posts as they are, each at its place."""
    with closing(connect(world.path, write=True)) as db, closing(Database(memory=True)) as anew:
        (schema,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'posts_fts'").fetchone()
        anew.execute(schema)
        for row_id, *text in db.execute("SELECT id, title, content FROM posts"):
            words = searchable(*text)
            anew.execute("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)",
                         [row_id, *words])  # fmt: skip
        for one in (db, anew):
            one.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, posts_fts, instance)")
        yield from {*_table(db, "SELECT * FROM v")} ^ {*_table(anew, "SELECT * FROM v")}


def _judgements(world: World) -> Iterator[object]:
    """The same rules judge the same."""
    before = _tables(world, JUDGED)
    yield from judge_again(world.path)
    yield from _differences(before, _tables(world, JUDGED))


def _derived(world: World) -> Iterator[object]:
    before = _tables(world, DERIVED)
    with closing(connect(world.path, write=True)) as db, transaction(db):
        for table in DERIVED:
            db.execute(f"DELETE FROM {table}")
    derive(world.path)
    yield from _differences(before, _tables(world, DERIVED))


def _fresh(world: World) -> Iterator[object]:
    """Another mirror, which reads everything now, comes to the same; but for what is gone."""
    if world.keeps:
        before = _tables(world, NOW)
        world.begin_anew()
        yield from _differences(before, _tables(world, NOW))


def _tables(world: World, queries: dict[str, str]) -> Tables:
    with closing(connect(world.path)) as db:
        return {name: _table(db, query) for name, query in queries.items()}


def _table(db: Database, query: str) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, db.execute(query)), key=repr)


def _differences(before: Tables, after: Tables) -> Iterator[object]:
    for name, rows in before.items():
        if rows != after[name]:
            yield name, {*rows} - {*after[name]}, {*after[name]} - {*rows}
