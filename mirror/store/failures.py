"""What could not be had, and why: recorded, retried, resolved. No input ends without an outcome."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from mirror.items import Collection
from mirror.store.objects import TABLES
from mirror.wordpress.objects import storable

MOST_ODD = 100  # rows without an id, of one collection, that are each a failure of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that could not be had. `url` identifies it within a site."""

    url: str
    kind: str
    message: str
    status: int | None = None
    collection: str | None = None
    wp_id: int | None = None


def of_odd_rows(collection: Collection, rows: Sequence[object], before: int) -> Iterator[Failure]:
    """Rows without an id: each a failure, but of very many the rest are one.

    `before`: how many of the collection there were before these.
    """
    room = max(0, MOST_ODD - before)
    told = []
    for row in rows[:room]:
        what = "an entry that is no object"
        if isinstance(row, dict):
            what = f"an object whose id is {str(row.get('id'))[:40]!r}"
        told.append((what, f"{what}: it"))
    if len(rows) > room:
        many = before + len(rows) - MOST_ODD
        told.append(("more without an id", f"{many} more entries without an id: they"))
    for mark, what in told:
        yield Failure(
            url=f"{collection.route}#{mark}",
            kind="bad-object",
            collection=collection.name,
            message=f"{collection.name} holds {what} cannot be told apart from others",
        )


def record(
    db: Database, site_id: int, crawl_id: int, failure: Failure, now: str, next_at: str | None
) -> None:
    """Notes a failure: the open row of the same address counts one attempt more."""
    failure = replace(failure, url=storable(failure.url), message=storable(failure.message))
    known = db.execute(
        "UPDATE failures SET crawl_id = ?, kind = ?, status = ?, message = ?, last_at = ?, "
        "attempts = attempts + (failures.crawl_id != ?), next_at = ? "
        "WHERE site_id = ? AND url = ? AND resolved_at IS NULL",
        [crawl_id, failure.kind, failure.status, failure.message, now, crawl_id, next_at,
         site_id, failure.url],
    ).rowcount  # fmt: skip
    if known:
        return
    db.execute(
        "INSERT INTO failures (crawl_id, site_id, collection, wp_id, url, kind, status, message, "
        "first_at, last_at, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [crawl_id, site_id, failure.collection, failure.wp_id, failure.url, failure.kind,
         failure.status, failure.message, now, now, next_at],
    )  # fmt: skip


def attempts(db: Database, site_id: int, url: str) -> int:
    """How often an address has failed in a row; 0 if it is not open."""
    row = db.execute(
        "SELECT attempts FROM failures WHERE site_id = ? AND url = ? AND resolved_at IS NULL",
        [site_id, url],
    ).fetchone()
    return row[0] if row else 0


def any_open(db: Database, site_id: int) -> bool:
    """Whether a site has failures that are not resolved."""
    row = db.execute(
        "SELECT 1 FROM failures WHERE site_id = ? AND resolved_at IS NULL LIMIT 1", [site_id]
    ).fetchone()
    return row is not None


def resolve(
    db: Database, site_id: int, collection: str, crawl_id: int, now: str, url: str | None = None
) -> None:
    """Closes the failures of a collection that did not recur in a crawl that read it whole.

    `url`: only those of one address.
    """
    db.execute(
        "UPDATE failures SET resolved_at = ? WHERE site_id = ? AND collection = ? "
        "AND crawl_id != ? AND resolved_at IS NULL AND url = coalesce(?, url)",
        [now, site_id, collection, crawl_id, url],
    )


def owed(db: Database, site_id: int, collection: str) -> int:
    """How many failures of a collection are open."""
    found: int = db.execute(
        "SELECT count(*) FROM failures WHERE site_id = ? AND collection = ? "
        "AND resolved_at IS NULL",
        [site_id, collection],
    ).fetchone()[0]
    return found


def resolve_object(db: Database, site_id: int, collection: str, wp_id: int, now: str) -> None:
    """Closes the failures of one object, which has now been read."""
    db.execute(
        "UPDATE failures SET resolved_at = ? WHERE site_id = ? AND collection = ? AND wp_id = ? "
        "AND resolved_at IS NULL",
        [now, site_id, collection, wp_id],
    )


def unread(db: Database, site_id: int, collection: Collection, url: str) -> int:
    """How many rows a collection counts that are not held, since they could not be had.

    `url` is the collection's own address. What has no id was counted as no row.
    """
    table, _ = TABLES[collection.kind]
    found: int = db.execute(
        "SELECT count(DISTINCT coalesce(f.wp_id, f.url)) FROM failures f "
        "WHERE f.site_id = ? AND f.collection = ? AND f.resolved_at IS NULL AND f.url != ? "
        f"AND f.kind != 'bad-object' AND NOT EXISTS (SELECT 1 FROM {table} t "
        "WHERE t.site_id = f.site_id AND t.wp_id = f.wp_id AND t.deleted_at IS NULL)",
        [site_id, collection.name, url],
    ).fetchone()[0]
    return found


def is_walk_due(db: Database, site_id: int, collection: str, url: str, now: str) -> bool:
    """Whether something that failed and has no id is to be tried again: by reading all of it.

    `url` is the collection's own address: that it failed as a whole is no such thing.
    """
    row = db.execute(
        "SELECT 1 FROM failures WHERE site_id = ? AND collection = ? AND wp_id IS NULL "
        "AND url != ? AND resolved_at IS NULL AND (next_at IS NULL OR next_at <= ?) LIMIT 1",
        [site_id, collection, url, now],
    ).fetchone()
    return row is not None


def due(db: Database, site_id: int, collection: str, now: str) -> list[int]:
    """The ids of a collection's objects that failed and are to be tried again."""
    rows = db.execute(
        "SELECT DISTINCT wp_id FROM failures WHERE site_id = ? AND collection = ? "
        "AND wp_id IS NOT NULL AND resolved_at IS NULL AND (next_at IS NULL OR next_at <= ?)",
        [site_id, collection, now],
    )
    return [wp_id for (wp_id,) in rows]
