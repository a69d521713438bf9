"""WordPress' own revisions of posts: states that were saved before, or between, our readings.

`post_versions` holds what the mirror saw, by the mirror's clock; `post_revisions` what WordPress
kept, by WordPress' clock, with the author of each. The two never mix: a revision is stored once, as
it was sent, and is never edited (`wp_save_post_revision` writes a new one for each save). The view
`history` shows both in one list.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.items import Collection, JsonObject
from mirror.store.objects import content, marks
from mirror.wordpress.objects import SQLITE_MAX_INT, loads, split, wp_id

# Every known state of every post. `at` is when it began: for what was observed by the mirror's
# clock, for a revision by WordPress'. `copy_of` is the observed version that was saved together
# with a revision: WordPress gives a revision the date of that save (`_wp_post_revision_data`).
HISTORY = """
        SELECT v.post_id, v.site_id, v.wp_id, 'observed' AS origin, v.version,
            NULL AS revision_id, NULL AS copy_of, v.valid_from AS at, v.author_id, v.title,
            v.content, v.excerpt, v.modified_gmt, v.deleted_at, v.extra, v.shape_id
        FROM versions v
        UNION ALL
        SELECT r.post_id, p.site_id, p.wp_id, 'wordpress', NULL,
            r.wp_id, (SELECT max(v.version) FROM versions v
                WHERE v.post_id = r.post_id AND v.modified_gmt = r.date_gmt),
            r.date_gmt, r.author_id, r.title,
            r.content, r.excerpt, r.modified_gmt, NULL, r.extra, r.shape_id
        FROM post_revisions r JOIN posts p ON p.id = r.post_id"""

# For the migration that makes them; a released statement is never edited.
SCHEMA = (
    """CREATE TABLE post_revisions (
        id INTEGER PRIMARY KEY,
        post_id INTEGER NOT NULL REFERENCES posts(id),
        wp_id INTEGER NOT NULL,
        author_id INTEGER REFERENCES authors(id),
        author_wp_id INTEGER,
        crawl_id INTEGER NOT NULL REFERENCES crawls(id),
        first_seen_at TEXT NOT NULL,
        type TEXT, status TEXT, guid TEXT, slug TEXT, link TEXT, title TEXT,
        date_gmt TEXT, modified_gmt TEXT,
        excerpt TEXT, content TEXT, extra TEXT NOT NULL,
        UNIQUE (post_id, wp_id)
    ) STRICT""",
    "CREATE INDEX post_revisions_author ON post_revisions(author_id)",
    "CREATE INDEX post_revisions_crawl ON post_revisions(crawl_id)",
    # The version of a post at which its revisions were read last.
    """CREATE TABLE revision_readings (
        post_id INTEGER PRIMARY KEY REFERENCES posts(id),
        version INTEGER NOT NULL,
        read_at TEXT NOT NULL
    ) STRICT""",
    # How much of a collection the last crawl could see, and the most that any crawl could: null for
    # what anybody sees (mirror.wordpress.access).
    "ALTER TABLE collections ADD COLUMN sight TEXT",
    "ALTER TABLE collections ADD COLUMN widest TEXT",
    f"CREATE VIEW history AS {HISTORY}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A post whose revisions are to be read. `object` holds the `_links` that no other post has.

    `known`: all that it had once were read.
    """

    post_id: int
    wp_id: int
    version: int
    object: JsonObject
    known: bool


def due(
    db: Database, site_id: int, collection: Collection, now: str, *, after: int, limit: int
) -> list[Due]:
    """The posts of a collection that were written since their revisions were read last.

    Those with an id above `after`, ascending, at most `limit`: their objects are large. Those whose
    last attempt failed are left out until their next one is due.
    """
    rows = db.execute(
        "SELECT p.id, p.wp_id, p.version, p.extra, r.version IS NOT NULL FROM posts p "
        "LEFT JOIN revision_readings r ON r.post_id = p.id "
        "WHERE p.site_id = ? AND p.collection = ? AND p.wp_id > ? AND p.deleted_at IS NULL "
        "AND (r.version IS NULL OR r.version <> p.version) "
        "AND NOT EXISTS (SELECT 1 FROM failures f WHERE f.site_id = p.site_id "
        "AND f.collection = ? AND f.wp_id = p.wp_id AND f.resolved_at IS NULL "
        "AND f.next_at > ?) ORDER BY p.wp_id LIMIT ?",
        [site_id, collection.name, after, label(collection), now, limit],
    )
    return [
        Due(post_id=post_id, wp_id=number, version=version,
            object={"_links": loads(extra).get("_links")}, known=bool(known))
        for post_id, number, version, extra, known in rows
    ]  # fmt: skip


def label(collection: Collection) -> str:
    """What failures call the revisions of a collection."""
    return f"{collection.name}/revisions"


def held(db: Database, post_id: int) -> set[int]:
    """The WordPress ids of the revisions of a post that we hold."""
    rows = db.execute("SELECT wp_id FROM post_revisions WHERE post_id = ?", [post_id])
    return {number for (number,) in rows}


def keep(
    db: Database, post: Due, rows: Iterable[JsonObject], *, crawl_id: int, now: str
) -> list[int]:
    """Writes the revisions among some objects, and returns their ids; known ones stay as they are.

    What is no revision of this post is left out, and so are autosaves: those are overwritten in
    place, and were never a state of the post (`wp_create_post_autosave`).
    """
    kept = []
    for row in rows:
        number = wp_id(row)
        if number is None or row.get("parent") != post.wp_id or is_autosave(row):
            continue
        columns, extra = split("post", row)
        author = row.get("author")
        written = {
            "post_id": post.post_id,
            "wp_id": number,
            "author_wp_id": author if _is_id(author) else None,
            "crawl_id": crawl_id,
            "first_seen_at": now,
            **content(db, "post", columns, extra),
        }
        db.execute(
            f"INSERT INTO post_revisions ({', '.join(written)}) VALUES ({marks(written)}) "
            "ON CONFLICT DO NOTHING",
            list(written.values()),
        )
        kept.append(number)
    return kept


def is_autosave(row: JsonObject) -> bool:
    """Whether a revision is an autosave (`wp_is_post_autosave`)."""
    return str(row.get("slug") or "").startswith(f"{row.get('parent')}-autosave")


def note_read(db: Database, post: Due, now: str) -> None:
    """Notes that all revisions of a post were read, as of its version."""
    db.execute(
        "INSERT INTO revision_readings (post_id, version, read_at) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET version = excluded.version, read_at = excluded.read_at",
        [post.post_id, post.version, now],
    )


def resolve_authors(db: Database, site_id: int) -> None:
    """Lets revisions refer to their authors, as far as those are held."""
    db.execute(
        "UPDATE post_revisions SET author_id = (SELECT a.id FROM authors a WHERE a.site_id = ? "
        "AND a.wp_id = author_wp_id) WHERE author_id IS NULL AND author_wp_id IS NOT NULL "
        "AND post_id IN (SELECT id FROM posts WHERE site_id = ?)",
        [site_id, site_id],
    )


def named_authors(db: Database, site_id: int) -> set[int]:
    """The WordPress ids of the users who wrote something that is held and not gone."""
    rows = db.execute(
        """SELECT a.wp_id FROM authors a WHERE a.site_id = :site AND (
            EXISTS (SELECT 1 FROM posts p WHERE p.author_id = a.id AND p.deleted_at IS NULL)
            OR EXISTS (SELECT 1 FROM media m WHERE m.author_id = a.id AND m.deleted_at IS NULL))
        UNION SELECT wp_id FROM unresolved WHERE site_id = :site AND field = 'author_id'
            AND owner IN ('posts', 'media')
        UNION SELECT r.author_wp_id FROM post_revisions r JOIN posts p ON p.id = r.post_id
            WHERE p.site_id = :site AND p.deleted_at IS NULL AND r.author_wp_id IS NOT NULL""",
        {"site": site_id},
    )
    return {number for (number,) in rows}


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value <= SQLITE_MAX_INT
