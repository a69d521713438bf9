"""Media in hand: which file an address has, which files nobody uses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.media_urls import variant
from mirror.store.files import WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A row of `files`; `path` is below the media folder."""

    sha256: str
    path: str
    bytes: int
    mime: str
    width: int | None
    height: int | None


def find(db: Database, site_id: int, url: str, *, at: str | None = None) -> HeldFile | None:
    """The file for a canonical address: its own, or else the best of the same original.

    `at`: the file that the address had then, as far as it is known.
    """
    found = variant(url)
    row = db.execute(
        "SELECT id, sha256, fetched_at FROM media_files WHERE site_id = ?1 AND sha256 IS NOT NULL "
        "AND (url IN (?2, ?3) OR original = ?4) "
        f"ORDER BY url = ?2 DESC, url = ?3 DESC, size IN {WHOLE} DESC, url = ?4 DESC, id LIMIT 1",
        [site_id, url, found.url, found.original],
    ).fetchone()
    if row is None:
        return None
    row_id, sha256, fetched_at = row
    if at is not None and fetched_at is not None and at < fetched_at:
        sha256 = _before(db, row_id, at) or sha256
    return _file(db, sha256)


def lookup(db: Database, site_id: int, *, at: str | None = None) -> Callable[[str], str | None]:
    """The SHA-256 of the file for a canonical address, as `mirror.media.offline` asks for it."""
    known: dict[str, str | None] = {}

    def look_up(url: str) -> str | None:
        if url not in known:
            held = find(db, site_id, url, at=at)
            known[url] = held.sha256 if held is not None else None
        return known[url]

    return look_up


def get(db: Database, sha256: str) -> HeldFile | None:
    """A file by its hash."""
    return _file(db, sha256)


def everything(db: Database) -> Iterator[HeldFile]:
    """All files, by hash."""
    rows = db.execute("SELECT sha256, path, bytes, mime, width, height FROM files ORDER BY sha256")
    return (_held(row) for row in rows)


def rot(db: Database, site_id: int) -> dict[str, int]:
    """How many addresses of a site fail, by reason, the most frequent first: its link rot."""
    return dict(
        db.execute(
            "SELECT error, count(*) FROM media_files WHERE site_id = ? AND error IS NOT NULL "
            "GROUP BY error ORDER BY 2 DESC, 1",
            [site_id],
        )
    )


def unused(db: Database) -> list[HeldFile]:
    """Files that no address has, or had, which a post, a version of one, or an attachment uses."""
    used = (
        "SELECT 1 FROM media_files m WHERE m.id = {id} AND (m.media_id IS NOT NULL "
        "OR EXISTS (SELECT 1 FROM media_files o WHERE o.site_id = m.site_id "
        "AND o.original = m.original AND ("
        "EXISTS (SELECT 1 FROM post_media u WHERE u.url = o.url) OR "
        "EXISTS (SELECT 1 FROM post_media_versions u WHERE u.url = o.url))))"
    )
    rows = db.execute(
        "SELECT f.sha256, f.path, f.bytes, f.mime, f.width, f.height FROM files f WHERE NOT EXISTS "
        "(SELECT 1 FROM media_files a WHERE a.sha256 = f.sha256 AND "
        f"EXISTS ({used.format(id='a.id')})) AND NOT EXISTS "
        "(SELECT 1 FROM media_file_versions v WHERE v.sha256 = f.sha256 AND "
        f"EXISTS ({used.format(id='v.media_file_id')})) ORDER BY f.sha256"
    )
    return [_held(row) for row in rows]


def forget(db: Database, sha256s: Sequence[str]) -> None:
    """Removes files' rows, and what refers to them. Runs in the caller's transaction."""
    for change in (
        "DELETE FROM media_file_versions WHERE sha256 = ?",
        "UPDATE media_files SET sha256 = NULL, etag = NULL, last_modified = NULL WHERE sha256 = ?",
        "DELETE FROM files WHERE sha256 = ?",
    ):
        db.conn.executemany(change, [(one,) for one in sha256s])


def fetch_again(db: Database, path: str, now: str) -> int:
    """Makes the addresses of a lost or damaged file due, without validators, so that it comes anew.

    Returns how many there are: none, if all have other files by now. Runs in the caller's
    transaction.
    """
    return db.execute(
        "UPDATE media_files SET etag = NULL, last_modified = NULL, next_at = ? "
        "WHERE sha256 = (SELECT sha256 FROM files WHERE path = ?)",
        [now, path],
    ).rowcount


def _before(db: Database, row_id: int, at: str) -> str | None:
    row = db.execute(
        "SELECT sha256 FROM media_file_versions WHERE media_file_id = ? "
        "ORDER BY (valid_from <= ?2 AND ?2 < valid_to) DESC, valid_from LIMIT 1",
        [row_id, at],
    ).fetchone()
    return row[0] if row else None


def _file(db: Database, sha256: str) -> HeldFile | None:
    row = db.execute(
        "SELECT sha256, path, bytes, mime, width, height FROM files WHERE sha256 = ?", [sha256]
    ).fetchone()
    return _held(row) if row else None


def _held(row: Sequence[object]) -> HeldFile:
    sha256, path, size, mime, width, height = row
    return HeldFile(
        sha256=str(sha256),
        path=str(path),
        bytes=int(str(size)),
        mime=str(mime),
        width=width if isinstance(width, int) else None,
        height=height if isinstance(height, int) else None,
    )
