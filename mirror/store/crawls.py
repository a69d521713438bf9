"""Sites, crawls, coverage: who was visited when, and with what result."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from mirror.urls import host_of, site_key
from mirror.wordpress.objects import storable


@dataclass(slots=True, kw_only=True)
class Counts:
    """What a crawl did, in objects; `requests` and `bytes` are what went over the wire, for media
    files too."""

    requests: int = 0
    bytes: int = 0
    new: int = 0
    edited: int = 0
    unchanged: int = 0
    deleted: int = 0
    restored: int = 0
    failures: int = 0


# How the coverage of a try-out (`--limit N`) begins to say how it was read.
LIMITED = "limited to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One collection's proof: what the site reports, what is mirrored, and how that is known.

    `reported` is the site's own total (None: it gave none). `hidden` rows are counted by the site
    but shown to no visitor; `missing` ones are shown, and not mirrored. `complete` is claimed only
    where the walk proved it.
    """

    collection: str
    reported: int | None
    mirrored: int
    hidden: int
    missing: int
    complete: bool
    how: str


def site_id(db: Database, url: str, now: str) -> int:
    """The row of a site by its address as the user gave it; made if it is new."""
    found = find_site(db, url)
    if found is not None:
        return found
    cursor = db.execute(
        "INSERT INTO sites (url, host, first_seen_at) VALUES (?, ?, ?)", [url, host_of(url), now]
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def find_site(db: Database, url: str) -> int | None:
    """The row of a site, whatever scheme, `www.` or final slash its address is given with."""
    return next((row_id for row_id, _ in _of_address(db, "url", url)), None)


def other_of_root(db: Database, site_id: int, api_root: str) -> str | None:
    """The address of another site that has the same API, and so is the same."""
    same = _of_address(db, "api_root", api_root)
    return next((url for row_id, url in same if row_id != site_id), None)


def _of_address(db: Database, column: str, address: str) -> Iterator[tuple[int, str]]:
    """(id, url) of the sites that have an address, whatever its scheme, `www.` or final slash."""
    wanted = site_key(address)
    for row_id, url, held in db.execute(f"SELECT id, url, {column} FROM sites"):
        if held is not None and site_key(held) == wanted:
            yield row_id, url


def forget(db: Database, site_id: int) -> bool:
    """Takes out a site of which nothing is held, with its crawls; says whether that is so.

    In the caller's transaction. What refers to a site holds something of it.
    """
    db.execute("SAVEPOINT forgetting")
    try:
        for table in ("failures", "collections", "crawls"):
            db.execute(f"DELETE FROM {table} WHERE site_id = ?", [site_id])
        db.execute("DELETE FROM sites WHERE id = ?", [site_id])
    except sqlite3.IntegrityError:
        db.execute("ROLLBACK TO forgetting")
        return False
    finally:
        db.execute("RELEASE forgetting")
    return True


def site(db: Database, site_id: int) -> dict[str, Any]:
    """The whole row of a site."""
    return dict(next(db.query("SELECT * FROM sites WHERE id = ?", [site_id])))


def update_site(db: Database, site_id: int, columns: Mapping[str, Any]) -> None:
    """Writes some columns of a site."""
    names = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE sites SET {names} WHERE id = ?", [*columns.values(), site_id])


def begin(db: Database, site_id: int, mode: str, now: str) -> int:
    """A new crawl's row. A crawl of this site that never ended was cut off: it says so from now."""
    db.execute(
        "UPDATE crawls SET outcome = 'interrupted', finished_at = ?, "
        "message = 'the process ended before the crawl did' "
        "WHERE site_id = ? AND finished_at IS NULL",
        [now, site_id],
    )
    cursor = db.execute(
        "INSERT INTO crawls (site_id, mode, started_at) VALUES (?, ?, ?)", [site_id, mode, now]
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def finish(
    db: Database, crawl_id: int, outcome: str, message: str | None, counts: Counts, now: str
) -> None:
    """Ends a crawl."""
    told = storable(message) if message else None
    columns = {"outcome": outcome, "message": told, "finished_at": now, **asdict(counts)}
    names = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE crawls SET {names} WHERE id = ?", [*columns.values(), crawl_id])


def failed_in_a_row(db: Database, site_id: int) -> int:
    """How many crawls of a site have failed since the last one that did not."""
    count: int = db.execute(
        "SELECT count(*) FROM crawls WHERE site_id = ?1 AND outcome = 'failed' AND id > "
        "(SELECT coalesce(max(id), 0) FROM crawls WHERE site_id = ?1 "
        "AND outcome IN ('complete', 'partial'))",
        [site_id],
    ).fetchone()[0]
    return count


def cover(db: Database, crawl_id: int, row: Coverage) -> None:
    """Writes one collection's coverage."""
    db.execute(
        "INSERT OR REPLACE INTO coverage "
        "(crawl_id, collection, reported, mirrored, hidden, missing, complete, how) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [crawl_id, row.collection, row.reported, row.mirrored, row.hidden, row.missing,
         row.complete, row.how],
    )  # fmt: skip


def coverage(db: Database, crawl_id: int) -> list[dict[str, Any]]:
    """The coverage of a crawl, a mapping a collection."""
    return list(
        db.query("SELECT * FROM coverage WHERE crawl_id = ? ORDER BY collection", [crawl_id])
    )
