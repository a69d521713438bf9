"""The full-text index of posts. It is contentless: what is taken out must be given again."""

from collections.abc import Iterable, Iterator

from sqlite_utils import Database

from mirror.store.connection import transaction

Words = tuple[str, str]

# Where a post was written anew, its old words stay until the part of the index that holds them is
# merged with the newer one that voids them. When one post in so many was, all parts are merged:
# that takes 50 µs of processor time for each post of the whole, a tenth of what an edit costs.
ONE_IN = 10
# Pages that are merged in one step: the next one reuses what it has freed.
PAGES = 64


def index(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Adds posts: (row id, title, text) as `searchable` gives them."""
    db.conn.executemany("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)", list(rows))


def reindex(db: Database, rows: Iterable[tuple[int, Words, Words]]) -> None:
    """Changes posts: row id, and title and text as they were indexed, and as they are now.

    One after the other, in order of the rows: only so are a post's old words and its new ones kept
    in one place (`sqlite3Fts5IndexBeginWrite` in fts5_index.c), which is half as large.
    """
    changed = [(row_id, before, after) for row_id, before, after in sorted(rows) if before != after]
    for row_id, before, after in changed:
        db.execute(
            "INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            [row_id, *before],
        )
        index(db, [(row_id, *after)])
    if changed:
        db.execute("UPDATE posts_fts_rewritten SET posts = posts + ?", [len(changed)])


def is_bloated(db: Database) -> bool:
    """Whether one post in `ONE_IN` was written anew since the index was merged."""
    (rewritten,) = db.execute("SELECT posts FROM posts_fts_rewritten").fetchone()
    (posts,) = db.execute("SELECT coalesce(max(id), 0) FROM posts").fetchone()
    return bool(rewritten) and rewritten * ONE_IN >= posts


def merge(db: Database) -> Iterator[None]:
    """Merges all parts of the index into one, in which no voided words are left: a step a time.

    Each step is a transaction of its own: others may write in between. What is cut off is left as
    it is, and in order, until enough was edited again.
    """
    with transaction(db):
        db.execute("UPDATE posts_fts_rewritten SET posts = 0")
    pages, changes = -PAGES, PAGES  # below zero: all parts, not only those of one level
    while changes > 1:  # sqlite.org/fts5.html, section 6.8: less is no work done
        with transaction(db):
            before = db.conn.total_changes
            db.execute("INSERT INTO posts_fts(posts_fts, rank) VALUES('merge', ?)", [pages])
            changes, pages = db.conn.total_changes - before, PAGES
        yield
