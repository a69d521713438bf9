"""The full-text index of posts. It is contentless: what is taken out must be given again."""

from collections.abc import Iterable

from sqlite_utils import Database


def index(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Adds posts: (row id, title, text) as `searchable` gives them."""
    db.conn.executemany("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)", list(rows))


def unindex(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Takes posts out, given what they were indexed with."""
    db.conn.executemany(
        "INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        list(rows),
    )
