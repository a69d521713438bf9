"""Is the mirror whole? What should hold in every database, and where it does not."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.store.connection import is_damage

_OWNERS = {
    "posts": "post",
    "media": "media",
    "terms": "term",
    "authors": "author",
    "comments": "comment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that should not be: which check found it, where, and what it is."""

    check: str
    where: str
    message: str


def database_faults(db: Database) -> Iterator[Fault]:
    """What SQLite itself finds: damaged pages, indexes that disagree, references to nothing."""
    damage = _damage(db)
    for message in damage:
        yield Fault(check="database", where="integrity_check", message=message)
    # Where pages are damaged, nothing that is read from them says anything.
    for table, row, parent, _ in () if damage else db.execute("PRAGMA foreign_key_check"):
        yield Fault(
            check="references",
            where=f"{table} {row}",
            message=f"refers to a missing row of {parent}",
        )


def _damage(db: Database) -> list[str]:
    """What `PRAGMA integrity_check` tells. Asked for all, SQLite may come by a page that it cannot
    read on from, and tell nothing: then it is asked for the first alone."""
    told = ""
    for most in (100, 1):
        try:
            found = db.execute(f"PRAGMA integrity_check({most})").fetchall()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            told = str(error)
        else:
            return [message for (message,) in found if message != "ok"]
    return [told]


def history_faults(db: Database) -> Iterator[Fault]:
    """Versions that do not follow on each other: 1 … n-1, each ending where the next begins."""
    for table, owner in _OWNERS.items():
        yield from _numbers(db, table, owner)
        yield from _seams(db, table, owner)


def _numbers(db: Database, table: str, owner: str) -> Iterator[Fault]:
    rows = db.execute(
        f"""
        SELECT o.id, o.version, count(v.version), min(v.version), max(v.version)
        FROM {table} o LEFT JOIN {owner}_versions v ON v.{owner}_id = o.id
        GROUP BY o.id
        HAVING count(v.version) <> o.version - 1
            OR (o.version > 1 AND (min(v.version) <> 1 OR max(v.version) <> o.version - 1))
        """
    )
    for row_id, version, kept, *_ in rows:
        yield Fault(
            check="history",
            where=f"{table} {row_id}",
            message=f"stands at version {version}, but {kept} earlier versions are kept",
        )


def _seams(db: Database, table: str, owner: str) -> Iterator[Fault]:
    """Each version must end when the next begins, and not before it began itself."""
    rows = db.execute(
        f"""
        SELECT o.id, v.version, v.valid_from, v.valid_to, coalesce(n.valid_from, o.valid_from)
        FROM {owner}_versions v JOIN {table} o ON o.id = v.{owner}_id
        LEFT JOIN {owner}_versions n ON n.{owner}_id = v.{owner}_id AND n.version = v.version + 1
        WHERE v.valid_to <> coalesce(n.valid_from, o.valid_from) OR v.valid_to < v.valid_from
        """
    )
    for row_id, version, start, end, following in rows:
        yield Fault(
            check="history",
            where=f"{table} {row_id} version {version}",
            message=f"holds from {start} to {end}, the next one from {following}",
        )


def index_faults(db: Database) -> Iterator[Fault]:
    """Posts that the full-text index does not know, and entries of no post."""
    rows = db.execute(
        "SELECT id, 'is not in the full-text index' FROM posts WHERE deleted_at IS NULL "
        "AND id NOT IN (SELECT id FROM posts_fts_docsize) UNION ALL "
        "SELECT id, 'is in the full-text index, but no post' FROM posts_fts_docsize "
        "WHERE id NOT IN (SELECT id FROM posts)"
    )
    for row_id, message in rows:
        yield Fault(check="search", where=f"posts {row_id}", message=message)


def counts(db: Database) -> dict[str, int]:
    """Rows a table, for the record of what was checked."""
    tables = [*_OWNERS, *(f"{owner}_versions" for owner in _OWNERS.values()), "files"]
    return {
        table: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables
    }
