"""Copying and compacting a whole database."""

from pathlib import Path

from sqlite_utils import Database

from mirror.store.connection import connect, explained


def copy_into(db: Database, path: Path) -> None:
    """Writes a consistent, compact copy, while others read and write. `path` must not exist.

    Raises StoreError when it cannot be written.
    """
    with explained(path):
        db.execute("VACUUM INTO ?", [str(path)])


def vacuum(path: Path) -> tuple[int, int]:
    """Rewrites a database without its free pages; its bytes before and after.

    Raises StoreError when there is no mirror, it is in use, or the disk is too full.
    """
    connect(path).close()
    before = path.stat().st_size
    with explained(path):
        db = connect(path, write=True)
        try:
            db.execute("PRAGMA optimize")
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            db.close()
    return before, path.stat().st_size
