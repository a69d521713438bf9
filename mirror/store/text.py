"""The full-text index of posts. It is contentless: what is taken out must be given again."""

from collections.abc import Iterable

from sqlite_utils import Database

Words = tuple[str, str]


def index(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Adds posts: (row id, title, text) as `searchable` gives them."""
    db.conn.executemany("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)", list(rows))


def reindex(db: Database, rows: Iterable[tuple[int, Words, Words]]) -> None:
    """Changes posts: row id, and title and text as they were indexed, and as they are now.

    One after the other, in order of the rows: only so are a post's old words and its new ones kept
    in one place (`sqlite3Fts5IndexBeginWrite` in fts5_index.c), which is half as large.
    """
    for row_id, before, after in sorted(rows):
        if before == after:
            continue
        db.execute(
            "INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            [row_id, *before],
        )
        index(db, [(row_id, *after)])
