"""The full-text index of posts. It is contentless: what is taken out must be given again."""

from collections.abc import Iterable

from sqlite_utils import Database

from mirror.content import Content, plain
from mirror.wordpress.objects import storable


def searchable(title: str | None, content: str | None) -> tuple[str, str]:
    """Title and plain text of a post, as they are indexed."""
    return storable(plain(title or "")), storable(Content(content or "").text)


def index(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Adds posts: (row id, title, text) as `searchable` gives them."""
    db.conn.executemany("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)", list(rows))


def unindex(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Takes posts out, given what they were indexed with."""
    db.conn.executemany(
        "INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        list(rows),
    )
