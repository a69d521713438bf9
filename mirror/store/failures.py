"""What could not be had, and why: recorded, retried, resolved. No input ends without an outcome."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that could not be had. `url` identifies it within a site."""

    url: str
    kind: str
    message: str
    status: int | None = None
    collection: str | None = None
    wp_id: int | None = None


def record(
    db: Database, site_id: int, crawl_id: int, failure: Failure, now: str, next_at: str | None
) -> None:
    """Notes a failure: the open row of the same address counts one attempt more."""
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


def resolve(db: Database, site_id: int, collection: str, crawl_id: int, now: str) -> None:
    """Closes the failures of a collection that did not recur in a crawl that read it whole."""
    db.execute(
        "UPDATE failures SET resolved_at = ? WHERE site_id = ? AND collection = ? "
        "AND crawl_id != ? AND resolved_at IS NULL",
        [now, site_id, collection, crawl_id],
    )


def resolve_object(db: Database, site_id: int, collection: str, wp_id: int, now: str) -> None:
    """Closes the failures of one object, which has now been read."""
    db.execute(
        "UPDATE failures SET resolved_at = ? WHERE site_id = ? AND collection = ? AND wp_id = ? "
        "AND resolved_at IS NULL",
        [now, site_id, collection, wp_id],
    )


def due(db: Database, site_id: int, collection: str, now: str) -> list[int]:
    """The ids of a collection's objects that failed and are to be tried again."""
    rows = db.execute(
        "SELECT DISTINCT wp_id FROM failures WHERE site_id = ? AND collection = ? "
        "AND wp_id IS NOT NULL AND resolved_at IS NULL AND (next_at IS NULL OR next_at <= ?)",
        [site_id, collection, now],
    )
    return [wp_id for (wp_id,) in rows]
