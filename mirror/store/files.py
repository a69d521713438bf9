"""Media: which object wants which address, what each address gave, and what it gave before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.items import JsonObject, Kind, MediaUse
from mirror.store.objects import batches, marks, selection
from mirror.wordpress.objects import rebuild

# Sizes of which one in hand makes the smaller variants of the same original superfluous.
WHOLE = "('full', 'original', 'scaled')"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """An address that is due, and what is known of it from before."""

    id: int
    url: str
    sha256: str | None
    etag: str | None
    last_modified: str | None
    fetched_at: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """What came of one attempt, as it is stored.

    With `sha256`: these bytes are what the address has (`path`, `bytes`, `mime`, `width`, `height`
    describe them). Without it, and without `error`: not changed (304). With `error`: the reason in
    a few words, `message` with its particulars; what was held before stays held.
    """

    id: int
    checked_at: str
    next_at: str | None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    path: str = ""
    bytes: int = 0
    mime: str = ""
    width: int | None = None
    height: int | None = None
    error: str | None = None
    message: str | None = None


def link(
    db: Database,
    site_id: int,
    kind: Kind,
    rows: Sequence[tuple[int, Sequence[MediaUse]]],
    *,
    now: str,
    stale_before: str,
    new: Collection[int] = (),
    completed: Collection[int] = (),
) -> None:
    """Notes what objects just written use: (row id, uses) pairs, all of one kind.

    `new` rows were not there before: nothing that they used is to be forgotten. Those `completed`
    were, but left no version behind that used it.
    New addresses are due at once. Those known are looked at again when the object is an attachment
    (its file may have been replaced), or if they were last looked at before `stale_before`.
    Runs in the caller's transaction.
    """
    again = [row for row in rows if row[0] not in new]
    if kind == "media":
        _want(db, site_id, ((row_id, use) for row_id, uses in rows for use in uses), now, now)
        _former(db, site_id, again)
        # It may be another post's now, or have another file: `resolve` says whose, and which.
        db.conn.executemany(
            "DELETE FROM post_media WHERE media_id = ?1 "
            "AND (role = 'attached' OR role = 'featured' AND url IN "
            "(SELECT url FROM media_files WHERE media_id = ?1 AND size = 'former'))",
            [(row_id,) for row_id, _ in again],
        )
    elif kind == "post":
        wanted = ((None, use) for _, uses in rows for use in uses)
        _want(db, site_id, wanted, now, stale_before)
        _keep_uses(db, [row_id for row_id, _ in again if row_id not in completed])
        db.conn.executemany(
            "DELETE FROM post_media WHERE post_id = ?", [(row_id,) for row_id, _ in again]
        )
        db.conn.executemany(
            "INSERT OR IGNORE INTO post_media (post_id, url, role) VALUES (?, ?, ?)",
            [(row_id, use.url, use.role) for row_id, uses in rows for use in uses],
        )


def add(db: Database, site_id: int, media_id: int, uses: Sequence[MediaUse], now: str) -> None:
    """Adds addresses of an attachment that are not known yet. Runs in the caller's transaction."""
    _want(db, site_id, ((media_id, use) for use in uses), now, "")


def unsized(db: Database, site_id: int) -> Iterator[tuple[int, str, JsonObject]]:
    """(row id, source_url, object) of the attachments of which no smaller size is known.

    Of those that there are at first: what is written while they are gone through changes nothing.
    """
    found = db.execute(
        "SELECT m.id FROM media m WHERE m.site_id = ?1 "
        "AND m.deleted_at IS NULL AND m.source_url IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM media_files f WHERE f.media_id = m.id AND f.proxy_of IS NULL "
        f"AND f.size NOT IN {WHOLE} AND f.size <> 'former' AND f.size NOT GLOB '[0-9]*x[0-9]*')",
        [site_id],
    )
    for some in batches([row_id for (row_id,) in found]):
        query = f"SELECT m.id, {selection('media', 'm')} FROM media m WHERE m.id IN ({marks(some)})"
        for row in db.query(f"{query} ORDER BY m.id", list(some)):
            attachment = rebuild("media", row["wp_id"], row, row["extra"])
            yield row["id"], row["source_url"], attachment


def _want(
    db: Database,
    site_id: int,
    wanted: Iterable[tuple[int | None, MediaUse]],
    now: str,
    stale_before: str,
) -> None:
    rows: list[tuple[int, str, int | None, str, str, str | None, str]] = []
    for media_id, use in wanted:
        rows.append((site_id, use.url, media_id, use.size, use.original, None, now))
        if use.proxy is not None:
            rows.append((site_id, use.proxy, media_id, "proxy", use.original, use.url, now))
    # An attachment knows better what its file is than an address found in a text.
    db.conn.executemany(
        "INSERT INTO media_files (site_id, url, media_id, size, original, proxy_of, next_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (site_id, url) DO UPDATE SET "
        "size = iif(excluded.media_id IS NULL, size, excluded.size), "
        "original = iif(excluded.media_id IS NULL, original, excluded.original), "
        "media_id = coalesce(excluded.media_id, media_id), "
        "next_at = iif(checked_at < ? AND (error IS NULL OR excluded.media_id IS NOT NULL), "
        "excluded.next_at, next_at) "
        "WHERE excluded.media_id IS NOT NULL OR checked_at < ?",
        [(*row, stale_before, stale_before) for row in rows],
    )


def _former(db: Database, site_id: int, rows: Sequence[tuple[int, Sequence[MediaUse]]]) -> None:
    """An attachment whose file got another name: its earlier addresses are no longer its own."""
    for row_id, uses in rows:
        db.execute(
            "UPDATE media_files SET size = 'former' WHERE site_id = ? AND media_id = ? "
            f"AND size IN {WHOLE} AND url NOT IN ({marks(uses)})",
            [site_id, row_id, *(use.url for use in uses)],
        )


def _keep_uses(db: Database, row_ids: Sequence[int]) -> None:
    """What posts used before they were written anew is what their last version used."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO post_media_versions (post_id, version, media_id, url, role) "
        "SELECT u.post_id, p.version - 1, u.media_id, u.url, u.role "
        "FROM posts p JOIN post_media u ON u.post_id = p.id WHERE p.id = ? AND p.version > 1",
        [(row_id,) for row_id in row_ids],
    )


def resolve(db: Database, site_id: int) -> None:
    """Settles which attachment an address belongs to, and which posts have which as theirs.

    To be called when a crawl has read posts and media alike. Runs in the caller's transaction.
    """
    db.execute(
        "UPDATE media_files SET media_id = f.media_id FROM media_files f "
        "WHERE media_files.site_id = ?1 AND media_files.media_id IS NULL "
        "AND f.site_id = ?1 AND f.original = media_files.original AND f.media_id IS NOT NULL",
        [site_id],
    )
    for role, of_media in (
        ("featured", "p.featured_media_id = m.id"),
        ("attached", "p.id = m.post_id"),
    ):
        # Plugins for several languages make an attachment for each, with one file: it is noted as
        # that of one of them.
        for of_file in ("f.media_id = m.id", "f.url = m.source_url AND f.media_id IS NOT m.id"):
            db.execute(
                "INSERT OR IGNORE INTO post_media (post_id, media_id, url, role) "
                "SELECT p.id, m.id, f.url, ?2 FROM media m "
                f"JOIN posts p ON {of_media} "
                f"JOIN media_files f ON {of_file} AND f.size = 'full' AND f.site_id = ?1 "
                "WHERE m.site_id = ?1 AND m.deleted_at IS NULL",
                [site_id, role],
            )
    db.execute(
        "UPDATE post_media SET media_id = f.media_id FROM media_files f, posts p "
        "WHERE (post_media.media_id IS NULL OR role NOT IN ('featured', 'attached')) "
        "AND p.id = post_media.post_id AND p.site_id = ?1 AND f.site_id = ?1 "
        "AND f.url = post_media.url AND f.media_id IS NOT post_media.media_id",
        [site_id],
    )


def due(
    db: Database, site_id: int, *, now: str, whole: bool, every_size: bool, linked_only: bool
) -> list[int]:
    """The addresses to ask for, as ids of rows, in the order in which they were found.

    `whole`: originals and full files; else the smaller variants and proxies of what is not held
    whole. With `every_size` the first are all there are. What is neither an attachment's nor used
    by a post as it is now is not asked for again; `linked_only` leaves out attachments, too, that
    no post uses.
    """
    is_whole = f"(m.proxy_of IS NULL AND (m.size IN {WHOLE} OR {int(every_size)}))"
    held_whole = (
        "EXISTS (SELECT 1 FROM media_files o WHERE o.site_id = m.site_id "
        "AND o.original = m.original AND o.sha256 IS NOT NULL AND o.id <> m.id "
        f"AND (o.size IN {WHOLE} OR o.url = m.proxy_of))"
    )
    used = (
        "EXISTS (SELECT 1 FROM media_files o JOIN post_media u ON u.url = o.url "
        "WHERE o.site_id = m.site_id AND o.original = m.original)"
    )
    rows = db.execute(
        "SELECT m.id FROM media_files m WHERE m.site_id = ? AND m.next_at <= ? "
        f"AND {is_whole if whole else f'NOT {is_whole} AND NOT {held_whole}'} "
        f"AND ({used} OR {int(not linked_only)} AND m.media_id IS NOT NULL) ORDER BY m.id",
        [site_id, now],
    )
    return [row_id for (row_id,) in rows]


def wanted(db: Database, ids: Sequence[int]) -> list[WantedFile]:
    """What is known of some addresses, at most a few hundred."""
    rows = db.execute(
        "SELECT id, url, sha256, etag, last_modified, fetched_at, attempts "
        f"FROM media_files WHERE id IN ({marks(ids)}) ORDER BY id",
        list(ids),
    )
    return [
        WantedFile(
            id=row[0], url=row[1], sha256=row[2], etag=row[3], last_modified=row[4],
            fetched_at=row[5], attempts=row[6],
        )
        for row in rows
    ]  # fmt: skip


def checked(db: Database, ids: Sequence[int]) -> dict[int, str | None]:
    """When some addresses were last tried, by id; those not known are left out."""
    found: dict[int, str | None] = {}
    for some in batches(ids):
        found.update(
            db.execute(
                f"SELECT id, checked_at FROM media_files WHERE id IN ({marks(some)})", list(some)
            )
        )
    return found


def record(db: Database, records: Sequence[FileRecord]) -> None:
    """Writes what came of some attempts. Runs in the caller's transaction."""
    got = [one for one in records if one.sha256 is not None]
    db.conn.executemany(
        "INSERT OR IGNORE INTO files (sha256, path, bytes, mime, width, height, first_seen_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(r.sha256, r.path, r.bytes, r.mime, r.width, r.height, r.checked_at) for r in got],
    )
    db.conn.executemany(
        "INSERT OR IGNORE INTO media_file_versions "
        "(media_file_id, sha256, etag, last_modified, valid_from, valid_to) "
        "SELECT id, sha256, etag, last_modified, fetched_at, max(?, fetched_at) FROM media_files "
        "WHERE id = ? AND sha256 IS NOT NULL AND sha256 <> ?",
        [(r.checked_at, r.id, r.sha256) for r in got],
    )
    db.conn.executemany(
        "UPDATE media_files SET fetched_at = iif(sha256 IS ?1, fetched_at, ?2), sha256 = ?1, "
        "etag = ?3, last_modified = ?4, status = ?5, checked_at = ?2, next_at = ?6, "
        "error = NULL, message = NULL, attempts = 0 WHERE id = ?7",
        [(r.sha256, r.checked_at, r.etag, r.last_modified, r.status, r.next_at, r.id) for r in got],
    )
    db.conn.executemany(
        "UPDATE media_files SET etag = coalesce(?, etag), "
        "last_modified = coalesce(?, last_modified), status = ?, checked_at = ?, next_at = ?, "
        "error = NULL, message = NULL, attempts = 0 WHERE id = ?",
        [
            (r.etag, r.last_modified, r.status, r.checked_at, r.next_at, r.id)
            for r in records
            if r.sha256 is None and r.error is None
        ],
    )
    db.conn.executemany(
        "UPDATE media_files SET error = ?, message = ?, status = ?, checked_at = ?, next_at = ?, "
        "attempts = attempts + 1 WHERE id = ?",
        [
            (r.error, r.message, r.status, r.checked_at, r.next_at, r.id)
            for r in records
            if r.error is not None
        ],
    )


def bytes_held(db: Database, site_id: int) -> int:
    """The bytes of all files that addresses of a site have or had, each file once."""
    row = db.execute(
        "SELECT coalesce(sum(bytes), 0) FROM files WHERE sha256 IN ("
        "SELECT sha256 FROM media_files WHERE site_id = ?1 UNION "
        "SELECT v.sha256 FROM media_file_versions v "
        "JOIN media_files m ON m.id = v.media_file_id WHERE m.site_id = ?1)",
        [site_id],
    ).fetchone()
    return int(row[0])


def all_due(db: Database, site_id: int, now: str) -> None:
    """Makes every address due now, whatever the revisit policy says (`crawl --full`)."""
    db.execute("UPDATE media_files SET next_at = ? WHERE site_id = ?", [now, site_id])
