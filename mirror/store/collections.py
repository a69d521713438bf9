"""What is known of each collection of a site between two crawls: watermark, resume point, size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mirror.ids import Ids
from mirror.items import Collection, Kind
from mirror.store.objects import TABLES, batches, held_and_gone, marks


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionState:
    """One collection as the last crawl left it.

    `watermark`: the server's time when the last clean crawl of it began, `read_in` that crawl's id
    (None in a mirror that is older than this column). `resume`: of an unfinished walk its way, when
    it began, and where it goes on (JSON of `pagination.Resume`). `hidden`: the site's total less
    what was visible. `reread_from`, `reread_at`: how far the rolling re-reading has come, and when.
    """

    watermark: str | None = None
    read_in: int | None = None
    resume: str | None = None
    hidden: int = 0
    per_page: int | None = None
    refused: str | None = None
    reread_at: str | None = None
    reread_from: int = 0


# By what a held row is compared with a light listing. A comment's address is its post's.
GLANCED: Mapping[Kind, str] = {
    "post": "date_gmt, modified_gmt, slug, link, collection",
    "media": "date_gmt, modified_gmt, slug, link, collection",
    "comment": "date_gmt, NULL, NULL, NULL, collection",
}


@dataclass(frozen=True, slots=True)
class Glance:
    """The fields by which a held row is compared with a light listing; None for what it lacks."""

    date_gmt: str | None
    modified_gmt: str | None
    slug: str | None
    link: str | None
    collection: str


def state(db: Database, site_id: int, collection: Collection) -> CollectionState:
    """The collection's state; it is noted as known if it is new."""
    db.execute(
        "INSERT INTO collections (site_id, name, kind, slug, route) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET kind = excluded.kind, slug = excluded.slug, "
        "route = excluded.route",
        [site_id, collection.name, collection.kind, collection.slug, collection.route],
    )
    columns = list(CollectionState.__dataclass_fields__)
    row = db.execute(
        f"SELECT {', '.join(columns)} FROM collections WHERE site_id = ? AND name = ?",
        [site_id, collection.name],
    ).fetchone()
    return CollectionState(**dict(zip(columns, row, strict=True)))


def update(db: Database, site_id: int, name: str, columns: Mapping[str, Any]) -> None:
    """Writes some columns of a collection's state."""
    names = ", ".join(f"{column} = ?" for column in columns)
    db.execute(
        f"UPDATE collections SET {names} WHERE site_id = ? AND name = ?",
        [*columns.values(), site_id, name],
    )


def page_size(db: Database, site_id: int) -> int | None:
    """How many rows the site sends at once: the most that any of its collections was read with."""
    row = db.execute("SELECT max(per_page) FROM collections WHERE site_id = ?", [site_id])
    size: int | None = row.fetchone()[0]
    return size


def visible_ids(db: Database, site_id: int, collection: Collection) -> Ids:
    """The WordPress ids of the rows of a collection that are not gone."""
    table, _ = TABLES[collection.kind]
    of = {"site_id": site_id, "collection": collection.name}
    held, gone = held_and_gone(db, table, "wp_id", of)
    return Ids(wp_id for (wp_id,) in held) - Ids(wp_id for (wp_id,) in gone)


def visible(db: Database, site_id: int, collection: Collection) -> int:
    """How many rows of a collection are not gone."""
    table, _ = TABLES[collection.kind]
    of = {"site_id": site_id, "collection": collection.name}
    ((held,),), ((gone,),) = held_and_gone(db, table, "count(*)", of)
    return int(held - gone)


def ids_after(
    db: Database, site_id: int, collection: Collection, after: int, limit: int
) -> list[int]:
    """The next ids of a collection above `after`, ascending, at most `limit`."""
    table, _ = TABLES[collection.kind]
    rows = db.execute(
        f"SELECT wp_id FROM {table} WHERE site_id = ? AND collection = ? AND wp_id > ? "
        "AND deleted_at IS NULL ORDER BY wp_id LIMIT ?",
        [site_id, collection.name, after, limit],
    )
    return [wp_id for (wp_id,) in rows]


def glances(db: Database, site_id: int, kind: Kind, wp_ids: Iterable[int]) -> dict[int, Glance]:
    """What is held of some posts, media or comments, to compare it; gone rows are left out."""
    table, _ = TABLES[kind]
    found = {}
    for some in batches(sorted(wp_ids)):
        rows = db.execute(
            f"SELECT wp_id, {GLANCED[kind]} FROM {table} "
            f"WHERE site_id = ? AND deleted_at IS NULL AND wp_id IN ({marks(some)})",
            [site_id, *some],
        )
        found.update({wp_id: Glance(*rest) for wp_id, *rest in rows})
    return found


def unsettled(
    db: Database, site_id: int, kind: Kind, wp_ids: Iterable[int], least: int
) -> set[int]:
    """Those of some objects that differed, unannounced, at so many readings in a row."""
    table, _ = TABLES[kind]
    found: set[int] = set()
    for some in batches(sorted(wp_ids)):
        rows = db.execute(
            f"SELECT wp_id FROM {table} "
            f"WHERE site_id = ? AND unsettled >= ? AND wp_id IN ({marks(some)})",
            [site_id, least, *some],
        )
        found.update(wp_id for (wp_id,) in rows)
    return found


def naming(db: Database, site_id: int, kind: Kind, wp_ids: Iterable[int]) -> dict[str, set[int]]:
    """The posts or comments that name some objects, by collection: they change with them.

    Media, terms and comments (which are answered): when those vanish. Posts: the pages below them,
    whose addresses begin with theirs.
    """
    of = {
        "post": "posts p JOIN posts o ON o.id = p.parent_id",
        "media": "posts p JOIN media o ON o.id = p.featured_media_id",
        "term": "posts p JOIN post_terms l ON l.post_id = p.id JOIN terms o ON o.id = l.term_id",
        "comment": "comments p JOIN comments o ON o.id = p.parent_id",
    }.get(kind)
    found: dict[str, set[int]] = {}
    for some in batches(sorted(wp_ids)) if of else ():
        rows = db.execute(
            f"SELECT p.collection, p.wp_id FROM {of} "
            f"WHERE o.site_id = ? AND p.deleted_at IS NULL AND o.wp_id IN ({marks(some)})",
            [site_id, *some],
        )
        for collection, wp_id in rows:
            found.setdefault(collection, set()).add(wp_id)
    return found


def written_since(db: Database, site_id: int, read_in: int | None, crawl_id: int) -> set[int]:
    """The ids of posts that crawls between two others wrote.

    Mostly there was none in between, and no post is looked at.
    """
    of = [site_id, read_in, crawl_id]
    between = "site_id = ? AND {0} > ? AND {0} < ?"
    if not db.execute(f"SELECT 1 FROM crawls WHERE {between.format('id')}", of).fetchone():
        return set()
    written = f"SELECT wp_id FROM posts WHERE {between.format('crawl_id')} AND deleted_at IS NULL"
    return {wp_id for (wp_id,) in db.execute(written, of)}


def comments_on(db: Database, site_id: int, posts: Iterable[int]) -> set[int]:
    """The ids of comments on some posts that are not gone."""
    found: set[int] = set()
    for some in batches(sorted(posts)):
        rows = db.execute(
            "SELECT c.wp_id FROM posts p JOIN comments c ON c.post_id = p.id "
            f"WHERE p.site_id = ? AND c.deleted_at IS NULL AND p.wp_id IN ({marks(some)})",
            [site_id, *some],
        )
        found.update(wp_id for (wp_id,) in rows)
    return found


def orphans(db: Database, site_id: int, kind: Kind, since: str | None) -> list[int]:
    """The ids of media or comments that are not gone, of posts that are, from a moment on.

    The plus has SQLite look through what is gone, not through all that the site has.
    """
    table, _ = TABLES[kind]
    rows = db.execute(
        f"SELECT o.wp_id FROM posts p JOIN {table} o ON o.post_id = p.id WHERE +p.site_id = ? "
        "AND p.deleted_at IS NOT NULL AND p.deleted_at >= ? AND o.deleted_at IS NULL "
        "ORDER BY o.wp_id",
        [site_id, since or ""],
    )
    return [wp_id for (wp_id,) in rows]
