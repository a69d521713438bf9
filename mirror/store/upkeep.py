"""Copying and compacting a whole database."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from mirror.store import text
from mirror.store.connection import connect, explained
from mirror.store.migrations import migrations


def upgrade(path: Path) -> Path | None:
    """Brings the schema of an older mirror up to date, after a copy beside it has been made.

    Returns the copy, or None where there was nothing to upgrade. Raises StoreError as `connect`
    does, and when the copy cannot be written: then nothing has been changed.
    """
    if not path.is_file():
        return None
    with (
        explained(path),
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as raw,
    ):
        db = Database(raw)
        pending, applied = migrations.pending(db), migrations.applied(db)
        ours = {migration.name for migration in migrations.pending(Database(memory=True))}
        if not pending or not ours.issuperset(m.name for m in applied):
            return None  # up to date, or of a newer version: `connect` tells
        if not applied:  # the disk was full before the first table stood; or it is no mirror
            connect(path, write=True).close()
            return None
        copy = path.with_name(f"{path.name}.before-{pending[0].name}")
        if not copy.exists():
            unfinished = copy.with_name(f".{copy.name}.unfinished")
            unfinished.unlink(missing_ok=True)
            copy_into(db, unfinished)
            unfinished.replace(copy)
    connect(path, write=True).close()
    return copy


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
            for _ in text.merge(db):
                pass
            db.execute("PRAGMA optimize")
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            db.close()
    return before, path.stat().st_size
