"""Opening the database: one writer, any number of readers, errors in words."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, overload

from sqlite_utils import Database

from mirror.errors import NoMirrorError, StoreError
from mirror.machine import advice
from mirror.store.migrations import migrations
from mirror.store.still import Still, address, still

BUSY_SECONDS = 30.0


@overload
def connect(path: Path) -> "ReadDatabase": ...


@overload
def connect(path: Path, *, write: Literal[True]) -> Database: ...


def connect(path: Path, *, write: bool = False) -> Database:
    """Opens a mirror.

    To read: nothing in it is touched, and a crawl may go on writing it. To write: makes the file
    and its folder if need be, and brings the schema up to date.

    Raises StoreError when the file cannot be opened, is no mirror, or was written by a newer
    version of this program; to read, by an older one, too.
    """
    return _open_to_write(path) if write else _open_to_read(path)


class ReadDatabase(Database):
    """A mirror that was opened to be read. `still`: as one that nobody writes."""

    def __init__(self, connection: sqlite3.Connection, as_still: Still | None) -> None:
        super().__init__(connection, execute_plugins=False)
        self.still = as_still

    def believe(self) -> None:
        """To be called when all has been read. Raises StoreError if it may be wrong."""
        if self.still is not None and not self.still.holds:
            raise StoreError(
                f"{self.still.path} was written while it was read, which this account may not "
                "follow: what it said may be wrong, run again"
            )


def refuse_strangers(path: Path) -> None:
    """Raises StoreError for a file that is there and is no mirror: nothing is to be put beside it.

    An empty one may become a mirror, and one of an older version is one.
    """
    if not path.exists():
        return
    with (
        explained(path),
        closing(sqlite3.connect(address(path, still(path)), uri=True)) as connection,
    ):
        _check_version(Database(connection), path, may_be_empty=True)


def _open_to_read(path: Path) -> ReadDatabase:
    if not path.is_file():
        raise NoMirrorError(f"there is no mirror at {path}: `mirror crawl URL` makes one")
    with explained(path):
        as_still = still(path)
        connection = sqlite3.connect(address(path, as_still), uri=True, timeout=5)
        db = ReadDatabase(connection, as_still)
        _check_version(db, path)
        if migrations.pending(db):
            raise StoreError(
                f"{path} was written by an older version: the next `mirror crawl` upgrades it"
            )
        return db


def _open_to_write(path: Path) -> Database:
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Plugins of sqlite-utils are for its command: what is installed beside us stays out.
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        db = Database(connection, execute_plugins=False)
        # Set before the first table is made. Posts are longer than a page, whatever its size: small
        # pages waste less of the last one (docs/design.md has the figures).
        db.execute("PRAGMA page_size = 2048")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        # What is written is seldom read again: four times as much is no faster.
        db.execute("PRAGMA cache_size = -8000")
        db.execute("PRAGMA journal_size_limit = 67108864")
        # 16 MB, four times the default: a page of an index is copied back once for many windows.
        db.execute("PRAGMA wal_autocheckpoint = 8000")
        _check_version(db, path, may_be_empty=True)
        migrations.apply(db)
        return db


def _check_version(db: Database, path: Path, *, may_be_empty: bool = False) -> None:
    known = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "_sqlite_migrations" not in known:
        if may_be_empty and not known:
            return
        raise NoMirrorError(f"{path} is a database, but not a mirror: name another file with --db")
    ours = {migration.name for migration in migrations._migrations}
    theirs = {migration.name for migration in migrations.applied(db)}
    if theirs - ours:
        raise StoreError(
            f"{path} was written by a newer version of mirror: upgrade this program to read it"
        )


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """`BEGIN IMMEDIATE … COMMIT`; rolled back when anything goes wrong in it. Joins an open one.

    Raises StoreError for what SQLite cannot do: a full disk, a locked file.
    """
    if db.conn.in_transaction:
        yield db
        return
    with explained(db):
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.conn.execute("COMMIT")
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise


def path_of(db: Database) -> Path:
    """The file behind a connection."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2] or ":memory:")


@contextmanager
def explained(file: Path | Database) -> Iterator[None]:
    """Turns what SQLite and the file system say into a StoreError that says what to do."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        path = path_of(file) if isinstance(file, Database) else file
        told = advice(error) if isinstance(error, OSError) else trouble(error) or error
        is_other = getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB"
        raise (NoMirrorError if is_other else StoreError)(f"{path}: {told}") from error


# SQLite's name of an error begins with …; what it means, and what to do.
_ADVICE = {
    "SQLITE_FULL": "the disk is full; what was written before is safe: free some room and run "
    "again",
    "SQLITE_READONLY": "it cannot be written: check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened or made: check that its folder is there and writable",
    "SQLITE_BUSY": "another program holds it locked; try again when that has ended",
    "SQLITE_LOCKED": "another program holds it locked; try again when that has ended",
    "SQLITE_NOTADB": "it is not a SQLite database: name another file with --db",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup (`mirror check` tells more)",
    "SQLITE_IOERR": "the disk failed while it was read or written; what was written before is "
    "safe: look at the system's log (`dmesg`) and this account's limits, then run again",
}


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite came by pages that are damaged."""
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT")


def trouble(error: sqlite3.Error) -> str | None:
    """What SQLite met with, and what to do; None where the program is to blame."""
    name = getattr(error, "sqlite_errorname", "")
    return next((text for begin, text in _ADVICE.items() if name.startswith(begin)), None)
